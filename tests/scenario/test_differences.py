"""`livermet diff` says in words in what two scenarios differ, and only that."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.scenario.differences import differences


def said(change=None, **keys):
    strip = lm.load("strip")
    return differences(strip, strip.with_(change, **keys))


def test_a_scenario_does_not_differ_from_itself():
    assert said() == [] and said({"name": "other"}) == []


@pytest.mark.parametrize(("change", "sentence"), [
    ({"cells.kupffer.density": "9000 /mm3"}, "cells.kupffer.density is 9000 /mm3 instead of 18000 /mm3 (x0.5)"),
    ({"rules.MV12.half_max": 9}, "of the rule MV12 the half-maximum is 9 relative units instead of 0.5 relative units (x18): TNF raises"),
    ({"rules.MV12.maximum": 1}, "of the rule MV12 the maximum is 1 /h instead of 0.5 /h (x2): TNF raises"),
    ({"rules.MV12.where": ["lumen"]}, "of the rule MV12 the place is lumen instead of lumen and tissue: In the vessel lumen"),
    ({"rules.MV6.tnf.enabled": False}, "the rule MV6.tnf is switched off"),
    ({"rules.MV12.says": "So."}, "the rule MV12 has other words or sources (says)"),
    ({"observe.events": False}, "observe.events is off instead of on"),
])  # fmt: skip
def test_each_change_is_one_sentence(change, sentence):
    found = said(change)
    assert len(found) == 1 and found[0].startswith(sentence), found


def test_what_is_added_is_named():
    rule = {
        "actor": "tumour",
        "signal": "oxygen",
        "direction": "decreases",
        "behaviour": "crawl",
        "maximum": "0 um/min",
        "half_max": "20 mmHg",
    }
    found = said(
        {"rules.mine": rule, "cells.scout": {"like": "nk"}}, interventions=[lm.deplete("kupffer", at="1 day")]
    )
    assert "the kind of cell scout is new" in found
    assert any(
        text.startswith("the rule mine is new: Oxygen lowers the crawling speed of tumour cells")
        for text in found
    )
    assert "done besides: take away 100 % of kupffer cells, from day 1 on" in found


def test_what_is_done_is_said_as_a_reader_would_and_never_as_a_table():
    strip, fibrosis = (
        lm.load("strip"),
        lm.load("strip").with_(interventions=[lm.condition("sepsis", at="2 day")]),
    )
    assert differences(strip, fibrosis) == ["done besides: sepsis liver (100 %), from day 2 on"]
    assert differences(fibrosis, strip) == ["no more: sepsis liver (100 %), from day 2 on"]
    once, again = (
        strip.with_(interventions=[{"action": "deplete", "target": "nk", "recovery": days}])
        for days in (0, "5 day")
    )
    (sentence,) = differences(once, again)
    assert sentence.startswith("done otherwise: take away 100 % of nk cells") and sentence.endswith(
        "recovery is 5.0 instead of 0.0"
    )
    given = strip.with_(interventions=[{"action": "dose", "drug": "anti_vegf", "start": "1 day"}])
    assert differences(strip, given) == ["done besides: give anti vegf (100 % of a dose) on day 1"]


def test_another_line_is_said_with_its_traits():
    found = said(line="b16f1")
    assert found[0] == "the tumour line is b16f1 instead of mc38" or found[0].startswith(
        "the tumour line is b16f1 instead of"
    )
    assert all(text.startswith("cells.tumour.") for text in found[1:]) and len(found) > 3


def test_both_ways_say_as_much():
    a, b = lm.load("strip"), lm.load("lobule")
    assert len(differences(a, b)) == len(differences(b, a)) > 0


def test_the_command():
    same = CliRunner().invoke(cli.app, ["diff", "strip", "strip"])
    assert same.exit_code == 0 and "strip is strip" in same.output
    other = CliRunner().invoke(cli.app, ["diff", "baseline", "anti_vegf"])
    assert other.exit_code == 0 and "done besides: give anti vegf (100 % of a dose) on day" in other.output
    changed = CliRunner().invoke(cli.app, ["diff", "strip", "strip", "--set", "run.days=3"])
    assert changed.exit_code == 0 and "strip differs from strip in 1 thing" in changed.output
