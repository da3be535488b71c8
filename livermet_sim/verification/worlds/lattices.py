"""Make small lattices and keys."""

from __future__ import annotations

import numpy as np

from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import OUTSIDE, PARENCHYMA


def neighbours(width: int, height: int, compartment: np.ndarray) -> np.ndarray:
    """Return the neighbours of the sites that are not outside, int32[n, 8]."""
    return Lattice(width, height, 10.0).neighbours(compartment != OUTSIDE)


def field(width: int, height: int, compartment: int = PARENCHYMA) -> tuple[np.ndarray, np.ndarray]:
    """Return (neighbours, compartments) of an open field."""
    filled = np.full(width * height, compartment, dtype=np.int8)
    return neighbours(width, height, filled), filled


def ragged(width: int, height: int, seed: int, holes: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    """Return (neighbours, compartments) of a field of which a share of sites is missing."""
    gone = np.random.default_rng(seed).random(width * height) < holes
    filled = np.where(gone, OUTSIDE, PARENCHYMA).astype(np.int8)
    return neighbours(width, height, filled), filled


def random_keys(n: int, seed: int = 0) -> np.ndarray:
    """Return distinct 62-bit keys."""
    return np.unique(np.random.default_rng(seed).integers(0, 2**62, n + 10))[:n]


def assert_share(hits: int, n: int, probability: float, sigmas: float = 5.0) -> None:
    """Check a count against a binomial distribution."""
    spread = np.sqrt(n * probability * (1.0 - probability))
    assert abs(hits - n * probability) <= sigmas * spread + 1e-9, (hits / n, probability)
