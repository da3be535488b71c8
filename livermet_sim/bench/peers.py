"""Write the same growth model as its users would elsewhere: idiomatic Mesa, and NumPy on whole arrays."""

from __future__ import annotations

import math

import mesa
import numpy as np
from mesa.discrete_space import CellAgent, OrthogonalMooreGrid

from livermet_sim.bench.growth import DIES, DIVIDES, STEP
from livermet_sim.state.lattice import Lattice

DEATH, EITHER = 1.0 - math.exp(-DIES * STEP), 1.0 - math.exp(-(DIES + DIVIDES) * STEP)


class Grower(CellAgent):
    """Sense how crowded it is; die, or divide into an empty site beside."""

    crowding = 0.0

    def step(self) -> None:
        """Sense, then die or divide."""
        assert self.cell is not None
        free = [cell for cell in self.cell.neighborhood if cell.is_empty]
        self.crowding = 1.0 - len(free) / len(self.cell.neighborhood)
        u = self.random.random()
        if u < EITHER * DIES / (DIES + DIVIDES):
            self.remove()
        elif u < EITHER and free:
            Grower(self.model).cell = self.random.choice(free)


class InMesa(mesa.Model):
    """Hold the model as Mesa's tutorials write one: an agent a cell, a discrete space, a shuffled step."""

    def __init__(self, cells: int, side: int, seed: int = 1):
        super().__init__(rng=seed)
        self.grid = OrthogonalMooreGrid((side, side), torus=True, capacity=1, random=self.random)
        for cell in self.random.sample(list(self.grid.all_cells), cells):
            Grower(self).cell = cell

    @property
    def number(self) -> int:
        """Return how many cells live."""
        return len(self.agents)

    def step(self) -> None:
        """Advance by one step."""
        self.agents.shuffle_do("step")


class InNumPy:
    """Hold the model as arrays; where several daughters want one site, one of them is drawn."""

    def __init__(self, cells: int, side: int, seed: int = 1):
        self.rng = np.random.default_rng(seed)
        self.around = Lattice(side, side, 10.0, wrap=True).around
        self.held = np.zeros(side * side, dtype=bool)
        self.held[self.rng.choice(side * side, cells, replace=False)] = True

    @property
    def number(self) -> int:
        """Return how many cells live."""
        return int(self.held.sum())

    def step(self) -> None:
        """Advance by one step."""
        at = np.flatnonzero(self.held)
        self.crowding = self.held[self.around[at]].mean(axis=1)
        u = self.rng.random(len(at))
        share = EITHER * DIES / (DIES + DIVIDES)
        self.held[at[u < share]] = False
        mothers = self.rng.permutation(at[(u >= share) & (u < EITHER)])
        beside = self.around[mothers]
        score = np.where(self.held[beside], -1.0, self.rng.random(beside.shape))
        pick = score.argmax(axis=1)
        born = beside[np.arange(len(mothers)), pick][score.max(axis=1, initial=-1.0) >= 0.0]
        self.held[born] = True
