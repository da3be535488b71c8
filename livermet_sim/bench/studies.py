"""Time a study beside the same runs one after the other."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from loky import get_reusable_executor

from livermet_sim.bench.measure import MORE, Figure, seconds
from livermet_sim.engine import Engine
from livermet_sim.sweep.factors import change
from livermet_sim.sweep.sweep import Sweep

SERIAL = 20  # runs one after the other that stand for all
DENSITY = "cells.kupffer.density"


def studies(quick: bool) -> list[Figure]:
    """Return what runs alone take of what a study of two processes takes that makes them, by the processor's time."""
    name, samples, days = ("strip", 2, 0.1) if quick else ("lobule", 100, 2.0)
    sweep = Sweep(name, {DENSITY: (10000, 20000)}, samples=samples, replicates=2, days=days, name="bench")
    with tempfile.TemporaryDirectory() as folder:
        before = os.times()
        sweep.run(Path(folder) / "study", workers=2, progress=False)
        get_reusable_executor().shutdown(wait=True)  # what processes took is known once they have ended
        after = os.times()
    study = sum(after[:4]) - sum(before[:4])
    points = sweep.points[:: max(1, len(sweep.points) // SERIAL)]

    def serial() -> None:
        for point in points:
            own = Engine(change(sweep.base, dict(zip(sweep.factors, point, strict=True))), sweep.seed)
            own.run()
            own.measures()

    alone, runs = min(seconds(serial) for _ in range(2)) / len(points), len(sweep)
    return [
        Figure(f"study of {runs} runs, share that is runs", runs * alone / study, "1", MORE, timed=False),
        Figure(f"study of {runs} runs", study, "s"),
    ]
