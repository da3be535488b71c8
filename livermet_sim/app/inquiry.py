"""Find out, beside the run, how a clicked cell came to this and what follows without it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from livermet_sim.agents import Tumour
from livermet_sim.app import answers
from livermet_sim.app.answers import Answer
from livermet_sim.app.liver import Liver
from livermet_sim.base.errors import LivermetError
from livermet_sim.scenario.life import heard
from livermet_sim.sweep.what_if import go_on

WHY, WITHOUT = "How did it come to this?", "And without it?"
AHEAD = 48.0  # h that both livers go on
EVERY = 0.3  # s between two words on how far it is
TURNS = threading.BoundedSemaphore(2)  # of all pages together, so that the livers that are shown go on
Told = Callable[[float, float], None]


class StoppedError(Exception):
    """Say that nobody waits for the answer any more."""


def questions(liver: Liver, agent: Any) -> tuple[str, ...]:
    """Return what can be asked of a cell now: the past of tumour cells is logged, and what follows needs time and a live cell."""
    past = (WHY,) if isinstance(agent, Tumour) else ()
    return past + ((WITHOUT,) if agent.alive and liver.running else ())


class Inquiry:
    """Answer one question at a time in a thread of its own, on a copy of the liver.

    Parameters
    ----------
    ask : callable
        Has something done in the thread of the session.

    Attributes
    ----------
    answer : Answer or None
    """

    def __init__(self, ask: Callable[[Callable[[], None]], None]):
        self._ask, self._number = ask, 0
        self.answer: Answer | None = None

    def __call__(self, question: str, livers: Sequence[Liver], picked: tuple[int, Any] | None) -> None:
        """Begin to answer a question about a cell, picked in one of the livers as they stand; the one before is forgotten."""
        self.stop()
        if picked is None or question not in questions(livers[picked[0]], picked[1]):
            return
        liver, agent = livers[picked[0]], picked[1]
        engine, scenario, key = liver.model.engine.fork(), liver.scenario, agent.key

        def past(told: Told) -> str:
            return answers.life(heard(engine, str(key), told), scenario.rules)

        def future(told: Told) -> str:
            return answers.what_if(go_on(engine, scenario, f"{kind} {key}", AHEAD, told))

        kind, work = agent.kind if agent.alive else "", past if question == WHY else future
        self.answer = Answer(question)
        threading.Thread(target=self._work, args=(self._number, question, work), daemon=True).start()

    def stop(self) -> None:
        """Forget the question and its answer."""
        self._number += 1
        self.answer = None

    def _work(self, number: int, question: str, work: Callable[[Told], str]) -> None:
        said = time.monotonic()

        def told(done: float, wanted: float) -> None:
            nonlocal said
            self._go_on(number)
            if time.monotonic() - said > EVERY:
                said = time.monotonic()
                self._put(number, Answer(question, min(done / max(wanted, 1e-9), 1.0)))

        try:
            while not TURNS.acquire(timeout=EVERY):
                self._go_on(number)
            try:
                found = Answer(question, 1.0, work(told))
            finally:
                TURNS.release()
        except StoppedError:
            return
        except LivermetError as error:
            found = Answer(question, 1.0, wrong=error.sentence)
        except Exception as error:
            found = Answer(
                question,
                1.0,
                wrong=f"This could not be found out ({type(error).__name__}: {str(error)[:200]}).",
            )
        self._put(number, found)

    def _go_on(self, number: int) -> None:
        if number != self._number:
            raise StoppedError

    def _put(self, number: int, answer: Answer) -> None:
        def put() -> None:
            if number == self._number:
                self.answer = answer

        self._ask(put)
