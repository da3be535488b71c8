"""Say what of a liver an experiment may read, and how a ratio is taken where nothing is left.

A count of 0 has no logarithm. So a half is added to both counts of a pair before their ratio is taken (half a cell, half a
lesion): ``offset``. Of what is no count, such as a mean, a pair in which either liver has none is left out.
"""

from __future__ import annotations

import numpy as np

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import LUMEN, TUMOUR
from livermet_sim.observe.measures import NAN
from livermet_sim.state.world import World

HALF = 0.5
MATRIX = ("collagen", "fibronectin", "net", "adhesion")
# counts of founders, by the measure that gives their share
FOUNDERS = ("micrometastasis", "vascularised", "growing", "extravasated", "divided")
_PER = ("_per_mm2", "_um", "_h", "_mm_mm2", "_share", "_load", "_polarisation", "_mean", "_signal")

Readings = dict[str, float]


def readings(engine: Engine) -> Readings:
    """Return all that may be read of a run now: its measures, and what experiments ask for besides.

    ``metastases_founded`` and its like count founders whose progeny came so far, also where their lesions merged since;
    ``X_signal`` is the mean of a signal over the tissue, ``X_mean`` that of what is bound to sites or of a state of a kind.
    """
    world, found = engine.world, engine.measures()
    entered = found["founders_entered"]
    found |= {f"founders_{name}": found[f"founders_{name}_share"] * entered for name in FOUNDERS}
    return found | _signals(world) | _sites(world) | _cells(world)


def offset(name: str) -> float:
    """Return what is added to a readout in both livers before their ratio is taken: a half where it counts, else 0."""
    return 0.0 if name.endswith(_PER) or name.endswith(("_mm2", "_mm3", "_mm")) else HALF


def _signals(world: World) -> Readings:
    inside = world.tissue.inside
    return {f"{name}_signal": float(world.fields[name][inside].mean()) for name in world.fields.names}


def _sites(world: World) -> Readings:
    inside = world.tissue.inside
    found = {f"{name}_mean": float(world.sites[name][inside].mean()) for name in MATRIX}
    own = world.sites["diameter"] > 0.0
    return found | {"perfused_share": float((world.sites["perfused"][own] > 0).mean()) if own.any() else NAN}


def _cells(world: World) -> Readings:
    cells = world.cells
    held = (cells["kind"] == TUMOUR) & (cells["layer"] == LUMEN)
    found = {"tumour_cells_lumen": float(np.count_nonzero(held))}
    for name in world.kinds[1:]:
        rows = world.rows(name)
        # in the order of keys, so that the order of rows cannot show in the last bit
        rows = rows[np.argsort(cells["key"][rows])]
        found[f"{name}_activation_mean"] = float(cells["activation"][rows].mean()) if len(rows) else NAN
    return found
