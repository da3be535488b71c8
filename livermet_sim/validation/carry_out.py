"""Run the livers that experiments need, each day of them once, and keep what was read of each.

A control is run once for each seed. Where a treated liver parts from it, a copy of the control goes on under the treatment: the
same bits as if it had been run from the start, without the shared days.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from livermet_sim.base.read import content, guarded, read_object
from livermet_sim.base.write import write_text
from livermet_sim.engine import Engine
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.parting import carry_to
from livermet_sim.sweep.version import address
from livermet_sim.validation.readouts import Readings, readings

Read = dict[float, Readings]  # by day


@dataclass(frozen=True)
class Branch:
    """Name a treated liver: its scenario, when it parts from the control (h, None at the beginning), days to be read."""

    scenario: Scenario
    parting: float | None
    days: tuple[float, ...]


@dataclass(frozen=True)
class Task:
    """Name the runs of one seed that share a control.

    Attributes
    ----------
    days : tuple of float, day
        When the control is read; none where it has been.
    """

    folder: str
    seed: int
    control: Scenario
    days: tuple[float, ...]
    branches: tuple[Branch, ...]


class Store:
    """Keep what was read of each liver in a folder, one small file a liver.

    Parameters
    ----------
    folder : str or Path
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder) / "livers"
        self._known: dict[Path, Read] = {}

    def path(self, scenario: Scenario, seed: int) -> Path:
        """Return the file of a liver; its name tells scenario, seed and model apart from all others."""
        return self.folder / f"{address(scenario.digest, seed, False)}.json"

    def get(self, scenario: Scenario, seed: int) -> Read:
        """Return what was read of a liver so far, by day.

        Raises
        ------
        ResultError
            When its file is damaged.
        """
        path = self.path(scenario, seed)
        if path not in self._known and path.is_file():
            with guarded(path):
                found = read_object(content(path), {"days": dict})["days"]
                self._known[path] = {
                    float(day): {n: math.nan if v is None else float(v) for n, v in row.items()}
                    for day, row in found.items()
                }
        return self._known.get(path, {})

    def lacks(self, scenario: Scenario, seed: int, days: Iterable[float]) -> tuple[float, ...]:
        """Return those of some days at which the liver has not been read."""
        have = self.get(scenario, seed)
        return tuple(sorted({day for day in days if day not in have}))

    def put(self, scenario: Scenario, seed: int, read: Read) -> None:
        """Keep what was read of a liver, besides what is kept of it."""
        path = self.path(scenario, seed)
        read = self.get(scenario, seed) | read
        days = {
            repr(day): {n: v if math.isfinite(v) else None for n, v in row.items()}
            for day, row in sorted(read.items())
        }
        write_text(path, json.dumps({"seed": seed, "scenario": scenario.name, "days": days}))
        self._known[path] = read

    def forget(self) -> None:
        """Look again at files that other processes may have written to."""
        self._known.clear()


def carry_out(task: Task) -> int:
    """Carry out the runs of a task; each is kept as it ends. Return how many there were."""
    store, done = Store(task.folder), 0
    for scenario, read in livers_of(task):
        store.put(scenario, task.seed, read)
        done += 1
    return done


def livers_of(task: Task) -> Iterator[tuple[Scenario, Read]]:
    """Give each liver as it ends: those that never were the control, those that part from it, the control last."""
    parting: set[float] = set()
    for branch in task.branches:
        if branch.parting is None or math.isinf(branch.parting):
            yield branch.scenario, read_on(Engine(branch.scenario, task.seed), branch.days)
        else:
            parting.add(branch.parting)
    if not parting and not task.days:
        return
    control, found = Engine(task.control, task.seed), {}
    for hour in (*sorted(parting), math.inf):
        found |= read_on(control, [day for day in task.days if day not in found and day * 24.0 <= hour])
        if not math.isfinite(hour):
            continue
        carry_to(control, hour)
        for branch in (b for b in task.branches if b.parting == hour):
            yield branch.scenario, read_on(control.fork(branch.scenario), branch.days)
    if found:
        yield task.control, found


def read_on(engine: Engine, days: Sequence[float]) -> Read:
    """Carry a run through some days and return what is read of it on each, at the step that is nearest."""
    found = {}
    for day in sorted(days):
        carry_to(engine, max(day * 24.0, engine.world.clock.dt))
        found[day] = readings(engine)
    return found
