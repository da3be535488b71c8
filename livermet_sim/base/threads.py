"""Work on parts of arrays in several threads; what comes out never depends on how many there are.

Kernels and large NumPy operations let go of the interpreter, so plain threads work side by side. Parts are cut by
size alone, each writes what is its own, and sums are taken part by part in their order: the bits are those of one thread.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import TypeVar

from livermet_sim.base.errors import LivermetError

WIDE = 200_000  # sites from which a tissue is worked on block by block, and with all cores
ROWS = 16_384  # of cells that are one piece of work
MOST = 256
VARIABLE = "LIVERMET_THREADS"

P = TypeVar("P")
R = TypeVar("R")
_chosen: list[int] = []


def check(number: int | str, place: str = "threads") -> int:
    """Return a number of threads if it is one.

    Raises
    ------
    LivermetError
        Where it is none, or not from 1 to 256.
    """
    words = str(number).strip()
    if not words.isascii() or not words.isdigit() or not 1 <= int(words[:9]) <= MOST:
        raise LivermetError(place, f'"{words[:60]}" is no number of threads; it must be from 1 to {MOST}')
    return int(words)


def use(number: int | None, place: str = "threads") -> None:
    """Let this process work with so many threads whatever the tissue; None takes the choice back."""
    _chosen[:] = [] if number is None else [check(number, place)]


def number(sites: int) -> int:
    """Return how many threads work on a tissue of so many sites.

    What was chosen by `use`, else by LIVERMET_THREADS; else all cores where the tissue is wide and one where it is not.
    """
    if _chosen:
        return _chosen[0]
    if words := os.environ.get(VARIABLE):
        return check(words, VARIABLE)
    return cores() if sites >= WIDE else 1


def cores() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return min(MOST, len(os.sched_getaffinity(0)))
    return min(MOST, os.cpu_count() or 1)


def ranges(length: int, size: int | None = None) -> list[slice]:
    """Cut 0 to ``length`` into ranges of ``size``, by default of ROWS, the last one shorter."""
    size = ROWS if size is None else size
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]


def each(work: Callable[[P], R], parts: Iterable[P], threads: int) -> list[R]:
    """Do the work on every part, several at a time, and return what comes of it in the order of the parts.

    What one part raises is raised once no other is under way any more; parts not yet begun are left.
    """
    parts = list(parts)
    if threads <= 1 or len(parts) <= 1:
        return [work(part) for part in parts]
    found: dict[int, R] = {}
    left = deque(range(len(parts)))
    helpers = min(threads, len(parts)) - 1
    pool = _pool(os.getpid(), threads - 1)
    others = [pool.submit(_take, work, parts, left, found) for _ in range(helpers)]
    try:
        _take(work, parts, left, found)
    finally:
        left.clear()
        wait(others)
    for other in others:
        other.result()
    return [found[i] for i in range(len(parts))]


def _take(work: Callable[[P], R], parts: Sequence[P], left: deque[int], found: dict[int, R]) -> None:
    """Do part after part until none is left."""
    while True:
        try:
            i = left.popleft()
        except IndexError:
            return
        try:
            found[i] = work(parts[i])
        except BaseException:
            left.clear()
            raise


@cache
def _pool(process: int, size: int) -> ThreadPoolExecutor:
    """Return the helpers of a process; a forked child has none of its mother's."""
    return ThreadPoolExecutor(size, thread_name_prefix="livermet")
