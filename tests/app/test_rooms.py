"""Pages find their session again, few are held at once, and what is closed is freed."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.app import rooms as module
from livermet_sim.app.choice import Choice
from livermet_sim.app.rooms import MOVED, Rooms

STRIP = Choice("strip", changes={"run.days": 0.5})


class Page:
    """Stand for a browser page of one browser."""

    def __init__(self, rooms: Rooms, owner: str, choice: Choice = STRIP):
        self.there, self.frames, self._rooms = True, [], rooms
        self.room = rooms.enter(owner, self.frames.append, lambda: self.there, choice)
        self.visit = self.room.visit if self.room else None

    def go(self, word: bool = True) -> None:
        self.there = False
        if word and self.room is not None:
            self._rooms.leave(self.room, self.visit)

    def wait(self, condition, seconds: float = 60.0):
        until = time.monotonic() + seconds
        while not (self.frames and condition(self.frames[-1])):
            assert time.monotonic() < until, self.frames[-1:]
            time.sleep(0.01)
        return self.frames[-1]


@pytest.fixture
def rooms():
    found = Rooms(most=2)
    yield found
    found.close()


@pytest.mark.parametrize("word", [True, False])
def test_a_reload_finds_the_session_as_it_was_with_or_without_a_word(rooms, word):
    page = Page(rooms, "anna")
    page.wait(lambda frame: frame.state == "paused")
    page.room.session.step(6.0)
    page.wait(lambda frame: frame.hours == 6.0)
    page.room.choice = STRIP.with_(seed=4)
    page.go(word)
    again = Page(rooms, "anna")
    assert again.room is page.room and again.room.found and again.room.choice.seed == 4
    assert again.wait(lambda frame: frame.livers).hours == 6.0
    if not word:
        assert page.frames[-1].message == MOVED
    page.go()  # what comes late of a former page changes nothing
    assert again.room.attended() and len(rooms) == 1


def test_other_browsers_and_second_pages_get_sessions_of_their_own_while_there_are_some(rooms):
    first, second = Page(rooms, "anna"), Page(rooms, "anna")
    assert first.room is not second.room and len(rooms) == 2
    assert Page(rooms, "bert").room is None
    first.go()
    third = Page(rooms, "bert")
    assert third.room is not None and third.room is not first.room and not third.room.found
    assert first.room.session._closed.is_set() and len(rooms) == 2
    assert Page(rooms, "anna").room is None


def test_a_session_without_a_page_is_closed_after_a_while_and_its_liver_freed():
    rooms = Rooms(most=2, keep=0.2)
    page = Page(rooms, "anna")
    page.wait(lambda frame: frame.livers)
    model = weakref.ref(page.room.session.livers[0].model)
    thread = page.room.session._thread
    page.go()
    thread.join(30.0)
    page.room = page.frames = None
    until = time.monotonic() + 30.0
    while model() is not None and time.monotonic() < until:
        time.sleep(0.05)
        gc.collect()
    assert model() is None and not thread.is_alive() and len(rooms) == 0


def test_a_page_that_comes_back_in_time_keeps_its_session():
    rooms = Rooms(most=1, keep=0.5)
    page = Page(rooms, "anna")
    page.go()
    again = Page(rooms, "anna")
    time.sleep(1.0)
    assert again.room is page.room and len(rooms) == 1
    rooms.close()


def test_a_page_that_breaks_does_not_end_the_session_of_the_next(rooms):
    there = [True]

    def broken(frame):
        raise ConnectionError("gone")

    room = rooms.enter("anna", broken, lambda: there[0], STRIP)
    there[0] = False
    again = Page(rooms, "anna")
    assert again.room is room
    again.room.session.build(STRIP)
    assert again.wait(lambda frame: frame.state == "paused" and frame.livers)


class Idle:
    """Stand for a session that does nothing."""

    alive = 0

    def __init__(self, publish, choice):
        Idle.alive += 1
        self._open = True

    def refresh(self):
        assert self._open

    def close(self):
        assert self._open
        self._open = False
        Idle.alive -= 1

    def join(self):
        assert not self._open


@settings(max_examples=60, deadline=None)
@given(
    moves=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(("come", "leave", "drop"))), max_size=40)
)
def test_whatever_pages_do_sessions_are_few_and_each_has_one_page(moves):
    kept, module.Session, Idle.alive = (module.Session, module.release), Idle, 0
    module.release = lambda: None
    rooms = Rooms(most=3, keep=1000.0)
    try:
        pages: list[Page] = []
        for owner, move in moves:
            if move == "come":
                page = Page(rooms, owner)
                there = [p for p in pages if p.there]
                assert (page.room is None) == (len(there) >= 3)
                assert page.room is None or all(p.room is not page.room for p in there)
                assert page.room is None or page.room.owner == owner
                if page.room is not None:
                    pages.append(page)
            else:
                for page in [p for p in pages if p.there and p.room.owner == owner][:1]:
                    page.go(word=move == "leave")
            assert Idle.alive == len(rooms) <= 3
        rooms.close()
        assert Idle.alive == len(rooms) == 0
    finally:
        module.Session, module.release = kept
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.cancel()
