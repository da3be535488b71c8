"""Run small livers, and keep their books."""

from __future__ import annotations

import livermet_sim as lm
from livermet_sim.engine import Engine
from livermet_sim.scenario.load import load
from livermet_sim.verification.worlds.livers import (
    BUSY,
    accounts,
    deaths_by_cause,
    killers,
    liver,
    logged,
    shuffle_rows,
)

__all__ = [
    "BUSY", "EVENTFUL", "EVENTS", "accounts", "deaths_by_cause", "eventful", "killers", "liver", "logged", "shuffle_rows",
]  # fmt: skip

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
