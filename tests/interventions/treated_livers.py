"""Run small livers beside treated ones."""

from __future__ import annotations

import numpy as np

from livermet_sim.engine import Engine
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario

BUSY = {"run.days": 6, "cells.tumour.dormant_share": 0.3, "observe.snapshots": ""}


def scenario(*interventions: dict, tissue: str = "strip", **values: object) -> Scenario:
    """Return a small busy scenario; dots of names are written as two underscores."""
    changes = {name.replace("__", "."): value for name, value in values.items()}
    return load(tissue, BUSY | changes).with_(interventions=list(interventions))


def liver(*interventions: dict, seed: int = 1, hours: float = 0.0, **values: object) -> Engine:
    """Return a treated liver after some hours, counted from its first moment."""
    engine = Engine(scenario(*interventions, **values), seed)
    engine.run(hours)
    return engine


def number(engine: Engine, kind: str) -> int:
    """Return how many cells of a kind there are."""
    return len(engine.world.rows(kind))


def keys(engine: Engine, kind: str) -> set[int]:
    """Return the keys of the cells of a kind."""
    return set(engine.world.cells["key"][engine.world.rows(kind)].tolist())


def rate(engine: Engine, kind: str, behaviour: str) -> np.ndarray:
    """Return a behaviour of the cells of a kind, in the order of their keys."""
    rows = engine.world.rows(kind)
    rows = rows[np.argsort(engine.world.cells["key"][rows])]
    return engine.world.rates[rows, engine.compiled.column(behaviour)]


def to(engine: Engine, hours: float) -> Engine:
    """Run a liver to an hour of its clock and return it."""
    engine.run(hours - engine.world.clock.hours)
    return engine
