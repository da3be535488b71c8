"""Two rules exchange what they listen to: what goes over, what stays, and where an exchange would say nothing."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.base.errors import LivermetError
from livermet_sim.engine import Engine
from livermet_sim.kernels import response
from livermet_sim.rulebook import ablation
from livermet_sim.rulebook.swap import ANSWER, CARRIED
from livermet_sim.scenario.load import load
from livermet_sim.sweep.factors import change_paths

BASE = load("strip")
IDS = [rule.id for rule in BASE.rules.enabled()]


def swapped(first: str, second: str, scenario=BASE):
    return change_paths(scenario, {"ablate": f"swap {first} with {second}"})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(IDS), min_size=2, max_size=2, unique=True))
def test_each_takes_over_what_the_other_listens_to_and_nothing_else_changes(ids):
    before = [BASE.rules[id] for id in ids]
    try:
        found = swapped(*ids)
    except LivermetError as error:
        same = all(getattr(before[0], name) == getattr(before[1], name) for name in CARRIED)
        alike = all(getattr(before[0], name) == getattr(before[1], name) for name in ANSWER)
        own = before[0].actor != before[1].actor and response.OWN in (
            BASE.rules.words.signals[rule.signal].code for rule in before
        )
        assert (same or alike or own) and f"{ids[0]} and {ids[1]} cannot be swapped" in error.sentence
        return
    for rule, other in (before, before[::-1]):
        taken = {name: getattr(other, name) for name in CARRIED}
        assert found.rules[rule.id] == dataclasses.replace(rule, **taken)
    assert [r for r in found.rules if r.id not in ids] == [r for r in BASE.rules if r.id not in ids]
    assert list(swapped(*ids, scenario=found).rules) == list(BASE.rules)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("swap MV9 with MV9", "MV9 and MV9 cannot be swapped: a rule needs another"),
        (
            "swap MV9 with MV13",
            "load is a state of the kupffer cell itself, and MV9 is a rule of tumour cells",
        ),
        (
            "swap PA6 with PA7",
            "both increase wake of tumour cells up to one maximum, so that nothing would change",
        ),
        ("swap MV9", '"swap MV9" does not name two rules; write "swap MV9 with MV12"'),
        ("swap MV9 with MV6", "MV6 has "),
        ("swap MV9 with MV1", "a process carries out MV1, which can only be dropped"),
        ("swap MV9 with MV122", 'there is no rule or mechanism "MV122"; did you mean "MV22"'),
    ],
)
def test_where_an_exchange_says_nothing_one_sentence_says_why(word, sentence):
    with pytest.raises(LivermetError) as caught:
        change_paths(BASE, {"ablate": word})
    assert sentence in caught.value.sentence and "\n" not in caught.value.sentence


def test_a_rule_that_is_off_cannot_be_swapped():
    with pytest.raises(LivermetError, match="MV12 is switched off already"):
        swapped("MV9", "MV12", load("strip", {"rules.MV12.enabled": False}))


def test_a_swap_is_called_by_both_and_changes_a_run():
    word = ablation.with_mode("swap", "MV9 + MV24")
    assert word == "swap MV9 with MV24" and ablation.phase(word) == "microvascular"
    assert ablation.title(word) == f"{ablation.title('MV9')}; {ablation.title('MV24')}"
    digests = set()
    busy = load("strip", {"seeding.enrichment": 100})
    for scenario in (busy, swapped("MV9", "MV24", busy)):
        engine = Engine(scenario, 1)
        engine.run(6.0)
        digests.add(engine.digest())
    assert len(digests) == 2
