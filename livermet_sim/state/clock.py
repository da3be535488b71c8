"""Keep time: whole ticks of a fixed step, so that no rounding builds up."""

from __future__ import annotations

from dataclasses import dataclass, field

from livermet_sim.base.specs import declared, section


@dataclass(frozen=True)
class Run:
    """Length and step of a run."""

    days: float = declared(28.0, "day", "Simulated time from the moment the first tumour cells may enter.", 0.0, 3650.0)  # fmt: skip
    before: float = declared(0.0, "day", "Simulated time before that; an intervention that starts earlier makes it longer.", 0.0, 365.0)  # fmt: skip
    step: float = declared(0.25, "h", "Time step; results do not depend on it.", 0.005, 4.0)


SECTION = section("run", Run)


SLACK = 1e-9  # h; so that no rounding of a tick's time moves an edge


@dataclass
class Clock:
    """Count ticks of ``dt`` hours; tumour cells enter at tick 0, the first one is at or before it.

    ``owed`` are the hours that demands for a run have left over; ``begun`` says whether the resting liver has settled,
    ``asleep`` whether the step under way is left out, as nothing happens to the liver, ``since`` the step from which time
    was left out last, and ``calm`` that since which nothing has changed but by chance: see ``processes.resting``.
    """

    dt: float
    tick: int = 0
    first: int = 0
    owed: float = 0.0
    begun: bool = False
    asleep: bool = False
    since: int = -(1 << 40)
    calm: int = 0
    _ticks: dict[float, int] = field(default_factory=dict[float, int], init=False, repr=False, compare=False)

    @property
    def hours(self) -> float:
        """Return the simulated time in hours."""
        return self.tick * self.dt

    @property
    def end_of_step(self) -> float:
        """Return the time at the end of the step under way, h; to the bit what `hours` says after it."""
        return (self.tick + 1) * self.dt

    def reached(self, hours: float) -> bool:
        """Say whether a time is met at the beginning of this step and was not at that of an earlier one."""
        if self.hours + SLACK < hours:
            return False
        return not self.begun if self.tick == self.first else (self.tick - 1) * self.dt + SLACK < hours

    def due(self, every: float) -> bool:
        """Say whether a process that runs every ``every`` hours runs in this tick."""
        return (self.tick - self.first) % self.ticks(every) == 0

    def span(self, every: float) -> float:
        """Return the hours between two runs of a process that runs every ``every`` hours."""
        return self.ticks(every) * self.dt

    def ticks(self, every: float) -> int:
        """Return the steps between two runs of a process that runs every ``every`` hours."""
        found = self._ticks.get(every)
        if found is None:
            found = self._ticks[every] = max(1, round(every / self.dt))
        return found


class Slept:
    """Know whether a liver at rest has slept through all the time since this was last asked."""

    def __init__(self) -> None:
        self._since: int | None = None

    def through(self, clock: Clock) -> bool:
        """Say whether nothing but time has passed since the last call."""
        before, self._since = self._since, clock.since if clock.asleep else None
        return clock.asleep and before == clock.since
