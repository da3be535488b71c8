"""Draw a study: how its measures answer to its factors, which factors matter, how its runs went over time."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.observe.columns import Frame
from livermet_sim.viz import style

if TYPE_CHECKING:
    from livermet_sim.sweep.factors import Factor
    from livermet_sim.sweep.study import Study

POINT, MEAN, LOW, HIGH = "#7b98b5", "#a01d5a", "#56b4e9", "#e69f00"
COLOURS = "viridis"
BINS, CELLS, MOST_PANELS, MOST_LINES, MOST_BARS, MOST_WORDS = 8, 8, 12, 1500, 20, 8
MOST_ALIKE = 0.8
FAVOURITES = ("metastases", "tumour_cells", "largest_lesion_cells", "founders_alive_share")


def response(study: Study, measure: str) -> Figure:
    """Return a panel a factor: every point, and the mean over shares of the range with its 95 % interval."""
    factors, table = _factors(study)[:MOST_PANELS], study.by_point(measure)
    columns = min(3, len(factors))
    rows = math.ceil(len(factors) / columns)
    figure = style.picture(4.4 * columns + 0.4, 3.5 * rows + 0.5)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for ax, factor in zip(panels, factors, strict=False):
        _response(ax, factor, _unit(study, factor.path), table, measure)
    for ax in panels[len(factors) :]:
        ax.set_visible(False)
    highest = float(table[measure].max())
    if table[measure].min() >= 0 and highest > 0:
        panels[0].set_ylim(-0.04 * highest, 1.06 * highest)
    for i, ax in enumerate(panels[: len(factors)]):
        ax.set_ylabel(_words(measure) if i % columns == 0 else "", fontsize=style.LABEL_SIZE)
    replicates = study.manifest["replicates"]
    each = f"each point the mean of {replicates} runs" if replicates > 1 else "each point one run"
    _footnote(figure, f"{len(table):,} points, {each}; red: means and their 95 % intervals")
    return figure


def _response(ax: Axes, factor: Factor, unit: str, table: Frame, measure: str) -> None:
    y = table[measure].to_numpy(dtype=float)
    style.dress(ax, _short(factor.path), unit)
    if factor.values:
        place = np.array([factor.values.index(v) for v in table[factor.path].tolist()])
        spread = 0.13 * np.cos(2.4 * np.arange(len(y)))  # apart, and the same in every drawing
        ax.plot(
            place + spread, y, ".", color=POINT, markersize=_dot(len(y)), alpha=0.6, rasterized=len(y) > 3000
        )
        groups = [(i, y[place == i]) for i in range(len(factor.values))]
        _value_ticks(ax, factor)
        ax.set_xlim(-0.6, len(factor.values) - 0.4)
    else:
        x = table[factor.path].to_numpy(dtype=float)
        ax.plot(x, y, ".", color=POINT, markersize=_dot(len(y)), alpha=0.6, rasterized=len(y) > 3000)
        groups = _shares(factor, x, y)
        if factor.log:
            ax.set_xscale("log")
            ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            ax.xaxis.set_major_formatter(lambda value, _: _number(value))
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


def heatmap(study: Study, measure: str, x: str | None = None, y: str | None = None) -> Figure:
    """Return the mean of a measure over two factors, the first two by default."""
    factors = {factor.path: factor for factor in _factors(study)}
    if len(factors) < 2:
        raise LivermetError("heatmap", "a heat map needs two factors")
    names = list(factors)
    x = _known(x or names[0], factors)
    y = _known(y or next(name for name in names if name != x), factors)
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
    style.dress(ax, _words(measure).capitalize(), _label(study, x), _label(study, y), grid="")
    image = ax.imshow(means, origin="lower", aspect="auto", cmap=COLOURS)
    for ticks, labels in ((ax.set_xticks, edges[0]), (ax.set_yticks, edges[1])):
        ticks(range(len(labels)), labels, fontsize=style.TICK_SIZE)
    if means.size <= 100:
        _write_cells(ax, means, image)
    bar = figure.colorbar(image, ax=ax)
    bar.set_label(_words(measure), fontsize=style.LABEL_SIZE)
    _footnote(figure, f"means over {int(counts.sum()):,} points" + ("" if good.all() else "; white: none"))
    return figure


def _cells(factor: Factor, column: Frame) -> tuple[np.ndarray, list[str]]:
    """Return which cell each value falls into, and the labels of the cells."""
    values = column.tolist()
    own = list(factor.values) or sorted(set(values))
    if len(own) <= 12:
        labels = [_value(v) for v in own]
        return np.array([own.index(v) for v in values]), labels
    places = np.array([factor.position(v) for v in values])
    labels = [_number(float(factor.at((i + 0.5) / CELLS))) for i in range(CELLS)]
    return np.minimum((places * CELLS).astype(int), CELLS - 1), labels


def _write_cells(ax: Axes, means: np.ndarray, image: Any) -> None:
    for (row, column), mean in np.ndenumerate(means):
        if np.isfinite(mean):
            red, green, blue, _ = image.cmap(image.norm(mean))
            dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.55
            ax.text(column, row, f"{mean:.3g}", ha="center", va="center", fontsize=style.TICK_SIZE - 1,
                    color="white" if dark else style.INK)  # fmt: skip


def tornado(study: Study, measure: str) -> Figure:
    """Return how far each factor moves the mean of a measure, from the low to the high end of its range."""
    table = study.by_point(measure)
    table = table[np.isfinite(table[measure].to_numpy(dtype=float))]
    alone = study.manifest["design"] == "one-at-a-time"
    centre = float(table[measure].iloc[0]) if alone else float(table[measure].mean())
    effects = []
    for i, factor in enumerate(_factors(study)):
        ends = _ends(factor, table, measure, alone, i)
        if ends is not None:
            effects.append((factor, *ends))
    effects.sort(key=lambda e: abs(e[1] - e[2]))
    effects = effects[-MOST_BARS:]
    figure = style.picture(9.6, 0.5 * len(effects) + 2.0)
    ax = figure.add_subplot()
    style.dress(ax, f"What moves {_words(measure)}", _words(measure), grid="x")
    for place, (_, low, high, _, _) in enumerate(effects):
        for value, colour in ((low, LOW), (high, HIGH)):
            ax.barh(place, value - centre, left=centre, height=0.62, color=colour, zorder=2)
    ax.axvline(centre, color=style.INK, linewidth=1, zorder=3)
    names = [f"{_short(f.path)}\n{low} to {high}" for f, _, _, low, high in effects]
    ax.set_yticks(range(len(effects)), names, fontsize=style.TICK_SIZE)
    ax.tick_params(axis="y", length=0)
    from matplotlib.patches import Patch

    style.legend(ax, handles=[Patch(color=LOW, label="low end"), Patch(color=HIGH, label="high end")],
                 loc="lower right")  # fmt: skip
    how = (
        "each factor alone, the others in the middle"
        if alone
        else "means of the lowest and the highest quarter"
    )
    _footnote(figure, how)
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
    names = (_value(factor.values[0]), _value(factor.values[-1])) if factor.values else (
        _number(factor.low), _number(factor.high))  # fmt: skip
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
    style.dress(ax, f"Which factors matter for {_words(measure)}", words[found.method], grid="x")
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
    ax.set_yticks(place, [_short(path) for path in table["factor"]], fontsize=style.TICK_SIZE)
    ax.tick_params(axis="y", length=0)
    if len(bars) > 1:
        style.legend(ax, loc="lower right")
    _footnote(figure, f"{found.points:,} points; {statistic} over replicates; lines are 95 % intervals")
    return figure


def parallel(study: Study, measure: str) -> Figure:
    """Return a line a point through the axes of all factors, coloured by the measure."""
    factors, table = _factors(study)[:MOST_PANELS], study.by_point(measure)
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
    style.dress(ax, _words(measure).capitalize(), grid="")
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
    bar.set_label(_words(measure), fontsize=style.LABEL_SIZE)
    some = "" if len(shown) == len(table) else f"{len(shown):,} of "
    _footnote(figure, f"{some}{len(table):,} points, the highest on top")
    return figure


def _axes(ax: Axes, factors: list[Factor]) -> None:
    ax.set_xlim(-0.3, max(len(factors) - 0.7, 0.3))
    ax.set_ylim(-0.06, 1.06)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xticks(
        range(len(factors)), [_short(f.path).replace(".", ".\n") for f in factors], fontsize=style.TICK_SIZE
    )
    for place, factor in enumerate(factors):
        ax.axvline(place, color=style.INK, linewidth=1)
        ends = [(0.0, factor.low), (1.0, factor.high)]
        marks = [(factor.position(v), v) for v in factor.values] if factor.values else ends
        for at, value in marks if len(marks) <= MOST_WORDS else (marks[0], marks[-1]):
            ax.annotate(_value(value), (place, at), xytext=(5, 0), textcoords="offset points", va="center",
                        fontsize=style.TICK_SIZE - 1, color=style.INK, zorder=5,
                        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1})  # fmt: skip


def series(study: Study, column: str = "n_tumour", by: str | None = None) -> Figure:
    """Return a column of the time series: median and the middle 50 % and 90 % of the runs, by the values of a factor."""
    factors = {factor.path: factor for factor in _factors(study)}
    if by is None:
        by = next((f.path for f in factors.values() if 1 < len(f.values) <= MOST_WORDS), None)
    table = study.series([column])
    figure = style.picture(9.2, 5.2)
    ax = figure.add_subplot()
    style.dress(ax, _words(column).capitalize(), "day", _words(column))
    if by is None:
        groups: list[tuple[str, Frame]] = [("", table)]
    else:
        values = study.design[["run", by]]
        joined = table.merge(values, on="run")
        groups = [
            (_value(v), joined[joined[by] == v])
            for v in _known_values(factors[_known(by, factors)], values[by])
        ]
    palette = ("#4a2391", "#e69f00", "#1b9e57", "#d7191c", "#0072b2", "#8c510a", "#cc79a7", "#2b2b2b")
    for (label, own), colour in zip(groups, palette, strict=False):
        _band(ax, own, column, label, colour)
    if table[column].min() >= 0:
        ax.set_ylim(0)
    ax.set_xlim(0, float(table["day"].max()))
    if by:
        style.legend(ax, title=_short(by), loc="best")
    _footnote(
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


PLOTS: dict[str, Callable[..., Figure]] = {
    "response": response, "heatmap": heatmap, "tornado": tornado, "sensitivity": sensitivity, "parallel": parallel,
    "series": series,
}  # fmt: skip


def draw(study: Study, kind: str, measure: str | None = None, **options: Any) -> Figure:
    """Return one plot of a study.

    Raises
    ------
    LivermetError
        When there is no such plot or measure, or the study cannot give it.
    """
    if kind not in PLOTS:
        raise LivermetError("plot", f'there is no plot "{kind}"', name=kind, valid=PLOTS)
    if not study.factors and kind != "series":
        raise LivermetError("plot", "the study varies nothing, so there is nothing to compare")
    if kind == "series":
        return series(study, measure or "n_tumour", **options)
    measure = measure or _favourite(study)
    study.check(measure)
    return PLOTS[kind](study, measure, **options)


def save_all(study: Study, folder: Path) -> list[Path]:
    """Write every plot that the study can give as PNG; return the files."""
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind in PLOTS:
            try:
                figure = draw(study, kind)
            except LivermetError:
                continue  # what this plot needs is not in this study
            paths.append(folder / f"{kind}.png")
            figure.savefig(paths[-1])
    except OSError as error:
        raise ResultError(
            str(folder), f"the pictures cannot be written ({(error.strerror or str(error)).lower()})"
        ) from error
    return paths


def _favourite(study: Study) -> str:
    """Return the first measure that differs between most runs, favourites first."""
    names = [*(m for m in FAVOURITES if m in study.measures), *study.measures]
    runs = study.runs[study.runs["status"] == "done"]
    for name in names:
        counts = runs[name].value_counts(normalize=True)
        if len(counts) > 1 and counts.iloc[0] <= MOST_ALIKE:
            return name
    return names[0] if names else ""


def _factors(study: Study) -> list[Factor]:
    from livermet_sim.sweep.sensitivity import factors_of

    return factors_of(study)


def _known(name: str, factors: dict[str, Factor]) -> str:
    if name not in factors:
        raise LivermetError("plot", f'"{name}" is not a factor of the study', name=name, valid=factors)
    return name


def _value_ticks(ax: Axes, factor: Factor) -> None:
    ax.set_xticks(range(len(factor.values)), [_value(v) for v in factor.values], fontsize=style.TICK_SIZE)


def _value(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "on" if value else "off"
    return value if isinstance(value, str) else _number(float(value))


def _number(value: float) -> str:
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.3g}"


def _unit(study: Study, path: str) -> str:
    unit = next(f["unit"] for f in study.manifest["factors"] if f["path"] == path)
    return "" if unit == "1" else unit


def _label(study: Study, path: str) -> str:
    unit = _unit(study, path)
    return f"{_short(path)} ({unit})" if unit else _short(path)


def _short(path: str) -> str:
    """Return a path without what its reader knows anyway."""
    return path.removeprefix("cells.").removesuffix(".enabled")


def _words(measure: str) -> str:
    unit = next((u for u in ("mm2", "mmHg", "um", "mm", "h") if measure.endswith(f"_{u}")), "")
    words = measure.removesuffix(f"_{unit}").removeprefix("n_").replace("_", " ")
    words = "tumour cells" if measure == "n_tumour" else words
    return f"{words} ({unit.replace('mm2', 'mm²')})" if unit else words


def _dot(n: int) -> float:
    return float(np.clip(60 / math.sqrt(max(1, n)), 1.5, 7))


def _footnote(figure: Figure, words: str) -> None:
    figure.supxlabel(words, fontsize=style.TICK_SIZE - 1, color=style.FAINT, x=0.01, ha="left")
