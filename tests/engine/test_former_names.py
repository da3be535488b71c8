"""A name that is no more is refused with the names that took its place, which are there."""

from __future__ import annotations

import re

import pytest

from livermet_sim.base.errors import LivermetError
from livermet_sim.cells.registry import KINDS
from livermet_sim.interventions.levers import FORMER, LIVER_LEVERS
from livermet_sim.rulebook.book import former_rules, library_records
from livermet_sim.scenario.load import load
from livermet_sim.scenario.sections import SECTIONS

GONE = [(section.name, name, text) for section in SECTIONS for name, text in section.former.items()]
GONE += [(f"cells.{kind.name}", name, text) for kind in KINDS for name, text in kind.former.items()]
BEHAVIOURS = [("tumour", "detach"), ("lsec", "capture")]
NAMED = re.compile(r"\b(?:oxygen|flow|cells\.\w+)\.\w+")


@pytest.mark.parametrize(("section", "name", "text"), GONE)
def test_a_former_parameter_is_answered_with_what_to_set(section, name, text):
    with pytest.raises(LivermetError) as caught:
        load("strip", {f"{section}.{name}": 1.0})
    assert caught.value.sentence == f"override {section}.{name}: there is no such parameter any more; {text}"
    assert name not in load("strip").values[section]
    named = NAMED.findall(text)
    assert named and all(load("strip").value(each) is not None for each in named)


def test_the_parameters_of_imposed_zonation_and_of_arrest_by_chance_are_among_them():
    names = {f"{section}.{name}" for section, name, _ in GONE}
    assert {"cells.tumour.arrest_mechanical", "cells.tumour.detach", "cells.lsec.capture"} <= names
    assert {"oxygen.periportal", "oxygen.uptake_pericentral", "oxygen.exchange", "flow.viscosity"} <= names


@pytest.mark.parametrize("lever", FORMER)
def test_a_former_lever_is_answered_with_what_to_pull(lever):
    own = {"action": "block", "target": "liver", "behaviour": lever}
    with pytest.raises(LivermetError, match=f'there is no "{lever}" any more; ') as caught:
        load("strip").with_(interventions=[own])
    assert lever not in LIVER_LEVERS
    assert set(NAMED.findall(FORMER[lever])) <= set(LIVER_LEVERS) and "inflow" in caught.value.sentence


@pytest.mark.parametrize(("kind", "behaviour"), BEHAVIOURS)
def test_a_former_behaviour_is_answered_in_rules_and_interventions_too(kind, behaviour):
    rule = {
        "actor": kind,
        "signal": "oxygen",
        "direction": "increases",
        "behaviour": behaviour,
        "maximum": 1.0,
    }
    own = {"action": "block", "target": kind, "behaviour": behaviour}
    for changes in ({"rules.mine": rule | {"half_max": 1.0}}, {"interventions": [own]}):
        with pytest.raises(LivermetError, match=f'there is no "{behaviour}" any more; .*set cells'):
            load("strip", changes)


@pytest.mark.parametrize("id", sorted(former_rules()))
def test_a_former_rule_is_answered_with_what_stands_in_its_place(id):
    with pytest.raises(LivermetError, match=r"there is no such rule any more; \w+"):
        load("strip", {f"rules.{id}.enabled": False})
    assert id not in library_records()
