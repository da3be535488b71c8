"""Draw the curves, bars and time lines of a result, each into a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from livermet_sim.observe.columns import ENDED, PHASES, Frame
from livermet_sim.observe.frames import of_result
from livermet_sim.observe.summary import cause_words, death_shares
from livermet_sim.viz import style

if TYPE_CHECKING:
    from livermet_sim.observe.result import Result

MOST_BARS = 60
MOST_CURVES = 25
_ENTRY = ("arrested_h", "extravasated_h", "angiogenic_h", "growth_h")
_LOSSES = "cells lost (total)"


def draw_lesion_bars(ax: Axes, result: Result) -> None:
    """Draw a bar per lesion over days, coloured by phase; a cross marks a lost lesion, an arrow a merged one."""
    chosen, words = _chosen(result.lesions)
    style.dress(ax, "Lesions and their phases", "day", "lesion", grid="x")
    if not len(chosen):
        style.empty(ax, "no lesion formed")
        return
    for place, (_, lesion) in enumerate(chosen.iterrows()):
        for start, length, phase in _spans(lesion, result.hours):
            ax.barh(place, length / 24, left=start / 24, height=0.82, color=style.PHASE_COLOURS[phase])
    ended = chosen["lost_h"].to_numpy() / 24
    for word, marker in (("lost", "x"), ("merged", ">")):
        those = np.flatnonzero((chosen["phase"] == word).to_numpy())
        ax.plot(ended[those], those, linestyle="", marker=marker, markersize=4.5, color=style.LOST_COLOUR)
    ax.set_ylim(-0.8, len(chosen) - 0.2)
    ax.set_xlim(0, max(result.days, 1e-3))
    ax.set_yticks([])
    ax.set_ylabel(words, fontsize=style.LABEL_SIZE)
    handles = [Patch(color=style.PHASE_COLOURS[phase], label=phase) for phase in PHASES]
    handles += [Line2D([], [], linestyle="", marker=m, color=style.LOST_COLOUR, label=w)
                for w, m in (("lost", "x"), ("merged", ">"))]  # fmt: skip
    style.legend(ax, handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _chosen(lesions: Frame) -> tuple[Frame, str]:
    """Return the lesions to draw, latest phase on top: all that left the vessel first, others as room allows."""
    # groups that broke away for less than a day and never grew would bury the others
    life = lesions["lost_h"].fillna(np.inf) - lesions["arrested_h"]
    lesions = lesions[
        (life >= 24.0) | lesions["micrometastasis_h"].notna() | (lesions["lesion"] == lesions["founder"])
    ]
    reached = lesions[list(_ENTRY[1:])].notna().sum(axis=1)
    size = lesions["peak_cells"].rank(pct=True)
    order = (reached + 0.9 * size).sort_values(kind="stable").index
    ordered = lesions.loc[order]
    if len(ordered) <= MOST_BARS:
        return ordered, f"{len(ordered)} lesions"
    left = ordered[(reached.loc[order] > 0).to_numpy()].tail(MOST_BARS)
    still = ordered[(reached.loc[order] == 0).to_numpy()]
    room = min(len(still), max(MOST_BARS - len(left), min(8, MOST_BARS)))
    picked = still.iloc[np.unique(np.linspace(0, len(still) - 1, room).astype(int))] if room else still
    import pandas as pd

    shown = pd.concat([picked, left])
    return shown, f"{len(shown)} of {len(ordered)} lesions"


def _spans(lesion: Frame, end: float) -> list[tuple[float, float, str]]:
    """Return start, length and phase of each stretch of a lesion's life, in hours."""
    stop = end if np.isnan(lesion["lost_h"]) else lesion["lost_h"]
    entries = [
        (lesion[name], phase)
        for name, phase in zip(_ENTRY, PHASES, strict=True)
        if not np.isnan(lesion[name])
    ]
    ends = [*(hour for hour, _ in entries[1:]), stop][: len(entries)]
    return [(hour, max(0.0, till - hour), phase) for (hour, phase), till in zip(entries, ends, strict=True)]


