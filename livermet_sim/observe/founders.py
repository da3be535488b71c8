"""Read from what happened what became of each founder: one cell that entered with the blood, and its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from livermet_sim.base.arrays import shut
from livermet_sim.kernels.codes import ARREST, DIE, DIVIDE, ENTER, EXTRAVASATE, LUMEN, WASH_OUT
from livermet_sim.observe.known import DAY_H, Moment
from livermet_sim.state.world import World

WASHED_OUT = "washed_out"


@dataclass(frozen=True)
class Events:
    """Hold what happened to tumour cells, in order; arrays by event.

    Attributes
    ----------
    hour : float64[m], h
    event, cause : int64[m]
        Codes; ``causes`` names those of causes.
    founder, lesion, layer : int64[m]
        Of the cell.
    """

    hour: np.ndarray
    event: np.ndarray
    cause: np.ndarray
    founder: np.ndarray
    lesion: np.ndarray
    layer: np.ndarray
    causes: Sequence[str]

    def __len__(self) -> int:
        return len(self.hour)

    def where(self, chosen: np.ndarray) -> Events:
        """Return the chosen events."""
        names = ("hour", "event", "cause", "founder", "lesion", "layer")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


def events_of(world: World) -> Events:
    """Return what happened in a world."""
    log = shut(world.log.array())
    hour = (log[:, 0] + 1) * world.clock.dt
    return Events(hour, log[:, 1], log[:, 2], log[:, 4], log[:, 5], log[:, 7], world.log.causes)


class Founders:
    """Hold the hour at which each founder line reached each step, NaN where it did not; arrays by founder.

    Attributes
    ----------
    names : int64[n]
        Numbers of the founders that have entered, ascending.
    entered, arrested, crossed, divided : float64[n], h
        First events of the line.
    ended : float64[n], h
        When its last cell was gone; NaN while some live.
    hours : float, h
        How far the run is.
    to_come : int
        Founders that have not entered yet.

    Parameters
    ----------
    view : readouts.view.View
    """

    def __init__(self, view: Any):
        self.view, self.names, self.hours, self.to_come = view, view.founder_names, view.hours, view.to_come
        self._read()

    def _read(self) -> None:
        """Read the steps from what happened."""
        found = np.searchsorted(self.names, self.view.events.founder)
        there = self.names[np.minimum(found, self.n - 1)] == self.view.events.founder if self.n else found < 0
        self.events = self.view.events.where(there)
        self._line = found[there]
        self.entered, self.arrested = self.first(ENTER), self.first(ARREST)
        self.crossed, self.divided = self.first(EXTRAVASATE), self.first(DIVIDE)
        ends = np.isin(self.events.event, (DIE, WASH_OUT))
        last = np.full(self.n, np.nan)
        np.fmax.at(last, self._line[ends], self.events.hour[ends])
        self.ended = np.where(self.cells() <= 0, last, np.nan)

    @property
    def n(self) -> int:
        """Return how many founders have entered."""
        return len(self.names)

    def first(self, event: int) -> np.ndarray:
        """Return the hour of each line's first event of a kind."""
        of = self.events.event == event
        found = np.full(self.n, np.nan)
        np.fmin.at(found, self._line[of], self.events.hour[of])
        return found

    def count(self, event: int, hours: float, causes: tuple[int, ...] = ()) -> np.ndarray:
        """Return how often something happened to each line up to a time."""
        of = (self.events.event == event) & (self.events.hour <= hours + 1e-9)
        if causes:
            of &= np.isin(self.events.cause, causes)
        return np.bincount(self._line[of], minlength=self.n)

    def cells(self, hours: float = np.inf) -> np.ndarray:
        """Return how many cells of each line live at a time, or now."""
        gained = self.count(ENTER, hours) + self.count(DIVIDE, hours)
        return gained - self.count(DIE, hours) - self.count(WASH_OUT, hours)

    def own(self, milestone: str) -> np.ndarray:
        """Return when the progeny of each founder reached a milestone in its own lesion, float64[n], h."""
        lesions, found = self.view.lesions, np.full(self.n, np.nan)
        there = self.names < lesions.n
        names = self.names[there]
        own = np.where(lesions["founder"][names] == names, lesions[f"own_{milestone}"][names], np.nan)
        found[there] = own
        return found

    @property
    def alive(self) -> np.ndarray:
        """Return which lines live, bool[n]."""
        return np.isnan(self.ended)

    @property
    def survived(self) -> np.ndarray:
        """Return when each line that lived for a day had done so, float64[n], h."""
        lived = np.fmin(self.ended, self.hours) - self.entered
        return np.where(lived >= DAY_H - 1e-9, self.entered + DAY_H, np.nan)

    def moment(self) -> Moment:
        """Return what decides which readouts can be known now."""
        young = self.alive & (self.hours - self.entered < DAY_H - 1e-9)
        return Moment(self.hours, int(young.sum()), self.to_come)

    def endings(self, hours: float = np.inf) -> Iterator[tuple[int, str, float, bool]]:
        """Yield, for each line that had ended by a time, its place, how its last cell went, when, and whether in a vessel."""
        of = np.isin(self.events.event, (DIE, WASH_OUT)) & by(self.events.hour, hours)
        ends, line = self.events.where(of), self._line[of]
        gone = self.cells(hours) <= 0
        number, last = np.unique(line[::-1], return_index=True)
        for place, row in zip(number.tolist(), (len(line) - 1 - last).tolist(), strict=True):
            if gone[place]:
                washed = ends.event[row] == WASH_OUT
                cause = WASHED_OUT if washed else str(ends.causes[int(ends.cause[row])])
                yield place, cause, float(ends.hour[row]), bool(ends.layer[row] == LUMEN)


class FromLesions(Founders):
    """Read the founders of a run that kept no events from its lesions; those that never arrested are not there."""

    def _read(self) -> None:
        lesions = self.view.lesions
        there = lesions["founder"] >= 0
        at = np.searchsorted(self.names, lesions["founder"][there])
        columns = {"arrested": "arrested", "crossed": "pre_angiogenic", "divided": "woke"}
        for name, column in columns.items():
            found = np.full(self.n, np.nan)
            np.fmin.at(found, at, lesions[column][there])
            setattr(self, name, found)
        self.entered = self.arrested
        self.ended = np.full(self.n, -np.inf)
        with np.errstate(invalid="ignore"):  # a lesion that stands makes it NaN
            np.maximum.at(self.ended, at, lesions["lost"][there])


def to_come(world: World) -> int:
    """Return how many founders have not entered yet."""
    own, entered = world.lesions, world.totals.get("entered", 0)
    return int(((own["parent"] < 0) & (own["founder"] >= entered)).sum())


def by(times: np.ndarray, hours: float) -> np.ndarray:
    """Say where something had happened by a time; NaN means never."""
    return np.nan_to_num(times, nan=np.inf) <= hours + 1e-9
