"""Map how each part of a lesion's border grows: replacing plates, pushing them, or behind a fibrous rim."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from livermet_sim.cells.registry import having
from livermet_sim.observe.growth_pattern import PATTERNS, SITE_ARRAYS, STELLATE_ACTIVE, View, border
from livermet_sim.processes.staging.thresholds import Thresholds
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CONTACT, OUTSIDE, PARENCHYMA, SINUSOID
from livermet_sim.viz import style
from livermet_sim.viz.canvas import Canvas, rgb
from livermet_sim.viz.key import vessel_key
from livermet_sim.viz.raster import paint_outside
from livermet_sim.viz.scene import Scene, scene
from livermet_sim.viz.tissue_map import pixels_per_site, say_joined, scale_bar
from livermet_sim.viz.tubes import paint_vessels, tube_distance

COLOURS = style.PATTERN_COLOURS
THRESHOLDS = ("rim_collagen", "compressed", "live_parenchyma")
LEAST_UM2, MOST_LESIONS = 1000.0, 10  # ten cells of the default size


def stretches(view: Scene, thresholds: Thresholds) -> dict[str, np.ndarray]:
    """Return the stretches of all borders in a tissue picture: see ``observe.growth_pattern.border``.

    Where the patency of a sinusoid is not known, one without flow counts as shut.
    """
    (high, wide), compartment = view.shape, view["compartment"].ravel()
    stellate = np.zeros(high * wide, dtype=bool)
    if view.cells is not None:
        those = view.cells[
            view.cells["kind"].isin(having("stroma")) & (view.cells["activation"] > STELLATE_ACTIVE)
        ]
        rows, columns = (((those[f"{axis}_um"].to_numpy() - start) / view.site).astype(int)
                         for axis, start in (("y", view.y0), ("x", view.x0)))  # fmt: skip
        stellate[rows * wide + columns] = True
    # a tube that the liver was built with and that is no sinusoid now has closed
    born = np.where((view["diameter"].ravel() > 0) & (compartment == PARENCHYMA), SINUSOID, compartment)
    open_share = view.arrays.get("patency", view["perfused"])
    sites = {name: view[name].ravel() for name in SITE_ARRAYS if name != "patency"}
    lattice = Lattice(wide, high, view.site, view.joined)
    table = lattice.neighbours(compartment != OUTSIDE)
    own = View(
        lattice, table[:, : lattice.sides], lattice.within(CONTACT, table), born, compartment, view["tumour"].ravel(),
        stellate=stellate, patency=open_share.ravel(), cells=1.0, **sites,
    )  # fmt: skip
    return border(own, thresholds)


def border_patterns(view: Scene, found: dict[str, np.ndarray]) -> np.ndarray:
    """Return the number of the pattern at each border site, int8[height, width], -1 elsewhere."""
    pattern = np.full(view["compartment"].size, -1, dtype=np.int8)
    for code, name in enumerate(PATTERNS):
        pattern[found["site"][found[name]]] = code
    return pattern.reshape(view.shape)


def border_shares(view: Scene, found: dict[str, np.ndarray]) -> dict[int, np.ndarray]:
    """Return the share of each pattern in the border of each lesion that counts, largest lesion first."""
    numbers, cells = np.unique(view["tumour"][view["tumour"] >= 0], return_counts=True)
    size = int(numbers.max(initial=-1)) + 1
    count = np.stack([np.bincount(found["lesion"][found[name]], minlength=size) for name in PATTERNS], axis=1)
    order = sorted(zip(numbers.tolist(), cells.tolist(), strict=True), key=lambda pair: -pair[1])
    large = [number for number, own in order if own * view.site**2 >= LEAST_UM2][:MOST_LESIONS]
    return {number: count[number] / count[number].sum() for number in large if count[number].sum()}


def thresholds_of(source: Any) -> Thresholds:
    """Return the thresholds of a run's scenario, and the defaults for what does not tell."""
    if hasattr(source, "engine"):
        return source.engine.setting.read("phases", Thresholds)
    scenario = getattr(source, "scenario", None)
    said = scenario.get("phases", {}) if isinstance(scenario, dict) else {}
    return replace(Thresholds(), **{name: float(said[name]) for name in THRESHOLDS if name in said})


