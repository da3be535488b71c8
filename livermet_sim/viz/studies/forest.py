"""Draw observed ratios and their intervals against published ones, a line each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from livermet_sim.viz import style

COLOURS = {
    "reproduced": "#1b7837",
    "size within band": "#1b7837",
    "wrong": "#b2182b",
    "undecided": "#8a8a8a",
}
PUBLISHED, NULL = "#56b4e9", "#bbbbbb"
LEAST, MOST = 1 / 32, 32.0


@dataclass(frozen=True)
class Line:
    """Hold what is drawn of one experiment: the ratio here with its interval, what was published, the verdict."""

    name: str
    ratio: float
    low: float
    high: float
    expected: str
    published: float
    band_low: float
    band_high: float
    verdict: str
    phases: tuple[str, ...] = ()


def forest(lines: Sequence[Line]) -> Figure:
    """Return a forest plot: a dot and an interval for what the model shows, a bar for what was published.

    Where a direction alone was published the bar reaches from 1 to the edge of the picture; ratios beyond the axis are drawn
    at its ends. A diamond stands for a ratio whose interval bounds nothing yet; one that cannot be read has no mark.
    """
    height = 0.24 * len(lines) + 2.0
    figure = style.picture(10.0, height)
    ax = figure.add_subplot()
    style.dress(ax, "Published experiments and what the model shows", "ratio, treated / control", grid="x")
    for place, own in enumerate(lines):
        _line(ax, place, own)
    ax.axvline(1.0, color=style.INK, linewidth=1.0, zorder=2)
    ax.set_xscale("log", base=2)
    ax.set_xlim(LEAST, MOST)
    ticks = [2.0**k for k in range(-5, 6)]
    ax.set_xticks(ticks, [f"{t:g}" if t >= 1 else f"1/{1 / t:g}" for t in ticks])
    ax.set_ylim(len(lines) - 0.4, -0.6)
    ax.set_yticks(range(len(lines)), [own.name for own in lines], fontsize=8.5)
    ax.tick_params(axis="y", length=0)
    figure.legend(handles=_key(), loc="outside lower center", ncols=4, frameon=False, fontsize=9.5)
    return figure


def _line(ax: object, place: int, own: Line) -> None:
    low, high = own.band_low, own.band_high
    if not math.isfinite(low):
        low, high = (1.0, MOST) if own.expected == "up" else (LEAST, 1.0)
    low, high = _held(low), _held(high)
    solid = math.isfinite(own.published) or own.expected == "none"
    ax.barh(  # type: ignore[attr-defined]
        place, high - low, left=low, height=0.72, color=NULL if own.expected == "none" else PUBLISHED,
        alpha=0.55 if solid else 0.16, zorder=1, linewidth=0,
    )  # fmt: skip
    colour = COLOURS[own.verdict]
    if math.isnan(own.ratio):
        ax.text(1.0, place, "not readable", ha="center", va="center", fontsize=7.5, color=colour, zorder=4)  # type: ignore[attr-defined]
        return
    bounded = math.isfinite(own.low) and math.isfinite(own.high) and own.low > 0.0
    if bounded:  # an interval that bounds nothing yet is no line across the picture
        ends = (_held(own.low), _held(own.high))
        ax.plot(ends, (place, place), color=colour, linewidth=1.6, zorder=3)  # type: ignore[attr-defined]
    filled = own.verdict != "undecided"
    ax.plot(  # type: ignore[attr-defined]
        _held(own.ratio), place, "o" if bounded else "d", markersize=5.5, zorder=4, color=colour,
        markerfacecolor=colour if filled else "white",
    )  # fmt: skip


def _held(value: float) -> float:
    return float(np.clip(value, LEAST, MOST))


def _key() -> list[object]:
    return [
        Patch(color=PUBLISHED, alpha=0.55, label="published size"),
        Patch(color=PUBLISHED, alpha=0.16, label="published direction"),
        Patch(color=NULL, alpha=0.55, label="published: no change"),
        *(
            Line2D([], [], color=COLOURS[name], marker="o", markerfacecolor="white" if name == "undecided" else COLOURS[name], label=name)
            for name in ("reproduced", "wrong", "undecided")
        ),
        Line2D([], [], color=COLOURS["undecided"], marker="d", markerfacecolor="white", linestyle="", label="no interval yet"),
    ]  # fmt: skip
