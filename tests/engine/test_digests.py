"""Check that a change of form has changed no outcome: see ``digests``, which writes the table."""

from __future__ import annotations

import digests
import pytest


def check(found: list[str], wanted: list[str], what: str) -> None:
    """Compare digests; other libraries or another machine may round otherwise."""
    if found == wanted:
        return
    if digests.made_with() != (there := digests.recorded()["made_with"]):
        pytest.xfail(f"the table was made with {there}")
    first = next(i for i, pair in enumerate(zip(found, wanted, strict=True)) if pair[0] != pair[1])
    pytest.fail(f"{what} {first} came out otherwise; if it was meant to, run python {digests.__file__}")


def test_each_step_of_a_short_run_is_as_recorded():
    found = list(digests.steps())
    assert len(set(found)) == len(found)
    check(found, digests.recorded()["steps"], "step")


@pytest.mark.long
@pytest.mark.parametrize("name", digests.names())
def test_every_shipped_scenario_and_treatment_is_as_recorded(name):
    found = [digests.whole(name, seed) for seed in digests.SEEDS]
    assert len(set(found)) == len(found)
    check(found, digests.recorded()["runs"][name], f"{name}, run")
