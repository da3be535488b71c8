"""Show how far long work is, and let Ctrl-C end it without losing what was computed."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

from livermet_sim.base.progress import bar


class Progress:
    """Show how far a run is: a bar on a terminal, elsewhere a line a tenth; Ctrl-C stops between steps."""

    def __init__(self, quiet: bool):
        self._quiet, self._bar, self._tenths = quiet, None, 0
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

    def __call__(self, hours: float, total: float) -> None:
        """Take note that ``hours`` of ``total`` are done."""
        if self._asked:
            raise KeyboardInterrupt
        if self._quiet or total <= 0:
            return
        if sys.stderr.isatty():
            if self._bar is None:
                self._bar = bar(total / 24)
            self._bar.update(hours / 24 - self._bar.n)
        elif int(10 * hours / total) > self._tenths:
            self._tenths = int(10 * hours / total)
            self.say(f"day {hours / 24:.1f} of {total / 24:g}")
