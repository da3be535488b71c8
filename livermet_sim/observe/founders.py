"""Read from the event log what became of each founder: one cell that entered with the blood, and its line."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import ARREST, DIE, DIVIDE, ENTER, EXTRAVASATE, WASH_OUT
from livermet_sim.state.world import World


class Founders:
    """Hold the hour of each founder line's first events, NaN where there was none; arrays by founder number.

    Attributes
    ----------
    n : int
        Founders that have entered.
    entered, arrested, crossed, divided : float64[n], h
    """

    def __init__(self, world: World):
        self.log, self.dt = world.log.array(), world.clock.dt
        self.n = world.totals.get("entered", 0)
        self.entered, self.arrested = self.first(ENTER), self.first(ARREST)
        self.crossed, self.divided = self.first(EXTRAVASATE), self.first(DIVIDE)

    def first(self, event: int) -> np.ndarray:
        """Return the hour of each line's first event of a kind."""
        log = self._of(event)
        found = np.full(self.n, np.nan)
        np.fmin.at(found, log[:, 4], (log[:, 0] + 1) * self.dt)
        return found

    def _of(self, event: int, causes: tuple[int, ...] = ()) -> np.ndarray:
        yes = self.log[:, 1] == event
        return self.log[yes & np.isin(self.log[:, 2], causes) if causes else yes]

    def count(self, event: int, hours: float, causes: tuple[int, ...] = ()) -> np.ndarray:
        """Return how often something happened to each line up to a time."""
        log = self._of(event, causes)
        return np.bincount(log[(log[:, 0] + 1) * self.dt <= hours + 1e-9, 4], minlength=self.n)

    def cells(self, hours: float) -> np.ndarray:
        """Return how many cells of each line live at a time."""
        gained = self.count(ENTER, hours) + self.count(DIVIDE, hours)
        return gained - self.count(DIE, hours) - self.count(WASH_OUT, hours)


def by(times: np.ndarray, hours: float) -> np.ndarray:
    """Say where something had happened by a time; NaN means never."""
    return np.nan_to_num(times, nan=np.inf) <= hours + 1e-9
