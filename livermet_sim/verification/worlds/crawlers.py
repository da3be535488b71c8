"""Let cells of one mobile kind crawl on a field."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels import motility
from livermet_sim.kernels.codes import LUMEN, TISSUE
from livermet_sim.verification.worlds.lattices import random_keys

WIDTH = 201
MIDDLE = WIDTH * WIDTH // 2
IMMUNE = 1
VESSEL_CELL, TISSUE_CELL = 1, 2
SPACING = 10.0


class Crawlers:
    """Hold cells of one mobile kind; columns are crawl (um/min), chemotaxis, infiltrate, attack, engulf."""

    def __init__(self, neighbours, compartment, sites, way=TISSUE_CELL, rates=(0.0,) * 5, signal=None):
        self.neighbours, self.compartment = neighbours, compartment
        n = len(sites)
        self.kind, self.key = np.full(n, IMMUNE), random_keys(n)
        self.site, self.layer = (
            np.array(sites, dtype=np.int64),
            np.full(n, LUMEN if way == VESSEL_CELL else TISSUE),
        )
        self.rates, self.way = np.asfortranarray(np.tile(rates, (n, 1)), dtype=np.float64), way
        self.concentration = np.zeros((len(neighbours), 1)) if signal is None else signal.reshape(-1, 1)
        self.attractant = np.array([-1, 0 if signal is not None else -1])
        self.ways = np.empty((2, len(neighbours)), dtype=np.int32)
        motility.lay_ways(compartment, neighbours, self.ways)
        self.near = np.zeros((2, len(neighbours)), dtype=np.int32)

    def step(self, tick: int, dt: float = 0.25, share: float = 1.0, module=motility, stride=SPACING) -> None:
        module.crawl(
            0, len(self.kind), 5, tick, dt, stride, (self.kind, self.site, self.layer, self.key, np.ones(len(self.site))), self.rates, np.arange(5),
            motility.Habits(np.array([0, self.way]), np.array([1.0, share]), self.attractant, np.ones(2), np.full(2, 1e-6), np.zeros(2)),
            motility.Ground(self.concentration, self.compartment, self.neighbours, self.ways, self.near),
        )  # fmt: skip

    def moved(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the way from the middle, in sites."""
        return self.site % WIDTH - MIDDLE % WIDTH, self.site // WIDTH - MIDDLE // WIDTH
