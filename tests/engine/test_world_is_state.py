"""Check that World is the state: another process object in the place of any, after any step, changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from engine_worlds import eventful

from livermet_sim.verification.contract.runs import renew

STEPS = 200


@pytest.fixture(scope="module")
def course() -> list[str]:
    """Return the digest of an eventful run after each step."""
    engine, found = eventful(), []
    for _ in range(STEPS):
        engine.step()
        found.append(engine.digest())
    return found


def test_much_happens_in_the_run():
    engine, seen = eventful(), set()
    for _ in range(STEPS):
        engine.step()
        seen |= {
            name
            for name, table in engine.world.carried.items()
            if table.n and table.whole.any() | table.real.any()
        }
    totals = engine.world.totals
    # a liver in which much happens is never at rest
    assert seen == set(engine.world.carried) - {"seen_at_rest"}
    assert min(totals[name] for name in ("born", "dead_kupffer", "dead_treatment", "washed_out")) > 0


def test_new_processes_after_every_step_change_nothing(course):
    engine = eventful()
    for wanted in course:
        renew(engine)
        engine.step()
        assert engine.digest() == wanted, engine.world.clock.tick


@pytest.mark.parametrize("every", [7, 50])
def test_new_processes_now_and_then_change_nothing(every, course):
    engine = eventful()
    for tick, wanted in enumerate(course):
        if tick % every == every - 1:
            renew(engine)
        engine.step()
        assert engine.digest() == wanted, tick


def test_stretches_know_the_rows_of_their_lsec_after_every_step():
    engine = eventful(decide__interval=6.0)
    world = engine.world
    for _ in range(STEPS):
        engine.step()
        lined = np.flatnonzero(world.segment_row >= 0)
        assert np.array_equal(world.cells["segment"][world.segment_row[lined]], lined)
        assert len(lined) == np.count_nonzero(world.cells["segment"] >= 0)
