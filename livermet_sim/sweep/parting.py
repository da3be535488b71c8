"""Carry out runs of one seed that differ only from a time on, and compute the days that any of them share but once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from livermet_sim.interventions.intervene import pulls
from livermet_sim.interventions.intervention import Intervention
from livermet_sim.interventions.read import flat, hours_before

if TYPE_CHECKING:
    from livermet_sim.engine import Engine
    from livermet_sim.scenario.spec import Scenario

_WORDING, SLACK = ("name", "doc"), 1e-6  # h
# an intervention, and how many before it kill: its luck goes by both places
Placed = tuple[Intervention, int]
# carries the run of the arm at a place on by so many hours
Carry = Callable[[int, "Engine", float], None]


def parting(one: Scenario, other: Scenario) -> float | None:
    """Return the hour, on a step, from which two runs of one seed may differ.

    Returns
    -------
    float or None, h
        None where they differ from the beginning, infinite where never.
    """
    ours, theirs = one.to_dict(), other.to_dict()
    ends = [float(tables["run"].pop("days")) * 24.0 for tables in (ours, theirs)]
    for tables in (ours, theirs):
        tables["interventions"] = None
    if any(ours.get(key) != theirs.get(key) for key in ours.keys() | theirs.keys() if key not in _WORDING):
        return None
    hour = math.inf if ends[0] == ends[1] else min(ends)
    for pair in zip_longest(_placed(one), _placed(other)):
        if (days := _apart(*pair)) is None:
            return None
        hour = min(hour, 24.0 * days)
    if not math.isfinite(hour):
        return hour
    step = float(one.value("run.step"))
    hour = step * math.floor(hour / step + 1e-9)
    before = {hours_before(each.interventions, float(each.value("run.before"))) for each in (one, other)}
    return hour if len(before) == 1 and hour > -before.pop() else None


def one_clock(*arms: Scenario) -> tuple[Scenario, ...]:
    """Return the arms of a pair so that no time is left out of one alone; luck is shared step by step.

    A liver at rest sleeps (``processes.resting``), and an intervention wakes it: where one comes before tumour cells do,
    none of the arms sleeps.
    """
    woken = any(
        day is None or 24.0 * day < _enter(arm)
        for arm in arms
        for day in (own.begins() for own in flat(arm.interventions))
    )
    return tuple(arm.with_({"rest.interval": 0.0}) for arm in arms) if woken else arms


def _enter(arm: Scenario) -> float:
    """Return the hour at which the first tumour cells enter."""
    return float(arm.value("seeding.start")) if float(arm.value("seeding.dose")) > 0.0 else math.inf


def _placed(scenario: Scenario) -> Iterator[Placed]:
    kills = 0
    for own in flat(scenario.interventions):
        yield own, kills
        kills += sum(pull.mode == "kill" for pull in pulls((own,)))


def _apart(one: Placed | None, other: Placed | None) -> float | None:
    """Return the day from which what stands at one place in two lists of interventions is not the same; None for always."""
    found = [each[0].to_dict() if each else {} for each in (one, other)]
    if one and other and one[1] == other[1]:
        if found[0] == found[1]:
            return math.inf
        ends = [table.pop("end", math.inf) for table in found]
        if found[0] == found[1]:
            return float(min(ends))
    begins = [each[0].begins() for each in (one, other) if each]
    return None if None in begins else min(float(day) for day in begins if day is not None)


def part_ways(
    arms: Sequence[Scenario],
    seed: int,
    engine: Engine | None = None,
    end: float | None = None,
    carry: Carry = lambda place, engine, hours: engine.run(hours),
) -> Iterator[tuple[int, Engine, float]]:
    """Give runs of one seed as they end; those that share days part from one liver when they come to differ.

    Parameters
    ----------
    arms : sequence of Scenario
        None of them may differ from the first from its beginning: see `parting`.
    engine : Engine, optional
        The first arm's run, at a time before any parts from it.
    end : float, h, optional
        When all end, instead of where their scenarios do.
    carry : callable, optional
        Carries a run on: told the place of the arm that it is of, the run and for how many hours.

    Yields
    ------
    (int, Engine, float)
        The place among the arms, the run at its end, to be read and not to be changed, and the seconds that it took
        beyond what it shares with others.
    """
    from livermet_sim.engine import Engine

    start = time.perf_counter()
    yield from _carried_on(engine or Engine(arms[0], seed), list(enumerate(arms)), start, end, carry)


def _carried_on(
    engine: Engine, arms: list[tuple[int, Scenario]], start: float, latest: float | None, carry: Carry
) -> Iterator[tuple[int, Engine, float]]:
    """Carry a liver on under the first arm; who differs from it leaves in time, all that leave at once as one liver."""
    (place, own), *others = arms
    leaving: dict[float, list[tuple[int, Scenario]]] = {}
    for number, other in others:
        hour = parting(own, other)
        if hour is None:
            raise ValueError(f"arm {number} differs from the first from its beginning")
        leaving.setdefault(hour, []).append((number, other))
    spent, end = 0.0, 24.0 * float(own.value("run.days")) if latest is None else latest
    for hour in sorted(leaving):
        carry_to(engine, min(hour, end), partial(carry, place))
        spent += time.perf_counter() - start
        start = time.perf_counter()
        child: Any = engine.fork(leaving[hour][0][1])
        yield from _carried_on(child, leaving[hour], start, latest, carry)
        start = time.perf_counter()
    carry_to(engine, end, partial(carry, place))
    yield place, engine, spent + time.perf_counter() - start


def carry_to(
    engine: Engine,
    hour: float,
    carry: Callable[[Engine, float], None] = lambda engine, hours: engine.run(hours),
) -> None:
    """Carry a run to an hour, unless it is there or beyond."""
    clock = engine.world.clock
    left = hour - clock.hours - clock.owed  # a run carries over by itself what its steps left of a time
    if left > SLACK:
        carry(engine, left)
