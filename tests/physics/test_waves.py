"""Check that what goes round a closed line of sites solves the line's equations."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.anatomy.build import build
from livermet_sim.base import threads
from livermet_sim.kernels.waves import go_round
from livermet_sim.scenario.load import load
from livermet_sim.state import waves as module


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**20), places=st.integers(3, 40), m=st.integers(1, 6))
def test_going_round_solves_a_closed_line(seed: int, places: int, m: int):
    rng = np.random.default_rng(seed)
    spread, bend = 10.0 ** rng.uniform(-3.0, 4.0), rng.uniform(0.0, 4.0, m)
    source = rng.normal(size=(places, m))
    half = 1.0 + 0.5 * (1.0 / spread + bend)
    root = 1.0 / (half + np.sqrt(half**2 - 1.0))
    found = source.copy()
    go_round(found, root, 1.0 / (1.0 - root**places), root / spread)
    ahead, behind = np.roll(np.eye(places), 1, axis=0), np.roll(np.eye(places), -1, axis=0)
    for k in range(m):
        matrix = (1.0 + spread * (2.0 + bend[k])) * np.eye(places) - spread * (ahead + behind)
        assert np.allclose(found[:, k], np.linalg.solve(matrix, source[:, k]), rtol=1e-7, atol=1e-9)


def test_signals_of_a_wide_tissue_are_solved_a_few_at_a_time_to_the_same_bits(monkeypatch):
    small = {"tissue.lobules": 2, "tissue.lobule_diameter": 300.0}
    tissue = build(load("baseline", small).values["tissue"], 1)
    rng = np.random.default_rng(1)
    source, found = rng.integers(0, 3, (tissue.n, 7)), []
    for wide in (10**9, 1):
        monkeypatch.setattr(threads, "WIDE", wide)
        monkeypatch.setattr(module, "TOGETHER", 3)
        solver = module.Waves(tissue, np.linspace(1.0, 80.0, 7))
        assert len(solver._signals) == (7 if wide > 1 else 3)
        found.append(np.zeros(source.shape))
        solver.solve(found[-1], source, 0.5, 0.0, 1)
    assert np.array_equal(*found) and found[0].max() > 0.0
