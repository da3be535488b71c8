"""Give every figure one look: colours that colour-blind readers tell apart, type that reads on a slide."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, FAINT, GRID = "#222222", "#666666", "#dddddd"
TITLE_SIZE, LABEL_SIZE, TICK_SIZE = 13, 11.5, 10
DPI = 150

PHASE_COLOURS = {
    "microvascular": "#b9c4d0",
    "pre-angiogenic": "#56b4e9",
    "angiogenic": "#e69f00",
    "growth": "#a01d5a",
}
STATE_COLOURS = {"cycling": "#4a2391", "dormant": "#009e9e"}
LOST_COLOUR = "#444444"
# After Okabe and Ito; kinds of cell keep one colour in every figure.
KIND_COLOURS = {
    "tumour": "#4a2391", "kupffer": "#8c510a", "lsec": "#cc79a7", "stellate": "#1b9e57", "neutrophil": "#0072b2",
    "mdsc": "#2b2b2b", "nk": "#f0e442", "cd8": "#e66100", "monocyte": "#56b4e9", "dendritic": "#d7191c",
    "treg": "#7f7f00",
}  # fmt: skip
KIND_WORDS = {
    "tumour": "tumour cell", "kupffer": "Kupffer cell", "lsec": "LSEC", "stellate": "stellate cell", "nk": "NK cell",
    "neutrophil": "neutrophil", "mdsc": "MDSC", "cd8": "CD8 T cell", "monocyte": "monocyte",
    "dendritic": "dendritic cell", "treg": "regulatory T cell",
}  # fmt: skip
SPARE_COLOURS = ("#999999", "#5e3c99", "#66c2a5", "#b2182b", "#01665e", "#dfc27d")
CAUSE_COLOURS = {
    "shear": "#b3a2d9", "nitric_oxide": "#66c2a5", "apoptosis": "#5e3c99", "anoikis": "#7f9aa8", "necrosis": "#5b4a3f", "crushed": "#b0a090",
    "treatment": "#d7191c", "washed_out": "#c9d1d9", "none": "#e5e5e5", **KIND_COLOURS,
}  # fmt: skip


class Picture(Figure):
    """A figure that belongs to no global state, so threads may draw, and that a notebook shows by itself."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=110)
        return buffer.getvalue()


def picture(width: float, height: float) -> Picture:
    """Return an empty figure of ``width`` x ``height`` inches that can be saved without a screen."""
    figure = Picture(figsize=(width, height), dpi=DPI, facecolor="white", layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)  # type: ignore[union-attr]
    FigureCanvasAgg(figure)
    return figure


def figure_of(ax: Axes) -> Figure:
    """Return the figure that a panel belongs to."""
    figure = ax.figure
    return figure if isinstance(figure, Figure) else figure.figure  # type: ignore[return-value]


def colour_of(kind: str, known: Iterable[str] = ()) -> str:
    """Return the colour of a cell kind; kinds that a scenario adds get spare colours in order."""
    if kind in KIND_COLOURS:
        return KIND_COLOURS[kind]
    added = [name for name in known if name not in KIND_COLOURS]
    place = added.index(kind) if kind in added else sum(map(ord, kind))
    return SPARE_COLOURS[place % len(SPARE_COLOURS)]


def words_of(kind: str) -> str:
    """Return the name of a cell kind as a reader would say it."""
    return KIND_WORDS.get(kind, kind.replace("_", " "))


def dress(ax: Axes, title: str = "", x: str = "", y: str = "", *, grid: str = "y") -> None:
    """Give one panel its title, labels with units, light frame and grid."""
    ax.set_title(title, fontsize=TITLE_SIZE, color=INK, loc="left", fontweight="bold", pad=8)
    ax.set_xlabel(x, fontsize=LABEL_SIZE, color=INK)
    ax.set_ylabel(y, fontsize=LABEL_SIZE, color=INK)
    ax.tick_params(labelsize=TICK_SIZE, colors=INK, length=3)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(FAINT)
    if grid:
        ax.grid(axis=grid, color=GRID, linewidth=0.7)  # type: ignore[arg-type]
        ax.set_axisbelow(True)


def legend(ax: Axes, *args: Any, **options: Any) -> None:
    """Add a legend in the house look, if there is anything to name."""
    if not args and "handles" not in options and not ax.get_legend_handles_labels()[1]:
        return
    settings = {"fontsize": TICK_SIZE, "frameon": False, "labelcolor": INK} | options
    ax.legend(*args, **settings)


def empty(ax: Axes, words: str) -> None:
    """Say in an otherwise empty panel why there is nothing to see."""
    ax.text(
        0.5, 0.5, words, ha="center", va="center", fontsize=LABEL_SIZE, color=FAINT, transform=ax.transAxes
    )
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
