"""Set tumour lines side by side over some seeds: traits, survivors, losses, growth pattern, and why two lines differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.cells import tumour_lines
from livermet_sim.engine import Engine
from livermet_sim.observe.funnel import interval
from livermet_sim.observe.growth_pattern import PATTERNS
from livermet_sim.observe.readouts.tables import read
from livermet_sim.scenario.load import load
from livermet_sim.sweep.execute import Progress, execute

DAYS = (1, 7, 14, 28)


@dataclass
class LineRecord:
    """Pool what one or several runs of a line gave; counts are of founders.

    Attributes
    ----------
    entered, extravasated : int
    alive : dict of day to int
    lost : dict of (day, cause) to int
        Founders whose line had ended by a day, by how its last cell went.
    lost_in_lumen : dict of (day, cause) to int
        Of these, whose last cell was in a vessel.
    border : dict of pattern to float, um
        Border of all micrometastases at the end.
    cells : list of int
        Live tumour cells at the end of each run.
    vascularised : int
        Runs with a vascularised lesion at the end.
    """

    line: str
    runs: int = 0
    entered: int = 0
    extravasated: int = 0
    alive: dict[int, int] = field(default_factory=dict)
    lost: dict[tuple[int, str], int] = field(default_factory=dict)
    lost_in_lumen: dict[tuple[int, str], int] = field(default_factory=dict)
    border: dict[str, float] = field(default_factory=dict)
    cells: list[int] = field(default_factory=list)
    vascularised: int = 0

    def add(self, other: LineRecord) -> None:
        """Pool another record of the same line into this one."""
        for name in ("runs", "entered", "extravasated", "vascularised"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("alive", "lost", "lost_in_lumen", "border"):
            mine = getattr(self, name)
            for key, value in getattr(other, name).items():
                mine[key] = mine.get(key, 0) + value
        self.cells += other.cells

    def alive_share(self, day: int) -> tuple[float, float, float]:
        """Return the share of founders alive on a day and its binomial 95 % interval."""
        low, high = interval(self.alive[day], self.entered)
        return self.alive[day] / max(1, self.entered), low, high

    def lost_share(self, day: int, cause: str) -> float:
        """Return the share of founders lost to a cause by a day."""
        return self.lost.get((day, cause), 0) / max(1, self.entered)

    def causes(self, day: int) -> list[tuple[str, float]]:
        """Return cause and share of the founders lost by a day, largest first."""
        found = [(cause, self.lost_share(day, cause)) for (when, cause) in self.lost if when == day]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def pattern(self) -> dict[str, float]:
        """Return the shares of the growth patterns; NaN without a border."""
        total = sum(self.border.values())
        return {name: self.border.get(name, 0.0) / total if total else float("nan") for name in PATTERNS}


def days_of(days: float) -> tuple[int, ...]:
    """Return the days to show of a run of a length."""
    return tuple(day for day in DAYS if day <= days)


def observe(task: tuple[str, int, str, float]) -> LineRecord:
    """Run one line on one seed and return its record. ``task``: line, seed, scenario, days."""
    line, seed, scenario, days = task
    engine = Engine(load(scenario, {"line": line, "run.days": days}), seed)
    engine.run()
    view = engine.view()
    founders = view.founders
    record = LineRecord(line, 1, founders.n, int(np.isfinite(founders.crossed).sum()))
    for day in days_of(days):
        record.alive[day] = int((founders.cells(day * 24.0) > 0).sum())
        for _, cause, _, in_lumen in founders.endings(day * 24.0):
            record.lost[day, cause] = record.lost.get((day, cause), 0) + 1
            record.lost_in_lumen[day, cause] = record.lost_in_lumen.get((day, cause), 0) + in_lumen
    large, border = view.standing.cells >= view.phases.micrometastasis, view.patterns["border_um"]
    for name in PATTERNS:
        record.border[name] = float(np.nansum((view.patterns[f"{name}_share"] * border)[large]))
    record.cells = [int(read(view, "tumour_cells"))]
    record.vascularised = int(read(view, "lesions_vascularised") > 0)
    return record


class Lines:
    """Collect runs of some lines.

    Parameters
    ----------
    names : sequence of str
        Tumour lines; all that ship with the model where none is named.
    seeds : iterable of int
    scenario : str
        Shipped scenario that gives tissue and seeding.
    days : float

    Raises
    ------
    LivermetError
        For a line that does not exist, or a run shorter than a day.
    """

    def __init__(
        self,
        names: Sequence[str] = (),
        seeds: Iterable[int] = range(1, 4),
        scenario: str = "lobule",
        days: float = 28.0,
    ):
        known = tumour_lines.names()
        for name in names:
            if name not in known:
                raise LivermetError("lines", f'"{name}" is not a tumour line', name=name, valid=known)
        if days < 1:
            raise LivermetError("--days", f"{days:g} is too short; survivors are first counted after 1 day")
        self.names, self.scenario, self.days = tuple(dict.fromkeys(names)) or known, scenario, days
        self.tasks = [(name, seed, scenario, days) for seed in seeds for name in self.names]
        self.records = {name: LineRecord(name) for name in self.names}
        self.done = 0

    def run(self, workers: int | None = None, progress: Progress | None = None) -> Lines:
        """Carry out all runs; when stopped by hand, those done are kept."""
        for index, outcome in execute(observe, self.tasks, workers=workers, progress=progress):
            self.records[self.tasks[index][0]].add(outcome.result())
            self.done += 1
        return self

    @property
    def shown_days(self) -> tuple[int, ...]:
        """Return the days to show."""
        return days_of(self.days)

    def shown(self) -> list[LineRecord]:
        """Return the records that hold a run, in the order of the lines."""
        return [record for record in self.records.values() if record.runs]

    def traits(self) -> list[tumour_lines.Row]:
        """Return the traits in which the lines differ, with sources."""
        rows = tumour_lines.table(self.names)
        values: dict[str, set[Any]] = {}
        for row in rows:
            values.setdefault(row.trait, set()).add(row.value)
        return [row for row in rows if len(values[row.trait]) > 1]
