"""Show how far a study is, with the rate and the time left: a bar in a terminal or notebook, lines elsewhere."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from livermet_sim.base.progress import in_notebook

LINE_SECONDS = 10.0


@contextmanager
def show(total: int, before: int, wanted: bool = True) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told the runs that ended and those that failed.

    Parameters
    ----------
    total, before : int
        All runs, and those that an earlier call has done.
    """
    if not wanted or total == before:
        yield lambda done, failed: None
    elif sys.stderr.isatty() or in_notebook():
        with _bar(total, before) as bar:

            def tell(done: int, failed: int) -> None:
                if failed:
                    bar.set_postfix_str(f"{failed} failed", refresh=False)
                bar.update(before + done - bar.n)

            yield tell
    else:
        yield Lines(total, before)


def tell(words: str) -> None:
    """Say something about a study that a person should know, on the stream of messages."""
    print(f"livermet: {words}", file=sys.stderr, flush=True)


class Lines:
    """Print a line every few seconds, and the last always."""

    def __init__(self, total: int, before: int):
        self.total, self.before, self.start, self.last = total, before, time.perf_counter(), 0.0
        self.first: tuple[int, float] | None = None
        self.ended = False
        if before:
            self._print(f"{before:,} of {total:,} runs are there already")

    def __call__(self, done: int, failed: int) -> None:
        """Take note that runs ended."""
        seconds = time.perf_counter() - self.start
        left = self.total - self.before - done
        if self.first is None:
            self.first = done, seconds  # the start of the workers says nothing about the rate
        if (left and seconds - self.last < LINE_SECONDS) or self.ended:
            return
        self.ended = not left
        self.last = seconds
        rate = (done - self.first[0]) / max(seconds - self.first[1], 1e-9)
        words = f"{self.before + done:,} of {self.total:,} runs"
        if rate and left:
            words += f", {speed(rate)}, {duration(left / rate)} left"
        elif not left:
            words += f", took {duration(seconds)}"
        self._print(words + (f", {failed:,} failed" if failed else ""))

    @staticmethod
    def _print(words: str) -> None:
        print(words, file=sys.stderr, flush=True)


def speed(rate: float) -> str:
    """Return runs a second, or a minute where they are few."""
    return f"{rate:.1f} a second" if rate >= 1 else f"{60 * rate:.1f} a minute"


def duration(seconds: float) -> str:
    """Return a time as a person says it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _bar(total: int, before: int) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # without ipywidgets a notebook gets a bar of text, which is good enough
        from tqdm.auto import tqdm

        form = (
            "{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} runs [{elapsed}<{remaining}, {rate_fmt}{postfix}]"
        )
        return tqdm(total=total, initial=before, unit="run", bar_format=form, smoothing=0.1)
