"""Check that a run with several threads gives the bits of one thread."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from engine_worlds import eventful

from livermet_sim.base import threads
from livermet_sim.engine import Engine
from livermet_sim.processes import plan
from livermet_sim.scenario.load import load
from livermet_sim.state import blocks
from livermet_sim.sweep.execute import ONE_THREAD

EDGELESS = {
    "run.days": 1, "tissue.lobules": 2, "tissue.lobule_diameter": 300.0, "seeding.enrichment": 200, "observe.frames": 0, "observe.snapshots": "",
}  # fmt: skip
STEPS = 60


def edgeless() -> Engine:
    return Engine(load("baseline", EDGELESS), 1)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Let small livers be many pieces of work."""
    monkeypatch.setattr(threads, "ROWS", 37)
    monkeypatch.setattr(threads, "WIDE", 1)
    monkeypatch.setattr(blocks, "BLOCK", 90)
    yield
    threads.use(None)


def digests(make, number: int) -> list[str]:
    """Return the digests of a run on its way."""
    threads.use(number)
    engine, found = make(), []
    for _ in range(STEPS // 20):
        for _ in range(20):
            engine.step()
        found.append(engine.digest())
    return found


@pytest.mark.parametrize("make", [eventful, edgeless])
def test_the_number_of_threads_does_not_show(make):
    one = digests(make, 1)
    assert len(set(one)) == len(one)
    assert digests(make, 2) == one
    assert digests(make, 3) == one


def test_what_may_be_at_work_at_the_same_time_may_come_in_the_other_order(monkeypatch):
    one, each = digests(edgeless, 1), threads.each
    lanes = []

    def backwards(work, parts, many):
        parts = list(parts)
        lanes.append(len(parts))
        return each(work, parts[::-1], many)[::-1]

    monkeypatch.setattr(plan, "threads", SimpleNamespace(number=threads.number, each=backwards))
    assert digests(edgeless, 1) == one
    assert lanes.count(2) == STEPS


def test_a_worker_of_a_study_has_one_thread():
    assert ONE_THREAD[threads.VARIABLE] == "1"