def growth_pattern(source: Any, time_h: float | None = None, *, width: float = style.WIDE) -> Figure:
    """Return the tissue with each lesion's border coloured by its growth pattern, and the shares by lesion.

    Raises
    ------
    ResultError
        When there are no snapshots.
    """
    view = scene(source, time_h)
    figure = style.picture(width, width * 0.55)
    left, right = figure.subplots(1, 2, width_ratios=(1.45, 1))
    high, wide = view.shape
    box = (view.x0, view.x0 + wide * view.site, view.y0 + high * view.site, view.y0)
    found = stretches(view, thresholds_of(source))
    image = border_image(view, border_patterns(view, found), pixels_per_site(view.shape, 900, 600_000))
    left.imshow((np.clip(image, 0, 1) * 255).astype(np.uint8), extent=box, interpolation="bilinear")
    left.set_axis_off()
    scale_bar(left, box)
    words = f"Growth pattern of the borders, day {view.time_h / 24:.3g}"
    left.set_title(words, fontsize=style.TITLE_SIZE, loc="left", fontweight="bold", color=style.INK)
    handles = [Patch(color=COLOURS[name], label=name) for name in PATTERNS]
    handles += [
        Patch(color=TUMOUR, label="tumour"),
        Patch(color=tuple(TUBE), label="sinusoid"),
        *vessel_key(view),
    ]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=7, frameon=False, fontsize=style.TICK_SIZE
    )
    _draw_shares(right, view, found)
    say_joined(figure, view)
    return figure


TUMOUR, PLATE, TUBE = "#b9a3d6", rgb("#f3ece8"), rgb("#d9c8c0")


def border_image(view: Scene, pattern: np.ndarray, scale: int) -> np.ndarray:
    """Return the borders on a pale tissue, float32[h, w, 3]."""
    canvas = Canvas(view.around(), scale)
    view, pattern = canvas.scene, np.pad(pattern, canvas.scene.margin, "wrap")
    canvas.image[:] = PLATE
    canvas.blend(TUBE, np.clip(0.5 - tube_distance(canvas, view.edges), 0, 1))
    canvas.blend(rgb(TUMOUR), canvas.edge(canvas.smooth(view["tumour"] >= 0, 0.4), 0.45))
    paint_vessels(canvas)
    for code, name in enumerate(PATTERNS):
        canvas.blend(rgb(COLOURS[name]), canvas.edge(canvas.smooth(pattern == code, 0.3), 0.45))
    paint_outside(canvas)
    return canvas.picture()


def _draw_shares(ax: Any, view: Scene, found: dict[str, np.ndarray]) -> None:
    shares = border_shares(view, found)
    style.dress(ax, "Share of each border", "share of the border with liver (%)", "", grid="x")
    if not shares:
        style.empty(ax, f"no lesion of {LEAST_UM2:,.0f} um² or more")
        return
    place = np.arange(len(shares))[::-1]
    under = np.zeros(len(shares))
    for code, name in enumerate(PATTERNS):
        part = 100 * np.array([share[code] for share in shares.values()])
        ax.barh(place, part, 0.7, left=under, color=COLOURS[name])
        for y, start, length in zip(place, under, part, strict=True):
            if length > 9:
                dark = name == "desmoplastic"
                ax.text(start + length / 2, y, f"{length:.0f}", ha="center", va="center", color="white" if dark else style.INK,
                        fontsize=style.TICK_SIZE)  # fmt: skip
        under += part
    numbers, counts = np.unique(view.tumour(("tissue",)), return_counts=True)
    cells = dict.fromkeys(shares, 0) | dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    ax.set_yticks(place, [f"lesion {n}\n{cells[n]:,} cells" for n in shares], fontsize=style.TICK_SIZE)
    ax.set_xlim(0, 100)
    ax.set_ylim(min(-0.6, len(shares) - 3.4), len(shares) - 0.4)
