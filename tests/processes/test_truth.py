"""Check that the plan tells the truth: every array, before and after each process of each step of an eventful run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from livermet_sim.verification.contract.truth import AT_ONCE, untold

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_worlds import eventful


@pytest.fixture(scope="module")
def seen() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return what each process changed without telling, and out of its time."""
    return untold(eventful(), 200)


def test_every_change_of_every_array_is_declared(seen):
    assert {name: sorted(untold) for name, untold in seen[0].items() if untold} == {}


def test_a_process_changes_nothing_between_the_times_that_it_states(seen):
    assert {name for name, found in seen[1].items() if found} <= AT_ONCE
