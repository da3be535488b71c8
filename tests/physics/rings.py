"""Make the graphs that solvers of pressures are held to."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels import flow


def ring(rng: np.random.Generator, nodes: int) -> tuple[np.ndarray, tuple[np.ndarray, ...], np.ndarray]:
    """Return a ring with chords, some side by side: its pairs, its lists (``first``, ``upper``, far ends), and their order."""
    a = np.concatenate([np.arange(nodes), rng.integers(0, nodes, nodes)])
    b = np.concatenate([(np.arange(nodes) + 1) % nodes, rng.integers(0, nodes, nodes)])
    a, b = a[a != b].astype(np.int32), b[a != b].astype(np.int32)
    near, far = np.concatenate([a, b]), np.concatenate([b, a])
    first, upper, order = flow.sort_ends(near, far, nodes)
    return np.stack([a, b]), (first, upper, far[order]), order
