"""Carry out runs in processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any


def run_all(
    function: Callable[[Any], Any], items: Sequence[Any], workers: int | None
) -> Iterator[tuple[int, Any]]:
    """Yield place and result of each item as they end."""
    if workers == 1 or len(items) == 1:
        yield from ((i, function(item)) for i, item in enumerate(items))
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        workers or os.cpu_count(), context, signal.signal, (signal.SIGINT, signal.SIG_IGN)
    )
    try:
        futures = {pool.submit(function, item): i for i, item in enumerate(items)}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
