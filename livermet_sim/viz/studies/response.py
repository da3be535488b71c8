"""Draw how a measure answers to each factor of a study."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from livermet_sim.observe.columns import Frame
from livermet_sim.observe.readouts import tables as readouts
from livermet_sim.viz import style
from livermet_sim.viz.studies import wording
from livermet_sim.viz.studies.asked import Factor, Study
from livermet_sim.viz.studies.wording import MEAN, MOST_PANELS, POINT

BINS = 8


def response(study: Study, measure: str) -> Figure:
    """Return a panel a factor: every point, and the mean over shares of the range with its 95 % interval."""
    factors, table = wording.factors(study)[:MOST_PANELS], study.by_point(measure)
    columns = min(3, len(factors))
    rows = math.ceil(len(factors) / columns)
    figure = style.picture(4.4 * columns + 0.4, 3.5 * rows + 0.5)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for ax, factor in zip(panels, factors, strict=False):
        _response(ax, factor, wording.unit_of(study, factor.path), table, measure)
    for ax in panels[len(factors) :]:
        ax.set_visible(False)
    highest = float(table[measure].max())
    if table[measure].min() >= 0 and highest > 0:
        panels[0].set_ylim(-0.04 * highest, 1.06 * highest)
    for i, ax in enumerate(panels[: len(factors)]):
        ax.set_ylabel(readouts.words(measure) if i % columns == 0 else "", fontsize=style.LABEL_SIZE)
    replicates = study.manifest["replicates"]
    each = f"each point the mean of {replicates} runs" if replicates > 1 else "each point one run"
    wording.footnote(figure, f"{len(table):,} points, {each}; red: means and their 95 % intervals")
    return figure


def _response(ax: Axes, factor: Factor, unit: str, table: Frame, measure: str) -> None:
    y = table[measure].to_numpy(dtype=float)
    style.dress(ax, wording.short(factor.path), unit)
    if factor.values:
        place = np.array([factor.values.index(v) for v in table[factor.path].tolist()])
        spread = 0.13 * np.cos(2.4 * np.arange(len(y)))  # apart, and the same in every drawing
        ax.plot(
            place + spread,
            y,
            ".",
            color=POINT,
            markersize=wording.dot(len(y)),
            alpha=0.6,
            rasterized=len(y) > 3000,
        )
        groups = [(i, y[place == i]) for i in range(len(factor.values))]
        wording.value_ticks(ax, factor)
        ax.set_xlim(-0.6, len(factor.values) - 0.4)
    else:
        x = table[factor.path].to_numpy(dtype=float)
        ax.plot(x, y, ".", color=POINT, markersize=wording.dot(len(y)), alpha=0.6, rasterized=len(y) > 3000)
        groups = _shares(factor, x, y)
        if factor.log:
            ax.set_xscale("log")
            ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            ax.xaxis.set_major_formatter(lambda value, _: wording.number(value))
            ax.xaxis.set_minor_formatter(lambda value, _: "")
    means = [(at, *_interval(values)) for at, values in groups if np.isfinite(values).any()]
    at, mean, half = (np.array(column) for column in zip(*means, strict=True))
    line = "" if factor.values and isinstance(factor.values[0], str) else "-"
    ax.errorbar(at, mean, half, color=MEAN, fmt="o" + line, linewidth=1.6, markersize=5, capsize=3, zorder=3)


def _shares(factor: Factor, x: np.ndarray, y: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """Return the outcomes by value where there are few, else by shares of the range."""
    values = np.unique(x)
    if len(values) <= 2 * BINS:
        return [(float(v), y[x == v]) for v in values]
    place = np.array([factor.position(float(v)) for v in x])
    share = np.minimum((place * BINS).astype(int), BINS - 1)
    return [(float(factor.at((i + 0.5) / BINS)), y[share == i]) for i in range(BINS) if (share == i).any()]


def _interval(values: np.ndarray) -> tuple[float, float]:
    """Return mean and half width of its 95 % interval."""
    from scipy.stats import t

    values = values[np.isfinite(values)]
    n = len(values)
    half = float(t.ppf(0.975, n - 1)) * float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0
    return float(values.mean()), half
