"""Give every figure one look: colours that colour-blind readers tell apart, type that reads on a slide."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from livermet_sim.cells.registry import LOOKS, look_of

INK, FAINT, GRID = "#222222", "#5a5a5a", "#dddddd"
TITLE_SIZE, LABEL_SIZE, TICK_SIZE = 13, 11.5, 10.5
DPI = 150
# A figure of this size or less, shown as large as a slide of 13.3 x 7.5 inches, has no type below 12 points.
SLIDE, WIDE, HIGH = (13.333, 7.5), 11.6, 6.5

PHASE_COLOURS = {
    "microvascular": "#b9c4d0",
    "pre-angiogenic": "#56b4e9",
    "angiogenic": "#e69f00",
    "growth": "#a01d5a",
}
STATE_COLOURS = {"cycling": "#4a2391", "dormant": "#18a2a3"}
LOST_COLOUR = "#111111"
PATTERN_COLOURS = {"replacement": "#63a06e", "desmoplastic": "#382b8d", "pushing": "#f6fa30"}
# Kinds of cell keep one colour in every figure. Hues are the usual ones; lightness was chosen so that readers without
# red or green cones tell all of them apart (tests/viz/test_colours.py).
KIND_COLOURS = {kind: look.colour for kind, look in LOOKS.items()}
SPARE_COLOURS = ("#999999", "#5e3c99", "#66c2a5", "#b2182b", "#01665e", "#dfc27d")
CAUSE_COLOURS = {
    "shear": "#627194", "nitric_oxide": "#81d1b4", "apoptosis": "#452c83", "anoikis": "#879cad", "necrosis": "#594842",
    "crushed": "#a48e7c", "treatment": "#c018fc", "washed_out": "#d4ddf0", "none": "#e5e5e5", **KIND_COLOURS,
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
    return figure if isinstance(figure, Figure) else figure.figure


def colour_of(kind: str, known: Iterable[str] = ()) -> str:
    """Return the colour of a cell kind; kinds that a scenario adds get spare colours in order."""
    if kind in KIND_COLOURS:
        return KIND_COLOURS[kind]
    added = [name for name in known if name not in KIND_COLOURS]
    place = added.index(kind) if kind in added else sum(map(ord, kind))
    return SPARE_COLOURS[place % len(SPARE_COLOURS)]


def words_of(kind: str) -> str:
    """Return the name of a cell kind as a reader would say it."""
    return look_of(kind).one


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


def day_axis(ax: Axes, days: float) -> None:
    """Let the x axis run from 0 to the last day, in weeks where there are some."""
    ax.set_xlim(0, max(days, 1e-3))
    if 10 <= days <= 70:
        ax.xaxis.set_major_locator(MultipleLocator(7))


def percent(share: float) -> str:
    """Return a share in whole per cent; what happened is never 0 % and what did not always happen never 100 %."""
    if 0 < share < 0.005:
        return "< 1 %"
    if 0.995 <= share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"


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
