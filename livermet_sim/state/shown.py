"""Show the state of a run to what may look at everything and change nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from livermet_sim.base.arrays import shut
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.world import World


class NotKept(LookupError):
    """Say that a saved run does not keep what is asked for."""


class Columns:
    """Show the columns of a table, which cannot be written.

    Parameters
    ----------
    table : mapping of str to array
    n : int
        Rows.
    names : sequence of str
        Of the columns, where they are asked for.
    """

    def __init__(self, table: Any, n: int, names: Sequence[str] = ()):
        self._table, self.n, self.names = table, n, tuple(names)

    def __contains__(self, name: str) -> bool:
        return name in self._table

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._table:
            raise NotKept(name)
        return shut(self._table[name])


class Sight:
    """Show the world to a signal of a user's own; every array is read-only.

    Attributes
    ----------
    hours : float, h
        Since tumour cells could first enter.
    kinds : tuple of str
        Kinds of cells, by the code that the cells' column ``kind`` holds.
    cells, sites, signals : Columns
        A row per cell and per site; the columns are those of World, and the concentration of each signal.
    compartment : int8[n]
        See ``kernels.codes``.
    neighbours, contacts : int32[n, m]
        Sites beside each, and those that a cell there touches; -1 for none.
    lattice : Lattice
        Where sites lie, with distances in um.
    levels : mapping of str to float
        What the liver has but once, such as ``systemic.il6``.
    """

    __slots__ = (
        "cells", "compartment", "contacts", "hours", "kinds", "lattice", "levels", "neighbours", "signals", "sites",
    )  # fmt: skip

    hours: float
    kinds: tuple[str, ...]
    cells: Columns
    sites: Columns
    signals: Columns
    compartment: np.ndarray
    neighbours: np.ndarray
    contacts: np.ndarray
    lattice: Lattice
    levels: Mapping[str, float]

    def __init__(self, world: World):
        tissue = world.tissue
        shown = {
            "hours": world.clock.hours, "kinds": tuple(world.kinds), "cells": Columns(world.cells, world.cells.n),
            "sites": Columns(world.sites, world.sites.n), "signals": Columns(world.fields, tissue.n, world.fields.names),
            "compartment": shut(world.compartment), "neighbours": shut(tissue.neighbours), "contacts": shut(tissue.contacts),
            "lattice": tissue.lattice,
            "levels": MappingProxyType(dict(zip(world.level_names, world.levels["value"].tolist(), strict=True))),
        }  # fmt: skip
        for name, value in shown.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a view changes nothing")

    def code(self, kind: str) -> int:
        """Return the code of a kind of cells."""
        return self.kinds.index(kind)

    def rows(self, kind: str) -> np.ndarray:
        """Return the rows of the cells of a kind; none where there is no such kind."""
        there = kind in self.kinds
        return np.flatnonzero(self.cells["kind"] == self.code(kind)) if there else np.zeros(0, dtype=np.int64)
