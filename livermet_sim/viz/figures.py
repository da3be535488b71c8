"""Offer every figure of a result by name, and write them all into a folder."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from livermet_sim.base.errors import ResultError
from livermet_sim.base.write import save_picture
from livermet_sim.observe.record import Record
from livermet_sim.viz import charts, immune, lesions, style
from livermet_sim.viz.border import growth_pattern
from livermet_sim.viz.key import ring_small, tissue_key, tumour_key
from livermet_sim.viz.scene import Scene, scene
from livermet_sim.viz.slides import histology, immunofluorescence
from livermet_sim.viz.tissue_map import (
    HISTOLOGY,
    JOINED,
    check,
    draw_tissue,
    field_key,
    layer_name,
    layer_of,
    limits,
    tissue_map,
)
from livermet_sim.viz.two_livers import compare_livers

SERIES_PANELS = 6
Told = Callable[[str, int, int], None]
MAPPED = ("oxygen", "perfusion", "vegf", "collagen")


def phase_timeline(result: Record) -> Figure:
    """Return each lesion's life as a bar coloured by phase, above how many lesions and cells are in each phase."""
    bars = float(np.clip(0.12 * min(len(result.lesions), lesions.MOST_BARS), 1.4, 3.8))
    figure = style.picture(style.WIDE, 0.65 * bars + 4.0)
    upper, middle, lower = figure.subplots(3, 1, height_ratios=(0.65 * bars, 1.2, 1.2), sharex=True)
    lesions.draw_lesion_bars(upper, result)
    lesions.draw_phase_counts(middle, result)
    lesions.draw_phase_cells(lower, result)
    upper.set_xlabel("")
    middle.set_xlabel("")
    return figure


def funnel_chart(result: Record, ax: Axes | None = None) -> Figure | Axes:
    """Return the cascade: share of the founder cells that came this far, with 95 % intervals."""
    if ax is not None:
        charts.draw_funnel(ax, result)
        return ax
    figure = style.picture(9.5, 4.8)
    charts.draw_funnel(figure.add_subplot(), result)
    return figure


def population_curves(result: Record) -> Figure:
    """Return the tumour cells by place and state, and the cells of the liver and the immune system."""
    figure = style.picture(style.WIDE, 4.6)
    left, right = figure.subplots(1, 2)
    charts.draw_tumour(left, result)
    charts.draw_host(right, result)
    return figure


def death_causes(result: Record, ax: Axes | None = None) -> Figure | Axes:
    """Return what tumour cells were lost to over time."""
    if ax is not None:
        charts.draw_losses(ax, result)
        return ax
    figure = style.picture(10, 4.8)
    charts.draw_losses(figure.add_subplot(), result)
    return figure


def kills(result: Record) -> Figure:
    """Return who killed whom: losses per day by cause, and a table of causes and victims' phases."""
    figure = style.picture(style.WIDE, 5.2)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1))
    immune.draw_kills(left, result)
    immune.draw_victims(right, result)
    return figure


def polarisation_curves(result: Record) -> Figure:
    """Return polarisation, activation and load of host cells over time."""
    figure = style.picture(style.WIDE, 4.4)
    for ax, panel in zip(
        figure.subplots(1, 3),
        (immune.draw_polarisation, immune.draw_activation, immune.draw_load),
        strict=True,
    ):
        panel(ax, result)
    return figure


def growth_curves(result: Record, ax: Axes | None = None) -> Figure | Axes:
    """Return the size of the lesions over time."""
    if ax is not None:
        lesions.draw_growth(ax, result)
        return ax
    figure = style.picture(9.5, 4.8)
    lesions.draw_growth(figure.add_subplot(), result)
    return figure


