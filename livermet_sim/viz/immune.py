"""Draw what host cells do over time: whom they kill, how they are polarised and activated."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from livermet_sim.cells.registry import having, look_of
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.frames import LOAD_STEP, of_result
from livermet_sim.observe.record import Record
from livermet_sim.observe.summary import cause_words
from livermet_sim.state.lesions import PHASES
from livermet_sim.viz import style

MOST_BINS = 56
PLACES = ("in a vessel", *PHASES[1:])


def _deaths(result: Record) -> Frame:
    """Return the deaths among the events, with where each victim was."""
    deaths = result.events[result.events["event"] == "die"]
    phase = deaths["phase"].astype(str)
    where = np.where((deaths["layer"] == "lumen") | (phase == PHASES[0]), PLACES[0], phase)
    return deaths.assign(where=where, cause=deaths["cause"].astype(str))


def draw_kills(ax: Axes, result: Record) -> None:
    """Draw the tumour cells lost per day, as bars stacked by what they were lost to."""
    deaths = _deaths(result)
    style.dress(ax, "Tumour cells lost per day, and to what", "day", "cells lost per day")
    if not len(deaths):
        style.empty(ax, _none(result))
        return
    days = max(result.days, 1e-3)
    bins = int(np.clip(np.ceil(days), 8, MOST_BINS))
    edges = np.linspace(0, days, bins + 1)
    width, under = days / bins, np.zeros(bins)
    causes = [str(cause) for cause in deaths["cause"].value_counts().index]
    for cause in causes:
        hours = deaths.loc[deaths["cause"] == cause, "time_h"].to_numpy()
        # an event of the last step lies on the edge
        count = np.histogram(np.minimum(hours / 24, days), edges)[0] / width
        ax.bar(edges[:-1], count, width, under, align="edge", color=_colour(cause, causes), label=cause_words(cause),
               edgecolor="white", linewidth=0.4)  # fmt: skip
        under += count
    style.day_axis(ax, days)
    handles, words = ax.get_legend_handles_labels()
    style.legend(ax, handles[::-1], words[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0))


def draw_victims(ax: Axes, result: Record) -> None:
    """Draw a table of who killed whom: rows are causes, columns where the victim's lesion stood."""
    deaths = _deaths(result)
    style.dress(ax, "Who was killed by what", "", "", grid="")
    if not len(deaths):
        style.empty(ax, _none(result))
        return
    causes = [str(cause) for cause in deaths["cause"].value_counts().index]
    table = np.array(
        [[int(((deaths["cause"] == c) & (deaths["where"] == p)).sum()) for p in PLACES] for c in causes]
    )
    share = table / np.maximum(table.sum(axis=0), 1)
    ax.imshow(share, cmap="Purples", vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(table):
        ax.text(column, row, f"{count:,}" if count else "·", ha="center", va="center", fontsize=style.TICK_SIZE,
                color="white" if share[row, column] > 0.55 else style.INK)  # fmt: skip
    names = [place.replace("a v", "a\nv").replace("giogenic", "gio-\ngenic") for place in PLACES]
    ax.set_xticks(range(len(PLACES)), names, fontsize=style.TICK_SIZE)
    ax.set_yticks(range(len(causes)), [cause_words(cause) for cause in causes], fontsize=style.TICK_SIZE)
    ax.set_xlabel("where the victim's lesion stood\n(shade: share of a column)", fontsize=style.LABEL_SIZE)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _none(result: Record) -> str:
    return "no event was kept" if not len(result.events) else "no tumour cell died"


def _colour(cause: str, causes: list[str]) -> str:
    return style.CAUSE_COLOURS.get(cause, style.colour_of(cause, causes))


def means(result: Record, column: str, kinds: tuple[str, ...]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the days of the frames and the mean of a column of some kinds, NaN where there are no such cells.

    Parameters
    ----------
    column : str
        ``activation``, ``polarisation`` or ``load``.
    """
    frames = of_result(result)
    names = [str(name) for name in frames["kinds"]]
    times, unit = len(frames["time_h"]), LOAD_STEP if column == "load" else 1 / 255
    frame = np.repeat(np.arange(times), np.diff(frames["cell_start"]))
    out = {}
    for kind in kinds:
        if kind not in names:
            continue
        those = frames["cell_kind"] == names.index(kind)
        count = np.bincount(frame[those], minlength=times)
        total = np.bincount(frame[those], frames[f"cell_{column}"][those], times)
        out[kind] = np.where(count > 0, total * unit / np.maximum(count, 1), np.nan)
    return frames["time_h"] / 24, out


def _draw_means(ax: Axes, result: Record, column: str, kinds: tuple[str, ...]) -> None:
    if not result.frames and not result.snapshots:
        style.empty(ax, "no frames were kept")
        return
    days, curves = means(result, column, kinds)
    for kind, values in curves.items():
        if np.nanmax(values, initial=0.0) > 0:
            line = "--" if look_of(kind).dashed else "-"
            ax.plot(
                days,
                values,
                line,
                color=style.colour_of(kind, curves),
                linewidth=2,
                label=style.words_of(kind),
            )
    style.day_axis(ax, result.days)


def draw_polarisation(ax: Axes, result: Record) -> None:
    """Draw the mean polarisation of phagocytes over time, from tumour-killing to tumour-feeding."""
    style.dress(ax, "Polarisation", "day", "mean polarisation\n(0 kills tumour cells, 1 feeds them)")
    _draw_means(ax, result, "polarisation", having("myeloid"))
    ax.set_ylim(0, 1)
    style.legend(ax, loc="upper left")


def draw_activation(ax: Axes, result: Record) -> None:
    """Draw the mean activation of stellate, lining and T cells over time."""
    style.dress(ax, "Activation", "day", "mean activation (0 to 1)")
    lymphoid = [kind for kind in having("immune") if kind not in having("myeloid")]
    _draw_means(ax, result, "activation", (*having("stroma"), *having("lining"), *lymphoid))
    ax.set_ylim(0, 1)
    style.legend(ax, loc="upper left")


def draw_load(ax: Axes, result: Record) -> None:
    """Draw how many tumour cells a phagocyte holds on average over time."""
    style.dress(ax, "Load of the phagocytes", "day", "engulfed tumour cells per cell")
    _draw_means(ax, result, "load", having("myeloid"))
    ax.set_ylim(0)
    style.legend(ax, loc="upper left")
