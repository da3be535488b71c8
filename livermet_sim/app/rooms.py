"""Give every page a session, few at a time, and keep one for a while when its page is gone: a reload finds it again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from livermet_sim.app.choice import Choice
from livermet_sim.app.memory import release
from livermet_sim.app.screen import Frame
from livermet_sim.app.session import Session

KEEP = 600.0  # s that a session is kept without a page
MOVED = "This liver is shown on another page now; reload this one for another."
Publish = Callable[[Frame], None]
logger = logging.getLogger(__name__)


class Room:
    """Hold a session, whose it is, and what its page had chosen.

    Attributes
    ----------
    owner : str
        The browser, by its cookie.
    choice : Choice
        As it stands on the page, applied or not.
    found : bool
        Whether it was there before its present page.
    """

    def __init__(self, owner: str, publish: Publish, attended: Callable[[], bool], choice: Choice):
        self.owner, self.choice, self.found = owner, choice, False
        self.attended, self._publish = attended, publish
        self.visit = object()
        self.session = Session(self._tell, choice)

    def _tell(self, frame: Frame) -> None:
        """Hand a frame to the page; one that has just gone does not end the session."""
        try:
            self._publish(frame)
        except Exception:
            if self.attended():
                raise
            logger.debug("a frame came too late for its page", exc_info=True)

    def move(self, publish: Publish, attended: Callable[[], bool]) -> None:
        """Show the session on another page."""
        before, self._publish, self.attended = self._publish, publish, attended
        self.visit, self.found = object(), True
        _last_words(before)
        self.session.refresh()

    def empty(self) -> None:
        """Let go of the page."""
        self._publish, self.attended, self.visit = _nobody, _never, object()


class Rooms:
    """Hold all rooms.

    Parameters
    ----------
    most : int
        How many there may be at once.
    keep : float, s
        How long one is kept without a page.
    """

    def __init__(self, most: int = 8, keep: float = KEEP):
        self.most, self.keep = most, keep
        self._rooms: list[Room] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._rooms)

    def enter(
        self, owner: str, publish: Publish, attended: Callable[[], bool], choice: Choice | None = None
    ) -> Room | None:
        """Return the room that this browser left last, or a new one, or None where all are taken.

        Parameters
        ----------
        publish : callable
            Told every new frame.
        attended : callable
            Says whether the page is still there.
        choice : Choice, optional
            What a new session builds first.
        """
        with self._lock:
            left = [room for room in self._rooms if not room.attended()]
            own = [room for room in left if room.owner == owner]
            if own:
                room = own[-1]
                self._rooms.remove(room)
            elif len(self._rooms) >= self.most and not left:
                return None
            else:
                if len(self._rooms) >= self.most:
                    self._close(left[0])
                room = None
            found = room or Room(owner, publish, attended, choice or Choice())
            self._rooms.append(found)  # the last is the one entered last
        if room is not None:
            room.move(publish, attended)
        return found

    def leave(self, room: Room, visit: Any) -> None:
        """Take note that a page is gone; its room is closed after a while, unless somebody comes back."""
        if room.visit is not visit:
            return
        room.empty()
        timer = threading.Timer(self.keep, self._expire, (room, room.visit))
        timer.daemon = True
        timer.start()

    def _expire(self, room: Room, visit: Any) -> None:
        with self._lock:
            if room.visit is visit and room in self._rooms:
                self._close(room)

    def _close(self, room: Room) -> None:
        self._rooms.remove(room)
        room.session.close()
        threading.Thread(target=_free, args=(room.session,), name="livermet-free", daemon=True).start()

    def close(self) -> None:
        """Close all."""
        with self._lock:
            for room in list(self._rooms):
                self._close(room)


def _free(session: Session) -> None:
    session.join()
    release()


def _nobody(frame: Frame) -> None:
    """Drop a frame."""


def _never() -> bool:
    return False


def _last_words(publish: Publish) -> None:
    try:
        publish(Frame(state="failed", message=MOVED))
    except Exception:
        logger.debug("the former page is gone", exc_info=True)


ROOMS = Rooms()
