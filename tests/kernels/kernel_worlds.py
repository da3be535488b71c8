"""Make small lattices, and load the kernels a second time as plain Python."""

from __future__ import annotations

import importlib
import os
import sys
from functools import cache
from types import SimpleNamespace

import numpy as np

from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import OUTSIDE, PARENCHYMA

NAMES = ("rng", "neighbours", "fate", "transport", "growth", "motility", "turnover", "clusters", "matrix")


@cache
def plain_kernels() -> SimpleNamespace:
    """Return the kernel modules as uncompiled functions, the loaded ones left as they were."""
    package = "livermet_sim.kernels"
    root = sys.modules["livermet_sim"]
    saved = {name: module for name, module in sys.modules.items() if name.startswith(package)}
    before = os.environ.get("LIVERMET_NOJIT")
    os.environ["LIVERMET_NOJIT"] = "1"
    for name in saved:
        del sys.modules[name]
    try:
        return SimpleNamespace(**{name: importlib.import_module(f"{package}.{name}") for name in NAMES})
    finally:
        for name in [name for name in sys.modules if name.startswith(package)]:
            del sys.modules[name]
        sys.modules.update(saved)
        root.kernels = saved[package]
        if before is None:
            del os.environ["LIVERMET_NOJIT"]
        else:
            os.environ["LIVERMET_NOJIT"] = before


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
