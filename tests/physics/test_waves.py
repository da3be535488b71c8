"""Check that what goes round a closed line of sites solves the line's equations."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.kernels.waves import go_round


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
