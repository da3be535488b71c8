"""Run small livers, and keep their books."""

from __future__ import annotations

from collections import Counter

import numpy as np

import livermet_sim as lm
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
    order = np.random.default_rng(seed).permutation(world.cells.n)
    world.cells.reorder(order)
    world.rates[: len(order)] = world.rates[order]
    lsec = world.rows("lsec")
    world.segment_row[:] = -1
    world.segment_row[world.cells["segment"][lsec]] = lsec
    world.census.stale = True


# a liver to which nearly everything happens within four days
EVENTFUL = {
    "run.days": 4,
    "tissue.length": 250.0,
    "tissue.width": 150.0,
    "seeding.enrichment": 400,
    "seeding.duration": 2.0,
    "vessels.interval": 1.0,
    "vessels.unperfused": 6.0,
    "vessels.patience": 4.0,
    "cells.kupffer.density": 60000,
    "cells.tumour.dormant_share": 0.1,
    "cells.tumour.extravasate": 0.5,
    "cells.tumour.divide": 0.15,
    "cells.lsec.sprout": 0.03,
    "cells.lsec.extend": 15.0,
}
EVENTS = [
    lm.deplete("kupffer", at="6 h", until="12 h", recovery="1 day"),
    lm.dose("anti_vegf", at="5 h"),
    lm.dose("cytotoxic", at="40 h"),
    lm.add_cells("nk", 5, at="7 h"),
    lm.add_matrix("collagen", 0.4, at="4 h"),
    lm.add_signal("tnf", 1.0, at="4 h", until="9 h"),
    lm.add_signal("systemic.il6", 2.0, at="2 h"),
    lm.block("all", "sense.cxcl", at="6 h"),
    lm.block("liver", "inflow.portal", at="3 h", until="14 h", factor=0.7),
    lm.boost("liver", "oxygen.capacity", at="8 h", factor=1.3),
    lm.boost("liver", "matrix.collagen_loss", at="8 h", factor=3),
    lm.set_state("lsec", "activation", 1.0, at="5 h", share=0.5),
]


def eventful(seed: int = 1, **overrides: object) -> Engine:
    """Return an engine on a small liver in which cells come, divide, die and are treated, and vessels come and go."""
    changes = {name.replace("__", "."): value for name, value in overrides.items()}
    return Engine(load("strip", EVENTFUL | changes).with_(interventions=EVENTS), seed)
