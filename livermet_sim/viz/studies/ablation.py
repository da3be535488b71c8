"""Rank what was taken out of a liver by what it changed: ratios with intervals, coloured by phase."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from livermet_sim.base.errors import LivermetError
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.readouts import tables as readouts
from livermet_sim.rulebook import ablation
from livermet_sim.viz import style
from livermet_sim.viz.studies import wording

COLOURS = {"priming": "#7a7a7a", **style.PHASE_COLOURS, "microvascular": "#627194", "own": "#01665e"}
PANELS = 4
WIDEST = 32.0  # fold, either way; what goes farther ends in an arrow
LONGEST = 46
ROW = 0.27


class Effects(Protocol):
    """What is asked of the effects of ablations: see ``sweep.effects``."""

    readouts: tuple[str, ...]

    @property
    def study(self) -> Any: ...
    @property
    def table(self) -> Frame: ...
    @property
    def seeds(self) -> list[int]: ...
    @property
    def words(self) -> list[str]: ...
    @property
    def silent(self) -> list[str]: ...
    def ranked(self, readout: str | None = None, together: bool = True) -> list[str]: ...


def draw(effects: Effects, readouts: Sequence[str] | None = None, most: int = 30) -> Figure:
    """Return the ablations ranked by the first readout, with their ratios to the control on some readouts.

    Parameters
    ----------
    readouts : sequence of str, optional
        Up to four; by default the first of the study's that some run has.
    most : int
        Rows to show.

    Raises
    ------
    LivermetError
        For a readout that the study does not compare, or where nothing has ended yet.
    """
    table = effects.table
    for name in readouts or ():
        if name not in effects.readouts:
            raise LivermetError("readouts", f'"{name}" is not compared', name=name, valid=effects.readouts)
    if not effects.seeds:
        raise LivermetError(
            str(effects.study.folder), "no control has ended yet, so there is nothing to draw"
        )
    shown = table[table["ratio_of_means"] > 0].groupby("readout")["ratio_of_means"].count()
    names = list(readouts or [n for n in effects.readouts if n in shown.index] or effects.readouts)[:PANELS]
    words = effects.ranked(names[0])[:most]
    figure = style.picture(4.2 + 2.9 * len(names), max(3.2, ROW * len(words) + 2.1))
    panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for ax, name in zip(panels, names, strict=True):
        panel(ax, table[table["readout"] == name].set_index("ablated"), words, name)
    labels = [label(word) for word in words]
    panels[0].set_yticks(range(len(words)), labels, fontsize=style.TICK_SIZE - 1.5)
    panels[0].set_ylim(len(words) - 0.4, -0.6)
    _key(figure, effects, words)
    return figure


def label(word: str) -> str:
    """Return what a row is called: the title, cut, and the id."""
    title = ablation.title(word)
    return f"{title if len(title) <= LONGEST else title[: LONGEST - 3] + '...'}  {word}"


def panel(ax: Axes, own: Frame, words: Sequence[str], name: str) -> None:
    """Draw one readout: a dot and its interval for each ablation, full where it is beyond luck."""
    style.dress(ax, "", "ratio to the control", grid="x")
    ax.set_title(readouts.words(name), fontsize=style.LABEL_SIZE, loc="left", color=style.INK)
    rows = [own.loc[word] for word in words]
    reach = _reach(rows)
    fold_axis(ax, reach)
    ax.tick_params(axis="y", length=0)
    for place, (word, row) in enumerate(zip(words, rows, strict=True)):
        _effect(ax, place, row, COLOURS[ablation.phase(word)], reach)


def fold_axis(ax: Axes, reach: float) -> None:
    """Let the x axis show folds as far either way as ``reach``, around a line at none."""
    ax.set_xscale("log", base=2)
    ax.set_xlim(1 / reach, reach)
    ticks = [t for t in _ticks(reach) if 1 / reach <= t <= reach]
    ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
    ax.minorticks_off()
    ax.axvline(1.0, color=style.INK, linewidth=0.8, zorder=1)


def _reach(rows: Sequence[Any]) -> float:
    """Return how far a panel reaches: the farthest ratio and most of the ends of its intervals, within bounds."""
    ratios = np.array([row["ratio_of_means"] for row in rows], dtype=float)
    ends = np.array([[r["alone_low"], r["alone_high"]] for r in rows], dtype=float).ravel()
    with np.errstate(divide="ignore"):
        far, wide = np.abs(np.log2(ratios)), np.abs(np.log2(ends))
    far, wide = far[np.isfinite(far)], wide[np.isfinite(wide)]
    most = max(
        far.max(initial=0.0) * 1.15, float(np.quantile(wide, 0.9)) if len(wide) else 0.0, np.log2(1.25)
    )
    return float(min(2.0**most, WIDEST))


def _ticks(reach: float) -> Sequence[float]:
    if reach <= 1.6:
        return (0.67, 0.8, 1, 1.25, 1.5)
    if reach <= 4:
        return (0.25, 0.5, 1, 2, 4)
    return (1 / 32, 0.125, 0.5, 1, 2, 8, 32) if reach > 8 else (0.125, 0.25, 0.5, 1, 2, 4, 8)


def _effect(ax: Axes, place: int, row: Any, colour: str, reach: float) -> None:
    ratio, edge = float(row["ratio_of_means"]), reach * 0.985
    if np.isnan(ratio):
        return
    for ends, width in (("ratio_of_means", 1.0), ("alone", 2.8)):
        low, high = (float(row[f"{ends}_{end}"]) for end in ("low", "high"))
        if not np.isnan(low):
            span = np.clip([max(low, 1e-9), high], 1 / edge, edge)
            ax.plot(
                span,
                [place, place],
                color=colour,
                linewidth=width,
                alpha=0.7,
                zorder=2,
                solid_capstyle="butt",
            )
    inside = min(max(ratio, 1 / edge), edge)
    marker = "o" if inside == ratio else "<" if ratio < 1 else ">"
    ax.plot(inside, place, marker=marker, color=colour, markersize=6, zorder=3,
            markerfacecolor=colour if row["found"] else "white", markeredgewidth=1.4, clip_on=False)  # fmt: skip


def _key(figure: Figure, effects: Effects, words: Sequence[str]) -> None:
    """Name the colours, and say what the dots are and what is not shown."""
    title = f"{effects.study.manifest['scenario']}: mechanisms taken out, one at a time"
    head(figure, title, colours(words))
    seeds, rest = len(effects.seeds), len(effects.words) - len(words) - len(effects.silent)
    said = [f"{seeds} pairs of livers that share their luck, with and without it"]
    if seeds > 1:
        said.append(
            "thick lines: 95 % intervals, thin ones allow for all comparisons; full dots: beyond luck"
        )
    if rest > 0:
        said.append(f"{rest} weaker ones are not shown")
    if effects.silent:
        said.append(f"{len(effects.silent)} change not one bit")
    wording.footnote(figure, "; ".join(said))


def colours(words: Iterable[str]) -> list[Line2D]:
    """Return the key to the colours of the phases that some ablations belong to."""
    used = {ablation.phase(word) for word in words}
    return [
        Line2D([], [], color=colour, marker="o", linewidth=1.6,
               label=f"{phase} mechanism" if phase != ablation.OWN_PHASE else "own rule")
        for phase, colour in COLOURS.items() if phase in used
    ]  # fmt: skip


def head(figure: Figure, title: str, handles: Sequence[Line2D], columns: int = 5) -> None:
    """Write the title over the key."""
    if handles:
        key = figure.legend(handles=handles, loc="outside upper left", ncols=min(columns, len(handles)), frameon=False,
                            title=title, alignment="left", fontsize=style.TICK_SIZE, labelcolor=style.INK)  # fmt: skip
        key.get_title().set(fontsize=style.TITLE_SIZE, fontweight="bold", color=style.INK)
