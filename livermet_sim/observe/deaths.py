"""Say who killed the tumour cells, where and in which phase."""

from __future__ import annotations

import numpy as np

from livermet_sim.base.errors import ResultError
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.record import Record

ZONES = ("periportal", "midzonal", "pericentral")
BY = ("cause", "zone", "compartment", "phase")


def deaths(result: Record) -> Frame:
    """Return how many tumour cells died, by cause, third of the lobule, compartment and phase; most first.

    Returns
    -------
    DataFrame
        ``cause`` (a kind of cell where one killed), ``zone`` (periportal, midzonal, pericentral), ``compartment`` (lumen
        or tissue), ``phase`` of the cell's lesion at the last reading, ``cells``, and ``share`` of all deaths. Cells that
        were washed out of the liver did not die in it and are not counted.

    Raises
    ------
    ResultError
        When the run kept no events.
    """
    events = kept(result)
    dead = events[events["event"] == "die"]
    table = dead[["cause", "phase"]].astype(str)
    table["zone"] = np.array(ZONES)[third(dead["zone"].to_numpy(dtype=float))]
    table["compartment"] = dead["layer"].astype(str)
    counted = table.groupby(list(BY)).size().rename("cells").reset_index()
    counted["share"] = counted["cells"] / max(1, len(dead))
    return counted.sort_values(["cells", *BY], ascending=[False, *[True] * len(BY)], ignore_index=True)


def third(zone: np.ndarray) -> np.ndarray:
    """Return 0, 1 or 2 for the third of the lobule that a place between portal tract (0) and central vein (1) is in."""
    return np.clip((zone * 3.0).astype(np.int64), 0, 2)


def kept(result: Record) -> Frame:
    """Return the events of a run.

    Raises
    ------
    ResultError
        When the run kept none although cells entered.
    """
    entered = int(result.timeseries["entered"].iloc[-1]) if len(result.timeseries) else 0
    if not len(result.events) and entered:
        raise ResultError("events", "this run kept no events; run it with observe.events = true")
    return result.events
