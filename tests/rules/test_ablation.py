"""What an ablation is called, what it changes in a scenario, and that it changes nothing else."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from livermet_sim.base.errors import LivermetError
from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.engine import Engine, base_values
from livermet_sim.rulebook import ablation, book
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.compile import compile_rules
from livermet_sim.scenario.load import load
from livermet_sim.sweep.factors import change_paths

BASE = load("strip")
MECHANISMS = ablation.every(BASE.rules, "mechanism", BASE.values)
RULES = ablation.every(BASE.rules, "rule", BASE.values)
ALL_RULES = {rule.id for rule in BASE.rules}


def without(word):
    return change_paths(BASE, {"ablate": word})


def off(scenario):
    return {rule.id for rule in scenario.rules if not rule.enabled}


def test_every_mechanism_and_every_rule_is_there_once():
    acting = {rule.id for rule in BASE.rules.enabled()}
    assert set(MECHANISMS) == {id.split(".")[0] for id in acting} | set(book.by_process())
    assert {word.removesuffix(" alone") for word in RULES} == acting | set(book.by_process())
    assert len(set(MECHANISMS)) == len(MECHANISMS) and len(set(RULES)) == len(RULES)


@pytest.mark.parametrize("word", MECHANISMS)
def test_a_mechanism_goes_with_all_its_rules_and_nothing_else(word):
    found = without(word)
    expected = {id for id in ALL_RULES if id == word or id.startswith(f"{word}.")}
    assert off(found) - off(BASE) == expected
    numbers = {
        f"{s}.{n}" for s, own in BASE.values.items() for n, v in own.items() if found.values[s][n] != v
    }
    assert numbers == set(book.by_process().get(word, {}).get("off", ()))


@pytest.mark.parametrize("word", RULES)
def test_a_rule_goes_alone(word):
    expected = set() if word in book.by_process() else {word.removesuffix(" alone")}
    assert off(without(word)) - off(BASE) == expected


@settings(max_examples=25, deadline=None)
@example(["MV3.catch", "MV3 alone"])
@example(["MV3 alone", "MV3.catch"])
@given(st.lists(st.sampled_from(RULES), min_size=2, max_size=4, unique=True))
def test_several_go_together(words):
    single = set().union(*(off(without(word)) for word in words))
    assert off(without(" + ".join(words))) == single
    assert without("nothing").digest == BASE.digest


@pytest.mark.parametrize("mode", ["invert", "saturate"])
def test_a_rule_is_turned_round_or_held_at_its_maximum(mode):
    done = 0
    for word in RULES:
        if word in book.by_process():
            continue
        id = word.removesuffix(" alone")
        try:
            new = without(ablation.with_mode(mode, word)).rules[id]
        except LivermetError as error:
            assert mode == "invert" and f"{id} cannot be inverted" in error.sentence
            continue
        old = BASE.rules[id]
        base = float(BASE.values[f"cells.{old.actor}"][old.behaviour])
        if mode == "saturate":
            assert new.half_max == 1e-9 and new.target(base) == old.target(base)
        else:
            assert new.direction != old.direction and new.half_max == old.half_max
            assert (new.target(base) - base) * (old.target(base) - base) <= 0
        done += 1
    assert done > 100


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("AN55", 'there is no rule or mechanism "AN55"; did you mean "AN5"'),
        ("MV6.tnff", 'did you mean "MV6.tnf"'),
        ("AN4", "AN4 is not in the model: "),
        ("invert MV1", "the process Pass carries out MV1, which can only be dropped"),
        ("AN5 + XX9", 'there is no rule or mechanism "XX9"'),
        ("MV6 alone", 'there is no rule or mechanism "MV6"'),
        ("", 'there is no rule or mechanism ""'),
    ],
)
def test_a_mistake_is_one_sentence(word, sentence):
    with pytest.raises(LivermetError) as caught:
        without(word)
    assert sentence in caught.value.sentence and "\n" not in caught.value.sentence


def test_what_is_off_already_is_said_and_not_among_all():
    scenario = load("strip", {"rules.MV12.enabled": False, "rules.MV1.enabled": False})
    assert not {"MV12", "MV1"} & set(ablation.every(scenario.rules, "mechanism", scenario.values))
    for id in ("MV12", "MV1"):
        with pytest.raises(LivermetError, match=f"{id} is switched off already"):
            change_paths(scenario, {"ablate": id})


def test_patterns_name_ids_families_and_phases():
    def chosen(*patterns, by="mechanism"):
        return ablation.chosen(patterns, BASE.rules, by, BASE.values)

    assert chosen() == MECHANISMS and chosen("AN5", "MV12") == ["MV12", "AN5"]
    assert chosen("AN*") == chosen("angiogenic") == [word for word in MECHANISMS if word.startswith("AN")]
    assert chosen("AN5", by="rule") == ["AN5 alone", "AN5.survive", "AN5.flow", "AN5.collapse"]
    assert chosen("MV6.tnf") == ["MV6.tnf"]
    with pytest.raises(LivermetError, match='no rule or mechanism "ZZ\\*"'):
        chosen("ZZ*")


def same_tables(off):
    """Say whether the library with some rules off compiles to the tables of the library without them."""
    rules, words = BASE.rules.rules, BASE.rules.words
    switched = {
        id: dataclasses.replace(rule, enabled=rule.enabled and id not in off) for id, rule in rules.items()
    }
    deleted = {id: rule for id, rule in switched.items() if rule.enabled}
    values = base_values(BASE)
    ours, theirs = (compile_rules(RuleBook(own, words), values, CELL_COLUMNS) for own in (switched, deleted))
    assert not {rule.id for rule in ours.acting} & set(off)
    assert ours.senses == theirs.senses and ours.responses == theirs.responses
    assert ours.touch.lines.tolist() == theirs.touch.lines.tolist() and ours.felt.places == theirs.felt.places
    assert all(
        a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(ours.arrays, theirs.arrays, strict=True)
    )
    return ours


def test_every_rule_that_is_off_costs_nothing():
    """What a kernel is given is as if the rule had never been written, so that it takes no time and no luck of others."""
    acting = [rule.id for rule in BASE.rules.enabled()]
    full = same_tables(())
    for id in acting:
        assert len(same_tables({id}).arrays[-1]) == len(full.arrays[-1]) - 1 == len(acting) - 1


@settings(max_examples=20, deadline=None)
@given(st.sets(st.sampled_from(sorted(ALL_RULES))))
def test_any_rules_that_are_off_cost_nothing_together(off):
    same_tables(off)


def test_a_new_rule_that_is_off_changes_no_bit():
    own = {"actor": "tumour", "signal": "oxygen", "direction": "increases", "behaviour": "divide", "maximum": "x2",
           "half_max": "5 mmHg"}  # fmt: skip
    digests = []
    for rules in ({}, {"mine": own | {"enabled": False}}, {"mine": own}):
        engine = Engine(
            load(
                "strip", {"rules": rules, "seeding.enrichment": 40} if rules else {"seeding.enrichment": 40}
            ),
            3,
        )
        engine.run(24.0)
        digests.append(engine.digest())
    assert digests[0] == digests[1] != digests[2]
