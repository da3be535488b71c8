"""Read, merge, refuse and explain rules."""

from __future__ import annotations

import re

import pytest
from rule_worlds import COMMON, compiled, load, make_world

from livermet_sim.base.errors import RuleError
from livermet_sim.rulebook.compile import compile_rules
from livermet_sim.rulebook.explain import explain, explain_cell, senses
from livermet_sim.rulebook.signals import signals

FULL = {"actor": "tumour", "behaviour": "divide", "maximum": "x2", **COMMON}

MISTAKES = [
    ({"behavior": "divide"}, 'rules.mine.behavior: a rule has no such key; did you mean "behaviour"?'),
    ({"actor": "kupfer"}, 'rules.mine.actor: "kupfer" is not a cell kind; did you mean "kupffer"?'),
    ({"signal": "vegff"}, 'rules.mine.signal: "vegff" is not a signal; did you mean "vegf"?'),
    ({"direction": "increase"}, 'rules.mine.direction: "increase" is not a direction; did you mean "increases"?'),
    ({"behaviour": "divde"}, 'rules.mine.behaviour: "divde" is not a behaviour of tumour cells; did you mean "divide"?'),
    ({"maximum": "x"}, 'rules.mine.maximum: "x" is not a fold; write for example "x5"'),
    ({"maximum": "0.1 um"}, 'rules.mine.maximum: "0.1 um" is a length; a rate is needed, for example "1 /h"'),
    ({"half_max": "1 h"}, 'rules.mine.half_max: "1 h" is a time; a plain number is needed, for example "1 relative"'),
    ({"half_max": 0}, "rules.mine.half_max: 0 is impossible; it must be above 0"),
    ({"power": -1}, "rules.mine.power: -1 is impossible; it must be above 0"),
    ({"power": 200}, "rules.mine.power: 200 is impossible; it must be from 0.1 to 100"),
    ({"half_max": float("inf")}, "rules.mine.half_max: inf is not a finite number"),
    ({"where": "blood"}, 'rules.mine.where: "blood" is not one of its values; valid: lumen, tissue'),
    ({"where": []}, "rules.mine.where: [] is not a list of names; valid: lumen, tissue"),
    ({"grade": "sure"}, 'rules.mine.grade: "sure" is not a grade; valid: assumed, derived, fitted, found, recalled'),
    ({"enabled": "no"}, "rules.mine.enabled: 'no' is not true or false"),
    ({"says": 3}, "rules.mine.says: 3 is not a text"),
    ({"response": "step"}, 'rules.mine.response: "step" is not a response that is registered; valid: hill'),
    ({"phases": ["growth"]}, "rules.mine.phases: a rule has no such key; valid: actor, behaviour, direction, enabled, grade, half_max, maximum, power, response, says, signal, source, ..."),
]  # fmt: skip

CONTRADICTIONS = [
    ({"maximum": "0.01 /h"}, 'rules.mine.maximum: the rule says "increases", but its maximum 0.01 /h is below the base 0.0264 /h of divide of tumour cells'),
    ({"maximum": "x3", "direction": "decreases"}, 'rules.mine.maximum: the rule says "decreases", but its maximum 0.0792 /h is above the base 0.0264 /h of divide of tumour cells'),
    ({"behaviour": "die.necrosis"}, 'rules.mine.maximum: x2 is a fold, but the base of die.necrosis of tumour cells is 0; write a quantity such as "0.1 /h"'),
    ({"maximum": "50 /h"}, "rules.mine.maximum: 50 /h is impossible for divide of tumour cells; it must be from 0 to 1"),
    ({"signal": "contact.monocyte"}, "rules.mine: rule PA15 already says that contact.monocyte increases divide of tumour cells there"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), MISTAKES)
def test_a_mistake_is_a_sentence(change, sentence):
    with pytest.raises(RuleError, match=f"^{re.escape(sentence)}$"):
        load({"mine": {**FULL, **change}})


@pytest.mark.parametrize(("change", "sentence"), CONTRADICTIONS)
def test_a_contradiction_is_a_sentence(change, sentence):
    with pytest.raises(RuleError, match=f"^{re.escape(sentence)}$"):
        compiled(load({"mine": {**FULL, **change}}))


def test_missing_key():
    with pytest.raises(RuleError, match=r'^rules.mine: the rule lacks "maximum"; a rule needs actor, signal'):
        load({"mine": {k: v for k, v in FULL.items() if k != "maximum"}})


def test_unknown_id():
    with pytest.raises(
        RuleError, match=r'^rules.MV122: there is no such rule, and this .*; did you mean "MV12"\?$'
    ):
        load({"MV122": {"enabled": False}})
    with pytest.raises(RuleError, match=r"^rules.MV12: False is not a rule; a rule is a table of keys$"):
        load({"MV12": False})
    with pytest.raises(RuleError, match=r"^rules.MV6: it has variants; change one of MV6.tnf, MV6.il1$"):
        load({"MV6": {"half_max": 3}})
    with pytest.raises(RuleError, match=r"^rules.MV6: it has variants; name one of MV6.tnf, MV6.il1$"):
        load()["MV6"]
    with pytest.raises(RuleError, match=r'^rules.MW12: there is no such rule; did you mean "MV12"'):
        load()["MW12"]


