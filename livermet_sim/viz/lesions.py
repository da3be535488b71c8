"""Draw lesions over time: a bar each, how many stand in each phase, how large each is; one definition, one set of colours."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from livermet_sim.observe.columns import Frame
from livermet_sim.observe.course import Course, course
from livermet_sim.observe.readouts.growth import LESIONS_IN
from livermet_sim.observe.record import Record
from livermet_sim.observe.standing import counted
from livermet_sim.state.lesions import PHASE_WORDS, PHASES
from livermet_sim.viz import style

MOST_BARS, MOST_CURVES = 50, 25
ENDS = (("lost", "x"), ("merged", ">"))
_ENTRY = ("arrested_h", "extravasated_h", "angiogenic_h", "growth_h")
ENTRY_OF = dict(zip(_ENTRY, PHASES, strict=True))


def draw_lesion_bars(ax: Axes, result: Record) -> None:
    """Draw a bar per lesion over days, coloured by the phase in which it stood; marks say how it ended."""
    known = counted(result.lesions)
    chosen = _chosen(known)
    style.dress(ax, "Lesions and the phase in which each stood", "day", "", grid="x")
    if not len(chosen):
        style.empty(ax, "no lesion formed")
        return
    seen = course(result)
    boxes, colours = [], []
    for place, (_, lesion) in enumerate(chosen.iterrows()):
        for start, end, phase in stretches(lesion, seen, result.hours):
            boxes.append(
                [(d / 24, place + h) for d, h in ((start, -0.41), (end, -0.41), (end, 0.41), (start, 0.41))]
            )
            colours.append(style.PHASE_COLOURS[phase])
    ax.add_collection(PolyCollection(boxes, facecolors=colours, edgecolors="none"))
    ended = chosen["lost_h"].to_numpy() / 24
    for word, marker in ENDS:
        those = np.flatnonzero((chosen["phase"] == word).to_numpy())
        ax.plot(ended[those], those, linestyle="", marker=marker, markersize=4, color=style.LOST_COLOUR)
    ax.set_ylim(-0.8, len(chosen) - 0.2)
    ax.set_yticks([])
    some = "" if len(chosen) == len(known) else f"{len(chosen)} of "
    left_out = len(result.lesions) - len(known)
    words = f"{some}{len(known)} lesions" + (f"\n(without {left_out} short-lived groups)" if left_out else "")
    ax.set_ylabel(words, fontsize=style.LABEL_SIZE)
    style.day_axis(ax, result.days)
    style.legend(ax, handles=phase_key(), loc="upper left", bbox_to_anchor=(1.0, 1.0))


def phase_key() -> list:
    """Return the legend entries of phases and endings."""
    handles: list = [Patch(color=style.PHASE_COLOURS[phase], label=phase) for phase in PHASES]
    return handles + [
        Line2D([], [], linestyle="", marker=m, color=style.LOST_COLOUR, label=w) for w, m in ENDS
    ]


def _chosen(lesions: Frame) -> Frame:
    """Return the lesions to draw, latest phase on top: all that left the vessel first, others as room allows."""
    reached = lesions[list(_ENTRY[1:])].notna().sum(axis=1)
    size = lesions["peak_cells"].rank(pct=True)
    order = (reached + 0.9 * size).sort_values(kind="stable").index
    ordered = lesions.loc[order]
    if len(ordered) <= MOST_BARS:
        return ordered
    left = ordered[(reached.loc[order] > 0).to_numpy()].tail(MOST_BARS)
    still = ordered[(reached.loc[order] == 0).to_numpy()]
    room = min(len(still), max(MOST_BARS - len(left), min(8, MOST_BARS)))
    picked = still.iloc[np.unique(np.linspace(0, len(still) - 1, room).astype(int))] if room else still
    import pandas as pd

    return pd.concat([picked, left])


def stretches(lesion: Frame, seen: Course, end: float) -> list[tuple[float, float, str]]:
    """Return start, end (hours) and phase of each stretch of a lesion's life: as it stood, wherever frames tell."""
    stop = end if np.isnan(lesion["lost_h"]) else float(lesion["lost_h"])
    marks = {float(lesion[name]): phase for name, phase in ENTRY_OF.items() if not np.isnan(lesion[name])}
    code = seen.phase.get(int(lesion["lesion"]))
    if code is not None:
        first: dict[str, float] = {phase: hour for hour, phase in marks.items()}
        hours: list[float] = (24 * seen.days).tolist()
        earlier = -1.0
        for hour, number in zip(hours, code.tolist(), strict=True):
            if number and hour <= stop:
                phase = PHASE_WORDS[number]
                # between two frames a phase that began in the meantime tells its own hour
                own: float = first.get(phase, hour)
                marks[own if earlier < own <= hour else hour] = phase
            earlier = hour
    out: list[tuple[float, float, str]] = []
    for hour, phase in sorted(marks.items()):
        if out and out[-1][2] == phase:
            continue
        if out:
            out[-1] = (out[-1][0], hour, out[-1][2])
        out.append((hour, stop, phase))
    return [(start, max(start, till), phase) for start, till, phase in out]


