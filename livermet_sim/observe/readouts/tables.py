"""Put readouts into tables: a row of the time series, the measures of a run, its founders, the list of all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.observe.columns import EVENTS, Frame
from livermet_sim.observe.readouts.readout import (
    CELL,
    FOUNDER,
    LESION,
    MEASURES,
    REGISTRY,
    RUN,
    SERIES,
    Readout,
)
from livermet_sim.observe.readouts.view import View
from livermet_sim.state.lesions import PHASES

TIMES = ("time_h", "day")  # of the time series, what tells time and nothing else
# the scope whose readouts are the columns of a table
SCOPE_OF = {"timeseries": RUN, "lesions": LESION, "patterns": LESION, "cells": CELL}


def row(view: View, same: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return a row of the time series; counts are whole.

    Parameters
    ----------
    same : mapping, optional
        A row of an earlier time, since which nothing but time has passed.
    """
    found: dict[str, float] = {}
    for name, readout, members in REGISTRY.named(view, SERIES):
        if same is not None and name not in TIMES and readout.known.always and not readout.own:
            found[name] = same[name]
            continue
        value = readout.value(view, *members)
        found[name] = int(value) if readout.values.kind == "whole" and value == value else value
    return found


def measures(view: View) -> dict[str, float]:
    """Return the measures of a run so far.

    A share of nothing is NaN, and so is what cannot be known yet.
    """
    return {name: readout.value(view, *members) for name, readout, members in REGISTRY.named(view, MEASURES)}


def everything(view: View) -> dict[str, float]:
    """Return every readout of a run now, those too that no table keeps."""
    return {name: readout.value(view, *members) for name, readout, members in REGISTRY.named(view)}


def read(view: View, name: str) -> float:
    """Return one readout of a run by name.

    Raises
    ------
    LivermetError
        When there is none of that name; the nearest is named.
    """
    found = {own: (readout, members) for own, readout, members in REGISTRY.named(view)}
    if name not in found:
        raise LivermetError("readout", f'there is no readout "{name}"', name=name, valid=found)
    readout, members = found[name]
    return readout.value(view, *members)


def founders(view: View) -> Frame:
    """Return a row per founder that has entered: the hour at which its line reached each step, NaN where it did not."""
    import pandas as pd

    columns = {each.name: each.column(view) for each in REGISTRY.of(FOUNDER)}
    return pd.DataFrame({"founder": view.founders.names} | columns)


def lesions(view: View) -> Frame:
    """Return a row per lesion whose founder has entered: the hour of each milestone, what it met, how it grows."""
    import pandas as pd

    table = view.lesions
    seen = (table["parent"] >= 0) | (table["founder"] < view.totals.get("entered", 0))
    return pd.DataFrame({each.name: each.column(view)[seen] for each in REGISTRY.of(LESION)})


def cells(view: View) -> Frame:
    """Return a row per cell of a snapshot."""
    import pandas as pd

    return pd.DataFrame({"time_h": view.hours} | {each.name: each.column(view) for each in REGISTRY.of(CELL)})


def unit(column: str, table: str = "timeseries") -> str:
    """Return the unit of a column of a result: ``1`` for shares, codes, words, and what nobody declared."""
    if table == "events":
        return EVENTS.get(column, "1")
    found = REGISTRY.find(column, SCOPE_OF[table]) or REGISTRY.find(column)
    return found.unit if found is not None else "1"


def doc(column: str, table: str = "timeseries") -> str:
    """Return what a column of a result is, in a sentence; empty for what nobody declared."""
    found = REGISTRY.find(column, SCOPE_OF[table]) if table in SCOPE_OF else None
    return found.doc if found is not None else ""


def columns_of(table: str) -> tuple[str, ...]:
    """Return the readouts that are columns of the table of lesions or of cells, in their order."""
    return tuple(each.name for each in REGISTRY.of(SCOPE_OF[table]))


def words(name: str) -> str:
    """Return a readout's name as charts write it: words, and the unit that its name ends with in brackets."""
    found = REGISTRY.find(name)
    if found is None:
        return name.replace("_", " ")
    own = found.unit
    plain = found.words.format(**found.filled(name)) if found.words else name
    if own in ("1", "cells", "lesions"):  # which names say themselves
        return plain.replace("_", " ")
    for ending in (own.replace("/", "_"), "per_" + own.rpartition("/")[2]):
        plain = plain.removesuffix(f"_{ending}")
    return f"{plain.replace('_', ' ')} ({own.replace('mm2', 'mm²').replace('mm3', 'mm³')})"


def headlines(names: Collection[str] | None = None) -> tuple[str, ...]:
    """Return the measures that are shown first where all are too many, as far as they are among ``names``."""
    found: list[str] = []
    for each in REGISTRY.of(RUN, MEASURES):
        if isinstance(each.headline, tuple):
            found += [each.name.format(**{each.slots[0]: member}) for member in each.headline]
        elif each.headline:
            found.append(each.name)
    return tuple(name for name in found if names is None or name in names)


def by_phase(names: Collection[str] | None = None) -> dict[str, tuple[str, ...]]:
    """Return by phase the measures that say how tumour fares in it, that which stands for it first.

    Parameters
    ----------
    names : collection of str, optional
        Those to choose from; all by default.
    """
    own = [
        each for each in REGISTRY.of(RUN, MEASURES) if each.phase and (names is None or each.name in names)
    ]
    own.sort(key=lambda each: not each.leads)
    found = {phase: tuple(each.name for each in own if each.phase == phase) for phase in PHASES}
    return {phase: measures for phase, measures in found.items() if measures}


def listing() -> list[dict[str, Any]]:
    """Return a row per readout: name, unit, scope, table, phase, when it is known, and what it is."""
    return [
        {"readout": each.name, "unit": each.unit, "scope": each.scope, "table": table_of(each), "phase": each.phase,
         "known": each.known.words, "doc": each.doc}
        for each in REGISTRY.all()
    ]  # fmt: skip


def table_of(readout: Readout) -> str:
    """Return where a readout stands."""
    if readout.scope != RUN:
        return {LESION: "lesions", CELL: "cells", FOUNDER: "founders"}[readout.scope]
    return (
        " and ".join({SERIES: "time series", MEASURES: "measures"}[name] for name in readout.kept)
        or "by name"
    )