def test_changes_are_merged():
    book = load({"MV12": {"enabled": False}, "MV13": {"half_max": 5}, "mine": FULL})
    assert not book["MV12"].enabled and book["MV13"].half_max == 5.0
    assert book["mine"].target(0.0264) == pytest.approx(0.0528)
    assert "MV12" not in {rule.id for rule in book.enabled()}


@pytest.mark.parametrize("change", ({"MV6": {"tnf": {"power": 3}}}, {"MV6.tnf": {"power": 3}}))
def test_a_variant_is_named_with_a_dot_or_by_a_table(change):
    assert load(change)["MV6.tnf"].power == 3.0


def test_a_mechanism_switches_its_variants_but_a_variant_has_the_last_word():
    book = load({"MV6": {"enabled": False}, "MV13": {"enabled": False, "crawl": {"enabled": True}}})
    assert [r.enabled for r in book.find("MV6")] == [False, False]
    assert not book["MV13"].enabled and book["MV13.crawl"].enabled


def test_a_resolved_book_reads_back_equal():
    book = load({"MV12": {"enabled": False}, "mine": {**FULL, "where": "lumen"}})
    assert load(book.to_dict(), library=False) == book
    assert load(book.to_dict()) == book


def test_a_base_set_to_zero_silences_folds_without_complaint():
    book = load()
    values = book.words.base_values()
    values["tumour"]["divide"] = values["kupffer"]["engulf"] = values["tumour"]["wake"] = 0.0
    rules = compile_rules(load(), values, _columns())
    assert next(r for r in rules.responses if r.behaviour == "wake").ceiling == 0.0


def test_masks():
    rule = {**FULL, "half_max": 1e-3, "maximum": "x4", "behaviour": "sleep"}
    book = load({"mine": {**rule, "where": "lumen"}}, library=True)
    rules = compiled(book)
    world = make_world(book, rules, 10)
    world.fields.concentration[:, book.words.fields.index("vegf")] = 1e6
    for row in range(10):
        world.cells["layer"][row] = row // 5
    rules.evaluate(world)
    moved = world.rates[:10, rules.column("sleep")] > 0.003
    assert moved.tolist() == [row < 5 for row in range(10)]


def test_explain_a_rule():
    book = load({"MV13": {"where": "lumen"}})
    text = explain(book["MV13"], 0.2, book.words)
    assert " ".join(text.splitlines()[1:4]).replace("   ", " ") == (
        "In the vessel lumen, the load of engulfed tumour cells lowers the rate at which Kupffer cells engulf tumour cells "
        "in contact, from 0.2 towards 0.01 /h, with half of the effect at 3 cells (Hill power 2)."
    )
    assert "MacPhee 1992 PMID 1636711; numbers assumed." in text and text.startswith("MV13\n")
    off = load({"mine": {**FULL, "where": "tissue", "enabled": False}})
    text = explain(off["mine"], 0.0264, off.words)
    assert text.startswith(
        "mine (switched off)\nIn the tissue, VEGF raises the division rate of cycling tumour cells,"
    )
    assert "from 0.0264 towards" in text.replace("\n  ", " ")


def test_explain_a_cell():
    book = load()
    rules = compiled(book)
    world = make_world(book, rules, 2)
    world.cells["kind"][1] = book.words.kinds.index("kupffer")
    world.cells["load"][1] = 3.0
    reasons = {reason.behaviour: reason for reason in explain_cell(rules, world, 1)}
    engulf = reasons["engulf"]
    assert [(t.rule, t.signal, t.value, t.strength) for t in engulf.terms] == [("MV13", "load", 3.0, 1.0)]
    assert engulf.base == 0.038 and engulf.value == pytest.approx(0.01995)
    assert reasons["digest"].terms == () and reasons["digest"].value == 0.08
    assert senses(rules, world, 1)["load"] == 3.0 and "capture" not in reasons


def test_signal_catalogue():
    found = signals(["vegf", "oxygen"], ["igf1"], ["tumour", "lsec"])
    wanted = (
        "vegf", "vegf.gradient", "site.oxygen", "shear", "load", "systemic.igf1", "lack.systemic.igf1", "hypoxia",
        "contact.tumour", "contact.activated.lsec", "lack.contact.lsec", "contact.hepatocyte", "contact.net",
    )  # fmt: skip
    assert set(wanted) <= set(found) and all(s.name == name and s.doc for name, s in found.items())


def _columns():
    from livermet_sim.cells.columns import CELL_COLUMNS

    return CELL_COLUMNS
