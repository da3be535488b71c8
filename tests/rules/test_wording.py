"""Every rule reads as a sentence that a reviewer could accept: words instead of identifiers, all its numbers with units."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import livermet_sim as lm
from livermet_sim.rulebook import explain, wording
from livermet_sim.scenario import lists

BASELINE = lm.load("baseline")
ROWS = lists.rule_rows(BASELINE)
WORDS = BASELINE.rules.words
IDENTIFIER = re.compile(r"[a-z]_[a-z]|[a-z]{2}\.[a-z]|systemic\.|\brelative units? units?")


@pytest.mark.parametrize("row", ROWS, ids=[row["rule"] for row in ROWS])
def test_a_rule_is_a_sentence_with_all_its_numbers(row):
    said = row["sentence"]
    assert said[0].isupper() and said.endswith(".") and not IDENTIFIER.search(said), said
    assert (" raises " if row["direction"] == "increases" else " lowers ") in said and row["cell"] in said
    for number in (row["base"], row["at_full_signal"], row["half_max"], row["power"]):
        assert re.search(rf"(?<![\d.]){re.escape(f'{number:.4g}')}(?![\d])", said), (number, said)
    if row["unit"] != "1":
        assert row["unit"] in said
    assert f"(Hill power {row['power']:g})" in said and said.count("with half of the effect at") == 1


def test_no_two_rules_read_the_same():
    assert len({row["sentence"] for row in ROWS}) == len(ROWS)


def test_every_signal_and_behaviour_of_the_model_has_words():
    for name in WORDS.signals:
        called = wording.signal(name, WORDS)
        assert "_" not in called.name and "{}" in called.amount, name
    for kind, behaviours in WORDS.behaviours.items():
        for name in behaviours:
            said = wording.behaviour(kind, name, WORDS)
            assert WORDS.called[kind] in said and '"' not in said and "_" not in said, (kind, name, said)


def test_the_sentence_in_a_list_ends_with_source_and_grade():
    rule = BASELINE.rules["PM1"]
    said = explain.cited(rule, 0.0, WORDS)
    assert said.endswith("[Costa-Silva 2015 doi:10.1038/ncb3169; numbers assumed].")
    assert explain.cited(replace(rule, source="assumed"), 0.0, WORDS).endswith("[assumed, without a source].")
    grades = {
        grade: explain.evidence(replace(rule, grade=grade))
        for grade in ("found", "recalled", "derived", "fitted")
    }
    assert len(set(grades.values())) == 4


def test_what_a_scenario_adds_is_called_by_its_own_name():
    added = {
        "cells.patroller.like": "nk", "fields.my_factor.length": 80, "cells.patroller.secrete.my_factor": 1.0,
        "rules.mine": {"actor": "patroller", "signal": "my_factor", "direction": "increases", "behaviour": "leave",
                       "maximum": "0.1 /h", "half_max": 1, "where": "tissue"},
    }  # fmt: skip
    row = lm.rules(lm.load("strip", added)).set_index("rule").loc["mine"]
    assert row["phase"] == "own" and row["cell"] == "patroller cells"
    assert row["sentence"].startswith(
        "In the tissue, my factor raises the rate at which patroller cells die or leave"
    )


def test_what_is_out_of_reach_is_said():
    said = {row["rule"]: row["sentence"] for row in ROWS}
    assert "at a share of 1.2 of the sites around, which is more than there can be" in said["AN17"]
    assert "more than there can be" not in said["MV2"]
    assert "1 cell (" in said["MV5"] and "the traps of 5 neutrophils" in said["MV25"]
    assert "where other rules raise it, back towards its resting value of 0 /h" in said["MV10"]
