"""Carry out many independent tasks: in this process, in local processes, or on any executor of the standard kind.

Three ways, one loop over the ``concurrent.futures.Executor`` interface:

``workers=1``
    In this process, one after the other; nothing is started and nothing is pickled.
``workers=2`` and more, or None for one a core
    Local processes (loky, which also takes functions written in a notebook). When a worker is killed, crashes or
    runs out of memory, what it and the others had under way is submitted again. A task that was under way at several
    such deaths is tried alone at the end, so that one that kills its worker is found out and the others are not blamed.
``executor=...``
    An executor of the caller's, such as ``dask.distributed.Client(...).get_executor()``; it stays open.

A task that raises is an outcome with an error and never ends the others. At most two tasks a worker are under way, so
``items`` can be a generator of any length, read as the work goes on.
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from typing import Any

from livermet_sim.base import threads
from livermet_sim.base.errors import LivermetError
from livermet_sim.base.with_plugins import along

Progress = Callable[[int, int | None], None]

WORKER_DIED = "WorkerDied"
WORKER_MARK = "LIVERMET_WORKER"
TRIES_ALONE = 2
IDLE_SECONDS = 60  # a second study in the same notebook then finds its workers warm
FOREIGN_IN_FLIGHT = 256
POLL_SECONDS = 0.5  # on Windows a wait without an end cannot be interrupted
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", threads.VARIABLE), "1"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what became of one task.

    Attributes
    ----------
    value : object
        What the function returned; None when it failed.
    kind, error, trace : str
        Name of the exception, what it said, and where it was raised; empty when all went well. ``WorkerDied`` is the
        kind of a task whose process ended under it each time.
    """

    value: Any = None
    kind: str = ""
    error: str = ""
    trace: str = ""

    @property
    def ok(self) -> bool:
        """Say whether the function returned."""
        return not self.kind

    def result(self) -> Any:
        """Return the value.

        Raises
        ------
        LivermetError
            When the task failed, with what it said.
        """
        if not self.ok:
            raise LivermetError(
                "", self.error if self.kind == "LivermetError" else f"{self.kind}: {self.error}"
            )
        return self.value


@dataclass(slots=True)
class _Task:
    index: int
    item: Any
    deaths: int = 0


def execute(
    function: Callable[[Any], Any],
    items: Iterable[Any],
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    retries: int = 3,
) -> Iterator[tuple[int, Outcome]]:
    """Yield the place of each item and the outcome of ``function(item)``, in the order in which they end.

    Parameters
    ----------
    function : callable
        Takes one item. Must not depend on which worker runs it, nor on the order.
    items : iterable
        Read as the work goes on.
    workers : int, optional
        1 for this process, more for local processes, one a core by default; with an ``executor``, how many it has.
    executor : concurrent.futures.Executor, optional
        Used instead of local processes and left open.
    progress : callable, optional
        Told the tasks done and all tasks (None where ``items`` has no length) at the start and after each.
    retries : int
        How often a task is submitted again, together with others, after the death of a worker.

    Raises
    ------
    LivermetError
        For an impossible number of workers, or when an executor that was given takes no more work.
    KeyboardInterrupt
        On Ctrl-C; nothing more is started, and the local processes are ended.
    """
    if workers is not None and (isinstance(workers, bool) or workers < 1):
        raise LivermetError("workers", f"{workers} is not a number of processes; 1 works in this process")
    if executor is not None or workers != 1:
        function = along(function)
    total = len(items) if hasattr(items, "__len__") else None  # type: ignore[arg-type]
    tell = progress or (lambda done, total: None)
    tell(0, total)
    if executor is None and workers == 1:
        outcomes: Iterator[tuple[int, Outcome]] = (
            (index, attempt(function, item)) for index, item in enumerate(items)
        )
    else:
        pool = _Given(executor, workers) if executor is not None else _Local(workers)
        outcomes = _Loop(pool, function, items, retries).run()
    try:
        for done, pair in enumerate(outcomes, 1):
            tell(done, total)
            yield pair
    finally:
        outcomes.close()  # type: ignore[attr-defined]


def attempt(function: Callable[[Any], Any], item: Any, deaths: int = 0) -> Outcome:
    """Return the outcome of one task; ``deaths`` only makes a repeated task another one for executors that remember."""
    try:
        return Outcome(function(item))
    except (Exception, SystemExit) as error:
        return _failure(error)


