"""Say how strong an intervention is at a time: on and off, or rising with each dose and fading with a half-life."""

from __future__ import annotations

import math
from dataclasses import dataclass

NEVER = 3650.0
_SLACK = 1e-9  # h; so that no rounding of a tick's time moves an edge


@dataclass(frozen=True)
class Window:
    """Hold a value between two times, ``rest`` outside; times in days from the entry of tumour cells."""

    start: float
    end: float
    value: float
    rest: float = 1.0

    def open(self, hours: float) -> bool:
        """Say whether the window is open; its start belongs to it, its end does not."""
        return self.start * 24.0 <= hours + _SLACK < self.end * 24.0

    def __call__(self, hours: float) -> float:
        """Return the value at a time."""
        return self.value if self.open(hours) else self.rest


@dataclass(frozen=True)
class Course:
    """Hold doses of a drug that leaves the body with one half-life (one compartment, first order).

    Attributes
    ----------
    start, every : float, day
        First dose, and time between doses.
    doses : int
    amount : float
        Level that one dose adds, in units of the drug's standard dose.
    half_life : float, h
    """

    start: float
    every: float
    doses: int
    amount: float
    half_life: float

    def level(self, hours: float) -> float:
        """Return the level: the sum of amount * 2**(-(t - t_i) / half_life) over the doses given by then."""
        since = hours + _SLACK - self.start * 24.0
        if since < 0.0:
            return 0.0
        given = self.doses if self.every <= 0.0 else min(self.doses, int(since / (24.0 * self.every)) + 1)
        # a geometric series, the latest dose first
        last = since - (given - 1) * self.every * 24.0
        keep = math.exp(-math.log(2.0) * self.every * 24.0 / self.half_life)
        total = float(given) if keep == 1.0 else (1.0 - keep**given) / (1.0 - keep)
        return self.amount * total * math.exp(-math.log(2.0) * last / self.half_life)


@dataclass(frozen=True)
class Effect:
    """Hold the effect of a course: Emax of the Hill equation, E = level^n / (EC50^n + level^n).

    ``saturated`` is the value at E = 1 and ``rest`` that at E = 0; between them the value is linear in E.
    """

    course: Course
    saturated: float
    half_max: float
    power: float
    rest: float = 1.0

    def __call__(self, hours: float) -> float:
        """Return the value at a time."""
        ratio = (self.course.level(hours) / self.half_max) ** self.power
        return self.rest + (self.saturated - self.rest) * (ratio / (1.0 + ratio))


@dataclass(frozen=True)
class Amount:
    """Hold what a course adds to a level: ``per_dose`` times the course's level."""

    course: Course
    per_dose: float

    def __call__(self, hours: float) -> float:
        """Return the amount at a time."""
        return self.per_dose * self.course.level(hours)
