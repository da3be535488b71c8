"""Run livers to see which rules can speak in them, and list those that never do."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livermet_sim.base.aligned import aligned
from livermet_sim.engine import Engine
from livermet_sim.rulebook.book import reasons_for_silence
from livermet_sim.rulebook.reach import ABSENT, Reach
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[float, float], None]
EVERY = 6.0  # h
TISSUE = "lobule"


def situations() -> dict[str, Scenario]:
    """Return the ten situations of the library by name, each a scenario in one lobule."""
    text = files("livermet_sim").joinpath("library/situations.toml").read_text(encoding="utf-8")
    return {name: load(TISSUE, table | {"name": name}) for name, table in tomllib.loads(text).items()}


def follow(
    scenario: Scenario, seed: int = 1, every: float = EVERY, progress: Progress | None = None
) -> Reach:
    """Carry out a run and return the reach of its rules, listened to every ``every`` hours."""
    return listen(Engine(scenario, seed), every, progress)


def listen(
    engine: Engine, every: float = EVERY, progress: Progress | None = None, found: Reach | None = None
) -> Reach:
    """Carry a run to its end and listen to its rules on the way; what the run does stays the same, bit for bit.

    What is heard goes into ``found``, which keeps it where the run is stopped by hand.
    """
    found, clock = Reach() if found is None else found, engine.world.clock
    ticks, gap = engine.ticks(), max(1, round(every / clock.dt))
    for i in range(ticks):
        engine.step()
        if (i + 1) % gap == 0 or i == 0:
            engine.world.count()
            found.listen(engine.compiled, engine.world)
        if progress is not None:
            progress((i + 1) * clock.dt, ticks * clock.dt)
    return found


def reach(
    scenario: str | Path | Scenario = "baseline",
    days: float | None = None,
    seed: int = 1,
    every: float = EVERY,
) -> pd.DataFrame:
    """Run a scenario and say of every rule whether its signal comes near its half-maximum.

    Parameters
    ----------
    scenario : str, Path or Scenario
    days : float, day, optional
        Simulated time, instead of the scenario's.
    seed : int
    every : float, h
        Time between two looks at all cells; the first is after the first step.

    Returns
    -------
    DataFrame
        A row for every rule that acts: ``rule``, ``actor``, ``signal``, ``behaviour``, ``half_max``; of the signal
        among its actors the percentiles ``p5``, ``median``, ``p95`` and the ``maximum``, all in the signal's unit;
        ``evaluations`` (cells times looks), the share of them in which the rule ``speaks`` (its response is between
        5 and 95 %) or is ``full`` (above); ``silent``, with its ``cause``, the other rules that share this ``fate``,
        and the ``reason`` where the library knows one.
    """
    import pandas as pd

    changes = {} if days is None else {"run.days": days}
    if not isinstance(scenario, Scenario):
        scenario = load(scenario, changes)
    elif changes:
        scenario = scenario.with_(changes)
    return pd.DataFrame(follow(scenario, seed, every).rows(reasons_for_silence()))


def table(found: Reach) -> str:
    """Return the reach of every rule as a table, and its silent rules by what silences them."""
    lines: list[tuple[str, ...]] = [
        ("rule", "actor", "signal", "half-max", "5 %", "median", "95 %", "max", "speaks", "full")
    ]
    for row in found.rows({}):
        numbers = [f"{row[name]:.3g}" for name in ("half_max", "p5", "median", "p95", "maximum")]
        shares = [f"{100 * row[name]:.3g} %" for name in ("speaks", "full")]
        lines.append((row["rule"], row["actor"], row["signal"], *numbers, *shares))
    return f"{aligned(lines)}\n\n{silences(found, reasons_for_silence())}"


def silences(found: Reach, reasons: Mapping[str, str]) -> str:
    """Return the silent rules in words, those that share a fate together."""
    number, of = len(found.silent()), len(found.tallies)
    if not number:
        return f"All {of} rules spoke."
    return "\n".join([f"Silent: {number} of {of} rules.", *_fates(found, reasons)])


def _fates(found: Reach, reasons: Mapping[str, str]) -> Iterator[str]:
    for (cause, name), ids in found.fates().items():
        most = max(found.tallies[id].maximum for id in ids)
        low = min(found.rules[id].half_max for id in ids)
        what = (
            f"no {name} cell in place"
            if cause == ABSENT
            else f"{name} at most {most:.3g}, least half-maximum {low:g}"
        )
        yield f"  {what}: {', '.join(ids)}"
        yield from (f"    {id}: {reasons[id]}" for id in ids if id in reasons)


def unexplained(found: Reach) -> list[str]:
    """Return the silent rules for whose silence the library gives no reason; each is a defect."""
    reasons: Mapping[str, Any] = reasons_for_silence()
    return [id for id in found.silent() if id not in reasons]
