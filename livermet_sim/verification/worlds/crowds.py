"""Make crowds of cells that stand anywhere, and count them."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from livermet_sim.kernels.codes import LUMEN, TISSUE, TUMOUR
from livermet_sim.state.census import Census
from livermet_sim.verification.worlds.lattices import random_keys

KINDS = 4


class Columns:
    """Stand in for a table."""

    def __init__(self, columns: Mapping[str, np.ndarray]):
        self.columns, self.n = columns, len(next(iter(columns.values())))

    def full(self, name: str) -> np.ndarray:
        """Return a column."""
        return self.columns[name]


class Counted(Census):
    """Hold the census of one tissue and the pressure that is counted with it."""

    def __init__(self, neighbours: np.ndarray):
        n = len(neighbours)
        tissue: Any = SimpleNamespace(n=n, contacts=neighbours)
        super().__init__(tissue, KINDS)
        self.pressure = np.zeros(n)
        self.sites: Any = Columns({"pressure": self.pressure})

    def take(self, cells: Mapping[str, np.ndarray]) -> Counted:
        """Count these cells and return the census."""
        self.stale = True
        table: Any = Columns(cells)
        self.update(table, self.sites)
        return self


def crowd(compartment: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Return random cells: at most one tumour cell a part of a site, any number of others."""
    random = np.random.default_rng(seed)
    inside = np.flatnonzero(compartment)
    lumen, tissue = random.choice(inside, 15, replace=False), random.choice(inside, 25, replace=False)
    others = random.choice(inside, 120)
    n = 40 + len(others)
    cells = {
        "kind": np.concatenate([np.full(40, TUMOUR), random.integers(1, KINDS, len(others))]),
        "site": np.concatenate([lumen, tissue, others]),
        "layer": np.concatenate(
            [np.full(15, LUMEN), np.full(25, TISSUE), random.integers(0, 2, len(others))]
        ),
        "activation": random.random(n),
        "aptitude": random.random(n),
        "key": random_keys(n, seed),
    }
    return shuffled(cells, random.permutation(n))


def shuffled(cells: dict[str, np.ndarray], order: np.ndarray) -> dict[str, np.ndarray]:
    """Return the same cells in another order of rows."""
    return {name: np.ascontiguousarray(column[order]) for name, column in cells.items()}
