"""Draw which factors of a study move a measure, and how far."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from livermet_sim.observe.columns import Frame
from livermet_sim.observe.readouts import tables as readouts
from livermet_sim.viz import style
from livermet_sim.viz.studies import wording
from livermet_sim.viz.studies.asked import Factor, Study
from livermet_sim.viz.studies.wording import HIGH, LOW, MOST_BARS


def tornado(study: Study, measure: str) -> Figure:
    """Return how far each factor moves the mean of a measure, from the low to the high end of its range."""
    table = study.by_point(measure)
    table = table[np.isfinite(table[measure].to_numpy(dtype=float))]
    alone = study.manifest["design"] == "one-at-a-time"
    centre = float(table[measure].iloc[0]) if alone else float(table[measure].mean())
    effects = []
    for i, factor in enumerate(wording.factors(study)):
        ends = _ends(factor, table, measure, alone, i)
        if ends is not None:
            effects.append((factor, *ends))
    effects.sort(key=lambda e: abs(e[1] - e[2]))
    effects = effects[-MOST_BARS:]
    figure = style.picture(9.6, 0.5 * len(effects) + 2.0)
    ax = figure.add_subplot()
    style.dress(ax, f"What moves {readouts.words(measure)}", readouts.words(measure), grid="x")
    for place, (_, low, high, _, _) in enumerate(effects):
        for value, colour in ((low, LOW), (high, HIGH)):
            ax.barh(place, value - centre, left=centre, height=0.62, color=colour, zorder=2)
    ax.axvline(centre, color=style.INK, linewidth=1, zorder=3)
    names = [f"{wording.short(f.path)}\n{low} to {high}" for f, _, _, low, high in effects]
    ax.set_yticks(range(len(effects)), names, fontsize=style.TICK_SIZE)
    ax.tick_params(axis="y", length=0)
    style.legend(ax, handles=[Patch(color=LOW, label="low end"), Patch(color=HIGH, label="high end")],
                 loc="lower right")  # fmt: skip
    how = (
        "each factor alone, the others in the middle"
        if alone
        else "means of the lowest and the highest quarter"
    )
    wording.footnote(figure, how)
    return figure


def _ends(
    factor: Factor, table: Frame, measure: str, alone: bool, number: int
) -> tuple[float, float, str, str] | None:
    """Return the mean measure at both ends of a factor's range, and what the ends are called."""
    values = table[factor.path].tolist()
    place = np.array([factor.position(v) for v in values])
    outcome = table[measure].to_numpy(dtype=float)
    keep = np.ones(len(place), dtype=bool)
    if alone:
        first = table.iloc[0]
        for other in [c for c in table.columns[1:] if c not in (factor.path, measure, "n")]:
            keep &= (table[other] == first[other]).to_numpy()
    if factor.values or alone:
        low, high = place[keep].min(initial=2), place[keep].max(initial=-1)
        lows, highs = keep & (place == low), keep & (place == high)
    else:
        lows, highs = place <= 0.25, place >= 0.75
    if not lows.any() or not highs.any() or (lows == highs).all():
        return None
    names = (wording.value_words(factor.values[0]), wording.value_words(factor.values[-1])) if factor.values else (
        wording.number(factor.low), wording.number(factor.high))  # fmt: skip
    return float(outcome[lows].mean()), float(outcome[highs].mean()), *names


def sensitivity(study: Study, measure: str, statistic: str = "mean") -> Figure:
    """Return the sensitivity indices of all factors with their 95 % intervals."""
    found = study.sensitivity(measure, statistic)
    table = found.table.head(MOST_BARS).iloc[::-1]
    place = np.arange(len(table))
    figure = style.picture(9.6, 0.5 * len(table) + 2.2)
    ax = figure.add_subplot()
    words = {"sobol": "Sobol index", "fast": "index by extended FAST", "morris": "mean size of an elementary effect",
             "rbd-fast": "first-order index (RBD-FAST)"}  # fmt: skip
    style.dress(ax, f"Which factors matter for {readouts.words(measure)}", words[found.method], grid="x")
    bars = {"sobol": ("ST", "S1"), "fast": ("ST", "S1"), "morris": ("mu_star",), "rbd-fast": ("S1",)}[
        found.method
    ]
    labels = {"ST": "with interactions (ST)", "S1": "alone (S1)", "mu_star": "mu*"}
    height = 0.7 / len(bars)
    for i, (name, colour) in enumerate(zip(bars, (HIGH, LOW), strict=False)):
        at = place + (i - (len(bars) - 1) / 2) * -height
        value, half = table[name].to_numpy(dtype=float), table[f"{name}_conf"].to_numpy(dtype=float)
        ax.barh(at, value, height * 0.92, color=colour, label=labels[name], zorder=2)
        ax.errorbar(value, at, xerr=half, fmt="none", ecolor=style.INK, elinewidth=1.2, capsize=3, zorder=3)
    ax.axvline(0, color=style.INK, linewidth=0.8)
    ax.set_yticks(place, [wording.short(path) for path in table["factor"]], fontsize=style.TICK_SIZE)
    ax.tick_params(axis="y", length=0)
    if len(bars) > 1:
        style.legend(ax, loc="lower right")
    wording.footnote(
        figure, f"{found.points:,} points; {statistic} over replicates; lines are 95 % intervals"
    )
    return figure
