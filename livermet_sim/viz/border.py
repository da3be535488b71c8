"""Map how each part of a lesion's border grows: replacing plates, pushing them, or behind a fibrous rim."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from scipy import ndimage

from livermet_sim.state.tissue import OUTSIDE, PARENCHYMA, SINUSOID
from livermet_sim.viz import style
from livermet_sim.viz.canvas import Canvas, rgb
from livermet_sim.viz.raster import paint_outside
from livermet_sim.viz.scene import Scene, scene
from livermet_sim.viz.tissue_map import pixels_per_site, scale_bar
from livermet_sim.viz.tubes import paint_vessels, tube_distance

PATTERNS = ("replacement", "pushing", "desmoplastic")
COLOURS = {"replacement": "#0072b2", "pushing": "#e69f00", "desmoplastic": "#a01d5a"}
NONE = -1
# Defaults of the parameters of these names in the section "phases", for results that do not tell theirs: assumed.
THRESHOLDS = {"rim_collagen": 0.2, "compressed": 0.8, "live_parenchyma": 0.5}
ACTIVE = 0.5
LEAST_CELLS, MOST_LESIONS = 10, 10
AROUND = np.ones((3, 3))


def border_patterns(view: Scene, thresholds: dict[str, float] | None = None) -> np.ndarray:
    """Return the pattern of each border site, int8[height, width]; -1 where there is none.

    A border site is liver tissue that shares a side with a tumour cell. Of the nine sites around it:
    *desmoplastic*, an activated stellate cell and collagen; else *pushing*, live liver whose sinusoids have closed
    or lost patency; else *replacement*, live liver whose sinusoids are kept. Where the patency of a sinusoid is
    not known, one without flow counts as shut.

    References
    ----------
    van Dam et al. 2017, doi:10.1038/bjc.2017.334, for the three patterns
    """
    limit = THRESHOLDS | (thresholds or {})
    compartment, own = view["compartment"], view["tumour"] >= 0
    tube, plate, inside = compartment == SINUSOID, compartment == PARENCHYMA, compartment != OUTSIDE
    border = (tube | plate) & ~own & (_sides(own) > 0)
    rim = _any(_stellate(view)) & (_most(np.where(inside, view["collagen"], 0.0)) >= limit["rim_collagen"])
    closed = (view["diameter"] > 0) & plate & ~own
    open_share = view["patency"] if "patency" in view.arrays else (view["perfused"] > 0.5)
    number, left = _total(tube) + _total(closed), _total(np.where(tube, open_share, 0.0))
    live = _most(np.where(inside & ~own, view["parenchyma"], 0.0)) >= limit["live_parenchyma"]
    squeezed = left < limit["compressed"] * number - 1e-9
    pattern = np.select([rim, live & (number > 0.5) & squeezed, live & (number > 0.5)], [2, 1, 0], NONE)
    return np.where(border, pattern, NONE).astype(np.int8)


def _sides(own: np.ndarray) -> np.ndarray:
    """Return how many sides of each site lie against tumour."""
    cross = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    return np.asarray(ndimage.convolve(own.astype(np.int8), cross, mode="constant"))


def _stellate(view: Scene) -> np.ndarray:
    """Return the sites with an activated stellate cell."""
    there = np.zeros(view.shape, dtype=bool)
    if view.cells is not None:
        those = view.cells[(view.cells["kind"] == "stellate") & (view.cells["activation"] > ACTIVE)]
        rows = ((those["y_um"].to_numpy() - view.y0) / view.site).astype(int)
        there[rows, ((those["x_um"].to_numpy() - view.x0) / view.site).astype(int)] = True
    return there


def _any(mask: np.ndarray) -> np.ndarray:
    return np.asarray(ndimage.binary_dilation(mask, AROUND))


def _most(values: np.ndarray) -> np.ndarray:
    return np.asarray(ndimage.maximum_filter(values, 3, mode="constant"))


def _total(values: np.ndarray) -> np.ndarray:
    return np.asarray(ndimage.convolve(values.astype(np.float64), AROUND, mode="constant"))


def thresholds_of(source: Any) -> dict[str, float]:
    """Return what a run's scenario says of the thresholds."""
    scenario = getattr(source, "scenario", None)
    said = scenario.get("phases", {}) if isinstance(scenario, dict) else {}
    return {name: float(said[name]) for name in THRESHOLDS if isinstance(said.get(name), int | float)}


