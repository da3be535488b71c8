"""Hold the order of a step as data: printable, timed, and checked for arrays with two writers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from livermet_sim.base import threads
from livermet_sim.base.aligned import aligned
from livermet_sim.processes.process import STAGES, Process
from livermet_sim.state.world import World


class Plan:
    """Run processes in order, each when it is due, and know how long each took.

    Raises
    ------
    ValueError
        When two processes write one array, or one stands in a stage that is over.
    """

    def __init__(self, processes: Sequence[Process]):
        self.processes = tuple(processes)
        self.seconds = [0.0] * len(self.processes)
        self.steps = 0
        check(self.processes)
        self.turns = in_turns(self.processes)

    def __repr__(self) -> str:
        return f"Plan({', '.join(process.name for process in self.processes)})"

    def __str__(self) -> str:
        return self.table()

    def step(self, world: World) -> None:
        """Let every process whose time it is do its part of one step."""
        many = threads.number(world.tissue.n)
        for turn in self.turns:
            threads.each(lambda lane: self._go(world, lane), turn, many)
        self.steps += 1

    def _go(self, world: World, lane: Sequence[int]) -> None:
        """Let those of a few processes whose time it is do their part, one after the other."""
        clock, seconds = time.perf_counter, self.seconds
        before = clock()
        for i, process in self.due(world, lane):
            process.step(world)
            now = clock()
            seconds[i] += now - before
            before = now

    def due(self, world: World, lane: Sequence[int] | None = None) -> Iterator[tuple[int, Process]]:
        """Yield each process, or of some, whose time it is, and its place; what those before it did in this step is known by then."""
        clock = world.clock
        for i in range(len(self.processes)) if lane is None else lane:
            process = self.processes[i]
            if (process.watches or not clock.asleep) and process.runs(world):
                yield i, process

    def table(self) -> str:
        """Return the plan as text: stage, process, how often, what it writes, its time so far."""
        rows = [("stage", "process", "every", "ms/step", "what it does", "writes (+ adds)")]
        for process, seconds in zip(self.processes, self.seconds, strict=True):
            every = f"{process.every:g} h" if process.every else "step"
            cost = f"{1e3 * seconds / self.steps:.3f}" if self.steps else "-"
            what = (type(process).__doc__ or "").splitlines()[0]
            touched = ", ".join([*process.writes, *(f"+{name}" for name in process.adds)])
            rows.append((process.stage, process.name, every, cost, what, touched))
        return aligned(rows)

    def timings(self) -> dict[str, float]:
        """Return seconds spent in each process."""
        return {p.name: s for p, s in zip(self.processes, self.seconds, strict=True)}


def in_turns(processes: Sequence[Process]) -> list[list[list[int]]]:
    """Return the places of processes turn by turn: lanes that may be gone through at the same time, most often one of one."""
    turns: list[list[list[int]]] = []
    for i, process in enumerate(processes):
        before = range(max(0, i - len(process.beside)), i)
        # a class made from one of them may read and write more than it does
        if process.beside and tuple(type(processes[j]) for j in before) == process.beside:
            del turns[-len(before) :]
            turns.append([list(before), [i]])
        else:
            turns.append([[i]])
    return turns


def check(processes: Sequence[Process]) -> None:
    """Refuse a plan in which an array has two owners, an owner and an adder, or stages run backwards."""
    owner: dict[str, str] = {}
    for process in processes:
        for name in process.writes:
            if name in owner:
                raise ValueError(f"{process.name} and {owner[name]} both write {name}; one must own it")
            owner[name] = process.name
    stages = [STAGES.index(process.stage) for process in processes]
    if stages != sorted(stages):
        late = next(p for p, a, b in zip(processes[1:], stages, stages[1:], strict=False) if b < a)
        raise ValueError(f"{late.name} belongs to the stage {late.stage}, which is over when it runs")
