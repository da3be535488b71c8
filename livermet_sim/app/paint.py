"""Paint what moves in a tissue fast: cells and fields as palette pictures that the browser lays over a section.

A palette picture takes milliseconds whatever the number of cells; the stained section below it is painted by
``viz.tissue_map`` and only when vessels, matrix or damage have changed.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from PIL import Image
from scipy import ndimage

from livermet_sim.base.data_url import data_url
from livermet_sim.cells.registry import look_of
from livermet_sim.kernels.codes import CENTRAL, LUMEN, OUTSIDE, PORTAL, SINUSOID
from livermet_sim.viz import style
from livermet_sim.viz.canvas import Canvas, rgb, spread
from livermet_sim.viz.key import marked_as
from livermet_sim.viz.scene import Scene
from livermet_sim.viz.tubes import paint_vessels, tube_distance

LEVELS = 4  # steps of transparency at a rim
SHADES = LEVELS + 1  # and one for the core
LEAST = 6.5  # pixels from the middle to the rim of a cell on its own
WHITE = 1  # index of the first shade of the white halo


@dataclass(frozen=True)
class Look:
    """Say how one sort of cell is drawn: colour, shape, radius and core in sites."""

    name: str
    words: str
    colour: str
    shape: str = "disc"
    radius: float = 0.42
    core: float = 0.0
    halo: bool = True


# of a marker of the figures
SHAPES = {"D": "diamond", "^": "triangle", "v": "wedge", "s": "square", "X": "cross"}


def tumour_looks(colour: str, scale: int) -> tuple[Look, ...]:
    """Return the looks of tumour cells by ``state`` or by ``phase`` in the order of their codes: in lesions, then alone.

    Cells on their own are drawn no smaller than can be seen from the back of a lecture hall.
    """
    table = style.STATE_COLOURS if colour == "state" else style.PHASE_COLOURS
    alone = max(0.55, LEAST / scale)
    return tuple(
        Look(word, f"tumour cell, {word}", shade, "disc", radius, core, halo)
        for radius, core, halo in ((0.6, 0.27, False), (alone, 0.5 * alone, True))
        for word, shade in table.items()
    )


def host_look(kind: str, kinds: Sequence[str]) -> Look:
    """Return the look of a kind of cell that is not tumour."""
    shape = SHAPES.get(look_of(kind).marker, "disc")
    return Look(kind, marked_as(kind), style.colour_of(kind, kinds), shape)


def shape_distance(shape: str, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return how far from the middle a point is, 1 at the rim of a shape of radius 1."""
    if shape == "diamond":
        return (np.abs(y) + np.abs(x)) / 1.25
    if shape == "square":
        return np.maximum(np.abs(y), np.abs(x)) / 0.85
    if shape in ("triangle", "wedge"):
        up = y if shape == "triangle" else -y
        return np.maximum(up / 0.65, (0.9 * np.abs(x) - 0.5 * up) / 0.62)
    if shape == "cross":
        return np.minimum(
            np.maximum(np.abs(y + x) / 1.6, np.abs(y - x) / 0.5),
            np.maximum(np.abs(y - x) / 1.6, np.abs(y + x) / 0.5),
        )
    return np.hypot(y, x)


class Film:
    """Hold a palette picture ``pixels`` uint8[height, width] at ``scale`` pixels a site; 0 is see-through."""

    def __init__(self, shape: tuple[int, int], scale: int, looks: Sequence[Look]):
        self.scale, self.looks = scale, tuple(looks)
        self.pixels = np.zeros((shape[0] * scale, shape[1] * scale), dtype=np.uint8)
        self._stamps = [self._stamp(look, number) for number, look in enumerate(self.looks)]
        self._bodies = [
            {(dy, dx) for dy, dx, shade in stamp if shade >= WHITE + SHADES} for stamp in self._stamps
        ]

    def _stamp(self, look: Look, number: int) -> list[tuple[int, int, int]]:
        """Return (dy, dx, palette index) of every pixel that a cell of this look covers, halo first."""
        radius = look.radius * self.scale
        reach = int(np.ceil(radius + 2))
        y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(float)
        away = (1.0 - shape_distance(look.shape, y / radius, x / radius)) * radius
        body = np.rint(LEVELS * np.clip(away + 0.5, 0, 1)).astype(int)
        halo = np.rint(LEVELS * np.clip(away + 1.6, 0, 1)).astype(int)
        core = np.hypot(y, x) < look.core * self.scale
        first = WHITE + SHADES * (number + 1)
        shade = np.where(body == LEVELS, first + LEVELS - 1, 0)
        shade[core & (body == LEVELS)] = first + LEVELS
        edge = (body > 0) & (body < LEVELS)
        shade[edge] = first + body[edge] - 1
        rim = (body == 0) & (halo > 0) & look.halo
        shade[rim] = WHITE + halo[rim] - 1
        hit = np.argwhere(shade > 0)
        return [(int(r) - reach, int(c) - reach, int(shade[r, c])) for r, c in hit]

    def pixel(self, y: float, x: float) -> tuple[int, int]:
        """Return the pixel (row, column) at a place in sites; the far edges belong to the last one."""
        height, width = self.pixels.shape
        return min(int(y * self.scale), height - 1), min(int(x * self.scale), width - 1)

    def covers(self, number: int, y: np.ndarray, x: np.ndarray, at_y: float, at_x: float) -> np.ndarray:
        """Return which cells of one look, with their middles at (y, x) in sites, cover a place, bool[n]."""
        row, column = self.pixel(at_y, at_x)
        dy, dx = row - (y * self.scale).astype(np.int64), column - (x * self.scale).astype(np.int64)
        body = self._bodies[number]
        return np.fromiter(
            (where in body for where in zip(dy.tolist(), dx.tolist(), strict=True)), bool, len(dy)
        )

    def clear(self) -> None:
        """Take everything off."""
        self.pixels.fill(0)

    def draw(self, number: int, y: np.ndarray, x: np.ndarray) -> None:
        """Draw cells of one look with their middles at (y, x), in sites."""
        height, width = self.pixels.shape
        row, column = (y * self.scale).astype(np.int64), (x * self.scale).astype(np.int64)
        flat = self.pixels.ravel()
        for dy, dx, shade in self._stamps[number]:
            r, c = row + dy, column + dx
            ok = (r >= 0) & (r < height) & (c >= 0) & (c < width)
            flat[r[ok] * width + c[ok]] = shade

    def cut(self, window: np.ndarray) -> None:
        """Make see-through what ``window`` (bool, one value a pixel) says: tubes show through tissue cells."""
        self.pixels[window] = 0

    def url(self) -> str:
        """Return the picture as a data URL."""
        colours = np.full((256, 3), 255, dtype=np.uint8)
        alpha = np.zeros(256, dtype=np.uint8)
        ramp = (255 * (np.arange(LEVELS) + 1) / LEVELS).astype(np.uint8)
        alpha[WHITE : WHITE + LEVELS] = 0.85 * ramp
        for number, look in enumerate(self.looks):
            first = WHITE + SHADES * (number + 1)
            shade = 255 * rgb(look.colour)
            colours[first : first + LEVELS] = shade + (0.22 * (255 - shade) if look.core else 0)
            colours[first + LEVELS] = 0.72 * shade
            alpha[first : first + LEVELS], alpha[first + LEVELS] = ramp, 255
        return palette_url(self.pixels, colours, alpha)


