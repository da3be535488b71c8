"""Run one or two livers in a thread of their own and publish what the page shows; knows nothing of Solara."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from livermet_sim.app.choice import Choice
from livermet_sim.app.inquiry import Inquiry
from livermet_sim.app.liver import Liver, Wish
from livermet_sim.app.painter import Painter
from livermet_sim.app.screen import Frame, Screen
from livermet_sim.base.errors import LivermetError
from livermet_sim.kernels import jit

INTERVAL = 0.08  # s between two frames at the most
UNSEEN_AFTER = 1.0  # s after which a frame that no page has shown no longer holds up the next
NOBODY_AFTER = 120.0  # s after which a run that nobody looks at is paused
SPEEDS = {"1 h/s": 1.0, "6 h/s": 6.0, "12 h/s": 12.0, "1 day/s": 24.0, "3 days/s": 72.0,
          "as fast as it goes": float("inf")}  # fmt: skip
FIRST_SPEED = "12 h/s"
BUILDING, PAUSED, RUNNING, DONE, FAILED = "building", "paused", "running", "done", "failed"
TITLES = ("untreated", "treated")
logger = logging.getLogger(__name__)


class Session:
    """Hold what one browser page runs. Methods return at once; what they ask is done in the session's thread.

    Parameters
    ----------
    publish : callable
        Told every new `Frame`, in the session's thread.
    choice : Choice, optional
        What to build first.
    """

    def __init__(self, publish: Callable[[Frame], None], choice: Choice | None = None):
        self._publish_to, self._asked = publish, queue.SimpleQueue[Callable[[], None] | None]()
        self.livers: tuple[Liver, ...] = ()
        self.choice: Choice | None = None  # that the livers were built from
        self.frame = Frame()
        self._state, self._message = BUILDING, ""
        self._screen, self._inquiry = Screen(paint=Painter(self._ask)), Inquiry(self._ask)
        self._speed, self._owed = SPEEDS[FIRST_SPEED], 0.0
        self._shown, self._seen_at, self._counted_at = 0, time.monotonic(), -1
        self._framed_at = float("-inf")
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="livermet-session", daemon=True)
        self.build(choice or Choice())
        self._thread.start()

    def _look(self) -> None:
        self._seen_at = time.monotonic()

    def build(self, choice: Choice, hours: float = 0.0) -> None:
        """Build the livers of a choice in place of the present ones; a mistake leaves all as it is.

        Parameters
        ----------
        hours : float, h
            How far to advance then; infinity lets time run.
        """
        self._ask(lambda: self._build(choice, hours))

    def refresh(self) -> None:
        """Publish a frame, for a page that has just come."""
        self._ask(self._look)

    @property
    def wish(self) -> Wish:
        """Return what is shown of the tissue."""
        return self._screen.wish

    @property
    def chosen(self) -> tuple[str, str]:
        """Return which curves are shown, and what of the lesions the strip shows."""
        return self._screen.panel, self._screen.strip

    @property
    def hours_per_second(self) -> float:
        """Return how fast time may pass."""
        return self._speed

    def start(self) -> None:
        """Let time run."""
        self._ask(lambda: self._set(RUNNING))

    def pause(self) -> None:
        """Stop time after the step under way."""
        self._ask(lambda: self._set(PAUSED))

    def step(self, hours: float) -> None:
        """Advance by some hours and pause."""
        self._ask(lambda: self._step(hours))

    def speed(self, hours_per_second: float) -> None:
        """Set how many hours pass in a second, at the most."""
        self._ask(lambda: setattr(self, "_speed", float(hours_per_second)))

    def show(self, wish: Wish) -> None:
        """Set what is shown of the tissue: layer, colours, hidden kinds."""
        self._ask(lambda: setattr(self._screen, "wish", wish))

    def panel(self, name: str) -> None:
        """Set which curves are shown."""
        self._ask(lambda: self._screen.choose(name))

    def strip(self, name: str) -> None:
        """Set what of the lesions the phase strip shows."""
        self._ask(lambda: self._screen.choose_strip(name))

    def click(self, liver: int, x: float, y: float) -> None:
        """Read the cell at a place, given as shares of the picture of a liver."""
        self._ask(lambda: self._pick(liver, x, y))

    def forget(self) -> None:
        """Let go of the clicked cell."""
        self._ask(lambda: self._pick(-1, 0.0, 0.0))

    def inquire(self, question: str) -> None:
        """Have one of the questions about the clicked cell answered, beside the run; an empty one takes it back."""
        self._ask(lambda: self._inquiry(question, self.livers, self._screen.picked))

    def shown(self, number: int) -> None:
        """Take note that a page has shown a frame, so that the next may come."""
        self._shown, self._seen_at = max(self._shown, number), time.monotonic()

    def call(self, work: Callable[[tuple[Liver, ...]], Any], timeout: float = 120.0) -> Any:
        """Return what ``work`` makes of the livers, done between two steps."""
        result: Future[Any] = Future()

        def carry_out() -> None:
            try:
                result.set_result(work(self.livers))
            except BaseException as error:
                result.set_exception(error)

        self._ask(carry_out)
        return result.result(timeout)

    def close(self) -> None:
        """End the thread after the step under way."""
        self._closed.set()
        self._inquiry.stop()
        self._asked.put(None)

    def join(self, timeout: float = 30.0) -> None:
        """Wait until the thread has ended."""
        self._thread.join(timeout)

    def _pick(self, liver: int, x: float, y: float) -> None:
        self._inquiry.stop()
        self._screen.picked = None
        self._screen.pick(self.livers, liver, x, y)

    def _ask(self, work: Callable[[], None]) -> None:
        self._asked.put(work)

    def _work(self) -> None:
        """Do what was asked, let time run, publish frames; nothing that goes wrong ends the thread."""
        while not self._closed.is_set():
            try:
                before = self._state
                asked = self._carry_out(block=before != RUNNING)
                ran = self._state == RUNNING
                if before == RUNNING and not ran and not self._closed.is_set():
                    # the buttons answer at once; the numbers of the moment it stopped at follow
                    self._publish_to(
                        self._next(replace(self.frame, state=self._state, message=self._message))
                    )
                if ran:
                    self._advance()
                if asked or (ran and self._state != RUNNING) or self._frame_due():
                    self._publish()
                elif self._state == RUNNING and self._owed <= 0:
                    time.sleep(0.005)
            except Exception as error:
                self._fail(error)

    def _carry_out(self, block: bool) -> bool:
        """Do all that was asked; wait for something where nothing else is to be done."""
        asked = False
        while not self._closed.is_set():
            try:
                work = self._asked.get(block=block and not asked)
            except queue.Empty:
                return asked
            if work is not None:
                work()
                asked = True
        return asked

    def _fail(self, error: Exception) -> None:
        self._message = error.sentence if isinstance(error, LivermetError) else _unexpected(error)
        self._state = PAUSED if self.livers and isinstance(error, LivermetError) else FAILED
        self._publish_to(self._next(replace(self.frame, state=self._state, message=self._message)))

    def _build(self, choice: Choice, hours: float) -> None:
        scenarios, seed = choice.scenarios(), choice.seeds()
        words = "Building the liver." if jit.compiled() else "Compiling the model, once: about half a minute."
        self._publish_to(self._next(replace(self.frame, state=BUILDING, message=words)))
        built = tuple(
            Liver(scenario, seed, title if len(scenarios) > 1 else scenario.name)
            for scenario, title in zip(scenarios, TITLES, strict=False)
        )
        self._inquiry.stop()
        self._screen.clear()
        self.livers, self._message, self._state, self.choice = built, "", PAUSED, choice
        if hours == float("inf"):
            self._set(RUNNING)
        elif hours > 0:
            self._step(hours)

    def _set(self, state: str) -> None:
        if self._state in (FAILED, BUILDING):
            return
        if state == RUNNING and not any(liver.running for liver in self.livers):
            state = DONE
        self._state, self._seen_at, self._owed, self._counted_at = (
            state,
            time.monotonic(),
            0.0,
            time.monotonic(),
        )
        self._message = ""

    def _step(self, hours: float) -> None:
        self._set(PAUSED)
        if self._state == PAUSED:
            self._tick(max(1, round(hours / self._dt)))

    @property
    def _dt(self) -> float:
        return float(self.livers[0].model.world.clock.dt)

    def _advance(self) -> None:
        """Let as much time pass as the speed asks for, but not for longer than a frame lasts."""
        now = time.monotonic()
        if now - self._seen_at > NOBODY_AFTER:
            self._set(PAUSED)
            self._message = "Paused, for nobody was looking."
            return
        if self._speed == float("inf"):
            self._owed = 1e9
        else:
            # what a slow machine cannot do is not owed for ever
            self._owed = min(
                self._owed + self._speed * (now - self._counted_at), 2 * self._speed * INTERVAL + self._dt
            )
        self._counted_at = now
        until = max(now + 0.02, self._framed_at + INTERVAL)
        while self._owed >= self._dt and self._asked.empty() and time.monotonic() < until:
            if not self._tick(1):
                break
            self._owed -= self._dt
        if self._owed < self._dt:
            time.sleep(min(INTERVAL, (self._dt - self._owed) / max(self._speed, 1e-9)) / 2)

    def _tick(self, ticks: int) -> bool:
        """Advance all livers by some ticks; the first that has reached its end ends the run."""
        for _ in range(ticks):
            if not all(liver.running for liver in self.livers):
                self._set(DONE)
                return False
            for liver in self.livers:
                liver.step()
        if not all(liver.running for liver in self.livers):
            self._set(DONE)
        return True

    def _frame_due(self) -> bool:
        waited = time.monotonic() - self._framed_at
        seen = self._shown >= self.frame.number
        return self._state == RUNNING and waited >= INTERVAL and (seen or waited > UNSEEN_AFTER)

    def _publish(self) -> None:
        """Make a frame of the present state and hand it to the page."""
        self._framed_at = time.monotonic()
        parts = self._screen.parts(self.livers, hurry=self._state == RUNNING)
        self._publish_to(
            self._next(
                Frame(
                    state=self._state,
                    message=self._message,
                    choice=self.choice,
                    answer=self._inquiry.answer,
                    **parts,
                )
            )
        )

    def _next(self, frame: Frame) -> Frame:
        self.frame = replace(frame, number=self.frame.number + 1)
        return self.frame


def _unexpected(error: Exception) -> str:
    """Return a sentence for what the model did not foresee; the traceback goes to the terminal."""
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; choose a smaller tissue."
    logger.error("a step went wrong", exc_info=error)
    return f"The run cannot go on ({type(error).__name__}: {str(error)[:200]}); reset it to start again."
