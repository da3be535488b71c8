"""Run an untreated liver over seeds and lines, and hold what it shows against published figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.execute import Progress, execute
from livermet_sim.validation import second_look  # noqa: F401, its figures are declared by importing it
from livermet_sim.validation.anchors import FIRST, Anchor, Case, chosen
from livermet_sim.validation.course import Course
from livermet_sim.validation.measure import FIGURES, Sample
from livermet_sim.validation.score import Score, score

FULL, QUICK = "baseline", "lobule"


@dataclass(frozen=True, slots=True)
class Task:
    """Name one run: a case, a seed, the tissue's scenario and the measures wanted of it."""

    case: Case
    seed: int
    scenario: str
    measures: tuple[str, ...]


def scenario_of(case: Case, name: str) -> Scenario:
    """Return the scenario of a case on the tissue of a shipped scenario."""
    changes: dict[str, Any] = {"line": case.line, "run.days": case.days} | dict(case.values)
    return load(name, changes | ({"interventions": list(case.interventions)} if case.interventions else {}))


def observe(task: Task) -> dict[str, Sample]:
    """Carry out one run and return what it says about each figure."""
    course = Course(scenario_of(task.case, task.scenario), task.seed).follow()
    moment = course.founders.moment()
    chosen = {name: FIGURES[name] for name in task.measures}
    return {name: each.of(course) if each.known.at(moment) else Sample() for name, each in chosen.items()}


class Baseline:
    """Collect runs and score the anchors on those that are done.

    Parameters
    ----------
    lines : tuple of str
        Tumour lines; all that anchors are about where none is named.
    seeds : sequence of int
    scenario : str
        Shipped scenario that gives tissue and seeding: ``baseline`` (a patch) or a smaller one.
    file : str
        Which figures: those of the baseline, or the second look (growth law, dose, latency, efficiency).
    """

    def __init__(
        self,
        lines: tuple[str, ...] = (),
        seeds: Sequence[int] = range(1, 21),
        scenario: str = FULL,
        file: str = FIRST,
    ):
        self.cases, self.anchors = chosen(lines, file)
        self.scenario = scenario
        self.tasks = [
            Task(
                case, seed, scenario, tuple(dict.fromkeys(a.measure for a in self.anchors if a.case == name))
            )
            for seed in seeds
            for name, case in self.cases.items()
        ]
        self.done: list[tuple[Task, dict[str, Sample]]] = []

    def run(self, workers: int | None = None, progress: Progress | None = None) -> Baseline:
        """Carry out all runs; when stopped by hand, those done are kept.

        Raises
        ------
        LivermetError
            When a run fails, with what it said.
        """
        for index, outcome in execute(observe, self.tasks, workers=workers, progress=progress):
            self.done.append((self.tasks[index], outcome.result()))
        return self

    def scores(self) -> list[Score]:
        """Return every anchor's score on the runs done so far, in the order of the file."""
        return [
            score(anchor, self.cases[anchor.case], list(self._samples(anchor))) for anchor in self.anchors
        ]

    def _samples(self, anchor: Anchor) -> Iterator[Sample]:
        for task, found in sorted(self.done, key=lambda pair: pair[0].seed):
            if task.case.name == anchor.case:
                yield found[anchor.measure]

    def enrichment(self) -> str:
        """Return in words how many more cells are simulated than an experiment delivers."""
        seeding = load(self.scenario).section("seeding")
        return (
            f"Seeding is enriched {seeding.enrichment:g}-fold: {seeding.dose * seeding.enrichment:g} founders/mm3 where the "
            f"experiment delivers {seeding.dose:g}, so that rare fates are seen. Shares are per founder."
        )
