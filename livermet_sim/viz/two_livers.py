"""Put two livers side by side, with a map of where they differ."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from scipy import ndimage

from livermet_sim.base.errors import ResultError
from livermet_sim.state.tissue import OUTSIDE, PARENCHYMA, SINUSOID
from livermet_sim.viz import style
from livermet_sim.viz.canvas import Canvas, rgb
from livermet_sim.viz.key import ring_small
from livermet_sim.viz.raster import paint_outside
from livermet_sim.viz.scene import Scene, Window, scene
from livermet_sim.viz.tissue_map import (
    HISTOLOGY,
    check,
    draw_tissue,
    layer_of,
    limits,
    pixels_per_site,
    say_joined,
    scale_bar,
)
from livermet_sim.viz.tubes import paint_vessels, tube_distance

FIRST, SECOND, BOTH = "#e69f00", "#0072b2", "#5b4a6f"


def compare_livers(
    first: Any,
    other: Any = None,
    time_h: float | None = None,
    *,
    layer: str = HISTOLOGY,
    labels: tuple[str, str] | None = None,
    window: Window | None = None,
    width: float = style.WIDE,
) -> Figure:
    """Return two livers at one time, and where they differ: tumour in one only, or the difference of a field.

    Parameters
    ----------
    first, other : Result
        Two runs on one tissue, for example treated and untreated with one seed.
    labels : (str, str), optional
        What to call them; by default scenario and seed.

    Raises
    ------
    ResultError
        For an unknown layer, a missing second run, or two tissues of different size.
    """
    if other is None:
        raise ResultError(
            "compare_livers", "a second run is needed; give it as other= (on the command line --other)"
        )
    views = [scene(first, time_h, window), scene(other, time_h, window)]
    if views[0].shape != views[1].shape or views[0].site != views[1].site:
        sizes = " and ".join(f"{view.shape[1]} x {view.shape[0]}" for view in views)
        raise ResultError("compare_livers", f"the tissues differ in size ({sizes} sites)")
    check(views[0], layer)
    names = labels or (_name(first), _name(other))
    if names[0] == names[1]:
        names = (f"{names[0]} (first)", f"{names[1]} (second)")
    high, wide = views[0].shape
    figure = style.picture(width, width / 3 * high / wide + 1.5)
    panels = figure.subplots(1, 3)
    span = None
    if layer != HISTOLOGY:
        ends = np.array([limits(view, layer_of(view, layer)) for view in views])
        span = (float(ends[:, 0].min()), float(ends[:, 1].max()))
    for ax, view, name, colour in zip(panels, views, names, (FIRST, SECOND), strict=False):
        draw_tissue(ax, view, layer, pixels=520, span=span)
        ring_small(ax, view)
        cells = len(view.tumour())
        ax.set_title(f"{name}\nday {view.time_h / 24:.3g}, {cells:,} tumour cells", fontsize=style.LABEL_SIZE, loc="left",
                     color=style.INK)  # fmt: skip
        ax.plot([0, 1], [1.005, 1.005], transform=ax.transAxes, color=colour, linewidth=4, clip_on=False)
    _difference(figure, panels, views, layer, names)
    if span is not None:
        mappable = ScalarMappable(Normalize(*span), layer_of(views[0], layer).colours)
        bar = figure.colorbar(mappable, ax=panels[:2].tolist(), location="bottom", shrink=0.5, aspect=40)
        bar.set_label(layer_of(views[0], layer).label, fontsize=style.LABEL_SIZE)
    say_joined(figure, views[0])
    return figure


def _name(run: Any) -> str:
    scenario, provenance = getattr(run, "scenario", {}), getattr(run, "provenance", {})
    if not isinstance(scenario, dict):
        return "run"
    return f"{scenario.get('name', 'run')}, seed {provenance.get('seed')}"


def _difference(figure: Figure, panels: Any, views: list[Scene], layer: str, names: tuple[str, ...]) -> None:
    """Draw the third panel and its key."""
    ax, (a, b) = panels[2], views
    scale = pixels_per_site(a.shape, 520, 400_000)
    if layer == HISTOLOGY:
        image, title = tumour_difference(a, b, scale), "Tumour in one of them only"
        handles = [
            Patch(color=c, label=n)
            for n, c in ((f'only in "{names[0]}"', FIRST), (f'only in "{names[1]}"', SECOND), ("both", BOTH))
        ]
        figure.legend(
            handles=handles, loc="outside lower right", ncols=3, frameon=False, fontsize=style.TICK_SIZE
        )
    else:
        image, most = field_difference(a, b, layer, scale)
        title = "The second minus the first"
        mappable = ScalarMappable(Normalize(-most, most), "RdBu_r")
        bar = figure.colorbar(mappable, ax=ax, location="bottom", shrink=0.9, aspect=30)
        bar.set_label(f"difference, {layer_of(a, layer).label}", fontsize=style.LABEL_SIZE)
    high, wide = a.shape
    box = (a.x0, a.x0 + wide * a.site, a.y0 + high * a.site, a.y0)
    ax.imshow((np.clip(image, 0, 1) * 255).astype(np.uint8), extent=box, interpolation="bilinear")
    ax.set_axis_off()
    ax.set_anchor("NW")
    scale_bar(ax, box)
    ax.set_title(title + "\n", fontsize=style.LABEL_SIZE, loc="left", color=style.INK)


def tumour_difference(a: Scene, b: Scene, scale: int) -> np.ndarray:
    """Return where tumour stands in the first, the second or both, on a pale tissue, float32[h, w, 3]."""
    a, b = a.around(), b.around()
    canvas = Canvas(a, scale)
    canvas.image[:] = rgb("#f3ece8")
    canvas.blend(rgb("#ded2cb"), np.clip(0.5 - tube_distance(canvas, a.edges), 0, 1))
    paint_vessels(canvas)
    own = [(view["tumour"] >= 0) | (view["tumour_lumen"] >= 0) for view in (a, b)]
    for mask, colour in ((own[0] & ~own[1], FIRST), (own[1] & ~own[0], SECOND), (own[0] & own[1], BOTH)):
        canvas.blend(rgb(colour), canvas.edge(canvas.smooth(mask, 0.35), 0.4))
    paint_outside(canvas)
    return canvas.picture()


def field_difference(a: Scene, b: Scene, layer: str, scale: int) -> tuple[np.ndarray, float]:
    """Return the second's field minus the first's in colour, float32[h, w, 3], and the end of its scale."""
    name = layer_of(a, layer).array
    inside = np.isin(a["compartment"], (PARENCHYMA, SINUSOID))
    change = np.where(inside, b[name].astype(np.float64) - a[name], 0.0)
    most = float(np.abs(change).max(initial=0.0)) or 1.0
    a, b = a.around(), b.around()
    canvas = Canvas(a, scale)
    fine = np.asarray(ndimage.zoom(change, scale, order=1, mode="nearest", grid_mode=True))
    canvas.image[:] = colormaps["RdBu_r"](0.5 + 0.5 * np.clip(fine / most, -1, 1))[..., :3]
    for view, colour in ((a, FIRST), (b, SECOND)):
        lesion = canvas.smooth((view["tumour"] >= 0) | (view["tumour_lumen"] >= 0), 0.45)
        canvas.blend(rgb(colour), np.clip(1.4 - np.abs(lesion - 0.4) * 2.2 * scale, 0, 1))
    paint_vessels(canvas)
    if (a["compartment"] == OUTSIDE).any():
        paint_outside(canvas)
    return canvas.picture(), most
