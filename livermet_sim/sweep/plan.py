"""Lay out the runs of a study, and give them to workers in chunks of a suitable size."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import ResultError
from livermet_sim.rulebook.ablation import ABLATE
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep import version
from livermet_sim.sweep.branch import groups, may_share, pieces
from livermet_sim.sweep.chunk import Chunk, Report, Run
from livermet_sim.sweep.execute import WORKER_DIED, execute
from livermet_sim.sweep.runs import carry_out
from livermet_sim.sweep.schema import FAILED
from livermet_sim.sweep.store import Store

CHUNK_SECONDS = 15.0
MOST_RUNS = 500
FAMILY = 8  # how many more runs a chunk takes so that those that share days stay together
SHARE = 2  # a chunk takes at most this part of what its worker has still to do, so that all end together
Watch = Callable[[int, int], None]


@dataclass(slots=True)
class Count:
    """Count runs: finished now, of these failed, and what the first failure said."""

    done: int = 0
    failed: int = 0
    error: str = ""

    def add(self, report: Report) -> None:
        """Add the runs of a chunk."""
        self.done += report.done + report.failed
        self.failed += report.failed
        self.error = self.error or report.error


class Chunks:
    """Cut runs into chunks while the work goes on: small at first and at the end, of some seconds in between."""

    def __init__(self, make: Callable[[Sequence[Run]], Chunk], runs: Sequence[Run], workers: int):
        self.make, self.runs, self.workers = make, runs, workers
        self.given, self.measured, self.seconds = 0, 0, 0.0

    def note(self, report: Report) -> None:
        """Learn from a finished chunk how long a run takes."""
        self.measured += report.done + report.failed
        self.seconds += report.seconds

    def size(self) -> int:
        """Return how many runs the next chunk takes."""
        if not self.measured:
            return 1
        wanted = CHUNK_SECONDS * self.measured / max(self.seconds, 1e-9)
        fair = (len(self.runs) - self.given) / (SHARE * self.workers)
        return max(1, int(min(wanted, fair, MOST_RUNS)))

    def __iter__(self) -> Iterator[Chunk]:
        if any(ABLATE in run.changes for run in self.runs):
            yield from map(self.make, pieces(self.runs))
            return
        ends: set[int] = set()
        if any(may_share(run) for run in self.runs):
            found = groups(self.runs)
            self.runs, ends = list(chain(*found)), set(accumulate(map(len, found)))
        while self.given < len(self.runs):
            end = least = self.given + self.size()
            # a group is not cut, unless others would wait long for it
            while ends and end < len(self.runs) and end not in ends and end < least + FAMILY:
                end += 1
            yield self.make(self.runs[self.given : end])
            self.given = end


def carry_out_all(
    store: Store,
    scenario: Scenario,
    runs: Sequence[Run],
    *,
    series: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    watch: Watch = lambda done, failed: None,
) -> Count:
    """Carry out runs and store them; return how many ended, and how.

    Parameters
    ----------
    watch : callable
        Told after each chunk the runs that ended so far, and how many of them failed.

    Raises
    ------
    LivermetError
        When a part cannot be written, or the executor takes no more work.
    """
    count = Count()
    if not runs:
        return count
    if workers != 1:
        compile_kernels(scenario)
    number = workers or (cores() if executor is None else 16)

    def make(chosen: Sequence[Run]) -> Chunk:
        return Chunk(str(store.folder.resolve()), version.model(), scenario, series, tuple(chosen))

    chunks: Any = Chunks(make, runs, number)
    while chunks:
        died: list[Chunk] = []
        sent: dict[int, Chunk] = {}
        with closing(execute(carry_out, _kept(chunks, sent), workers=workers, executor=executor)) as outcomes:  # type: ignore[type-var]
            for index, outcome in outcomes:
                chunk = sent.pop(index)
                if outcome.kind == WORKER_DIED and len(chunk.runs) > 1:
                    died.append(chunk)  # one of its runs is to blame, and the others must not be lost
                    continue
                report = (
                    _died(store, chunk, outcome.error) if outcome.kind == WORKER_DIED else outcome.result()
                )
                count.add(report)
                if isinstance(chunks, Chunks):
                    chunks.note(report)
                watch(count.done, count.failed)
        chunks = [replace(chunk, runs=(run,)) for chunk in died for run in chunk.runs]
    return count


def _kept(chunks: Any, sent: dict[int, Chunk]) -> Iterator[Chunk]:
    for index, chunk in enumerate(chunks):
        sent[index] = chunk
        yield chunk


def _died(store: Store, chunk: Chunk, error: str) -> Report:
    """Write the row of a run whose process died under it each time."""
    (run,) = chunk.runs
    row = {"address": run.address, "status": FAILED, "kind": WORKER_DIED, "error": error, "trace": ""}
    store.write_part([row | {"seconds": 0.0, "tried": run.tried + 1}], [])
    return Report(0, 1, 0.0, f"{WORKER_DIED}: {error}")


def cores() -> int:
    """Return how many processes this machine can run at once."""
    from loky import cpu_count

    return int(cpu_count())


def compile_kernels(scenario: Scenario) -> None:
    """Compile the kernels here when no earlier process has, so that workers find them all in the cache."""
    from livermet_sim.kernels import jit

    if jit.compiled():
        return
    from livermet_sim.engine import Engine

    Engine(scenario.with_({"run.days": 1}), 1).run(24.0)


def run_address(digest: str, written: str, seed: int, series: bool) -> str:
    """Return the address of a run of a scenario's digest; where the scenario is impossible, of what was written."""
    return version.address(digest or hashlib.sha256(written.encode()).hexdigest(), seed, series)


def check_version(found: str, folder: Path) -> None:
    """Refuse to add runs of one model to those of another.

    Raises
    ------
    ResultError
        With both versions and what can be done.
    """
    if found != version.model():
        raise ResultError(
            str(folder),
            f"its runs are of model {found} and this is model {version.model()}; give another folder with --out, "
            "or --new-version to compute all runs again beside the old ones, which are then left out",
        )
