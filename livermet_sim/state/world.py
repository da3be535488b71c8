"""Gather the whole state of a run in one object that processes read and write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from livermet_sim.kernels.codes import LUMEN, TUMOUR
from livermet_sim.state.carried import LEVEL_COLUMNS, Carried
from livermet_sim.state.census import Census
from livermet_sim.state.clock import Clock
from livermet_sim.state.fields import Fields
from livermet_sim.state.log import EventLog
from livermet_sim.state.network import Network
from livermet_sim.state.roles import Role, the
from livermet_sim.state.table import Table, no_rates
from livermet_sim.state.tissue import Tissue


@dataclass
class World:
    """Hold the state of one run.

    Attributes
    ----------
    kinds : sequence of str
        Names of the cell kinds; a cell's ``kind`` column indexes them.
    roles : mapping of role to tuple of int
        Codes of the kinds that have each role: see ``state.roles``.
    compartment : int8[n]
        As the tissue's, but vessels come and go during the run.
    sites, cells, lesions : Table
        A row per lattice site, per living cell, per lesion ever seen.
    rates : float64[capacity, B]
        What each cell is about to do: one value per behaviour, from the rules.
    segments : int64[n]
        Which LSEC's stretch a vessel site belongs to (as the cells' ``segment``); -1 elsewhere.
    segment_row : int64[stretches]
        Row of each stretch's LSEC, or -1.
    census : Census
        Who is where, counted from the cells.
    levels : Table
        What the liver has but once (systemic factors, inflow, loss rates), a row each, in the order of ``level_names``.
    systemic_names : sequence of str
        The factors that cells sense, which come first among the levels, as ``systemic.NAME``.
    totals : dict
        Running counts since the start: entered, born, washed_out, and deaths by cause.
    carried : dict of str to Table
        What processes carry from one tick to the next, as ``declared``.
    """

    tissue: Tissue
    kinds: Sequence[str]
    clock: Clock
    seed: int
    sites: Table
    cells: Table
    lesions: Table
    fields: Fields
    network: Network
    log: EventLog
    compartment: np.ndarray
    rates: np.ndarray
    census: Census
    segments: np.ndarray
    segment_row: np.ndarray
    systemic_names: Sequence[str]
    roles: Mapping[Role, tuple[int, ...]] = field(default_factory=dict[Role, tuple[int, ...]])
    totals: dict[str, int] = field(default_factory=dict[str, int])
    carried: dict[str, Table] = field(default_factory=dict[str, Table])
    declared: list[Carried] = field(default_factory=list[Carried])
    levels: Table = field(default_factory=lambda: Table(LEVEL_COLUMNS, 64))
    level_names: list[str] = field(default_factory=list[str])

    @property
    def systemic(self) -> np.ndarray:
        """Return the factors that are the same everywhere, float64[G], named by ``systemic_names``."""
        return self.levels["value"][: len(self.systemic_names)]

    def level(self, *names: str) -> np.ndarray:
        """Return the present values of levels, float64[names]."""
        return self.levels["value"][[self.level_names.index(name) for name in names]]

    def begin(self, levels: Mapping[str, float], carried: Iterable[Carried]) -> None:
        """Make room for the levels that a process obeys, at their resting values, and for what it carries."""
        for name, value in levels.items():
            self.levels.append(1, value=value)
            self.level_names.append(name)
        rows = {"": 0, "run": 1, "site": self.tissue.n, "port": self.network.ports.number}
        for own in carried:
            self.declared.append(own)
            self.carried[own.name] = own.table(rows[own.over])

    @property
    def cell_area(self) -> float:
        """Return the area in um2 that a tumour cell takes of the slab: its volume over the thickness."""
        return self.census.places.volume / self.tissue.thickness

    def breadth(self, cells: np.ndarray) -> np.ndarray:
        """Return the diameters in um of discs of the slab that so many tumour cells fill."""
        return np.sqrt(4.0 / np.pi * self.cell_area * np.asarray(cells))

    def code(self, kind: str) -> int:
        """Return the code of a kind."""
        return list(self.kinds).index(kind)

    def the(self, role: Role) -> int:
        """Return the code of the kind that has a role."""
        return the(role, self.roles)

    def having(self, role: Role) -> np.ndarray:
        """Return the rows of the cells of the kinds that have a role."""
        return np.flatnonzero(np.isin(self.cells["kind"], self.roles[role]))

    def rows(self, kind: str) -> np.ndarray:
        """Return the rows of the cells of one kind."""
        return np.flatnonzero(self.cells["kind"] == self.code(kind))

    def tumour_in_vessels(self) -> np.ndarray:
        """Return the rows of tumour cells inside a vessel."""
        return np.flatnonzero((self.cells["kind"] == TUMOUR) & (self.cells["layer"] == LUMEN))

    def wake(self) -> None:
        """Let time go on where it was being left out, as something comes from outside; cells are older by what was."""
        clock = self.clock
        if clock.asleep:
            self.cells["age"][:] += (clock.tick - clock.since) * clock.dt
            clock.asleep, clock.calm = False, clock.tick

    def add_cells(self, count: int, **columns: object) -> np.ndarray:
        """Add cells and return their rows; their rates are 0 until the rules have seen them."""
        self.wake()
        rows = self.cells.append(count, **columns)
        if len(self.rates) < self.cells.capacity:
            grown = no_rates(self.cells.capacity, self.rates.shape[1])
            grown[: len(self.rates)] = self.rates
            self.rates = grown
        self.rates[rows] = 0.0
        self.census.stale = True
        return np.arange(int(rows.start), int(rows.stop))

    def drop_dead(self) -> None:
        """Remove the rows of cells that died or left; rows move, so the census is stale after it."""
        dead = np.flatnonzero(self.cells["alive"] == 0)
        if len(dead):
            self.wake()
            self._tell_stretches(dead, gone=True)
            moved, into = self.cells.drop(dead)
            self.rates[into] = self.rates[moved]
            self._tell_stretches(into)
            self.census.stale = True

    def sort_cells(self) -> None:
        """Put the rows of cells in the order of kinds and of space: what reads one after the other then reads memory so.

        Nothing that a run computes depends on the order of rows.
        """
        self.reorder_cells(np.lexsort((self.cells["key"], self.cells["site"], self.cells["kind"])))

    def reorder_cells(self, order: np.ndarray) -> None:
        """Put the rows of cells, and what is kept by row with them, in an order, int[cells]."""
        self.cells.reorder(order)
        for column in self.rates.T:
            column[: len(order)] = column[order]
        self._tell_stretches(np.arange(len(order)))
        self.census.stale = True

    def _tell_stretches(self, rows: np.ndarray, gone: bool = False) -> None:
        """Let the stretches of sinusoid know in which rows their LSEC stand, or that they are gone."""
        segment = self.cells["segment"][rows]
        lined = segment >= 0
        self.segment_row[segment[lined]] = -1 if gone else rows[lined]

    def count(self) -> None:
        """Bring the census up to date."""
        self.census.update(self.cells, self.sites)