def tissue_series(result: Record, layer: str = HISTOLOGY, panels: int = SERIES_PANELS) -> Figure:
    """Return the tissue at four to six times, all on one scale.

    Raises
    ------
    ResultError
        For an unknown layer, or a result without snapshots.
    """
    times = np.asarray(result.snapshots.get("time_h", ()), dtype=float)
    picked = times[np.unique(np.linspace(0, len(times) - 1, min(panels, len(times))).round().astype(int))]
    views = [scene(result, hour) for hour in picked] or [scene(result)]
    check(views[-1], layer)
    columns = min(3, len(views))
    rows = -(-len(views) // columns)
    high, wide = views[0].shape
    panel = min(style.WIDE / columns, (style.HIGH - 1.6 - 0.4 * rows) / rows * wide / high)
    figure = style.picture(panel * columns, rows * (panel * high / wide + 0.4) + 1.6)
    grid = figure.subplots(rows, columns, squeeze=False)
    for ax in grid.ravel():
        ax.set_axis_off()
    span, rings = _common_span(views, layer), []
    for ax, view in zip(grid.ravel(), views, strict=False):
        draw_tissue(ax, view, layer, pixels=480, span=span)
        rings = ring_small(ax, view) or rings
        cells = len(view.tumour())
        ax.set_title(f"day {view.time_h / 24:.3g}   {cells:,} cells", fontsize=style.LABEL_SIZE, loc="left",
                     color=style.INK)  # fmt: skip
    title = f"The {layer_name(views[-1], layer).lower()} over time, with the number of tumour cells"
    figure.suptitle(title, fontsize=style.TITLE_SIZE, fontweight="bold", color=style.INK, x=0.01, ha="left")
    _series_key(figure, grid, views[-1], layer, span, rings)
    return figure


def _common_span(views: list[Scene], layer: str) -> tuple[float, float] | None:
    """Return the range that all panels of a field share."""
    if layer == HISTOLOGY:
        return None
    ends = np.array([limits(view, layer_of(view, layer)) for view in views])
    return float(ends[:, 0].min()), float(ends[:, 1].max())


def _series_key(
    figure: Figure,
    grid: np.ndarray,
    last: Scene,
    layer: str,
    span: tuple[float, float] | None,
    rings: list[Any],
) -> None:
    """Add the key that all panels of a series share."""
    if layer == HISTOLOGY:
        handles = tumour_key(last, "state", counts=False) + rings + tissue_key(last)
    else:
        handles = field_key(last, layer)
        if layer_of(last, layer).array != "perfused" and span is not None:
            mappable = ScalarMappable(Normalize(*span), layer_of(last, layer).colours)
            bar = figure.colorbar(mappable, ax=grid.ravel().tolist(), shrink=0.6)
            bar.set_label(layer_of(last, layer).label, fontsize=style.LABEL_SIZE)
    figure.legend(
        handles=handles, loc="outside lower center", ncols=4 if figure.get_figwidth() > 9 else 3, frameon=False,
        fontsize=style.TICK_SIZE, columnspacing=1.2, title=JOINED if last.joined else None, title_fontsize=style.TICK_SIZE,
        alignment="left",
    )  # fmt: skip


def overview(result: Record) -> Figure:
    """Return one page: the tissue at the end, the cascade, tumour cells, phases and causes of loss."""
    figure = style.picture(style.WIDE, style.HIGH)
    upper, lower = (figure.add_subfigure(part) for part in figure.add_gridspec(2, 1, height_ratios=(2.15, 1)))
    panels = upper.subplot_mosaic([["map", "funnel"], ["map", "tumour"]], width_ratios=(1, 1.05))
    panels["phases"], panels["losses"] = lower.subplots(1, 2, width_ratios=(1.3, 1.75))
    if result.snapshots:
        view = scene(result)
        draw_tissue(panels["map"], view, pixels=520)
        rings = ring_small(panels["map"], view)
        name = result.scenario.get("name", "run")
        words = f"{name}, seed {result.provenance.get('seed')}: day {view.time_h / 24:.3g}"
        panels["map"].set_title(
            words, fontsize=style.TITLE_SIZE, loc="left", fontweight="bold", color=style.INK
        )
        handles = [*tumour_key(view, "state", counts=False), *rings]
        style.legend(panels["map"], handles=handles, loc="upper left", bbox_to_anchor=(-0.02, 0.0), ncols=2,
                     handletextpad=0.2, columnspacing=0.8, labelspacing=0.25, title=JOINED if view.joined else None,
                     title_fontsize=style.TICK_SIZE, alignment="left")  # fmt: skip
    else:
        style.empty(panels["map"], "no snapshots were kept")
    charts.draw_funnel(panels["funnel"], result)
    charts.draw_tumour(panels["tumour"], result)
    lesions.draw_phase_counts(panels["phases"], result)
    style.legend(panels["phases"], loc="upper left", bbox_to_anchor=(1.0, 1.04), labelspacing=0.25)
    charts.draw_losses(panels["losses"], result, most=7)
    return figure


FIGURES: dict[str, Callable[..., Any]] = {
    "overview": overview,
    "tissue_map": tissue_map,
    "phase_timeline": phase_timeline,
    "tissue_series": tissue_series,
    "histology": histology,
    "immunofluorescence": immunofluorescence,
    "funnel_chart": funnel_chart,
    "population_curves": population_curves,
    "death_causes": death_causes,
    "kills": kills,
    "polarisation_curves": polarisation_curves,
    "growth_curves": growth_curves,
    "growth_pattern": growth_pattern,
    **{f"map_{layer}": partial(tissue_map, layer=layer) for layer in MAPPED},
}
FEW = (
    "overview",
    "tissue_map",
    "phase_timeline",
)  # what one looks at first; the rest takes several times as long
PAIRS: dict[str, Callable[..., Any]] = {"compare_livers": compare_livers}  # these take a second run, other=


OF_TISSUE = (
    "tissue_map",
    "tissue_series",
    "histology",
    "immunofluorescence",
    "growth_pattern",
    *(f"map_{layer}" for layer in MAPPED),
)  # these need snapshots

OF_PRESENT = tuple(name for name in OF_TISSUE if name != "tissue_series")  # of a model these show the present


def draw(source: Any, name: str = "overview", **options: Any) -> Any:
    """Return one figure by its name, or the panel that was given as ``ax`` where the figure takes one.

    Parameters
    ----------
    source : Result or LiverModel
        Of a model, its result so far; tissue pictures show it as it stands.

    Raises
    ------
    ResultError
        When there is no figure of that name, or it has no such option.
    """
    takes = options_of(name)
    for option in options:
        if option not in takes:
            raise ResultError(name, f'the figure has no option "{option}"', name=option, valid=takes)
    if hasattr(source, "engine") and name not in OF_PRESENT:
        source = source.result()
    return (FIGURES | PAIRS)[name](source, **options)


def options_of(name: str) -> list[str]:
    """Return the options that a figure takes.

    Raises
    ------
    ResultError
        When there is no figure of that name.
    """
    known = FIGURES | PAIRS
    if name not in known:
        raise ResultError("plot", f'there is no figure "{name}"', name=name, valid=known)
    return list(inspect.signature(known[name]).parameters)[1:]


def chosen(words: str) -> tuple[str, ...]:
    """Return the figures that ``few``, ``all``, ``none`` or names separated by commas ask for.

    Raises
    ------
    ResultError
        When there is no figure of a name.
    """
    groups = {"few": FEW, "all": tuple(FIGURES), "none": ()}
    if words in groups:
        return groups[words]
    names = tuple(dict.fromkeys(name.strip() for name in words.split(",") if name.strip()))
    for name in names:
        if name not in FIGURES:
            reason = f'there is no figure "{name}"'
            raise ResultError("figures", reason, name=name, valid=[*groups, *FIGURES])
    return names


def save_all(result: Record, folder: Path, which: str = "few", told: Told | None = None) -> list[Path]:
    """Write figures into a folder as PNG and return the files in order.

    Parameters
    ----------
    which : str
        ``few`` (what one looks at first), ``all``, or names separated by commas; see ``chosen``. Pictures of the tissue are
        left out of few and all where the result has no snapshots.
    told : callable, optional
        Told the name of each figure before it is drawn, how many are done, and of how many.

    Raises
    ------
    ResultError
        For an unknown name.
    """
    names = chosen(which)
    if which in ("few", "all") and not result.snapshots:
        names = tuple(name for name in names if name not in OF_TISSUE)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for done, name in enumerate(names):
        if told is not None:
            told(name, done, len(names))
        path = folder / f"{name}.png"
        # Light compression: the default level takes longer than drawing.
        save_picture(draw(result, name), path, dpi=style.DPI, pil_kwargs={"compress_level": 3})
        paths.append(path)
        # a figure's parts point at each other; waiting for the collector would keep several of them
        gc.collect()
    return paths
