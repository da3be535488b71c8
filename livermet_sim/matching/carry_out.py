"""Run the livers of parameter sets, once each, and keep what they showed."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from livermet_sim.base.read import content, guarded, read_object
from livermet_sim.base.write import write_text
from livermet_sim.matching.file import Matching
from livermet_sim.matching.target import Target, seen_of_anchor, seen_of_pair
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.execute import execute
from livermet_sim.sweep.factors import change_paths
from livermet_sim.sweep.runs import quiet
from livermet_sim.sweep.version import address
from livermet_sim.validation import anchors as published
from livermet_sim.validation import baseline, carry_out, catalogue
from livermet_sim.validation.course import Course
from livermet_sim.validation.livers import Livers, livers
from livermet_sim.validation.measure import FIGURES, Sample
from livermet_sim.validation.trial import Tell

Arms = tuple[Scenario, Scenario]


@dataclass(frozen=True)
class CourseTask:
    """Name one untreated liver that figures are taken of."""

    folder: str
    scenario: Scenario
    seed: int
    figures: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Return its file, whose name tells scenario, seed and model apart from all others."""
        return Path(self.folder) / "courses" / f"{address(self.scenario.digest, self.seed, False)}.json"


def follow(task: CourseTask) -> None:
    """Carry an untreated liver through and keep its figures."""
    course = Course(task.scenario, task.seed).follow()
    moment = course.founders.moment()
    found = {
        name: vars_of(figure.of(course) if figure.known.at(moment) else Sample())
        for name, figure in FIGURES.items()
        if name in task.figures
    }
    write_text(task.path, json.dumps({"figures": found}))


def vars_of(sample: Sample) -> dict[str, Any]:
    """Return a sample as JSON keeps it."""
    return {"hits": sample.hits, "trials": sample.trials, "values": sample.values}


def read_figures(path: Path) -> dict[str, Sample]:
    """Return the figures that a liver showed; none where it was not run.

    Raises
    ------
    ResultError
        When the file is damaged.
    """
    if not path.is_file():
        return {}
    with guarded(path):
        kept = read_object(content(path), {"figures": dict})["figures"]
        return {
            name: Sample(int(one["hits"]), int(one["trials"]), [float(v) for v in one["values"]])
            for name, one in kept.items()
        }


def work(task: CourseTask | carry_out.Task) -> None:
    """Carry out a task of either kind."""
    if isinstance(task, CourseTask):
        follow(task)
    else:
        carry_out.carry_out(task)


class Runs:
    """Run parameter sets for a matching and read what they show."""

    def __init__(self, matching: Matching, folder: str | Path):
        self.matching, self.folder = matching, str(folder)
        self.store = carry_out.Store(folder)
        self.cases = {name.partition(":")[0] for name in matching.anchors}
        self._livers: dict[str, Livers] = {}
        for name in (*matching.experiments, *matching.watched):
            self._livers[name] = livers(catalogue.shipped()[name], matching.lobules)

    @property
    def seeds(self) -> range:
        """Return the seeds of the livers of every set."""
        return range(self.matching.seed, self.matching.seed + self.matching.seeds)

    def carry_out(
        self, places: np.ndarray, workers: int | None, tell: Tell | None, executor: Executor | None = None
    ) -> list[str]:
        """Run the livers of some sets that were not run yet; return what those that failed said."""
        tasks = [task for place in places for task in self._tasks(place)]
        failures: list[str] = []

        def told(done: int, total: int | None) -> None:
            if tell is not None:
                tell(done, total or len(tasks), f"{len(places)} sets")

        for _, outcome in execute(work, tasks, workers=workers, executor=executor, progress=told):
            if not outcome.ok:
                failures.append(f"{outcome.kind}: {outcome.error}")
        self.store.forget()
        return failures

    def values(self, places: np.ndarray, targets: Sequence[Target]) -> np.ndarray:
        """Return what the sets show, by set, target and seed, on the targets' scales; NaN where nothing is known."""
        found = np.full((len(places), len(targets), len(self.seeds)), math.nan)
        for i, place in enumerate(places):
            changes = self.changes(place)
            courses = {case: self._course(case, changes) for case in self.cases}
            arms = {name: self._arms(own, changes) for name, own in self._livers.items()}
            for j, target in enumerate(targets):
                for k, seed in enumerate(self.seeds):
                    found[i, j, k] = self._value(target, courses, arms, seed)
        return found

    def changes(self, place: np.ndarray) -> dict[str, Any]:
        """Return the values of a set, by path, as a scenario takes them."""
        pairs = zip(self.matching.factors, place, strict=True)
        return {factor.path: factor.written(factor.at(float(u))) for factor, u in pairs}

    def _value(self, target: Target, courses: dict[str, Scenario], arms: dict[str, Arms], seed: int) -> float:
        case, colon, figure = target.name.partition(":")
        if colon:
            samples = read_figures(CourseTask(self.folder, courses[case], seed, ()).path)
            return seen_of_anchor(target, samples[figure]) if figure in samples else math.nan
        own = self._livers[target.name].experiment
        read = (self.store.get(arm, seed).get(own.day, {}) for arm in arms[target.name])
        return seen_of_pair(target.name, *(found.get(own.readout, math.nan) for found in read))

    @staticmethod
    def _arms(own: Livers, changes: dict[str, Any]) -> Arms:
        return change_paths(own.control, changes), change_paths(own.treated, changes)

    def _course(self, case: str, changes: dict[str, Any]) -> Scenario:
        scenario = baseline.scenario_of(published.read()[0][case], self.matching.scenario)
        return change_paths(quiet(scenario.with_({"tissue.lobules": self.matching.lobules}), False), changes)

    def _tasks(self, place: np.ndarray) -> list[CourseTask | carry_out.Task]:
        changes = self.changes(place)
        found: list[CourseTask | carry_out.Task] = []
        for case in sorted(self.cases):
            figures = tuple(n.partition(":")[2] for n in self.matching.anchors if n.startswith(f"{case}:"))
            scenario = self._course(case, changes)
            tasks = [CourseTask(self.folder, scenario, seed, figures) for seed in self.seeds]
            found += [task for task in tasks if not task.path.is_file()]
        for seed in self.seeds:
            found += self._pairs(changes, seed)
        return found

    def _pairs(self, changes: dict[str, Any], seed: int) -> list[carry_out.Task]:
        """Return the tasks of one seed's experiments, one for each control that they share."""
        families: dict[str, tuple[Scenario, set[float], dict[str, carry_out.Branch]]] = {}
        for own in self._livers.values():
            control, treated = self._arms(own, changes)
            _, days, branches = families.setdefault(control.digest, (control, set(), {}))
            day = own.experiment.day
            if self.store.lacks(control, seed, (day,)):
                days.add(day)
            if self.store.lacks(treated, seed, (day,)):
                known = branches.get(treated.digest)
                both = {day, *(known.days if known else ())}
                branches[treated.digest] = carry_out.Branch(treated, own.parting, tuple(sorted(both)))
        return [
            carry_out.Task(self.folder, seed, control, tuple(sorted(days)), tuple(branches.values()))
            for control, days, branches in families.values()
            if days or branches
        ]
