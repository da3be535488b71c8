"""Mast cells: an example of a plug-in with a kind of cells, a signal, a response, a process and a readout of its own."""

from __future__ import annotations

import numpy as np

import livermet_sim as lm

__version__ = "1.2"

LOADED = lm.State("granules", "refill", "release", "Mast cell: share of its granules that are full.", "The cell's own full granules, 0 to 1.")  # fmt: skip

MAST = lm.register_kind(
    "mast",
    like="nk",
    doc="Mast cells: they stand beside portal tracts and let their granules go where tumour cells touch them.",
    defaults={"density": "4000 /mm3", "attack": 0, "crawl": "1 um/min", "secrete.tnf": 1.0},
    states=[LOADED],
    behaviours=[
        lm.Parameter("refill", 0.1, "/h", "Rate at which granules fill.", 0.0, 100.0),
        lm.Parameter("release", 0.0, "/h", "Rate at which granules empty.", 0.0, 100.0),
    ],
    look=lm.Look("mast cell", "mast cells", "#117733", "P"),
)


@lm.register_signal(unit="um")
def depth(sight, rows):
    """Way of the blood from the portal tract to the cell, as a share of 300 um."""
    return 300.0 * sight.sites["zone"][sight.cells["site"][rows]]


@lm.register_response
def threshold(x):
    """Nothing below the half-maximum, everything above it."""
    return np.where(x >= 1.0, 1.0, 0.0)


@lm.register_process(stage="act", adds=("cells.granules", "sites.net"), parameters=[lm.Parameter("chance", 0.1, "/h", "Rate at which full granules burst.", 0.0, 10.0)])  # fmt: skip
def burst(world, hours, own):
    """Let full mast cells burst now and then and leave a trap where they stand."""
    rows = world.rows("mast")
    full = rows[world.cells["granules"][rows] > 0.5]
    site = world.cells["site"][full]
    # each cell decides for itself, so that the order of rows cannot show
    chance = 1.0 - np.exp(-own.chance * hours)
    gone = own.draw(world.cells["key"][full]) < chance
    world.cells["granules"][full[gone]] = 0.0
    np.add.at(world.sites["net"], site[gone], 0.1)


@lm.register_readout(unit="1")
def full_granules(view):
    """Mean of the full granules of mast cells."""
    rows = view.rows("mast")
    return float(np.sort(view.cells["granules"][rows]).mean()) if len(rows) else np.nan
