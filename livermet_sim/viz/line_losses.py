"""Draw tumour lines side by side: a panel a line, founders alive, lost and how, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes

from livermet_sim.observe.summary import cause_words
from livermet_sim.viz.style import (
    CAUSE_COLOURS,
    FAINT,
    GRID,
    INK,
    LABEL_SIZE,
    TICK_SIZE,
    TITLE_SIZE,
    Picture,
    percent,
    picture,
)

COLUMNS = 4
ALIVE_COLOUR, OTHER_COLOUR = "#1b9e57", "#bbbbbb"
SHOWN_CAUSES = 6


class LineRecord(Protocol):
    """What is asked of a line: its founders, by day alive and lost."""

    line: str
    entered: int

    def alive_share(self, day: int) -> tuple[float, float, float]: ...
    def lost_share(self, day: int, cause: str) -> float: ...
    def causes(self, day: int) -> list[tuple[str, float]]: ...


class Lines(Protocol):
    """What is asked of lines side by side."""

    scenario: str

    @property
    def shown_days(self) -> tuple[int, ...]: ...
    def shown(self) -> Sequence[LineRecord]: ...


def draw(found: Lines) -> Picture:
    """Return small multiples, one a line: what became of its founders by each day."""
    records, days = found.shown(), found.shown_days
    causes = main_causes(records, days[-1])
    columns = min(COLUMNS, len(records))
    rows = -(-len(records) // columns)
    figure = picture(2.9 * columns + 0.4, 2.9 * rows + 1.1)
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axis, record in zip(axes, records, strict=False):
        panel(axis, record, days, causes)
    for axis in axes[len(records) :]:
        axis.set_visible(False)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=TICK_SIZE)
    figure.supylabel("share of founders", fontsize=LABEL_SIZE, color=INK)
    figure.suptitle(
        f"What became of the founders of each line in {found.scenario} (bars: 95 % interval of those alive)",
        fontsize=TITLE_SIZE,
        color=INK,
    )
    return figure


def main_causes(records: Sequence[LineRecord], day: int) -> list[str]:
    """Return the causes that took most founders over all lines."""
    total: dict[str, float] = {}
    for record in records:
        for cause, share in record.causes(day):
            total[cause] = total.get(cause, 0.0) + share
    return sorted(total, key=lambda cause: (-total[cause], cause))[:SHOWN_CAUSES]


def panel(axis: Axes, record: LineRecord, days: tuple[int, ...], causes: list[str]) -> None:
    """Draw the stacked shares of one line."""
    place, base = np.arange(len(days)), np.zeros(len(days))
    layers = [("alive", ALIVE_COLOUR, [record.alive_share(day)[0] for day in days])]
    layers += [
        (cause_words(c), CAUSE_COLOURS.get(c, OTHER_COLOUR), [record.lost_share(day, c) for day in days])
        for c in causes
    ]
    rest = 1.0 - np.sum([layer[2] for layer in layers], axis=0)
    layers.append(("other causes", OTHER_COLOUR, list(np.maximum(rest, 0.0))))
    for label, colour, values in layers:
        axis.bar(place, values, 0.75, base, label=label, color=colour, edgecolor="white", linewidth=0.5)
        base += values
    for x, day in enumerate(days):
        share, low, high = record.alive_share(day)
        axis.plot([x, x], [low, high], color=INK, linewidth=1.2)
        axis.text(x, 1.02, percent(share), ha="center", fontsize=TICK_SIZE, color=ALIVE_COLOUR)
    axis.set_title(
        f"{record.line}, {record.entered} founders", fontsize=LABEL_SIZE, color=INK, loc="left", pad=14
    )
    axis.set_xticks(place, [f"day {day}" for day in days], fontsize=TICK_SIZE, color=FAINT)
    axis.set_ylim(0, 1.0)
    axis.tick_params(labelsize=TICK_SIZE, colors=FAINT, length=0)
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.spines["bottom"].set_color(GRID)
