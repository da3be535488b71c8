"""A rule that is switched off costs nothing and is not lost; one of your own takes six lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_worlds import load

import livermet_sim as lm
from livermet_sim.base.errors import LivermetError
from livermet_sim.cells.columns import cell_columns
from livermet_sim.engine import base_values
from livermet_sim.rulebook.book import RuleBook, library_records
from livermet_sim.rulebook.compile import compile_rules

BOOK = load()
IDS = sorted(BOOK.rules)
BASES = BOOK.words.base_values()
STRIP = lm.load("strip")
COLUMNS = cell_columns(STRIP.kinds)


def compiled(book):
    return compile_rules(book, BASES, COLUMNS)


def without(book, gone):
    return RuleBook({id: rule for id, rule in book.rules.items() if id not in gone}, book.words)


def numbers(found):
    """Return all that the kernels are given by some rules."""
    touch = [getattr(found.touch, name) for name in ("lines",)]
    return [found.workspace, *found.arrays, *touch]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(IDS), max_size=len(IDS)))
def test_rules_that_are_off_leave_no_evaluation_and_no_column(gone):
    """The kernels get the same arrays as if those rules had never been written."""
    off = load(
        {id: {"enabled": False} for id in gone if id not in {i.split(".")[0] for i in IDS if "." in i}}
    )
    gone = {rule.id for rule in off if not rule.enabled}
    switched, absent = compiled(off), compiled(without(BOOK, gone))
    assert all(np.array_equal(a, b) for a, b in zip(numbers(switched), numbers(absent), strict=True))
    assert switched.senses == absent.senses and switched.responses == absent.responses
    assert len(switched.gain) == len(switched.acting) == len(BOOK) - len(gone)


def test_with_every_rule_off_nothing_is_sensed():
    none = compiled(without(BOOK, IDS))
    assert not none.responses and not any(none.senses.values()) and len(none.gain) == 0
    off = lm.load("strip", {f"rules.{id}.enabled": False for id in IDS})
    assert not compile_rules(off.rules, base_values(off), COLUMNS).acting


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(IDS), st.booleans(), max_size=12))
def test_switching_rules_never_loses_one(switches):
    """Off and on again is the same book, in the library's order; a file of it keeps rules that are off."""
    changed = STRIP.with_({f"rules.{id}.enabled": on for id, on in switches.items()})
    assert list(changed.rules.rules) == list(STRIP.rules.rules)
    assert all(
        changed.rules[id].enabled is on
        for id, on in switches.items()
        if not any(o.startswith(f"{id}.") for o in IDS)
    )
    back = changed.with_({f"rules.{id}.enabled": True for id in IDS})
    assert back.rules.to_dict() == STRIP.rules.to_dict()


def test_a_rule_that_is_off_is_kept_in_the_file_of_a_run(tmp_path):
    off = lm.load("strip", {"rules.MV12.enabled": False, "rules.MV6.enabled": False})
    (tmp_path / "kept.toml").write_text(off.to_toml(), encoding="utf-8")
    again = lm.load(tmp_path / "kept.toml")
    assert again.rules.to_dict() == off.rules.to_dict() and len(again.rules) == len(library_records())
    assert again.with_({f"rules.{id}.enabled": True for id in ("MV12", "MV6")}).rules == STRIP.rules


SIX = """\
[rules.my_rule]
actor = "tumour"
signal = "oxygen"
behaviour = "crawl"
maximum = "{maximum}"
half_max = "20 mmHg"
"""


@pytest.mark.parametrize(
    ("maximum", "direction"),
    [("0 um/min", "decreases"), ("x3", "increases"), ("x0.5", "decreases"), ("1 um/min", "increases")],
)
def test_a_rule_takes_six_lines(tmp_path, maximum, direction):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "strip"\n' + SIX.format(maximum=maximum), encoding="utf-8")
    assert len(SIX.splitlines()) == 6
    scenario = lm.load(path)
    rule = scenario.rules["my_rule"]
    assert (rule.direction, rule.source, rule.enabled) == (direction, "assumed", True)
    model = lm.LiverModel(scenario, seed=1)
    model.step()
    assert rule in model.engine.compiled.acting
    assert lm.load(path).rules["my_rule"] == rule


def test_the_base_of_the_scenario_says_the_direction(tmp_path):
    text = 'extends = "strip"\n[cells.tumour]\ncrawl = {base}\n' + SIX.format(maximum="1 um/min")
    for base, direction in ((0.5, "increases"), (2.0, "decreases")):
        (tmp_path / "mine.toml").write_text(text.format(base=base), encoding="utf-8")
        assert lm.load(tmp_path / "mine.toml").rules["my_rule"].direction == direction
    (tmp_path / "mine.toml").write_text(text.format(base=1.0), encoding="utf-8")
    with pytest.raises(
        LivermetError,
        match=r"mine\.toml, line \d+, rules\.my_rule: its maximum 1 is the base of crawl, so it must say",
    ):
        lm.load(tmp_path / "mine.toml")
