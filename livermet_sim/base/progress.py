"""Show how far a run is: an element in a notebook, a bar on a terminal, and nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

Tell = Callable[[float, float], None]
PAUSE = 0.2  # s between two pictures of the bar


def in_notebook() -> bool:
    """Say whether this is a notebook: IPython without a terminal."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    return shell is not None and type(shell).__name__ != "TerminalInteractiveShell"


def days(done: float, total: float) -> str:
    """Return how far a run is in words, from hours."""
    return f"day {done / 24:.1f} of {total / 24:g}"


class Bar:
    """Show a bar of text with the words of the moment."""

    def __init__(self) -> None:
        from tqdm import tqdm

        form = "{percentage:3.0f}% |{bar}| {desc} [{elapsed}<{remaining}]"
        self._bar = tqdm(total=1.0, bar_format=form, file=sys.stderr)

    def show(self, share: float, words: str) -> None:
        """Let the bar stand at ``share``, 0 to 1."""
        self._bar.set_description_str(words, refresh=False)
        self._bar.update(share - self._bar.n)

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._bar.close()


@contextmanager
def shown(wanted: bool | Tell | None) -> Generator[Tell]:
    """Lend a function that is told the hours done and wanted.

    Parameters
    ----------
    wanted : bool, callable or None
        None shows progress in a notebook only; True everywhere; a function of one's own is told instead.
    """
    if callable(wanted):
        yield wanted
    elif wanted is False or (wanted is None and not in_notebook()):
        yield lambda done, total: None
    elif in_notebook():
        yield Element()
    else:
        bars: list[Bar] = []

        def tell(done: float, total: float) -> None:
            bars.append(Bar()) if not bars else None
            bars[0].show(done / total if total else 1.0, days(done, total))

        try:
            yield tell
        finally:
            for one in bars:
                one.close()


class Element:
    """Show progress in a notebook without widgets: an HTML element that is written again a few times a second."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()
        self._handle: Any = None

    def __call__(self, done: float, total: float) -> None:
        """Take note that ``done`` of ``total`` hours are done."""
        import IPython.display as notebook

        display: Any = notebook

        now, ended = time.monotonic(), done >= total
        if self._handle is not None and not ended and now - self._last < PAUSE:
            return
        self._last, seconds = now, now - self._start
        words = f"day {done / 24:.1f} of {total / 24:.4g}, {seconds:.0f} s"
        if not ended and done > 0:
            words += f", {seconds * (total / done - 1):.0f} s left"
        page = display.HTML(f'<progress value="{done:g}" max="{total:g}"></progress> {words}')
        if self._handle is None:
            self._handle = display.display(page, display_id=True)
        else:
            self._handle.update(page)
