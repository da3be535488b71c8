"""Time a study of two processes beside two processes that make the same runs one after the other."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from loky import get_reusable_executor

from livermet_sim.bench.measure import MORE, Figure
from livermet_sim.engine import Engine
from livermet_sim.sweep.factors import change
from livermet_sim.sweep.sweep import Sweep

DENSITY = "cells.kupffer.density"
PROCESSES = 2


def studies(quick: bool) -> list[Figure]:
    """Return what two processes take that make the runs of a study one after the other, of what the study takes.

    All is processor time, starting the processes included.
    """
    name, samples, days = ("strip", 2, 0.1) if quick else ("lobule", 100, 2.0)
    sweep = Sweep(name, {DENSITY: (10000, 20000)}, samples=samples, replicates=2, days=days, name="bench")
    with tempfile.TemporaryDirectory() as folder:
        study = _spent(lambda: _study(sweep, Path(folder) / "study"))
    serial = _spent(lambda: _serial(sweep))
    return [
        Figure(f"study of {len(sweep)} runs, share of it that serial runs take", serial / study, "1", MORE, timed=False),
        Figure(f"study of {len(sweep)} runs", study, "s"),
    ]  # fmt: skip


def _study(sweep: Sweep, folder: Path) -> None:
    sweep.run(folder, workers=PROCESSES, progress=False)
    get_reusable_executor().shutdown(wait=True)


def _serial(sweep: Sweep) -> None:
    context = multiprocessing.get_context("spawn")
    for first in range(PROCESSES):
        with ProcessPoolExecutor(1, mp_context=context) as process:
            process.submit(_runs, sweep, first).result()


def _runs(sweep: Sweep, first: int) -> None:
    """Make what is one process's share of the runs of a sweep, and measure them."""
    for i in range(first, len(sweep), PROCESSES):
        number, replicate = divmod(i, sweep.replicates)
        scenario = change(sweep.base, dict(zip(sweep.factors, sweep.points[number], strict=True)))
        own = Engine(scenario, sweep.seed_of(number, replicate))
        own.run()
        own.measures()


def _spent(work: Callable[[], None]) -> float:
    """Return the processor time of a call and of the processes that ended within it, s."""
    before = os.times()
    work()
    return sum(os.times()[:4]) - sum(before[:4])
