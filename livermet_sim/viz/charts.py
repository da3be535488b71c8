"""Draw the curves, bars and time lines of a result, each into a panel."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from livermet_sim.cells.registry import look_of
from livermet_sim.observe.funnel import funnel
from livermet_sim.observe.readouts.kept import Kept
from livermet_sim.observe.record import Record
from livermet_sim.observe.summary import cause_words, death_shares
from livermet_sim.state.lesions import PHASES
from livermet_sim.viz import style

OPEN: dict[str, Any] = {"facecolor": "#f2f2f2", "edgecolor": style.FAINT, "hatch": "///", "linewidth": 0.6}
_LOSSES, REST_COLOUR = "cells lost (total)", "#e5e5e5"


def draw_funnel(ax: Axes, result: Record) -> None:
    """Draw the cascade as bars from zero: who came this far, who still may, with 95 % intervals and the numbers."""
    table = funnel(Kept(result))
    entered = int(table["count"].iloc[0])
    style.dress(
        ax, "The metastatic cascade", f"share of the {entered:,} founder cells that entered (%)", grid="x"
    )
    if entered == 0:
        style.empty(ax, "no tumour cell entered")
        return
    place = np.arange(len(table))[::-1]
    count, still = (table[name].to_numpy(dtype=float) for name in ("count", "still_possible"))
    ax.barh(place, 100 * np.nan_to_num(count) / entered, height=0.66, color=_step_colours(len(table)))
    more = still > 0
    ax.barh(
        place[more], 100 * still[more] / entered, 0.66, 100 * np.nan_to_num(count[more]) / entered, **OPEN
    )
    low, high = 100 * table["low"].to_numpy(dtype=float), 100 * table["high"].to_numpy(dtype=float)
    ax.hlines(place[1:], low[1:], high[1:], color=style.INK, linewidth=1.4)
    for ends in (low, high):
        ax.plot(ends[1:], place[1:], "|", color=style.INK, markersize=6)
    ax.set_xlim(0, 100)
    ax.set_yticks(place, table["step"], fontsize=style.TICK_SIZE)
    ax.tick_params(axis="y", length=0)
    for spot, own, may in zip(place, count, still, strict=True):
        words = f"{own:,.0f}" if np.isfinite(own) else "not yet known"
        words += f" (+{may:,.0f} open)" if may and np.isfinite(own) else ""
        ax.annotate(words, (1.02, spot), xycoords=("axes fraction", "data"), va="center", fontsize=style.TICK_SIZE,
                    color=style.INK, annotation_clip=False)  # fmt: skip
    handles: list[Any] = [Line2D([], [], color=style.INK, marker="|", linewidth=1.4, label="95 % interval")]
    if more.any():
        handles.insert(0, Patch(**OPEN, label="open: alive at the end"))
    style.legend(ax, handles=handles, loc="lower right")


def _step_colours(steps: int) -> list[str]:
    """Return the colour of the phase to which each step of the cascade belongs."""
    phases = [PHASES[0]] * 3 + [PHASES[1]] * 3 + list(PHASES[2:])
    return [style.PHASE_COLOURS[phases[min(i, len(phases) - 1)]] for i in range(steps)]


def draw_tumour(ax: Axes, result: Record) -> None:
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
    style.day_axis(ax, result.days)
    if (table["n_tumour"] > 0).any():
        _log_cells(ax)
    style.legend(ax, loc="upper left", bbox_to_anchor=(1.0, 1.04), labelspacing=0.3)


def _log_cells(ax: Axes) -> None:
    ax.set_yscale("log")
    ax.set_ylim(0.8, max(10.0, 1.6 * ax.dataLim.y1))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def draw_host(ax: Axes, result: Record) -> None:
    """Draw the other cells over time relative to their number at the start, or counts where there were none."""
    table = result.timeseries
    kinds = [str(c)[2:] for c in table.columns if str(c).startswith("n_") and c not in ("n_tumour",)]
    for kind in kinds:
        values = table[f"n_{kind}"].to_numpy(dtype=float)
        if values.max(initial=0) <= 0:
            continue
        line = "--" if look_of(kind).dashed else "-"
        ax.plot(table["day"], np.where(values > 0, values, np.nan), line, color=style.colour_of(kind, kinds),
                linewidth=1.8, label=style.words_of(kind))  # fmt: skip
    style.dress(ax, "Liver and immune cells", "day", "cells in the tissue")
    style.day_axis(ax, result.days)
    if ax.lines:
        _log_cells(ax)
    style.legend(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def draw_losses(ax: Axes, result: Record, most: int = 12) -> None:
    """Draw what tumour cells were lost to, as running totals stacked over time; rare causes beyond ``most`` as one."""
    table, shares = result.timeseries, death_shares(result)
    style.dress(ax, "What tumour cells were lost to", "day", _LOSSES)
    if not len(shares):
        style.empty(ax, "no tumour cell was lost")
        return
    causes = [str(cause) for cause in shares.index]
    first = causes if len(causes) <= most else causes[: most - 1]
    rest = causes[len(first) :]
    columns = {c: "washed_out" if c == "washed_out" else f"dead_{c}" for c in causes}
    stack = [table[columns[c]].to_numpy(dtype=float) for c in first]
    colours = [style.CAUSE_COLOURS.get(c, style.colour_of(c, causes)) for c in first]
    words = [(cause_words(c), float(shares[c])) for c in first]
    if rest:
        stack.append(table[[columns[c] for c in rest]].to_numpy(dtype=float).sum(axis=1))
        colours.append(REST_COLOUR)
        words.append((f"{len(rest)} other causes", float(shares[rest].sum())))
    labels = [f"{name}: {n:,.0f} ({style.percent(n / shares.sum())})" for name, n in words]
    ax.stackplot(table["day"].to_numpy(), stack, colors=colours, labels=labels, linewidth=0)
    style.day_axis(ax, result.days)
    ax.set_ylim(0)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    handles, names = ax.get_legend_handles_labels()
    style.legend(
        ax, handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.04), labelspacing=0.25
    )
