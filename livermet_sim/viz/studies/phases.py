"""Draw what carries the metastasis in which phase: mechanisms ranked phase by phase, and pairs that stand in for each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from livermet_sim.base.errors import LivermetError
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.readouts import tables as readouts
from livermet_sim.viz import style
from livermet_sim.viz.studies import ablation as ranking
from livermet_sim.viz.studies import wording

STAND_IN, OVERLAP, NEITHER = "#7b3294", "#008837", "#8c8c8c"
COLOURS = {"stand in": STAND_IN, "overlap": OVERLAP}
ACROSS, WIDTH = 2, 14.2
LEAST_ROWS = 4


class Effects(ranking.Effects, Protocol):
    """What is asked of the effects of ablations: see ``sweep.effects``."""

    @property
    def interactions(self) -> Frame: ...
    @property
    def phases(self) -> Mapping[str, str]: ...


def draw(effects: Effects, most: int = 10) -> Figure:
    """Return a panel for each phase, and below them the pairs.

    Parameters
    ----------
    most : int
        Mechanisms to show in a phase, and pairs.

    Raises
    ------
    LivermetError
        Where nothing has ended yet.
    """
    if not effects.seeds:
        raise LivermetError(
            str(effects.study.folder), "no control has ended yet, so there is nothing to draw"
        )
    shown = dict(effects.phases) or {"": effects.readouts[0]}
    words = {phase: _moving(effects, name)[:most] for phase, name in shown.items()}
    pairs = _pairs(effects.interactions, list(shown.values()), most)
    lines = [list(shown)[i : i + ACROSS] for i in range(0, len(shown), ACROSS)]
    heights = [max([LEAST_ROWS, *(len(words[phase]) for phase in line)]) + 2.6 for line in lines]
    heights += [max(LEAST_ROWS, len(pairs)) + 2.6] if pairs else []
    figure = style.picture(WIDTH, ranking.ROW * sum(heights) + 1.3)
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
    for place, line in enumerate(lines):
        own = grid[place].subgridspec(1, ACROSS)
        for column, phase in enumerate(line):
            _singles(figure.add_subplot(own[0, column]), effects, phase, shown[phase], words[phase])
    if pairs:
        own = grid[len(lines)].subgridspec(1, len(shown))
        first: Axes | None = None
        for column, (phase, name) in enumerate(shown.items()):
            ax = figure.add_subplot(own[0, column], sharey=first)
            _together(ax, effects.interactions, pairs, phase, name, named=first is None)
            first = first or ax
    _key(figure, effects, words, bool(pairs))
    return figure


def _moving(effects: Effects, name: str) -> list[str]:
    """Return what changes a readout at all, the strongest first."""
    own = effects.table[effects.table["readout"] == name].set_index("ablated")["ratio_of_means"]
    return [word for word in effects.ranked(name, together=False) if own[word] != 1.0]


def _singles(ax: Axes, effects: Effects, phase: str, name: str, words: Sequence[str]) -> None:
    """Draw the mechanisms of one phase, the strongest at the top."""
    table = effects.table
    ranking.panel(ax, table[table["readout"] == name].set_index("ablated"), words, name)
    title = f"{phase[:1].upper()}{phase[1:]} phase" if phase else ""
    ax.set_title(title, fontsize=style.LABEL_SIZE, loc="left", color=style.INK, fontweight="bold")
    ax.set_yticks(range(len(words)), [ranking.label(word) for word in words], fontsize=style.TICK_SIZE - 1.5)
    ax.set_ylim(max(len(words), LEAST_ROWS) - 0.4, -0.6)
    ax.set_xlabel(readouts.words(name), fontsize=style.TICK_SIZE)


def _pairs(table: Frame, names: Sequence[str], most: int) -> list[str]:
    """Return the pairs to show: those that are beyond luck in some phase first, then the least likely to be luck."""
    if not len(table):
        return []
    own = table[table["readout"].isin(names) & (table["scale"] == "fold") & table["q"].notna()]
    order = own.sort_values(["q", "p"], kind="stable")["ablated"]
    return list(dict.fromkeys(order))[:most]


def _together(ax: Axes, table: Frame, pairs: Sequence[str], phase: str, name: str, named: bool) -> None:
    """Draw what two do together beside what they would for themselves, in one phase."""
    style.dress(ax, "", "", grid="x")
    title = phase or readouts.words(name)
    ax.set_title(
        f"Two at a time: {title}" if named else title, fontsize=style.LABEL_SIZE, loc="left", color=style.INK
    )
    own = table[table["readout"] == name].set_index("ablated")
    rows = {word: own.loc[word] for word in pairs if own.loc[word, "scale"] == "fold"}
    ends = [float(row[key]) for row in rows.values() for key in ("both", "expected")]
    reach = min(2.0 ** max(np.log2(1.25), *(1.25 * abs(np.log2(end)) for end in ends)), ranking.WIDEST) if ends else 2.0  # fmt: skip
    ranking.fold_axis(ax, reach)
    for place, word in enumerate(pairs):
        if word in rows:
            _pair(ax, place, rows[word], reach)
    ax.set_ylim(max(len(pairs), LEAST_ROWS) - 0.4, -0.6)
    ax.set_yticks(range(len(pairs)), pairs, fontsize=style.TICK_SIZE - 1)
    ax.tick_params(axis="y", length=0, labelleft=named)


def _pair(ax: Axes, place: int, row: Any, reach: float) -> None:
    edge = reach * 0.985
    both, expected = (float(np.clip(row[key], 1 / edge, edge)) for key in ("both", "expected"))
    colour = COLOURS.get(row["relation"], NEITHER)
    span = np.array([row["interaction_low"], row["interaction_high"]], dtype=float) * float(row["expected"])
    if np.isfinite(span).all():
        ax.plot(
            np.clip(span, 1 / edge, edge), [place, place], color=colour, linewidth=2.2, alpha=0.55, zorder=2
        )
    ax.plot(expected, place, marker="|", color=style.INK, markersize=12, markeredgewidth=1.8, zorder=3)
    ax.plot(both, place, marker="o", color=colour, markersize=6, markeredgewidth=1.4, zorder=4,
            markerfacecolor=colour if row["found"] else "white")  # fmt: skip


def _key(figure: Figure, effects: Effects, words: Mapping[str, Sequence[str]], pairs: bool) -> None:
    """Name colours and marks, and say how many mechanisms change nothing."""
    handles = ranking.colours(word for own in words.values() for word in own)
    if pairs:
        said = (("stand in for each other", STAND_IN), ("overlap", OVERLAP))
        handles += [Line2D([], [], color=colour, marker="o", linewidth=2.2, label=f"pair: {name}") for name, colour in said]  # fmt: skip
        handles.append(Line2D([], [], color=style.INK, marker="|", markersize=11, markeredgewidth=1.8, linewidth=0,
                              label="pair: expected if each acts for itself"))  # fmt: skip
    title = f"{effects.study.manifest['scenario']}: what carries the metastasis in which phase"
    ranking.head(figure, title, handles, columns=4)
    seeds = len(effects.seeds)
    lines = [f"Ratio to the control in {seeds} pair{'s' * (seeds != 1)} of livers that share their luck; each phase by the readout under its axis."]  # fmt: skip
    if seeds > 1:
        lines.append("Full dots: beyond luck (at most 5 % of them a panel false); thin lines and those of pairs allow for all comparisons.")  # fmt: skip
    if effects.silent:
        lines.append(f"{len(effects.silent)} ablations change not one bit.")
    wording.footnote(figure, "\n".join(lines))
