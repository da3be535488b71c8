"""Show a tissue as under the microscope: haematoxylin and eosin, or fluorescent markers, with a scale bar."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy import ndimage

from livermet_sim.state.lattice import Lattice
from livermet_sim.viz import stains, style
from livermet_sim.viz.canvas import spread
from livermet_sim.viz.microscopy import stained
from livermet_sim.viz.scene import Scene, Window, filled, scene
from livermet_sim.viz.tissue_map import pixels_per_site, say_joined, scale_bar, section

FIELD_UM = 500.0
SLIDE_PIXELS = 650_000
BACKGROUND = "#0b0d12"


def histology(
    source: Any,
    time_h: float | None = None,
    *,
    window: Window | None = None,
    field_um: float = FIELD_UM,
    width: float = 9.8,
) -> Figure:
    """Return a virtual haematoxylin and eosin section, with the whole tissue beside it.

    Parameters
    ----------
    source : Result or dict of ndarray
        A result, or arrays laid out as ``Result.snapshots``.
    time_h : float, h, optional
        The last moment by default.
    window : (x0, y0, x1, y1), um, optional
        Part of the tissue; by default a field of view on the border of the largest lesion.
    field_um : float, um
        Side of that field of view; ``inf`` shows the whole tissue.
    width : float, inches

    Raises
    ------
    ResultError
        When there are no snapshots, or the window lies outside the tissue.
    """
    whole, view = _views(source, time_h, window, field_um)
    figure = style.picture(width, width * 0.66 * max(0.62, min(1.0, view.shape[0] / view.shape[1])))
    grid = figure.subplot_mosaic([["field", "whole"], ["field", "close"]], width_ratios=(2.05, 1))
    image = brightfield(view, _scale(view))
    _show(grid["field"], view, image)
    words = f"Virtual H&E section, day {view.time_h / 24:.3g}"
    grid["field"].set_title(words, fontsize=style.TITLE_SIZE, loc="left", fontweight="bold", color=style.INK)
    _whole(grid["whole"], whole, view)
    _close(grid["close"], view, image)
    say_joined(figure, whole, "" if view.joined else "The whole tissue")
    return figure


def immunofluorescence(
    source: Any,
    time_h: float | None = None,
    *,
    window: Window | None = None,
    field_um: float = FIELD_UM,
    width: float = 9.8,
) -> Figure:
    """Return a virtual multiplex immunofluorescence section: the composite, and each marker by itself.

    Parameters and errors are those of ``histology``.
    """
    _, view = _views(source, time_h, window, field_um)
    figure = style.picture(width, width * 0.66)
    figure.set_facecolor(BACKGROUND)
    names = list(stains.CHANNELS)
    grid = figure.subplot_mosaic([["all", *names[:2]], ["all", *names[2:4]], ["all", *names[4:6]], ["all", *names[6:]]],
                                 width_ratios=(3.1, 1, 1))  # fmt: skip
    dyes = _optics(stained(view, _scale(view), stains.fluorescence()))
    _show(grid["all"], view, stains.glow(dyes), bar="white")
    words = f"Virtual multiplex immunofluorescence, day {view.time_h / 24:.3g}"
    grid["all"].set_title(words, fontsize=style.TITLE_SIZE, loc="left", fontweight="bold", color="white")
    step = max(1, dyes.shape[0] // 260)
    for channel, (name, (shows, colour)) in enumerate(stains.CHANNELS.items()):
        # the brightest pixel of each block, so that rare cells do not vanish in a small picture
        high, wide = (size // step for size in dyes.shape[:2])
        blocks = dyes[: high * step, : wide * step, channel].reshape(high, step, wide, step)
        small = 1 - np.exp(-2.2 * blocks.max(axis=(1, 3)))
        _show(grid[name], view, np.repeat(small[..., None], 3, axis=2), bar="")
        words = name if shows == name else f"{name}: {shows}"
        grid[name].set_title(
            words, fontsize=style.TICK_SIZE, loc="left", color=colour, pad=3, fontweight="bold"
        )
    # a part of it does not reach the sides
    say_joined(figure, view)
    return figure


def brightfield(view: Scene, scale: int) -> np.ndarray:
    """Return a haematoxylin and eosin section as float32[h, w, 3] in 0 to 1, at ``scale`` pixels a site."""
    return stains.through_microscope(_optics(stained(view, scale, stains.haematoxylin_eosin())))


def _optics(dyes: np.ndarray) -> np.ndarray:
    """Return dyes as a lens and a camera see them: slightly blurred, slightly noisy."""
    for channel in range(dyes.shape[2]):
        if dyes[..., channel].any():
            dyes[..., channel] = ndimage.gaussian_filter(dyes[..., channel], 0.6, truncate=2.5)
    noise = spread(np.arange(dyes.shape[0] * dyes.shape[1]), 41).reshape(dyes.shape[:2])
    return dyes * (0.94 + 0.12 * noise[..., None])


def _scale(view: Scene) -> int:
    return pixels_per_site(view.shape, 1000, SLIDE_PIXELS)


def _views(source: Any, time_h: float | None, window: Window | None, field_um: float) -> tuple[Scene, Scene]:
    """Return the whole tissue and the part of it to look at."""
    whole = scene(source, time_h)
    if window is None and np.isfinite(field_um):
        window = field_of_view(whole, field_um)
    return whole, scene(source, time_h, window) if window else whole


def field_of_view(view: Scene, side: float) -> Window:
    """Return a square window of ``side`` um on the border of the largest lesion, or on the middle of the tissue."""
    height, width = view.shape
    lesions = np.where(view["tumour"] >= 0, view["tumour"], view["tumour_lumen"])
    numbers, counts = np.unique(lesions[lesions >= 0], return_counts=True)
    y, x = height / 2, width / 2
    if len(numbers):
        own = lesions == numbers[np.argmax(counts)]
        rows, columns = np.nonzero(own)
        lattice = Lattice(width, height, view.site, view.joined)
        middle = lattice.middles(np.zeros(len(rows), dtype=int), np.flatnonzero(own), 1)
        y, x = (float(place[0]) / view.site for place in middle[::-1])
        if own.sum() * view.site**2 > 0.25 * side**2:
            # of a large lesion show the invasion front towards the middle of the tissue
            middle_y, middle_x = height / 2, width / 2
            far = np.hypot(rows - middle_y, columns - middle_x)
            near = np.argsort(far, kind="stable")[: max(1, len(far) // 10)]
            y, x = rows[near].mean(), columns[near].mean()
    half = side / 2
    box = filled(view["compartment"], view.site)
    y, x = (
        float(np.clip(place * view.site, low + half, max(low + half, high - half)))
        for place, low, high in (
            (y, max(0.0, box[1]), min(height * view.site, box[3])),
            (x, max(0.0, box[0]), min(width * view.site, box[2])),
        )
    )
    return (view.x0 + x - half, view.y0 + y - half, view.x0 + x + half, view.y0 + y + half)


def _show(ax: Any, view: Scene, image: np.ndarray, bar: str = style.INK) -> None:
    high, wide = view.shape
    box = (view.x0, view.x0 + wide * view.site, view.y0 + high * view.site, view.y0)
    ax.imshow((np.clip(image, 0, 1) * 255).astype(np.uint8), extent=box, interpolation="bilinear")
    ax.set_axis_off()
    ax.set_anchor("NW")
    if bar:
        scale_bar(ax, box, bar)


def _close(ax: Any, view: Scene, image: np.ndarray) -> None:
    """Show the middle of a picture enlarged."""
    high, wide = (size // 3 for size in image.shape[:2])
    part = image[high : 2 * high, wide : 2 * wide]
    scale = image.shape[0] / view.shape[0] / view.site
    box = (0.0, wide / scale, high / scale, 0.0)
    ax.imshow((np.clip(part, 0, 1) * 255).astype(np.uint8), extent=box, interpolation="bicubic")
    ax.set_axis_off()
    ax.set_anchor("NW")
    ax.set_title("its middle, enlarged", fontsize=style.LABEL_SIZE, loc="left", color=style.INK)
    scale_bar(ax, box)


def _whole(ax: Any, whole: Scene, view: Scene) -> None:
    """Show the whole tissue with a frame around the field of view."""
    image = section(whole, pixels_per_site(whole.shape, 420, 150_000))
    _show(ax, whole, image)
    high, wide = view.shape
    ax.add_patch(Rectangle((view.x0, view.y0), wide * view.site, high * view.site, fill=False, edgecolor=style.INK,
                           linewidth=1.8))  # fmt: skip
    ax.set_title("field of view", fontsize=style.LABEL_SIZE, loc="left", color=style.INK)