def draw_phase_counts(ax: Axes, result: Result) -> None:
    """Draw how many lesions stood in each phase over time, stacked."""
    table = result.timeseries
    names = [f"lesions_{phase.replace('-', '_')}" for phase in PHASES]
    colours = [style.PHASE_COLOURS[phase] for phase in PHASES]
    stack = [table[name].to_numpy() for name in names]
    ax.stackplot(table["day"].to_numpy(), stack, colors=colours, labels=PHASES, linewidth=0)
    style.dress(ax, "Lesions in each phase", "day", "lesions")
    ax.set_xlim(0, max(result.days, 1e-3))
    ax.set_ylim(0)


def draw_funnel(ax: Axes, result: Result) -> None:
    """Draw the cascade as horizontal bars on a logarithmic axis, with 95 % intervals and the numbers."""
    table = result.funnel()
    entered = int(table["count"].iloc[0])
    style.dress(ax, "The metastatic cascade", "share of the founder cells that entered (%)", grid="x")
    if entered == 0:
        style.empty(ax, "no tumour cell entered")
        return
    floor = 100 / entered / 3
    place = np.arange(len(table))[::-1]
    share = 100 * table["of_entered"].to_numpy()
    colours = _step_colours(len(table))
    ax.barh(place, np.maximum(share - floor, 0), left=floor, height=0.66, color=colours)
    low, high = 100 * table["low"].to_numpy(), 100 * table["high"].to_numpy()
    ax.hlines(place[1:], np.maximum(low[1:], floor), high[1:], color=style.INK, linewidth=1.3)
    ax.plot(high[1:], place[1:], "|", color=style.INK, markersize=7)
    ax.set_xscale("log")
    ax.set_xlim(floor, 100)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_yticks(place, table["step"], fontsize=style.LABEL_SIZE)
    ax.tick_params(axis="y", length=0)
    for spot, row in zip(place, table.itertuples(), strict=True):
        open_end = f"  (+{row.still_possible} open)" if row.still_possible else ""
        ax.annotate(f"{row.count:,}{open_end}", (1.02, spot), xycoords=("axes fraction", "data"), va="center",
                    fontsize=style.LABEL_SIZE, color=style.INK, annotation_clip=False)  # fmt: skip


def _step_colours(steps: int) -> list[str]:
    ramp = ["#8fa3b8", "#8fa3b8", "#7d9cc0", "#56b4e9", "#2b93d1", "#1770a8", "#e69f00", "#a01d5a"]
    return [ramp[min(i, len(ramp) - 1)] for i in range(steps)]


def draw_tumour(ax: Axes, result: Result) -> None:
    """Draw the tumour cells over time, by place and state, on a logarithmic axis."""
    table = result.timeseries
    looks = {
        "n_tumour": ("all", style.INK, "-", 2.4),
        "tumour_lumen": ("in the vessels", "#8c96a3", "-", 1.7),
        "tumour_cycling": ("cycling", style.STATE_COLOURS["cycling"], "-", 1.7),
        "tumour_dormant": ("dormant", style.STATE_COLOURS["dormant"], "-", 1.7),
        "tumour_hypoxic": ("hypoxic", "#b2182b", "--", 1.5),
    }
    for name, (label, colour, line, width) in looks.items():
        if name in table and (table[name] > 0).any():
            ax.plot(
                table["day"],
                table[name].where(table[name] > 0),
                line,
                color=colour,
                linewidth=width,
                label=label,
            )
    style.dress(ax, "Tumour cells", "day", "cells")
    ax.set_xlim(0, max(result.days, 1e-3))
    if (table["n_tumour"] > 0).any():
        _log_cells(ax)
    style.legend(ax, loc="upper left")


