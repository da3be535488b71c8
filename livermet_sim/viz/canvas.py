"""Give painters a canvas: a picture at some pixels a site, seen through a gentle warp, and the stains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from livermet_sim.viz.scatter import spread
from livermet_sim.viz.scene import Scene

__all__ = ["SCHEMATIC", "Canvas", "Palette", "nearest_two", "rgb", "spread"]


def rgb(colour: str) -> np.ndarray:
    """Return a ``#rrggbb`` colour as float32[3] in 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32) / 255


@dataclass(frozen=True)
class Palette:
    """Say how each structure of a section looks: one number per channel of the picture, float32[channels].

    A schematic picture has the channels red, green and blue; a stained one has a channel a dye.
    """

    blank: np.ndarray
    hepatocyte: np.ndarray
    membrane: np.ndarray
    nucleus: np.ndarray
    gap: np.ndarray
    lumen: np.ndarray
    stasis: np.ndarray
    lining: np.ndarray
    new_wall: np.ndarray
    erythrocyte: np.ndarray
    vein_wall: np.ndarray
    tract: np.ndarray
    duct: np.ndarray
    artery: np.ndarray
    necrosis: np.ndarray
    debris: np.ndarray
    collagen: np.ndarray
    trap: np.ndarray
    grain: float = 0.0
    erythrocyte_sites: float = 0.2


SCHEMATIC = Palette(
    blank=np.ones(3, np.float32), hepatocyte=rgb("#efc3cb"), membrane=rgb("#d48fa1"), nucleus=rgb("#8a6aa8"),
    gap=rgb("#fdf3f1"), lumen=rgb("#fffaf5"), stasis=rgb("#b7b3c4"), lining=rgb("#c98fa4"),
    new_wall=rgb("#d7263d"), erythrocyte=rgb("#e2868c"), vein_wall=rgb("#a8748f"), tract=rgb("#bccde6"),
    duct=rgb("#7c6aa0"), artery=rgb("#d7263d") * np.float32(0.8) + np.float32(0.15), necrosis=rgb("#e9d3bd"),
    debris=rgb("#7a5540"), collagen=rgb("#4f7fbf"), trap=rgb("#13b5b1"),
)  # fmt: skip
FLOW, NO_FLOW = rgb("#c4303d"), rgb("#2166ac")


class Canvas:
    """Hold a picture of a scene at ``scale`` pixels a site and paint into it: ``image`` is float32[h, w, channels]."""

    def __init__(self, scene: Scene, scale: int, palette: Palette = SCHEMATIC):
        self.scene, self.scale, self.palette = scene, scale, palette
        height, width = scene.shape
        self.image = np.empty((height * scale, width * scale, len(palette.blank)), dtype=np.float32)
        self.image[:] = palette.blank
        y = ((np.arange(height * scale) + 0.5) / scale).astype(np.float32)[:, None]
        x = ((np.arange(width * scale) + 0.5) / scale).astype(np.float32)[None, :]
        self.y, self.x = np.broadcast_arrays(y, x)
        # A gentle warp of the site raster, so that borders between sites are not straight.
        self.warp_y = self.y + 0.22 * np.sin(1.7 * x + 0.9 * y) + 0.12 * np.sin(4.3 * x - 1.1 * y)
        self.warp_x = self.x + 0.22 * np.sin(1.9 * y - 0.6 * x) + 0.12 * np.sin(3.9 * y + 1.3 * x)
        self.row = np.clip(self.warp_y, 0, height - 1).astype(np.int32)
        self.column = np.clip(self.warp_x, 0, width - 1).astype(np.int32)

    def picture(self, image: np.ndarray | None = None) -> np.ndarray:
        """Return the picture, or another one of its size, without the margin that joined sides were painted with."""
        image = self.image if image is None else image
        cut = self.scene.margin * self.scale
        return image[cut : image.shape[0] - cut, cut : image.shape[1] - cut]

    def at_sites(self, values: np.ndarray) -> np.ndarray:
        """Return a site picture seen through the warp, one value a pixel."""
        return values[self.row, self.column]

    def smooth(self, mask: np.ndarray, blur: float = 0.55) -> np.ndarray:
        """Return a mask of sites as a smooth share per pixel, 0.5 at its outline."""
        pixels = np.repeat(np.repeat(mask.astype(np.float32), self.scale, axis=0), self.scale, axis=1)
        return ndimage.gaussian_filter(pixels, blur * self.scale, mode="nearest", truncate=2.5)

    def blend(self, colour: np.ndarray, share: np.ndarray) -> None:
        """Lay ``colour`` over the picture where ``share`` (0 to 1, one value a pixel) says so."""
        hit = share > 0
        if np.count_nonzero(hit) < 0.3 * hit.size:
            under = self.image[hit]
            self.image[hit] = under + share[hit][:, None] * (colour - under)
        else:
            self.image += share[..., None].astype(np.float32) * (colour - self.image)

    def edge(self, share: np.ndarray, level: float = 0.5) -> np.ndarray:
        """Return a sharp but antialiased mask of where ``share`` exceeds ``level``."""
        return np.clip((share - level) * 2.2 * self.scale + 0.5, 0, 1)


def nearest_two(canvas: Canvas, label: np.ndarray, y: np.ndarray, x: np.ndarray, where: np.ndarray) -> tuple:
    """Return, for pixels ``where``, the nearest centre among the labels around, its distance and the next's.

    Parameters
    ----------
    label : int[height, width]
        Label of each site, -1 for none; ``y[label]`` and ``x[label]`` are the centres, in sites.
    where : bool[h, w]
        Pixels to look at.
    """
    padded = np.pad(label, 1, constant_values=-1)
    rows, columns = canvas.row[where], canvas.column[where]
    here_y, here_x = canvas.warp_y[where], canvas.warp_x[where]
    best = np.full(rows.shape, -1, dtype=np.int64)
    first, second = np.full(rows.shape, 9.0, np.float32), np.full(rows.shape, 9.0, np.float32)
    flat, stride = padded.ravel(), padded.shape[1]
    corner = rows.astype(np.int64) * stride + columns
    for dy in (1, 0, 2):
        for dx in (1, 0, 2):
            found = flat[corner + dy * stride + dx]
            distance = np.hypot(here_y - y[found], here_x - x[found])
            distance[found < 0] = 9.0
            fresh = found != best
            nearer = fresh & (distance < first)
            second = np.where(nearer, first, np.where(fresh & (distance < second), distance, second))
            first, best = np.where(nearer, distance, first), np.where(nearer, found, best)
    return best, first, second
