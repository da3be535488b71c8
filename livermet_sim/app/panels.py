"""Say what the charts of the page show of one liver, or of two: phase strip, funnel, curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from livermet_sim.app import charts
from livermet_sim.app.charts import Line
from livermet_sim.app.liver import Liver
from livermet_sim.cells.registry import KINDS, having, look_of
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.observe.funnel import funnel
from livermet_sim.observe.readouts.growth import LESIONS_IN
from livermet_sim.observe.readouts.readout import MEASURES, REGISTRY
from livermet_sim.observe.readouts.tables import measures, words
from livermet_sim.observe.summary import cause_words
from livermet_sim.state.lesions import PHASES
from livermet_sim.viz import style

STRIPS = ("Lesions in each phase", "Tumour cells in each phase, as shares")
UNTREATED, TREATED = "#7d8794", "#b2182b"
LIVERS = (UNTREATED, TREATED)
_TUMOUR = (
    ("n_tumour", "all", style.INK),
    ("tumour_lumen", "in the vessels", "#8c96a3"),
    ("tumour_cycling", "cycling", style.STATE_COLOURS["cycling"]),
    ("tumour_dormant", "dormant", style.STATE_COLOURS["dormant"]),
)
(PATROL,) = having("patrol")
_PATROL = tuple(
    (f"{PATROL}_{own.column}", own.words, colour)
    for kind in KINDS
    if kind.name == PATROL
    for own, colour in zip(kind.followed, (style.KIND_COLOURS[PATROL], "#b2182b"), strict=True)
)
_TISSUE = (
    ("perfused_share", words("perfused_share"), "#c4303d"),
    *(
        (f"{kind.name}_{own.column}", own.words, style.KIND_COLOURS[kind.name])
        for kind in KINDS
        if kind.name != PATROL
        for own in kind.followed
    ),
)


def _lines(livers: Sequence[Liver], columns: Sequence[tuple[str, str, str]], main: str) -> list[Line]:
    """Return the curves of one liver, or the main one of two: dashed for the untreated."""
    if len(livers) > 1:
        return [
            Line(liver.title, LIVERS[i], *_series(liver, main), dashed=i == 0)
            for i, liver in enumerate(livers)
        ]
    return [Line(words, colour, *_series(livers[0], name)) for name, words, colour in columns]


def _series(liver: Liver, name: str) -> tuple[list[float], list[float]]:
    table = liver.rows()
    return [row["day"] for row in table], [float(row[name]) for row in table]


def tumour(livers: Sequence[Liver]) -> str:
    """Return the tumour cells over time."""
    return charts.curves(_lines(livers, _TUMOUR, "n_tumour"), _last(livers), "tumour cells", log=True)


def host(livers: Sequence[Liver]) -> str:
    """Return the other cells over time; of two livers, all cells of the immune system together."""
    world = livers[0].model.world
    codes = (code for code in range(len(world.kinds)) if code not in (TUMOUR, *world.roles["lining"]))
    kinds = [world.kinds[code] for code in codes]
    if len(livers) == 1:
        columns = [(f"n_{kind}", style.words_of(kind), style.colour_of(kind, kinds)) for kind in kinds]
        lines = [line for line in _lines(livers, columns, "") if any(line.y)]
        return charts.curves(lines, _last(livers), "cells in the tissue", log=True)
    immune = [f"n_{world.kinds[code]}" for code in world.roles["immune"]]
    lines = []
    for i, liver in enumerate(livers):
        table = liver.rows()
        days, total = [row["day"] for row in table], [sum(row[name] for name in immune) for row in table]
        lines.append(Line(liver.title, LIVERS[i], days, total, dashed=i == 0))
    return charts.curves(lines, _last(livers), "immune cells in the tissue")


def losses(livers: Sequence[Liver]) -> str:
    """Return what tumour cells were lost to so far."""
    found = []
    for liver in livers:
        totals = liver.model.world.totals
        counts = {name[5:]: n for name, n in totals.items() if name.startswith("dead_")}
        found.append(counts | {"washed_out": totals.get("washed_out", 0)})
    causes = sorted(
        {cause for counts in found for cause, n in counts.items() if n}, key=lambda c: -_sum(found, c)
    )
    known = list(livers[0].model.world.kinds)
    table = [
        (cause_words(cause).split(" (")[0].replace(" of the liver", ""), [c.get(cause, 0) for c in found],
         style.CAUSE_COLOURS.get(cause, style.colour_of(cause, known)))
        for cause in causes[:10]
    ]  # fmt: skip
    return (
        charts.bars(table, LIVERS, [liver.title for liver in livers])
        if table
        else _nothing("No cell lost yet")
    )


def _sum(found: Sequence[dict[str, int]], cause: str) -> int:
    return sum(counts.get(cause, 0) for counts in found)


def patrol(livers: Sequence[Liver]) -> str:
    """Return load and polarisation of the Kupffer cells over time."""
    return charts.curves(_lines(livers, _PATROL, _PATROL[-1][0]), _last(livers), _of(livers, "polarisation"))


def tissue(livers: Sequence[Liver]) -> str:
    """Return perfusion, stroma and lining over time, as shares."""
    return charts.curves(
        _lines(livers, _TISSUE, "perfused_share"), _last(livers), _of(livers, "perfused share")
    )


def every(livers: Sequence[Liver]) -> str:
    """Return every measure of now with its unit; what is not known yet is a dash."""
    views = [liver.model.engine.view() for liver in livers]
    found = [measures(view) for view in views]
    rows = [
        (name, readout.unit, readout.doc, [own.get(name, math.nan) for own in found])
        for name, readout, _ in REGISTRY.named(views[0], MEASURES)
    ]
    return charts.table(rows, [liver.title for liver in livers])


def _of(livers: Sequence[Liver], words: str) -> str:
    return words if len(livers) > 1 else "per cell, or share"


def cascade(livers: Sequence[Liver]) -> str:
    """Return how many of the cells that entered came how far: the funnel of ``observe.funnel``."""
    tables = [funnel(liver.model.engine.view()) for liver in livers]
    if not tables[0]["count"].iloc[0]:
        return _nothing("No tumour cell has entered yet")
    ramp = ("#8fa3b8", "#8fa3b8", "#7d9cc0", "#56b4e9", "#2b93d1", "#1770a8", "#e69f00", "#a01d5a")
    table = [
        (str(step), [float(t["count"].iloc[i]) for t in tables], ramp[min(i, len(ramp) - 1)])
        for i, step in enumerate(tables[0]["step"])
    ]
    return charts.bars(table, LIVERS, [liver.title for liver in livers], log=True)


def phases(livers: Sequence[Liver], name: str = STRIPS[0]) -> str:
    """Return the phases of each liver: a box with the numbers of now for each phase, a strip over time.

    Parameters
    ----------
    name : str
        One of STRIPS: what the strip shows.
    """
    found = []
    for liver in livers:
        table, cells = liver.rows(), liver.cell_phases()
        lesions = [[row[name] for name in LESIONS_IN.values()] for row in table]
        stacks = np.array(lesions if name == STRIPS[0] else cells, dtype=float).reshape(-1, len(PHASES)).T
        if name != STRIPS[0]:
            stacks = np.divide(
                stacks, stacks.sum(axis=0), out=np.zeros_like(stacks), where=stacks.sum(axis=0) > 0
            )
        days, title = [row["day"] for row in table], liver.title if len(livers) > 1 else ""
        found.append(charts.boxes([int(n) for n in lesions[-1]], [int(n) for n in cells[-1]], title))
        found.append(charts.strip(days, stacks.tolist(), _last(livers)))
    return "".join(found)


def _last(livers: Sequence[Liver]) -> float:
    """Return the right end of the time axis: it doubles as the run goes on, up to the end of the scenario."""
    day, end = max(liver.hours for liver in livers) / 24, float(livers[0].scenario.value("run.days"))
    shown = 1.0
    while shown < day:
        shown *= 2
    return min(shown, max(end, day))


def _nothing(words: str) -> str:
    return f'<div class="nothing">{words}.</div>'


PANELS: dict[str, Callable[[Sequence[Liver]], str]] = {
    "Tumour cells": tumour,
    "What tumour cells were lost to": losses,
    "Liver and immune cells": host,
    look_of(PATROL).many: patrol,
    "Vessels and stroma": tissue,
    "Every measure": every,
}