def _log_cells(ax: Axes) -> None:
    ax.set_yscale("log")
    ax.set_ylim(0.8, max(10.0, 1.6 * ax.dataLim.y1))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def draw_host(ax: Axes, result: Result) -> None:
    """Draw the other cells over time relative to their number at the start, or counts where there were none."""
    table = result.timeseries
    kinds = [str(c)[2:] for c in table.columns if str(c).startswith("n_") and c not in ("n_tumour",)]
    for kind in kinds:
        values = table[f"n_{kind}"].to_numpy(dtype=float)
        if values.max(initial=0) <= 0:
            continue
        line = "--" if kind in ("nk", "cd8", "monocyte", "dendritic") else "-"
        ax.plot(table["day"], np.where(values > 0, values, np.nan), line, color=style.colour_of(kind, kinds),
                linewidth=1.8, label=style.words_of(kind))  # fmt: skip
    style.dress(ax, "Liver and immune cells", "day", "cells in the tissue")
    ax.set_xlim(0, max(result.days, 1e-3))
    if ax.lines:
        _log_cells(ax)
    style.legend(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def draw_losses(ax: Axes, result: Result) -> None:
    """Draw what tumour cells were lost to, as running totals stacked over time."""
    table, shares = result.timeseries, death_shares(result)
    style.dress(ax, "What tumour cells were lost to", "day", _LOSSES)
    if not len(shares):
        style.empty(ax, "no tumour cell was lost")
        return
    causes = [str(cause) for cause in shares.index]
    columns = ["washed_out" if cause == "washed_out" else f"dead_{cause}" for cause in causes]
    colours = [style.CAUSE_COLOURS.get(cause, style.colour_of(cause, causes)) for cause in causes]
    labels = [f"{cause_words(c)}: {int(n):,} ({100 * n / shares.sum():.0f} %)" for c, n in shares.items()]
    stack = [table[name].to_numpy(dtype=float) for name in columns]
    ax.stackplot(table["day"].to_numpy(), stack, colors=colours, labels=labels, linewidth=0)
    ax.set_xlim(0, max(result.days, 1e-3))
    ax.set_ylim(0)
    handles, words = ax.get_legend_handles_labels()
    style.legend(ax, handles[::-1], words[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0))


def draw_growth(ax: Axes, result: Result) -> None:
    """Draw the size of each lesion over time, from the snapshots, coloured by the phase it ended in."""
    style.dress(ax, "Growth of the lesions", "day", "cells in the lesion")
    days, curves = _sizes(result)
    if not curves:
        style.empty(ax, "no lesion in the frames")
        return
    phase = dict(zip(result.lesions["lesion"], result.lesions["phase"], strict=True))
    mark = "-o" if len(days) < 20 else "-"
    largest = sorted(curves, key=lambda lesion: -curves[lesion].max())[:MOST_CURVES]
    for lesion in largest[::-1]:
        sizes = curves[lesion]
        last = str(phase.get(lesion, ""))
        colour = style.LOST_COLOUR if last in ENDED else style.PHASE_COLOURS.get(last, style.FAINT)
        ax.plot(days, np.where(sizes > 0, sizes, np.nan), mark, color=colour, linewidth=1.6, markersize=3.5)
    ax.set_xlim(0, max(result.days, 1e-3) * 1.02)
    _log_cells(ax)
    ends = {**style.PHASE_COLOURS, "lost or merged": style.LOST_COLOUR}
    handles = [Line2D([], [], color=colour, linewidth=2, label=word) for word, colour in ends.items()]
    words = f"at the end ({len(largest)} largest\nof {len(curves)} lesions)"
    style.legend(ax, handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), title=words)
    ax.get_legend().get_title().set_fontsize(style.TICK_SIZE)  # type: ignore[union-attr]


def _sizes(result: Result) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """Return the days of the frames and the cells of each lesion on them."""
    if not result.frames and not result.snapshots:
        return np.zeros(0), {}
    frames = of_result(result)
    times = len(frames["time_h"])
    frame = np.repeat(np.arange(times), np.diff(frames["cell_start"]))
    own = frames["cell_lesion"] >= 0
    numbers, which = np.unique(frames["cell_lesion"][own], return_inverse=True)
    table = np.bincount(which * times + frame[own], minlength=len(numbers) * times).reshape(-1, times)
    return frames["time_h"] / 24, dict(zip(numbers.tolist(), table, strict=True))
