"""Every parameter and every rule carries unit, range, and a source or the word "assumed"."""

from __future__ import annotations

import math

import pytest

import livermet_sim as lm
from livermet_sim.base.specs import Grade
from livermet_sim.rulebook.ablation import PHASE_OF
from livermet_sim.rulebook.book import by_process
from livermet_sim.scenario import lists

GRADES = set(Grade.__args__)


def lacks(row):
    """Return what a row of a table of numbers does not say."""
    lack = [key for key in ("low", "high") if not math.isfinite(row[key])] + [
        key for key in ("unit", "source") if not row[key]
    ]
    return lack + ([] if row["grade"] in GRADES | {"set"} else ["grade"])


@pytest.mark.parametrize("name", ["baseline", "strip", "b16f1", "cc531s"])
def test_every_number_has_unit_range_and_source(name):
    scenario = lm.load(name)
    parameters = [row for row in lists.parameter_rows(scenario) if not isinstance(row["value"], str | bool)]
    rows = [*parameters, *lists.rule_rows(scenario), *lists.process_rows(scenario)]
    assert len(parameters) > 300 and not {
        row.get("parameter", row.get("rule")): lacks(row) for row in rows if lacks(row)
    }
    assert all(row["source"] for row in lists.parameter_rows(scenario))


def test_every_row_lies_in_its_range_and_names_its_phase():
    scenario = lm.load("baseline")
    for row in lists.rule_rows(scenario):
        assert row["low"] <= row["base"] <= row["high"] and row["low"] <= row["at_full_signal"] <= row["high"]
        assert row["phase"] in PHASE_OF.values() and row["signal_unit"] and row["half_max"] > 0, row["rule"]
    rows = lists.process_rows(scenario)
    assert {row["rule"] for row in rows} == set(by_process()) and all(
        row["phase"] in PHASE_OF.values() for row in rows
    )
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
    off = lists.process_rows(lm.load("baseline", {"rules.MV1.enabled": False}))
    assert {row["enabled"] for row in off if row["rule"] == "MV1"} == {False}
    assert {row["enabled"] for row in rows if row["rule"] == "MV1"} == {True}
