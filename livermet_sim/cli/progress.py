"""Show how far long work is, and let Ctrl-C end it without losing what was computed."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

from livermet_sim.base.progress import Bar, days

DRAWING = 0.1  # share of the bar that is left for the pictures after a run


class Progress:
    """Show how far a run is: a bar on a terminal, elsewhere a line a tenth; Ctrl-C stops between steps.

    Parameters
    ----------
    quiet : bool
    after : float
        Share of the bar that is kept for what follows the steps; see ``part``.
    """

    def __init__(self, quiet: bool, after: float = 0.0):
        self._quiet, self._tenths = quiet, 0
        self._bar: Bar | None = None
        self._steps = 1.0 - after
        self._number, self._of, self._label = 0, 1, ""
        self._asked, self.at_once = False, False
        self._handler: Any = None

    def __enter__(self) -> Progress:
        if threading.current_thread() is threading.main_thread():
            self._handler = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        if self._handler is not None:
            signal.signal(signal.SIGINT, self._handler)
        if self._bar is not None:
            self._bar.close()

    def _interrupt(self, *_: object) -> None:
        if self._asked:
            self.at_once = True
            raise KeyboardInterrupt
        self._asked = True
        print("stopping soon; Ctrl-C again stops at once and saves nothing", file=sys.stderr, flush=True)

    def say(self, words: str) -> None:
        """Print a line, unless quiet."""
        if not self._quiet:
            print(words, file=sys.stderr, flush=True)

    def turn(self, number: int, of: int, label: str) -> None:
        """Take note that run ``number`` (from 0) of ``of`` begins; ``label`` stands in front of what is said of it."""
        self._number, self._of, self._label = number, of, label

    def __call__(self, hours: float, total: float) -> None:
        """Take note that ``hours`` of ``total`` are done."""
        if self._asked:
            raise KeyboardInterrupt
        if self._quiet or total <= 0:
            return
        words, whole = self._label + days(hours, total), (self._number + hours / total) / self._of
        if sys.stderr.isatty():
            self._show(self._steps * hours / total, words)
        elif int(10 * whole) > self._tenths:
            self._tenths = int(10 * whole)
            self.say(words)

    def part(self, words: str, done: int, of: int) -> None:
        """Take note of what is done after the steps: part ``done`` of ``of`` begins, or with ``done`` = ``of`` all ended."""
        if self._asked:
            raise KeyboardInterrupt
        if self._quiet:
            return
        if sys.stderr.isatty():
            self._show(self._steps + (1.0 - self._steps) * done / max(of, 1), words)
        elif done < of:
            self.say(words)

    def _show(self, share: float, words: str) -> None:
        """Let the bar on the terminal stand at ``share`` of the run under way."""
        if self._bar is None:
            self._bar = Bar()
        self._bar.show((self._number + share) / self._of, words)
