"""Run small livers, keep their books, and put their rows into another order."""

from __future__ import annotations

from collections import Counter

import numpy as np

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import FIRST_KILLER, TUMOUR
from livermet_sim.scenario.load import load

# many awake cells in a small tissue, so that every process has something to do within days
BUSY = {
    "run.days": 20,
    "seeding.dose": 440.0,
    "seeding.enrichment": 60,
    "seeding.duration": 3.0,
    "cells.tumour.dormant_share": 0.3,
    "cells.tumour.push_distance": 60.0,
}


def liver(seed: int = 1, tissue: str = "lobule", **overrides: object) -> Engine:
    """Return an engine on a busy small liver; dots of parameter names are written as two underscores."""
    changes = {name.replace("__", "."): value for name, value in overrides.items()}
    return Engine(load(tissue, BUSY | changes), seed)


TINY = {"tissue__length": 120.0, "tissue__width": 80.0, "seeding__enrichment": 400}


def tiny_digest() -> str:
    """Return the digest of some steps of a very small liver."""
    engine = liver(5, "strip", **TINY)
    engine.run(5)
    return engine.digest()


def busy_digest(hours: float) -> str:
    """Return the digest of some hours of a busy strip."""
    engine = liver(5, "strip")
    engine.run(hours)
    return engine.digest()


def accounts(engine: Engine) -> dict[str, int]:
    """Return the running totals, deaths summed up, and the tumour cells alive."""
    totals = engine.world.totals
    return {
        "entered": totals.get("entered", 0),
        "born": totals.get("born", 0),
        "dead": sum(number for name, number in totals.items() if name.startswith("dead_")),
        "washed_out": totals.get("washed_out", 0),
        "alive": int((engine.world.cells["kind"] == TUMOUR).sum()),
    }


def logged(engine: Engine) -> dict[str, int]:
    """Return the same accounts read from the event log."""
    log, names = engine.world.log.array(), engine.world.log.names
    number = Counter(names[event] for event in log[:, 1])
    entered, born = number["enter"], number["divide"]
    dead, gone = number["die"], number["wash_out"]
    return {
        "entered": entered, "born": born, "dead": dead, "washed_out": gone, "alive": entered + born - dead - gone,
    }  # fmt: skip


def deaths_by_cause(engine: Engine) -> dict[str, int]:
    """Return deaths in the log by the name of their cause."""
    log, causes = engine.world.log.array(), engine.world.log.causes
    died = log[log[:, 1] == engine.world.log.names.index("die"), 2]
    return {
        f"dead_{causes[cause]}": int(n) for cause, n in zip(*np.unique(died, return_counts=True), strict=True)
    }


def killers(engine: Engine) -> int:
    """Return how many deaths had a killer."""
    log = engine.world.log.array()
    return int(((log[:, 1] == engine.world.log.names.index("die")) & (log[:, 2] >= FIRST_KILLER)).sum())


def shuffle_rows(engine: Engine, seed: int) -> None:
    """Put the cells into another order, and what is kept by row with them."""
    world = engine.world
    world.reorder_cells(np.random.default_rng(seed).permutation(world.cells.n))