def border_shares(view: Scene, pattern: np.ndarray) -> dict[int, np.ndarray]:
    """Return the share of each pattern in the border of each lesion that counts, largest lesion first.

    The border is counted in sides of sites; sides that are none of the three do not count.
    """
    lesion = view["tumour"]
    numbers, cells = np.unique(lesion[lesion >= 0], return_counts=True)
    size = int(numbers.max(initial=-1)) + 1
    count = np.zeros((size, len(PATTERNS)), dtype=np.int64)
    for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
        beside = np.roll(np.pad(pattern, 1, constant_values=NONE), step, axis)[1:-1, 1:-1]
        met = (lesion >= 0) & (beside >= 0)
        np.add.at(count, (lesion[met], beside[met]), 1)
    order = [
        int(n)
        for n, c in sorted(zip(numbers, cells, strict=True), key=lambda pair: -pair[1])
        if c >= LEAST_CELLS
    ]
    return {n: count[n] / count[n].sum() for n in order[:MOST_LESIONS] if count[n].sum()}


def growth_pattern(source: Any, time_h: float | None = None, *, width: float = 12.0) -> Figure:
    """Return the tissue with each lesion's border coloured by its growth pattern, and the shares by lesion.

    Raises
    ------
    ResultError
        When there are no snapshots.
    """
    view = scene(source, time_h)
    figure = style.picture(width, width * 0.56)
    left, right = figure.subplots(1, 2, width_ratios=(1.45, 1))
    high, wide = view.shape
    box = (view.x0, view.x0 + wide * view.site, view.y0 + high * view.site, view.y0)
    pattern = border_patterns(view, thresholds_of(source))
    image = border_image(view, pattern, pixels_per_site(view.shape, 900, 600_000))
    left.imshow((np.clip(image, 0, 1) * 255).astype(np.uint8), extent=box, interpolation="bilinear")
    left.set_axis_off()
    scale_bar(left, box)
    words = f"Growth pattern of the borders, day {view.time_h / 24:.3g}"
    left.set_title(words, fontsize=style.TITLE_SIZE, loc="left", fontweight="bold", color=style.INK)
    handles = [Patch(color=COLOURS[name], label=name) for name in PATTERNS]
    handles += [Patch(color=TUMOUR, label="tumour"), Patch(color=tuple(TUBE), label="sinusoid")]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=5, frameon=False, fontsize=style.TICK_SIZE
    )
    _draw_shares(right, view, pattern)
    return figure


TUMOUR, PLATE, TUBE = "#b9a3d6", rgb("#f3ece8"), rgb("#d9c8c0")


def border_image(view: Scene, pattern: np.ndarray, scale: int) -> np.ndarray:
    """Return the borders on a pale tissue, float32[h, w, 3]."""
    canvas = Canvas(view, scale)
    canvas.image[:] = PLATE
    canvas.blend(TUBE, np.clip(0.5 - tube_distance(canvas, view.edges), 0, 1))
    canvas.blend(rgb(TUMOUR), canvas.edge(canvas.smooth(view["tumour"] >= 0, 0.4), 0.45))
    paint_vessels(canvas)
    for code, name in enumerate(PATTERNS):
        canvas.blend(rgb(COLOURS[name]), canvas.edge(canvas.smooth(pattern == code, 0.3), 0.45))
    paint_outside(canvas)
    return canvas.image


def _draw_shares(ax: Any, view: Scene, pattern: np.ndarray) -> None:
    shares = border_shares(view, pattern)
    style.dress(ax, "Share of each border", "share of the border with liver (%)", "", grid="x")
    if not shares:
        style.empty(ax, f"no lesion of {LEAST_CELLS} cells or more")
        return
    place = np.arange(len(shares))[::-1]
    under = np.zeros(len(shares))
    for code, name in enumerate(PATTERNS):
        part = 100 * np.array([share[code] for share in shares.values()])
        ax.barh(place, part, 0.7, left=under, color=COLOURS[name])
        for y, start, length in zip(place, under, part, strict=True):
            if length > 9:
                ax.text(start + length / 2, y, f"{length:.0f}", ha="center", va="center", color="white",
                        fontsize=style.TICK_SIZE)  # fmt: skip
        under += part
    numbers, counts = np.unique(view["tumour"][view["tumour"] >= 0], return_counts=True)
    cells = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    ax.set_yticks(place, [f"lesion {n}\n{cells[n]:,} cells" for n in shares], fontsize=style.TICK_SIZE)
    ax.set_xlim(0, 100)
    ax.set_ylim(min(-0.6, len(shares) - 3.4), len(shares) - 0.4)
