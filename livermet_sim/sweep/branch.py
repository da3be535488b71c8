"""Compute what the runs of a chunk share but once: days before anything else is done, or before other rules would speak.

Runs that differ in what is done to them, or in their length, part when it is done (`parting`). Those that differ in their
rules alone leave a control:

The control runs with a probe (``rulebook.branch``) that notes when each other set of rules would first change a rate. Once a
day a copy of the control is put by; a run whose rates differ within the next day goes on from that copy by its own rules. One
that never differs is the control, and is not run. All of it gives the bits that running each from the start gives.
"""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.cells.columns import cell_columns
from livermet_sim.rulebook.ablation import ABLATE
from livermet_sim.rulebook.branch import Probe, can_obey, obey
from livermet_sim.rulebook.compile import compile_rules
from livermet_sim.sweep.factors import change_paths
from livermet_sim.sweep.parting import part_ways, parting

if TYPE_CHECKING:
    from livermet_sim.engine import Engine
    from livermet_sim.scenario.spec import Scenario
    from livermet_sim.sweep.chunk import Run

LATER = ("interventions[", "run.days")  # what a run can differ in from a time on
LEAST = 3  # runs of a chunk that make a control of their own worth its while
SIZES, MOST = (4, 8), 24  # of the first chunks, so that there is news soon, and of all others
DAY_H = 24.0
Ended = tuple["Run", "Engine", float]


def pieces(runs: Sequence[Run]) -> Iterator[tuple[Run, ...]]:
    """Return the runs in chunks, each of one seed and alike in all but what is taken out."""
    sizes = itertools.chain(SIZES, itertools.repeat(MOST))
    for group in groups(runs):
        left = iter(group)
        while piece := tuple(itertools.islice(left, next(sizes))):
            yield piece


def may_share(run: Run) -> bool:
    """Say whether a run of a study can share days with others that differ from it."""
    return any(path.startswith((ABLATE, *LATER)) for path in run.changes)


def groups(runs: Sequence[Run]) -> list[list[Run]]:
    """Return the runs by what they may share: of one seed, and alike in all but what is taken out, or else done and when."""
    found: dict[Any, list[Run]] = {}
    for run in runs:
        loose = (ABLATE,) if ABLATE in run.changes else LATER
        others = tuple((path, repr(v)) for path, v in run.changes.items() if not path.startswith(loose))
        found.setdefault((run.seed, others), []).append(run)
    return list(found.values())


def branches(scenario: Scenario, runs: Sequence[Run]) -> Iterator[Ended]:
    """Give the runs of a chunk that can share days, one by one as they end well; others are left to the caller.

    Parameters
    ----------
    scenario : Scenario
        Of the study.
    runs : sequence of Run

    Yields
    ------
    (Run, Engine, float)
        With an engine at its end, to be read and not to be changed, and the seconds that it took.
    """
    for group in groups(runs) if any(map(may_share, runs)) else ():
        # what fails here fails again by itself, and is reported then
        with suppress(Exception):
            if ABLATE not in group[0].changes:
                yield from _parting(scenario, group)
            elif len(group) >= LEAST:
                own = {p: v for p, v in group[0].changes.items() if p != ABLATE}
                control = change_paths(scenario, own)
                yield from _Tree(control, group[0].seed, _sharing(control, group)).run()


def _parting(scenario: Scenario, group: Sequence[Run]) -> Iterator[Ended]:
    """Give those of a group that are one liver for a while."""
    left: list[tuple[Run, Scenario]] = []
    for run in group if len(group) > 1 else ():
        with suppress(LivermetError):
            left.append((run, change_paths(scenario, run.changes)))
    while len(left) > 1:
        first = left[0][1]
        kin = [(run, own) for run, own in left if parting(first, own) is not None]
        left = [(run, own) for run, own in left if parting(first, own) is None]
        with suppress(Exception):
            for place, engine, seconds in (
                part_ways([own for _, own in kin], group[0].seed) if kin[1:] else ()
            ):
                yield kin[place][0], engine, seconds


def _sharing(control: Scenario, runs: Sequence[Run]) -> dict[str, tuple[Run, Scenario]]:
    """Return by address the runs that differ from the control in their rules alone."""
    shared: dict[str, tuple[Run, Scenario]] = {}
    for run in runs:
        with suppress(LivermetError):
            own = change_paths(control, {ABLATE: run.changes[ABLATE]})
            if _alike(control, own) and can_obey(control.rules, own.rules):
                shared[run.address] = run, own
    return shared


def _alike(control: Scenario, own: Scenario) -> bool:
    """Say whether two scenarios differ in their rules alone."""
    ours, theirs = control.to_dict(), own.to_dict()
    return all(
        ours[key] == theirs[key] for key in ours.keys() | theirs.keys() if key not in ("rules", "name", "doc")
    )


class _Tree:
    """Run a control and the branches that leave it."""

    def __init__(self, control: Scenario, seed: int, shared: dict[str, tuple[Run, Scenario]]):
        from livermet_sim.engine import Engine, base_values

        self.seed, self.waiting, self.make = seed, dict(shared), Engine
        self.base = base_values(control)
        others = {address: own.rules for address, (_, own) in shared.items()}
        columns = cell_columns(control.kinds)
        self.probe = Probe(control.rules, others, lambda book: compile_rules(book, self.base, columns))
        self.start = time.perf_counter()
        self.engine = Engine(control, seed, self.probe)

    def run(self) -> Iterator[Ended]:
        """Give each run as it ends; the control's own, and those that never left it, last."""
        ticks = self.engine.ticks()
        day = max(1, round(DAY_H / self.engine.world.clock.dt))
        spent = time.perf_counter() - self.start
        for run, own in self._left():  # their liver is another before the first step
            start = time.perf_counter()
            with suppress(Exception):
                engine = self.make(own, self.seed)
                engine.run()
                yield run, engine, time.perf_counter() - start
        for done in range(0, ticks, day):
            start, saved = time.perf_counter(), twin(self.engine)
            for _ in range(min(day, ticks - done)):
                self.engine.step()
            spent += time.perf_counter() - start
            for run, own in self._left():
                start = time.perf_counter()
                with suppress(Exception):
                    engine = twin(saved)
                    obey(engine.compiled, own.rules, self.base)
                    for _ in range(ticks - done):
                        engine.step()
                    yield run, engine, time.perf_counter() - start
        for run, _ in self.waiting.values():
            yield run, self.engine, spent
            spent = 0.0

    def _left(self) -> list[tuple[Run, Scenario]]:
        """Return, once, the runs that have left the control since this was asked last."""
        return [self.waiting.pop(address) for address in self.probe.first if address in self.waiting]


def twin(engine: Engine) -> Engine:
    """Return a copy that goes on by itself, without the watch; what no run changes is shared."""
    watch, engine.compiled.watch = engine.compiled.watch, None
    fixed = (engine.recipe, engine.setting, *vars(engine.setting).values(), engine.world.tissue)
    try:
        return copy.deepcopy(engine, {id(one): one for one in fixed})
    finally:
        engine.compiled.watch = watch
