"""Map a measure over two factors of a study, or over all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from livermet_sim.base.errors import LivermetError
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.readouts import tables as readouts
from livermet_sim.viz import style
from livermet_sim.viz.studies import wording
from livermet_sim.viz.studies.asked import Factor, Study
from livermet_sim.viz.studies.wording import COLOURS, MOST_PANELS, MOST_WORDS

CELLS, MOST_LINES = 8, 1500


def heatmap(study: Study, measure: str, x: str | None = None, y: str | None = None) -> Figure:
    """Return the mean of a measure over two factors, the first two by default."""
    factors = {factor.path: factor for factor in wording.factors(study)}
    if len(factors) < 2:
        raise LivermetError("heatmap", "a heat map needs two factors")
    names = list(factors)
    x = wording.known(x or names[0], factors)
    y = wording.known(y or next(name for name in names if name != x), factors)
    table = study.by_point(measure)
    places, edges = zip(*(_cells(factors[name], table[name]) for name in (x, y)), strict=True)
    sums, counts = (np.zeros((len(edges[1]), len(edges[0]))) for _ in range(2))
    values = table[measure].to_numpy(dtype=float)
    good = np.isfinite(values)
    np.add.at(sums, (places[1][good], places[0][good]), values[good])
    np.add.at(counts, (places[1][good], places[0][good]), 1)
    with np.errstate(invalid="ignore"):
        means = sums / counts
    figure = style.picture(8.2, 6.4)
    ax = figure.add_subplot()
    style.dress(
        ax, readouts.words(measure).capitalize(), wording.label(study, x), wording.label(study, y), grid=""
    )
    image = ax.imshow(means, origin="lower", aspect="auto", cmap=COLOURS)
    for ticks, labels in ((ax.set_xticks, edges[0]), (ax.set_yticks, edges[1])):
        ticks(range(len(labels)), labels, fontsize=style.TICK_SIZE)
    if means.size <= 100:
        _write_cells(ax, means, image)
    bar = figure.colorbar(image, ax=ax)
    bar.set_label(readouts.words(measure), fontsize=style.LABEL_SIZE)
    wording.footnote(
        figure, f"means over {int(counts.sum()):,} points" + ("" if good.all() else "; white: none")
    )
    return figure


def _cells(factor: Factor, column: Frame) -> tuple[np.ndarray, list[str]]:
    """Return which cell each value falls into, and the labels of the cells."""
    values = column.tolist()
    own = list(factor.values) or sorted(set(values))
    if len(own) <= 12:
        labels = [wording.value_words(v) for v in own]
        return np.array([own.index(v) for v in values]), labels
    places = np.array([factor.position(v) for v in values])
    labels = [wording.number(float(factor.at((i + 0.5) / CELLS))) for i in range(CELLS)]
    return np.minimum((places * CELLS).astype(int), CELLS - 1), labels


def _write_cells(ax: Axes, means: np.ndarray, image: Any) -> None:
    for (row, column), mean in np.ndenumerate(means):
        if np.isfinite(mean):
            red, green, blue, _ = image.cmap(image.norm(mean))
            dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.55
            ax.text(column, row, f"{mean:.3g}", ha="center", va="center", fontsize=style.TICK_SIZE,
                    color="white" if dark else style.INK)  # fmt: skip


def parallel(study: Study, measure: str) -> Figure:
    """Return a line a point through the axes of all factors, coloured by the measure."""
    factors, table = wording.factors(study)[:MOST_PANELS], study.by_point(measure)
    table = table[np.isfinite(table[measure].to_numpy(dtype=float))]
    shown = (
        table.iloc[np.unique(np.linspace(0, len(table) - 1, MOST_LINES).astype(int))] if len(table) else table
    )
    shown = shown.sort_values(measure, kind="stable")
    y = np.column_stack([[f.position(v) for v in shown[f.path].tolist()] for f in factors])
    for i, factor in enumerate(factors):
        if factor.values:  # lines through one value lie side by side
            rank = np.argsort(np.argsort(shown[measure].to_numpy(), kind="stable"))
            y[:, i] += (rank / max(1, len(rank) - 1) - 0.5) * 0.5 / len(factor.values)
    outcome = shown[measure].to_numpy(dtype=float)
    norm = Normalize(outcome.min(initial=0), outcome.max(initial=1))
    figure = style.picture(max(7.0, 2.3 * len(factors) + 2.0), 5.4)
    ax = figure.add_subplot()
    style.dress(ax, readouts.words(measure).capitalize(), grid="")
    places = np.arange(len(factors))
    lines = LineCollection(
        [np.column_stack([places, row]) for row in y], cmap=COLOURS, norm=norm, linewidths=0.9
    )
    lines.set_array(outcome)
    lines.set_alpha(float(np.clip(60 / max(1, len(y)), 0.25, 0.9)))
    lines.set_rasterized(True)
    ax.add_collection(lines)
    _axes(ax, factors)
    bar = figure.colorbar(ScalarMappable(norm, COLOURS), ax=ax, pad=0.02)
    bar.set_label(readouts.words(measure), fontsize=style.LABEL_SIZE)
    some = "" if len(shown) == len(table) else f"{len(shown):,} of "
    wording.footnote(figure, f"{some}{len(table):,} points, the highest on top")
    return figure


def _axes(ax: Axes, factors: list[Factor]) -> None:
    ax.set_xlim(-0.3, max(len(factors) - 0.7, 0.3))
    ax.set_ylim(-0.06, 1.06)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xticks(
        range(len(factors)),
        [wording.short(f.path).replace(".", ".\n") for f in factors],
        fontsize=style.TICK_SIZE,
    )
    for place, factor in enumerate(factors):
        ax.axvline(place, color=style.INK, linewidth=1)
        ends = [(0.0, factor.low), (1.0, factor.high)]
        marks = [(factor.position(v), v) for v in factor.values] if factor.values else ends
        for at, value in marks if len(marks) <= MOST_WORDS else (marks[0], marks[-1]):
            ax.annotate(wording.value_words(value), (place, at), xytext=(5, 0), textcoords="offset points", va="center",
                        fontsize=style.TICK_SIZE, color=style.INK, zorder=5,
                        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1})  # fmt: skip