def palette_url(pixels: np.ndarray, colours: np.ndarray, alpha: np.ndarray) -> str:
    """Return a palette picture as a PNG data URL.

    Parameters
    ----------
    pixels : uint8[height, width]
    colours : uint8[256, 3]
    alpha : uint8[256]
    """
    image = Image.fromarray(pixels)
    image.putpalette(colours.tobytes())
    stream = io.BytesIO()
    image.save(stream, "PNG", transparency=alpha.tobytes(), compress_level=1)
    return data_url(stream.getvalue())


def photo_url(picture: np.ndarray) -> str:
    """Return a picture float32[height, width, 3] in 0 to 1 as a JPEG data URL."""
    stream = io.BytesIO()
    Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8)).save(stream, "JPEG", quality=88)
    return data_url(stream.getvalue(), "jpeg")


def field_url(values: np.ndarray, near: np.ndarray, span: tuple[float, float], colours: str) -> str:
    """Return a field as a picture of one pixel a site, which the browser smooths.

    Parameters
    ----------
    values : float[height, width]
    near : int[2, height, width]
        The tissue site nearest to each site, so that the smoothed border does not fade.
    span : (low, high)
        Ends of the colour scale.
    colours : str
        Name of a colour map.
    """
    low, high = span
    shade = np.clip((values[near[0], near[1]] - low) / max(high - low, 1e-12), 0, 1)
    table = (colormaps[colours](np.linspace(0, 1, 256))[:, :3] * 255).astype(np.uint8)
    return palette_url((255 * shade).astype(np.uint8), table, np.full(256, 255, dtype=np.uint8))


def veil_url(view: Scene, scale: int) -> str:
    """Return what lies over a field: tubes as pale lines, portal tracts, central veins, and white outside."""
    canvas = Canvas(view, scale)
    paint_vessels(canvas)
    outside = canvas.edge(canvas.smooth(view["compartment"] == OUTSIDE, 0.6), 0.5)
    vessels = np.abs(canvas.image - 1).sum(axis=2) > 0.02
    vein = canvas.edge(canvas.smooth(np.isin(view["compartment"], (PORTAL, CENTRAL)), 0.7), 0.5)
    tubes = 0.3 * np.clip(0.5 - tube_distance(canvas, view.edges), 0, 1)
    alpha = np.maximum.reduce([tubes, outside, vein, vessels.astype(np.float32)])
    canvas.image[outside > 0.5] = 1.0
    picture = np.dstack([canvas.image, alpha])
    stream = io.BytesIO()
    Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8)).save(stream, "PNG", compress_level=1)
    return data_url(stream.getvalue())


def tube_window(view: Scene, scale: int) -> np.ndarray:
    """Return which pixels lie inside a sinusoid's lumen, bool[h, w]."""
    return tube_distance(Canvas(view, scale), view.edges) < 0


def nearest_tissue(compartment: np.ndarray) -> np.ndarray:
    """Return the tissue site nearest to each site, int[2, height, width]."""
    outside = compartment == OUTSIDE
    return np.asarray(ndimage.distance_transform_edt(outside, return_distances=False, return_indices=True))


def places(view: Scene, row: np.ndarray, column: np.ndarray, layer: np.ndarray, key: np.ndarray) -> tuple:
    """Return where cells are drawn, (y, x) in sites: in a vessel on its tube, in tissue off the middle of the site."""
    turn = spread(key, 21).astype(float), spread(key, 22).astype(float)
    tube = view.points[row * view.shape[1] + column]
    inside = (layer == LUMEN) & (view["compartment"][row, column] == SINUSOID)
    y = np.where(inside, tube[:, 0], row + 0.5 + 0.4 * (turn[0] - 0.5))
    x = np.where(inside, tube[:, 1], column + 0.5 + 0.4 * (turn[1] - 0.5))
    return y, x
