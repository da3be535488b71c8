"""Say what of a liver an experiment may read, and how a ratio is taken where nothing is left.

A count of 0 has no logarithm. So a half is added to both counts of a pair before their ratio is taken (half a cell, half a
lesion): ``offset``. Of what is no count, such as a mean, a pair in which either liver has none is left out.
"""

from __future__ import annotations

from livermet_sim.engine import Engine
from livermet_sim.observe.readouts.readout import REGISTRY
from livermet_sim.observe.readouts.tables import everything

HALF = 0.5

Readings = dict[str, float]


def readings(engine: Engine) -> Readings:
    """Return all that may be read of a run now: every readout of a run (``livermet show readouts``)."""
    return everything(engine.view())


def offset(name: str) -> float:
    """Return what is added to a readout in both livers before their ratio is taken: a half where it counts, else 0."""
    found = REGISTRY.find(name)
    return HALF if found is not None and found.values.kind == "whole" else 0.0
