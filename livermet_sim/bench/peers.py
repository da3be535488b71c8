"""Write the same growth model as its users would elsewhere: idiomatic Mesa, and NumPy on whole arrays."""

from __future__ import annotations

import math

import mesa
import numpy as np
from mesa.discrete_space import CellAgent, OrthogonalMooreGrid

from livermet_sim.bench.growth import DIES, DIVIDES, STEP

DEATH, EITHER = 1.0 - math.exp(-DIES * STEP), 1.0 - math.exp(-(DIES + DIVIDES) * STEP)
MOVES = np.array([(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)])


class Grower(CellAgent):
    """Sense how crowded it is; die, or divide into an empty site beside."""

    crowding = 0.0

    def step(self) -> None:
        """Sense, then die or divide."""
        assert self.cell is not None
        free = [cell for cell in self.cell.neighborhood if cell.is_empty]
        self.crowding = 1.0 - len(free) / len(MOVES)
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
        self.rng, self.side = np.random.default_rng(seed), side
        self.held = np.zeros(side * side, dtype=bool)
        self.held[self.rng.choice(side * side, cells, replace=False)] = True

    @property
    def number(self) -> int:
        """Return how many cells live."""
        return int(self.held.sum())

    def step(self) -> None:
        """Advance by one step."""
        square = self.held.reshape(self.side, self.side).astype(np.int8)
        around = sum(np.roll(square, move, axis=(0, 1)) for move in MOVES.tolist())
        at = np.flatnonzero(self.held)
        self.crowding = np.ravel(around)[at] / len(MOVES)
        u = self.rng.random(len(at))
        share = EITHER * DIES / (DIES + DIVIDES)
        self.held[at[u < share]] = False
        mothers = self.rng.permutation(at[(u >= share) & (u < EITHER)])
        y, x = np.divmod(mothers[:, None], self.side)
        beside = (y + MOVES[:, 0]) % self.side * self.side + (x + MOVES[:, 1]) % self.side
        score = np.where(self.held[beside], -1.0, self.rng.random(beside.shape))
        pick = score.argmax(axis=1)
        born = beside[np.arange(len(mothers)), pick][score.max(axis=1, initial=-1.0) >= 0.0]
        self.held[born] = True