def draw_phase_counts(ax: Axes, result: Record) -> None:
    """Draw how many lesions stood in each phase over time, stacked."""
    table = result.timeseries
    names = list(LESIONS_IN.values())
    colours = [style.PHASE_COLOURS[phase] for phase in PHASES]
    stack = [table[name].to_numpy() for name in names]
    ax.stackplot(table["day"].to_numpy(), stack, colors=colours, labels=PHASES, linewidth=0)
    style.dress(ax, "Lesions in each phase", "day", "lesions")
    style.day_axis(ax, result.days)
    ax.set_ylim(0)


def draw_phase_cells(ax: Axes, result: Record) -> None:
    """Draw which share of the tumour cells belonged to lesions in each phase over time: few large lesions hold most cells."""
    style.dress(ax, "Tumour cells by the phase of their lesion", "day", "share of cells")
    seen = course(result)
    cells = seen.cells_by_phase()
    whole = cells.sum(axis=1)
    if not whole.any():
        style.empty(ax, "no lesion in the frames")
        return
    known = whole > 0
    shares = cells[known] / whole[known, None]
    ax.stackplot(
        seen.days[known], shares.T, colors=[style.PHASE_COLOURS[phase] for phase in PHASES], linewidth=0
    )
    style.day_axis(ax, result.days)
    ax.set_ylim(0.0, 1.0)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")


def draw_growth(ax: Axes, result: Record) -> None:
    """Draw the size of each lesion over time, coloured by the phase in which it stood."""
    style.dress(ax, "Growth of the lesions", "day", "cells in the lesion")
    seen = course(result)
    known = counted(result.lesions)
    curves = {n: seen.cells[n] for n in known["lesion"].tolist() if n in seen.cells}
    if not curves:
        style.empty(ax, "no lesion in the frames")
        return
    largest = sorted(curves, key=lambda lesion: -curves[lesion].max())[:MOST_CURVES]
    rows = known.set_index("lesion")
    for lesion in largest[::-1]:
        _curve(ax, seen, lesion)
        for word, marker in ENDS:
            there = np.flatnonzero(seen.cells[lesion])
            if rows.loc[lesion, "phase"] == word and len(there):
                ax.plot(
                    seen.days[there[-1]],
                    seen.cells[lesion][there[-1]],
                    marker,
                    color=style.LOST_COLOUR,
                    markersize=5,
                )
    ax.set_ylim(0.8, 1.6 * max(10.0, *(curves[lesion].max() for lesion in largest)))
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    style.day_axis(ax, result.days)
    words = (
        f"the {len(largest)} largest of\n{len(known)} lesions"
        if len(largest) < len(known)
        else f"{len(known)} lesions"
    )
    style.legend(ax, handles=phase_key(), loc="upper left", bbox_to_anchor=(1.0, 1.0), title=words)
    ax.get_legend().get_title().set_fontsize(style.TICK_SIZE)  # type: ignore[union-attr]


def _curve(ax: Axes, seen: Course, lesion: int) -> None:
    """Draw one lesion, each stretch in the colour of its phase."""
    cells, phase = seen.cells[lesion], seen.phase[lesion]
    both = (cells[:-1] > 0) & (cells[1:] > 0)
    points = np.stack([seen.days, np.maximum(cells, 1)], axis=1)
    lines = np.stack([points[:-1], points[1:]], axis=1)[both]
    shades = [style.PHASE_COLOURS.get(PHASE_WORDS[code], style.FAINT) for code in phase[1:][both]]
    ax.add_collection(LineCollection(list(lines), colors=shades, linewidths=1.8, capstyle="round"))
    alone = (cells > 0) & ~(np.r_[False, both] | np.r_[both, False])
    if alone.any():
        shades = [style.PHASE_COLOURS.get(PHASE_WORDS[code], style.FAINT) for code in phase[alone]]
        ax.scatter(seen.days[alone], cells[alone], s=9, c=shades)
