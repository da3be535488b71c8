"""Check that work in parts is all the work, once, and that the number of threads cannot show."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.base import threads
from livermet_sim.base.errors import LivermetError


@pytest.fixture(autouse=True)
def _nothing_chosen(monkeypatch):
    monkeypatch.delenv(threads.VARIABLE, raising=False)
    threads.use(None)
    yield
    threads.use(None)


@given(length=st.integers(0, 3000), size=st.integers(1, 700))
def test_ranges_hold_everything_once_and_in_order(length, size):
    parts = threads.ranges(length, size)
    assert [i for part in parts for i in range(length)[part]] == list(range(length))
    assert all(part.stop - part.start == size for part in parts[:-1])


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(st.integers(-50, 50), max_size=40), number=st.integers(1, 5))
def test_every_part_is_done_once_and_answers_come_in_order(parts, number):
    done = []

    def work(part: int) -> int:
        done.append(part)
        return part * part

    assert threads.each(work, parts, number) == [part * part for part in parts]
    assert sorted(done) == sorted(parts)


def test_parts_are_under_way_at_the_same_time():
    meet = threading.Barrier(3, timeout=20)
    assert threads.each(lambda part: meet.wait() >= 0, range(3), 3) == [True] * 3


def test_who_comes_when_all_is_done_keeps_nobody_waiting_and_is_waited_for_by_nobody():
    """Parts that share their work out again find their helpers busy with themselves."""
    pause = np.random.default_rng(1).random(64) * 1e-4

    def work(part: int) -> int:
        time.sleep(pause[part])
        return part

    for turn in range(300):
        parts = range(turn % 9 + 1)
        assert threads.each(work, parts, 3) == list(parts)
        inner = threads.each(lambda _: sum(threads.each(work, range(5), 2)), range(3), 2)
        assert inner == [10, 10, 10]


@pytest.mark.parametrize("bad", range(4))
def test_a_mistake_is_told_when_nobody_works_any_more(bad):
    working: set[int] = set()

    def work(part: int) -> None:
        working.add(part)
        time.sleep(0.01)
        working.discard(part)
        if part == bad:
            raise ValueError(f"part {part}")

    with pytest.raises(ValueError, match=f"part {bad}"):
        threads.each(work, range(4), 3)
    assert not working
    assert threads.each(lambda part: part, range(4), 3) == [0, 1, 2, 3]


def test_a_wide_tissue_gets_all_cores_and_a_small_one_a_single_one(monkeypatch):
    assert threads.number(threads.WIDE - 1) == 1
    assert threads.number(threads.WIDE) == threads.cores()
    monkeypatch.setenv(threads.VARIABLE, "3")
    assert threads.number(10) == threads.number(10**7) == 3
    threads.use(2)
    assert threads.number(10) == 2


@pytest.mark.parametrize("wrong", ["0", "-1", "two", "1.5", "257", "1e3", "²", "9" * 5000])
def test_what_is_no_number_of_threads_is_refused_in_one_sentence(monkeypatch, wrong):
    monkeypatch.setenv(threads.VARIABLE, wrong)
    with pytest.raises(LivermetError, match=r"^LIVERMET_THREADS: .* must be from 1 to 256$"):
        threads.number(10)
    with pytest.raises(LivermetError, match="--threads"):
        threads.use(int(wrong) if wrong in ("0", "-1", "257") else 1000, "--threads")