def _failure(error: BaseException) -> Outcome:
    kind = "LivermetError" if isinstance(error, LivermetError) else type(error).__name__
    where = "".join(traceback.format_exception(error))
    return Outcome(kind=kind, error=str(error) or type(error).__name__, trace=where)


class _Local:
    """Give local processes, new ones when they broke."""

    def __init__(self, workers: int | None):
        from loky import cpu_count

        self.workers = workers or cpu_count()
        self.in_flight = 2 * self.workers
        self._executor: Any = None

    def submit(self, *call: Any) -> Future[Outcome]:
        from loky import get_reusable_executor

        for last in (False, True):
            if self._executor is None:
                self._executor = get_reusable_executor(
                    max_workers=self.workers, timeout=IDLE_SECONDS, initializer=_start_worker, env=ONE_THREAD
                )
            try:
                return self._executor.submit(*call)
            except (BrokenExecutor, RuntimeError):
                if last:
                    raise
                self._executor = None  # broken, or ended by somebody else: a new one is made
        raise AssertionError

    def abandon(self, futures: Iterable[Future[Outcome]]) -> None:
        """End the processes; what they had under way is lost. (loky's thread falls over futures cancelled by hand.)"""
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=True)


class _Given:
    """Use an executor of the caller's."""

    def __init__(self, executor: Executor, workers: int | None):
        self._executor = executor
        self.in_flight = 2 * workers if workers else FOREIGN_IN_FLIGHT

    def submit(self, *call: Any) -> Future[Outcome]:
        try:
            return self._executor.submit(*call)
        except Exception as error:
            name = type(self._executor).__name__
            raise LivermetError("executor", f"the {name} takes no more work ({error})") from error

    def abandon(self, futures: Iterable[Future[Outcome]]) -> None:
        """Cancel what has not begun, and leave the executor to its owner."""
        for future in futures:
            future.cancel()


def _start_worker() -> None:
    """Leave Ctrl-C to the process that gives the work."""
    import os
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ[WORKER_MARK] = str(os.getpid())


class _Loop:
    """Keep an executor fed with tasks and sort what comes back."""

    def __init__(
        self,
        pool: _Local | _Given,
        function: Callable[[Any], Any],
        items: Iterable[Any],
        retries: int,
    ):
        self.pool, self.function, self.retries = pool, function, retries
        self.fresh = (_Task(index, item) for index, item in enumerate(items))
        self.again: deque[_Task] = deque()
        self.alone: deque[_Task] = deque()
        self.running: dict[Future[Outcome], _Task] = {}

    def run(self) -> Iterator[tuple[int, Outcome]]:
        """Yield outcomes until there is no more to do; whatever breaks this off cancels the rest."""
        ended = False
        try:
            while self._fill():
                done, _ = wait(self.running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
                for future in done:
                    task = self.running.pop(future)
                    outcome = self._sort(task, future)
                    if outcome is not None:
                        yield task.index, outcome
            ended = True
        finally:
            if not ended:
                self.pool.abandon(self.running)

    def _fill(self) -> bool:
        """Submit what there is room for; say whether anything is under way."""
        while len(self.running) < self.pool.in_flight:
            task = self.again.popleft() if self.again else next(self.fresh, None)
            if task is None:
                break
            self._submit(task)
        if not self.running and self.alone:
            self._submit(self.alone.popleft())
        return bool(self.running)

    def _submit(self, task: _Task) -> None:
        self.running[self.pool.submit(attempt, self.function, task.item, task.deaths)] = task

    def _sort(self, task: _Task, future: Future[Outcome]) -> Outcome | None:
        """Return the outcome of a task, or None when it will be tried again."""
        try:
            return future.result()
        except (BrokenExecutor, CancelledError) as error:
            failure = error
        except Exception as error:
            failure = error
            if not _is_death(error):
                return _failure(error)
        task.deaths += 1
        if task.deaths <= self.retries:
            self.again.append(task)
        elif task.deaths <= self.retries + TRIES_ALONE:
            self.alone.append(task)
        else:
            text = f"its process died under it {task.deaths} times: killed, crashed or out of memory"
            return Outcome(kind=WORKER_DIED, error=text, trace=str(failure))
        return None


def _is_death(error: BaseException) -> bool:
    """Say whether an executor's own exception reports a lost worker, and not what the task did or returned."""
    return type(error).__name__ in ("KilledWorker", "FutureCancelledError", "ShutdownExecutorError")
