"""Carry out a chunk of runs in a worker and write what they gave as one part of the study."""

from __future__ import annotations

import gc
import os
import time
import traceback
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.base.plugins import READOUT, made_by
from livermet_sim.sweep.branch import branches
from livermet_sim.sweep.chunk import Chunk, Report, Run
from livermet_sim.sweep.execute import WORKER_MARK
from livermet_sim.sweep.factors import change_paths
from livermet_sim.sweep.schema import DONE, FAILED
from livermet_sim.sweep.store import Store

if TYPE_CHECKING:
    from livermet_sim.engine import Engine
    from livermet_sim.scenario.spec import Scenario

LONGEST_TRACE = 4000
NO_SERIES_H = 1e4
PART_SECONDS = 15.0


def quiet(scenario: Scenario, series: bool, interval: Any = None) -> Scenario:
    """Return the scenario without snapshots, frames and events, which a study does not keep; nothing else changes."""
    changes: dict[str, Any] = {"observe.snapshots": "", "observe.events": False, "observe.frames": 0}
    if not series:
        changes["observe.interval"] = NO_SERIES_H
    elif interval is not None:
        changes["observe.interval"] = interval
    return scenario.with_(changes)


# what was about to happen when the run ended: it differs without a rule even where nothing came of it
RATES = ("rates", "carried.touched")


def carry_out(chunk: Chunk) -> Report:
    """Carry out the runs of a chunk, each whatever becomes of the others, and write the part.

    Raises
    ------
    ResultError
        When this worker does not see the study's folder, has another version of the model, or cannot write.
    """
    from livermet_sim.sweep import version

    store = Store(Path(chunk.folder))
    if not store.runs.is_dir():
        raise ResultError(
            chunk.folder, "a worker does not see this folder; it must lie on a disk that all workers share"
        )
    if version.model() != chunk.model:
        reason = f"a worker has model {version.model()}, and the study is of model {chunk.model}"
        raise ResultError(chunk.folder, reason)
    start = time.perf_counter()
    settle()
    part, report, ended = Part(store), Report(0, 0, 0.0), set()
    try:
        for run, engine, seconds in branches(chunk.scenario, chunk.runs):
            ended.add(run.address)
            part.add(*shown(run, engine, seconds, chunk.series))
            report = replace(report, done=report.done + 1)
        for run in (run for run in chunk.runs if run.address not in ended):
            row, recorded = one(chunk.scenario, run, chunk.series)
            part.add(row, recorded)
            report = report.counting(row)
        gc.collect()  # a run's world holds circles, and a worker lives for thousands of runs
    finally:
        part.write()  # Ctrl-C keeps what ended
    return replace(report, seconds=time.perf_counter() - start)


class Part:
    """Gather what runs gave and write it as one part, or as several where it takes long."""

    def __init__(self, store: Store):
        self.store = store
        self._begin()

    def _begin(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.series: list[dict[str, Any]] = []
        self.start = time.perf_counter()

    def add(self, row: dict[str, Any], recorded: list[dict[str, Any]]) -> None:
        """Add a run that ended."""
        self.rows.append(row)
        self.series += recorded
        if time.perf_counter() - self.start > PART_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what was gathered since the last part."""
        if self.rows:
            self.store.write_part(self.rows, self.series)
        self._begin()


@cache
def settle() -> None:
    """Spare the modules of a worker of our own the search for garbage, which would go through them after every chunk."""
    import livermet_sim.engine  # noqa: F401

    if os.environ.get(WORKER_MARK) == str(os.getpid()):
        gc.collect()
        gc.freeze()


def one(scenario: Scenario, run: Run, series: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the row of one run and the rows of its time series; a run that raises gives a row with its error."""
    from livermet_sim.engine import Engine

    start = time.perf_counter()
    try:
        engine = Engine(change_paths(scenario, run.changes), run.seed)
        engine.run()
        return shown(run, engine, time.perf_counter() - start, series)
    except Exception as error:
        return {"address": run.address, "status": FAILED, **failure(error), **_spent(run, start)}, []


def shown(
    run: Run, engine: Engine, seconds: float, series: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the row of a run that ended well, and the rows of its time series."""
    row: dict[str, Any] = {"address": run.address, "status": DONE, "kind": "", "error": "", "trace": ""}
    # a rate that led to nothing is no difference between two livers
    row |= {
        "digest": engine.digest(leave=RATES),
        "seconds": seconds,
        "tried": run.tried + 1,
    } | engine.measures()
    if own := {**engine.recipe.plugins, **made_by((READOUT,))}:
        row["plugins"] = "; ".join(f"{label}: {maker}" for label, maker in own.items())
    return row, [{"address": run.address} | found for found in engine.series()] if series else []


def _spent(run: Run, start: float) -> dict[str, Any]:
    return {"seconds": time.perf_counter() - start, "tried": run.tried + 1}


def failure(error: BaseException) -> dict[str, str]:
    """Return the columns that say why a run failed."""
    kind = type(error).__name__
    text = error.sentence if isinstance(error, LivermetError) else str(error)
    trace = "".join(traceback.format_exception(error))[-LONGEST_TRACE:]
    return {"kind": kind, "error": _plain(text)[:LONGEST_TRACE] or kind, "trace": _plain(trace)}


def _plain(text: str) -> str:
    """Return a text that every table can keep."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")
