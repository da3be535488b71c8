"""Small studies of a strip of liver, run for an hour or two."""

from __future__ import annotations

from livermet_sim.sweep.sweep import Sweep

FACTORS = {"cells.kupffer.density": (0, 30000), "rules.MV12.enabled": [True, False]}
SMALL = {"design": "latin-hypercube", "samples": 4, "replicates": 2, "seed": 3, "days": 0.125}


def small(**options) -> Sweep:
    """Return a study of eight runs of three hours."""
    return Sweep("strip", FACTORS, **(SMALL | {"changes": {"seeding.dose": 50}} | options))
