"""Decide published experiments: run pairs of livers, look, and go on with those that are still open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.execute import execute
from livermet_sim.sweep.members import Ensemble, members, taken_by
from livermet_sim.sweep.sequence import looks
from livermet_sim.validation.carry_out import Branch, Store, Task, carry_out
from livermet_sim.validation.experiment import Experiment
from livermet_sim.validation.livers import Livers, livers
from livermet_sim.validation.verdict import Score, score

LOBULES, MOST = 4, 24
LARGEST_TASK = 12  # treated livers; a second control is cheap beside them, and both cores find work
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Plan:
    """Hold how experiments are decided.

    Attributes
    ----------
    lobules : int
        Size of each liver, where the scenario is a patch.
    most : int
        Pairs after which an open experiment is left undecided. It is looked at after 6 pairs and each time they have doubled
        (`sweep.sequence`).
    first_seed : int
    budget : float or None, s
        After this time no further pairs are begun.
    """

    lobules: int = LOBULES
    most: int = MOST
    first_seed: int = 1
    budget: float | None = None


class Trial:
    """Carry out experiments until each is decided, or has had its pairs or its time.

    Parameters
    ----------
    experiments : sequence of Experiment
    folder : str or Path
        Where what was read of each liver is kept; the same trial goes on from there.
    plan : Plan, optional
    ensemble : str, Path or sequence of mappings, optional
        Parameter sets that the pairs take in turn: see `sweep.members.members`.

    Attributes
    ----------
    stopped : str
        Why it ended early, empty where it did not.
    failures : list of str
        What runs that failed said; the experiments they were for stay open.

    Raises
    ------
    LivermetError
        For a mistake in an experiment.
    """

    def __init__(
        self, experiments: Sequence[Experiment], folder: str | Path, plan: Plan | None = None,
        ensemble: Ensemble | None = None,
    ):  # fmt: skip
        self._members = members(ensemble)
        self._taken: dict[tuple[str, int], Livers] = {}
        self.plan = plan or Plan()
        self.store = Store(folder)
        self.folder = str(folder)
        self.livers = [livers(own, self.plan.lobules) for own in experiments]
        self.stopped = ""
        self.failures: list[str] = []
        if not self.livers:
            raise LivermetError("validate", "there are no experiments to be run")
        self._pairs = {own.experiment.name: 0 for own in self.livers}
        if len(self._pairs) < len(self.livers):
            raise LivermetError("validate", "two experiments have the same name")

    def run(
        self, workers: int | None = None, tell: Tell | None = None, executor: Executor | None = None
    ) -> Trial:
        """Carry out what is missing; stopped by hand or by the budget, what ended is kept and scored.

        Raises
        ------
        KeyboardInterrupt
            As it came; nothing that ended is lost.
        """
        until = None if self.plan.budget is None else time.monotonic() + self.plan.budget
        for pairs in looks(self.plan.most):
            open_ = self._open(pairs)
            for _ in self._carry_out(open_, pairs, until, workers, tell, executor):
                if until is not None and time.monotonic() > until:
                    self.stopped = "the time was over"
                    return self
            self._count(open_, pairs)
        return self

    def scores(self) -> list[Score]:
        """Return what the pairs so far say of each experiment, in the order given."""
        self.store.forget()
        return [self._score(own) for own in self.livers]

    def _open(self, pairs: int) -> list[Livers]:
        """Return the experiments that are to have more pairs than they have."""
        return [own for own in self.livers if self._has(own) < pairs and not self._score(own).decided]

    def _has(self, own: Livers) -> int:
        return self._pairs[own.experiment.name]

    def _count(self, done: Sequence[Livers], pairs: int) -> None:
        for own in done:
            self._pairs[own.experiment.name] = pairs

    def _seeds(self, pairs: int) -> range:
        return range(self.plan.first_seed, self.plan.first_seed + pairs)

    def _carry_out(
        self, open_: Sequence[Livers], pairs: int, until: float | None, workers: int | None, tell: Tell | None, executor: Executor | None,
    ) -> Iterator[int]:  # fmt: skip
        tasks = list(self._tasks(open_, pairs))
        words = f"pair {pairs} of at most {self.plan.most}, {len(open_)} open"

        def told(done: int, total: int | None) -> None:
            if tell is not None:
                tell(done, total or len(tasks), words)

        for _, outcome in execute(carry_out, tasks, workers=workers, executor=executor, progress=told):
            if not outcome.ok:
                self.failures.append(f"{outcome.kind}: {outcome.error}")
            yield 1
        self.store.forget()

    def _tasks(self, open_: Sequence[Livers], pairs: int) -> Iterator[Task]:
        """Give what is to be run, a task for each seed and control, or several where many livers share it."""
        for seed in self._seeds(pairs):
            families: dict[str, list[Livers]] = {}
            for own in (self._at(each, seed) for each in open_):
                families.setdefault(own.control.digest, []).append(own)
            for family in families.values():
                yield from self._split(family, seed)

    def _at(self, own: Livers, seed: int) -> Livers:
        """Return the livers of one seed's pair, with the parameter set that it takes."""
        number = (seed - self.plan.first_seed) % len(self._members)
        key = (own.experiment.name, number)
        if key not in self._taken:
            arms = {arm: taken_by(self._members, number, getattr(own, arm)) for arm in ("control", "treated")}
            self._taken[key] = replace(own, **arms)
        return self._taken[key]

    def _split(self, family: Sequence[Livers], seed: int) -> Iterator[Task]:
        control = family[0].control
        days = self.store.lacks(control, seed, (own.experiment.day for own in family))
        branches = self._branches(family, seed)
        for start in range(0, max(len(branches), 1 if days else 0), LARGEST_TASK):
            part = branches[start : start + LARGEST_TASK]
            yield Task(self.folder, seed, control, days if start == 0 else (), tuple(part))

    def _branches(self, family: Sequence[Livers], seed: int) -> list[Branch]:
        """Return the treated livers that have not been read on all days asked for, each once."""
        found: dict[str, tuple[Scenario, float | None, set[float]]] = {}
        for own in family:
            entry = found.setdefault(own.treated.digest, (own.treated, own.parting, set()))
            entry[2].add(own.experiment.day)
        branches = [
            Branch(scenario, parting, days)
            for scenario, parting, wanted in found.values()
            if (days := self.store.lacks(scenario, seed, wanted))
        ]
        # those that part at one hour stay together
        return sorted(branches, key=lambda b: -1e9 if b.parting is None else b.parting)

    def _score(self, own: Livers) -> Score:
        """Return the score of the pairs that are complete, from the first seed on without a gap."""
        name, day = own.experiment.readout, own.experiment.day
        arms: tuple[list[Any], list[Any]] = ([], [])
        complete = self._complete(own)
        reached = [number for number in looks(self.plan.most) if number <= complete]
        for seed in self._seeds(reached[-1] if reached else complete):
            pair = self._at(own, seed)
            for values, scenario in zip(arms, (pair.control, pair.treated), strict=True):
                values.append(self.store.get(scenario, seed)[day].get(name, float("nan")))
        return score(own.experiment, *arms, look=len(reached) - 1 if reached else None)

    def _complete(self, own: Livers) -> int:
        """Return how many pairs there are, in the order of the seeds."""
        day, number = own.experiment.day, 0
        for seed in self._seeds(self.plan.most):
            pair = self._at(own, seed)
            if any(day not in self.store.get(scenario, seed) for scenario in (pair.control, pair.treated)):
                break
            number += 1
        return number
