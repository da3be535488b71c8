"""Read from the event log what became of each founder: one cell that entered with the blood, and its line."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import ARREST, DIE, DIVIDE, ENTER, EXTRAVASATE, WASH_OUT
from livermet_sim.observe.known import DAY_H, Moment
from livermet_sim.state.world import World


class Founders:
    """Hold the hour of each founder line's first events, NaN where there was none; arrays by founder number.

    Attributes
    ----------
    n : int
        Founders that have entered.
    entered, arrested, crossed, divided : float64[n], h
    hours : float, h
        How far the run is.
    to_come : int
        Founders that have not entered yet.
    """

    def __init__(self, world: World):
        self.log, self.dt = world.log.array(), world.clock.dt
        self.n, self.hours = world.totals.get("entered", 0), world.clock.hours
        self.to_come = to_come(world)
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

    def lifetime(self) -> np.ndarray:
        """Return for how long each line has lived so far, float64[n], h."""
        end = np.full(self.n, self.hours)
        ends = self.log[(self.log[:, 1] == DIE) | (self.log[:, 1] == WASH_OUT)]
        last = np.full(self.n, np.nan)
        np.fmax.at(last, ends[:, 4], (ends[:, 0] + 1) * self.dt)
        gone = self.cells() <= 0
        end[gone] = last[gone]
        return np.nan_to_num(end - self.entered, nan=-1.0)

    def moment(self) -> Moment:
        """Return what decides which readouts can be known now."""
        young = (self.cells() > 0) & (self.hours - self.entered < DAY_H - 1e-9)
        return Moment(self.hours, int(young.sum()), self.to_come)

    def cells(self, hours: float = np.inf) -> np.ndarray:
        """Return how many cells of each line live at a time, or now."""
        gained = self.count(ENTER, hours) + self.count(DIVIDE, hours)
        return gained - self.count(DIE, hours) - self.count(WASH_OUT, hours)


def to_come(world: World) -> int:
    """Return how many founders have not entered yet."""
    own, entered = world.lesions, world.totals.get("entered", 0)
    return int(((own["parent"] < 0) & (own["founder"] >= entered)).sum())


def by(times: np.ndarray, hours: float) -> np.ndarray:
    """Say where something had happened by a time; NaN means never."""
    return np.nan_to_num(times, nan=np.inf) <= hours + 1e-9
