"""Draw how the runs of a study went over time."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from livermet_sim.observe.columns import Frame
from livermet_sim.observe.readouts import tables as readouts
from livermet_sim.viz import style
from livermet_sim.viz.studies import wording
from livermet_sim.viz.studies.asked import Factor, Study
from livermet_sim.viz.studies.wording import MOST_WORDS


def series(study: Study, column: str = "n_tumour", by: str | None = None) -> Figure:
    """Return a column of the time series: median and the middle 50 % and 90 % of the runs, by the values of a factor."""
    factors = {factor.path: factor for factor in wording.factors(study)}
    if by is None:
        by = next((f.path for f in factors.values() if 1 < len(f.values) <= MOST_WORDS), None)
    table = study.series([column])
    figure = style.picture(9.2, 5.2)
    ax = figure.add_subplot()
    style.dress(ax, readouts.words(column).capitalize(), "day", readouts.words(column))
    if by is None:
        groups: list[tuple[str, Frame]] = [("", table)]
    else:
        values = study.design[["run", by]]
        joined = table.merge(values, on="run")
        groups = [
            (wording.value_words(v), joined[joined[by] == v])
            for v in _known_values(factors[wording.known(by, factors)], values[by])
        ]
    palette = ("#4a2391", "#e69f00", "#1b9e57", "#d7191c", "#0072b2", "#8c510a", "#cc79a7", "#2b2b2b")
    for (label, own), colour in zip(groups, palette, strict=False):
        _band(ax, own, column, label, colour)
    if table[column].min() >= 0:
        ax.set_ylim(0)
    ax.set_xlim(0, float(table["day"].max()))
    if by:
        style.legend(ax, title=wording.short(by), loc="best")
    wording.footnote(
        figure, f"{table['run'].nunique():,} runs; line: median; bands: the middle 50 % and 90 % of the runs"
    )
    return figure


def _known_values(factor: Factor, column: Frame) -> list[Any]:
    return [v for v in (factor.values or sorted(set(column.tolist()))) if (column == v).any()][:MOST_WORDS]


def _band(ax: Axes, table: Frame, column: str, label: str, colour: str) -> None:
    spread = table.groupby("day")[column].quantile([0.05, 0.25, 0.5, 0.75, 0.95]).unstack()
    for low, high, alpha in ((0.05, 0.95, 0.13), (0.25, 0.75, 0.28)):
        ax.fill_between(spread.index, spread[low], spread[high], color=colour, alpha=alpha, linewidth=0)
    ax.plot(spread.index, spread[0.5], color=colour, linewidth=2.2, label=label or None)
