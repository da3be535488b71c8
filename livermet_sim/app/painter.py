"""Paint what takes long beside the run, so that buttons answer while a section is painted."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from livermet_sim.app.liver import Liver

POOL = ThreadPoolExecutor(2, thread_name_prefix="livermet-paint")


class Painter:
    """Paint one picture of a liver at a time.

    Parameters
    ----------
    ask : callable
        Has something done in the thread of the session.

    Attributes
    ----------
    cost : float, s
        Processor time that the last picture took.
    """

    def __init__(self, ask: Callable[[Callable[[], None]], None]):
        self._ask, self._busy, self.cost = ask, set[int](), 0.0

    def __call__(self, liver: Liver, layer: str) -> None:
        """Have the present state of a liver painted, unless a picture of it is under way."""
        if id(liver) not in self._busy:
            self._busy.add(id(liver))
            sketch = liver.sketch(layer)
            # a pool takes nothing once the program is ending, and then nobody looks
            with suppress(RuntimeError):
                POOL.submit(self._paint, liver, sketch)

    def _paint(self, liver: Liver, sketch: Any) -> None:
        began = time.thread_time()
        try:
            picture = liver.paint(sketch)
        except Exception as error:
            self._ask(lambda error=error: self._hang(liver, error))
        else:
            self._ask(lambda: self._hang(liver, picture))
        self.cost = time.thread_time() - began

    def _hang(self, liver: Liver, picture: Any) -> None:
        self._busy.discard(id(liver))
        if isinstance(picture, Exception):
            raise picture
        liver.hang(picture)
