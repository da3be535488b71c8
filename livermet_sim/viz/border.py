"""Map how each part of a lesion's border grows: replacing plates, pushing them, or behind a fibrous rim."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from scipy import ndimage

from livermet_sim.state.tissue import PARENCHYMA, SINUSOID
from livermet_sim.viz import style
from livermet_sim.viz.canvas import Canvas, rgb
from livermet_sim.viz.raster import paint_outside
from livermet_sim.viz.scene import Scene, scene
from livermet_sim.viz.tissue_map import pixels_per_site, scale_bar
from livermet_sim.viz.tubes import paint_vessels, tube_distance

PATTERNS = ("replacement", "pushing", "desmoplastic")
COLOURS = {"replacement": "#0072b2", "pushing": "#e69f00", "desmoplastic": "#a01d5a"}
NONE = -1
RIM_COLLAGEN = 0.3  # assumed: mean collagen of the nine sites around, relative to a dense capsule
LIVE_PLATE = 0.5  # assumed: share of live parenchyma in the nine sites around
LEAST_SITES = 30  # assumed: smaller islands of liver lie within the lesion
LEAST_CELLS, MOST_LESIONS = 10, 10


def border_patterns(view: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Return the pattern and the lesion of each border site, int8 and int32[height, width]; -1 elsewhere.

    A border site is liver tissue that touches a tumour cell of the tissue part. It is *desmoplastic* where a
    collagen rim stands between tumour and liver; else *replacement* where live plates with open sinusoids reach
    the tumour; else *pushing* (plates lost or compressed, sinusoids shut). Thresholds are assumed.

    References
    ----------
    van Dam et al. 2017, doi:10.1038/bjc.2017.334, for the three patterns
    """
    tumour = view["tumour"]
    own = tumour >= 0
    tissue: np.ndarray = np.isin(view["compartment"], (PARENCHYMA, SINUSOID))
    liver: np.ndarray = ndimage.label(tissue & ~own, np.ones((3, 3)))[0]  # type: ignore[index,assignment]
    # gaps within a lesion are no border
    large: np.ndarray = np.bincount(liver.ravel(), minlength=1) >= LEAST_SITES
    border = (liver > 0) & large[liver] & ndimage.binary_dilation(own, np.ones((3, 3)))
    collagen, live = (
        _around(view["collagen"], tissue),
        _around(view["parenchyma"], view["compartment"] == PARENCHYMA),
    )
    shut: np.ndarray = (view["compartment"] == SINUSOID) & (view["perfused"] <= 0.5)
    shut = np.asarray(ndimage.binary_dilation(shut, np.ones((3, 3))))
    pattern = np.full(tumour.shape, NONE, dtype=np.int8)
    pattern[border] = np.select(
        [collagen[border] >= RIM_COLLAGEN, (live[border] >= LIVE_PLATE) & ~shut[border]], [2, 0], 1
    )
    near = np.asarray(ndimage.maximum_filter(tumour, 3))
    return pattern, np.where(border, near, -1)


def _around(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the mean of the nine sites around, over the sites ``where``."""
    total = ndimage.uniform_filter(np.where(where, values, 0.0).astype(np.float64), 3)
    return total / np.maximum(ndimage.uniform_filter(where.astype(np.float64), 3), 1e-9)


def border_shares(view: Scene) -> dict[int, np.ndarray]:
    """Return the share of each pattern in the border of each lesion that counts, largest lesion first."""
    pattern, lesion = border_patterns(view)
    numbers, cells = np.unique(view["tumour"][view["tumour"] >= 0], return_counts=True)
    out = {}
    for number in numbers[np.argsort(-cells, kind="stable")][:MOST_LESIONS]:
        count = np.bincount(pattern[lesion == number], minlength=len(PATTERNS))
        if cells[numbers == number][0] >= LEAST_CELLS and count.sum():
            out[int(number)] = count / count.sum()
    return out


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
    image = border_image(view, pixels_per_site(view.shape, 900, 600_000))
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
    _draw_shares(right, view)
    return figure


TUMOUR, PLATE, TUBE = "#b9a3d6", rgb("#f3ece8"), rgb("#d9c8c0")


def border_image(view: Scene, scale: int) -> np.ndarray:
    """Return the borders on a pale tissue, float32[h, w, 3]."""
    canvas = Canvas(view, scale)
    canvas.image[:] = PLATE
    canvas.blend(TUBE, np.clip(0.5 - tube_distance(canvas, view.edges), 0, 1))
    canvas.blend(rgb(TUMOUR), canvas.edge(canvas.smooth(view["tumour"] >= 0, 0.4), 0.45))
    paint_vessels(canvas)
    pattern, _ = border_patterns(view)
    for code, name in enumerate(PATTERNS):
        canvas.blend(rgb(COLOURS[name]), canvas.edge(canvas.smooth(pattern == code, 0.3), 0.45))
    paint_outside(canvas)
    return canvas.image


def _draw_shares(ax: Any, view: Scene) -> None:
    shares = border_shares(view)
    style.dress(ax, "Share of each border", "share of the border (%)", "", grid="x")
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
