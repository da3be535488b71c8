"""Time work by the processor, in turns, beside a yardstick that tells a slow machine from slow code."""

from __future__ import annotations

import gc
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from livermet_sim.kernels.jit import kernel
from livermet_sim.kernels.rng import draw4

LESS, MORE = "less", "more"
LENGTH, ROUNDS = 4096, 400


@dataclass(frozen=True)
class Figure:
    """Hold one measured number.

    Attributes
    ----------
    name, unit : str
    value : float
    better : str
        "less" or "more".
    timed : bool
        Whether a faster machine changes it; memory and ratios stay.
    """

    name: str
    value: float
    unit: str
    better: str = LESS
    timed: bool = True


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that a call takes, s; all threads of the process counted."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def in_turns(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the median processor time of each call, s; they take turns, so that drift of the machine meets all alike."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, found, strict=True):
            times.append(seconds(work))
    return [statistics.median(times) for times in found]


def yardstick() -> float:
    """Return the seconds that a kernel takes which nothing of the model changes: draws, powers, sums over an array."""
    values = np.zeros(LENGTH)
    _fill(values, 1)
    return min(seconds(lambda: _fill(values, ROUNDS)) for _ in range(5))


@kernel
def _fill(values, rounds):
    """Add draws to an array, over and over."""
    for turn in range(rounds):
        for i in range(len(values)):
            u = draw4(1, 1, turn, i)
            values[i] += (u[0] * u[1]) ** 0.7


def peak_memory() -> float:
    """Return the most memory that this process has held, MB."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
