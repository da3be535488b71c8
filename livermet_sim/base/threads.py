"""Work on parts of arrays in several threads; what comes out never depends on how many there are.

Kernels and large NumPy operations let go of the interpreter, so plain threads work side by side. Parts are cut by
size alone, each writes what is its own, and sums are taken part by part in their order: the bits are those of one thread.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from livermet_sim.base.errors import LivermetError

if TYPE_CHECKING:
    import numpy as np

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


def over(length: int, sites: int, work: Callable[[slice], R]) -> list[R]:
    """Do the work on the rows 0 to ``length`` of a tissue of so many sites, range by range."""
    return each(work, ranges(length), number(sites))


def starts(length: int, sites: int, count: Callable[[slice, np.ndarray], object]) -> np.ndarray:
    """Return where the list of each row begins when all lists stand one behind the other, and where the last ends: int32[length + 1].

    ``count`` writes how long the lists of some rows are into an array of all rows.
    """
    import numpy as np

    found = np.zeros(length + 1, dtype=np.int32)
    over(length, sites, lambda own: count(own, found[1:]))
    return found.cumsum(dtype=np.int32)


def each(work: Callable[[P], R], parts: Iterable[P], threads: int) -> list[R]:
    """Do the work on every part, several at a time, and return what comes of it in the order of the parts.

    What one part raises is raised once no other is under way any more; parts not yet begun are left.
    """
    parts = list(parts)
    if threads <= 1 or len(parts) <= 1:
        return [work(part) for part in parts]
    job = _Job(work, parts)
    calls = _calls(os.getpid(), threads - 1)
    for _ in range(min(threads, len(parts)) - 1):
        calls.put(job)
    try:
        job.take()
    finally:
        job.left.clear()
        # who comes only now finds nothing left, so nobody waits for him: he may himself be waiting for what is done here
        ended = [helper.get() for helper in tuple(job.begun)]
    for error in ended:
        if error is not None:
            raise error
    return [job.found[i] for i in range(len(parts))]


class _Job:
    """Hold work on parts, for those who take their share of it."""

    def __init__(self, work: Callable[[Any], Any], parts: Sequence[Any]):
        self.work, self.parts, self.left = work, parts, deque(range(len(parts)))
        self.found: dict[int, Any] = {}
        self.begun: list[SimpleQueue[BaseException | None]] = []

    def take(self) -> None:
        """Do part after part until none is left."""
        while True:
            try:
                i = self.left.popleft()
            except IndexError:
                return
            try:
                self.found[i] = self.work(self.parts[i])
            except BaseException:
                self.left.clear()
                raise

    def help(self) -> None:
        """Take a share, and say when it is done."""
        error, ended = None, SimpleQueue[BaseException | None]()
        self.begun.append(ended)
        try:
            self.take()
        except BaseException as raised:
            error = raised
        ended.put(error)


@cache
def _calls(process: int, size: int) -> SimpleQueue[_Job]:
    """Return where the helpers of a process wait to be called; a forked child has none of its mother's."""
    calls: SimpleQueue[_Job] = SimpleQueue()
    for _ in range(size):
        Thread(target=_wait, args=(calls,), name="livermet", daemon=True).start()
    return calls


def _wait(calls: SimpleQueue[_Job]) -> None:
    while True:
        calls.get().help()
