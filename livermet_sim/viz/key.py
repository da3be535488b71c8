"""Mark cells on a tissue picture and explain its colours."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from livermet_sim.cells.registry import look_of
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CENTRAL, PARENCHYMA, PORTAL, SINUSOID
from livermet_sim.viz import canvas, style
from livermet_sim.viz.scene import Scene

LOOK = canvas.SCHEMATIC
ACTIVE = 0.5  # activation from which on a cell counts as activated


def perfusion_key() -> list[Any]:
    """Return the legend entries of a perfusion map."""
    return [
        Patch(color=tuple(canvas.FLOW), label="carries blood"),
        Patch(color=tuple(canvas.NO_FLOW), label="no flow"),
    ]


def mark_cells(ax: Axes, view: Scene, points_per_um: float) -> list[Any]:
    """Mark the cells that are not tumour and return their legend entries with counts."""
    if view.cells is None:
        return []
    handles = []
    kinds = sorted(view.cells["kind"].astype(str).unique())
    for kind in kinds:
        if not look_of(kind).marker:
            continue
        those = marked(view, kind)
        if not len(those):
            continue
        size = float(np.clip(9.0 * points_per_um, 2.2, 9.0))
        look: dict[str, Any] = {"marker": look_of(kind).marker, "linestyle": "", "markeredgecolor": "white"}
        look |= {"markerfacecolor": style.colour_of(kind, kinds), "markeredgewidth": min(0.6, 0.12 * size)}
        key = those["key"].to_numpy().astype(np.int64)
        x = those["x_um"].to_numpy() + (canvas.spread(key, 21) - 0.5) * 6
        y = those["y_um"].to_numpy() + (canvas.spread(key, 22) - 0.5) * 6
        ax.plot(x, y, markersize=size, clip_on=True, **look)
        handles.append(Line2D([], [], markersize=8, label=f"{marked_as(kind)} ({len(those):,})", **look))
    return handles


def marked(view: Scene, kind: str) -> Any:
    """Return the cells of a kind that maps mark: of some kinds the activated ones alone."""
    cells: Any = view.cells
    those = cells["kind"] == kind
    return cells[those & (cells["activation"] > ACTIVE)] if look_of(kind).active else cells[those]


def marked_as(kind: str) -> str:
    """Return what a reader calls the cells of a kind that maps mark."""
    return look_of(kind).active or look_of(kind).one


def tumour_key(view: Scene, colour: str, counts: bool = True) -> list[Any]:
    """Return legend entries for the tumour cells, if wanted with counts where cells were kept."""
    look: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 9, "markeredgewidth": 0.8}
    table = style.STATE_COLOURS if colour == "state" else style.PHASE_COLOURS
    found: dict[str, int] | None = None
    if view.cells is None:
        table = {"": style.STATE_COLOURS["cycling"]}
    elif counts:
        tumour = view.cells[view.cells["kind"] == "tumour"]
        found = tumour[colour].astype(str).value_counts().to_dict()
    handles = []
    for word, shade in table.items():
        label = f"tumour cell, {word}" if word else "tumour cell"
        label += f" ({found.get(word, 0):,})" if word and found is not None else ""
        handles.append(Line2D([], [], markerfacecolor=shade, markeredgecolor="white", label=label, **look))
    return handles


def vessel_key(view: Scene) -> list[Any]:
    """Return legend entries for the portal tracts and central veins that are in the picture."""
    entries = (("portal tract", LOOK.tract, PORTAL), ("central vein", LOOK.blank, CENTRAL))
    return [
        Patch(facecolor=tuple(shade), edgecolor=style.FAINT, label=name, linewidth=0.6)
        for name, shade, code in entries
        if (view["compartment"] == code).any()
    ]


def outline_key(view: Scene) -> list[Any]:
    """Return the legend entry for the line that field maps draw around lesions, if there are any."""
    if not any((view[name] >= 0).any() for name in ("tumour", "tumour_lumen")):
        return []
    return [Line2D([], [], color="#111111", linewidth=2, label="border of a lesion")]


def tissue_key(view: Scene) -> list[Any]:
    """Return legend entries for the structures that are in the picture."""
    entries = [("sinusoid", LOOK.lumen, (view["compartment"] == SINUSOID).any())]
    tube = view["compartment"] == SINUSOID
    entries.append(("sinusoid without flow", LOOK.stasis, (tube & (view["perfused"] <= 0.5)).any()))
    entries.append(("vessel grown in the run", LOOK.new_wall, (tube & (view["diameter"] == 0)).any()))
    entries.append(("collagen", LOOK.collagen, (view["collagen"] > 0.2).any()))
    gone = (view["compartment"] == PARENCHYMA) & (view["parenchyma"] < 0.5) & (view["tumour"] < 0)
    entries.append(("lost parenchyma, debris", LOOK.necrosis, gone.any()))
    return vessel_key(view) + [
        Patch(facecolor=tuple(c), edgecolor=style.FAINT, label=n, linewidth=0.6)
        for n, c, there in entries
        if there
    ]


def ring_small(ax: Axes, view: Scene, share: float = 0.02) -> list[Any]:
    """Ring lesions that are too small to be seen at this size, and return the legend entry.

    Parameters
    ----------
    share : float
        Lesions narrower than this share of the picture are ringed.
    """
    _, count, x, y = _lesions(view)
    small = 2 * np.sqrt(count / np.pi) < share * view.shape[1]
    return _rings(ax, x[small], y[small], style.INK, "lesion too small to see") if small.any() else []


def ring_sites(ax: Axes, view: Scene, sites: np.ndarray, colour: str) -> None:
    """Ring sites of the picture, given as flat indices."""
    lattice = Lattice(view.shape[1], view.shape[0], view.site, view.joined)
    x, y = lattice.middles(np.arange(len(sites)), sites, len(sites))
    _rings(ax, view.x0 + x, view.y0 + y, colour)


def _lesions(view: Scene) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the number, the sites and the middle, x and y in um, of each lesion in the picture."""
    lesion, place = [], []
    for name in ("tumour", "tumour_lumen"):
        sites = np.flatnonzero(view[name].ravel() >= 0)
        lesion.append(view[name].ravel()[sites])
        place.append(sites)
    number, which = np.unique(np.concatenate(lesion), return_inverse=True)
    if not len(number):
        return number, number, number.astype(float), number.astype(float)
    lattice = Lattice(view.shape[1], view.shape[0], view.site, view.joined)
    x, y = lattice.middles(which, np.concatenate(place), len(number))
    return number, np.bincount(which, minlength=len(number)), view.x0 + x, view.y0 + y


def _rings(ax: Axes, x: np.ndarray, y: np.ndarray, colour: str, label: str = "") -> list[Any]:
    look: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 9, "markerfacecolor": "none",
                            "markeredgecolor": colour, "markeredgewidth": 1.1}  # fmt: skip
    ax.plot(x, y, **look)
    return [Line2D([], [], label=label, **look)]
