"""Hold the distance to the nearest of some sites to a slow twin, with sides that join and with sides that end."""

from __future__ import annotations

import numpy as np
import pytest

from livermet_sim.state import lattice as module
from livermet_sim.state.lattice import Lattice


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_gaps_equal_the_least_distance_pair_by_pair(wrap, seed):
    random, lattice = np.random.default_rng(seed), Lattice(30, 20, 10.0, wrap)
    sites, others = random.integers(0, 600, 12), random.integers(0, 600, 3)
    slow = [min(float(lattice.distance(a, b)) for b in others) for a in sites]
    assert lattice.gaps(sites, others) == pytest.approx(slow)


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("site", [8.0, 10.0, 12.5])
def test_a_few_places_give_the_bits_of_a_tree(monkeypatch, wrap, site):
    random, lattice = np.random.default_rng(1), Lattice(30, 20, site, wrap)
    sites, others = random.integers(0, 600, 200), random.integers(0, 600, 7)
    few = lattice.gaps(sites, others)
    monkeypatch.setattr(module, "FEW", 0)
    assert few.tolist() == lattice.gaps(sites, others).tolist()
