"""Check that what is told of founders does not hang on the step, the size of a site, or how much liver is simulated."""

from __future__ import annotations

import numpy as np
import pytest

from livermet_sim.engine import Engine
from livermet_sim.scenario.load import load
from livermet_sim.sweep.execute import execute

DAYS = 3
VARIANTS = {
    "as shipped": {},
    "half the step": {"run.step": 0.125},
    "twice the step": {"run.step": 0.5},
    "sites of 8 um": {"tissue.site": 8.0},
    "sites of 12.5 um": {"tissue.site": 12.5},
    "64 lobules": {"tissue.lobules": 64},
}
SHARES = ("arrested", "alive_24h", "extravasated", "divided")


def founders(item: tuple[str, int]) -> np.ndarray:
    """Return how many founders entered, and how many came as far as each of SHARES."""
    variant, seed = item
    engine = Engine(load("baseline", VARIANTS[variant]), seed)
    engine.run(DAYS * 24)
    measures = engine.measures()
    entered = measures["founders_entered"]
    return np.array([entered, *(entered * measures[f"founders_{name}_share"] for name in SHARES)])


@pytest.mark.long
def test_founders_fare_alike_whatever_the_step_the_site_and_the_tissue():
    # four times the liver needs a quarter of the seeds; 12 patches hold about 1800 founders
    items = [(name, seed) for name in VARIANTS for seed in range(1, 4 if name == "64 lobules" else 13)]
    counts = {name: np.zeros(1 + len(SHARES)) for name in VARIANTS}
    for index, outcome in execute(founders, items, workers=2):
        counts[items[index][0]] += outcome.result()
    shipped = counts["as shipped"]
    for name, found in counts.items():
        for column, what in enumerate(SHARES, 1):
            a, b = shipped[column] / shipped[0], found[column] / found[0]
            pooled = (shipped[column] + found[column]) / (shipped[0] + found[0])
            error = np.sqrt(max(pooled * (1 - pooled), 1e-3) * (1 / shipped[0] + 1 / found[0]))
            # founders of one liver share their vessels, so the binomial error is a little too small
            assert abs(a - b) < 3.0 * error, f"{name}: {what} {b:.3f}, as shipped {a:.3f}"
