"""Show that listening changes no run, and that every rule speaks somewhere or the library says why it does not."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

import livermet_sim as lm
from livermet_sim.cli import app
from livermet_sim.engine import Engine
from livermet_sim.rulebook.book import library_records, reasons_for_silence
from livermet_sim.rulebook.reach import Reach
from livermet_sim.scenario.load import load
from livermet_sim.validation import reach


def test_listening_leaves_the_run_as_it_is():
    scenario = load("strip", {"run.days": 1})
    heard, unheard = Engine(scenario, 3), Engine(scenario, 3)
    reach.listen(heard, every=0.25)
    unheard.run()
    assert heard.digest() == unheard.digest()


def test_reach_is_a_table_of_every_rule_that_acts():
    scenario = load("strip", {"rules.MV12.enabled": False})
    table = lm.reach(scenario, days=0.5, seed=2)
    assert set(table["rule"]) == {rule.id for rule in scenario.rules.enabled()}
    assert (table["p5"].dropna() <= table["p95"].dropna()).all() and (
        table["speaks"] + table["full"] <= 1
    ).all()
    assert (table["silent"] == (table["cause"] != "")).all()
    crowd = table.set_index("rule").loc["MV14"]  # zones differ, so this rule speaks in any liver
    assert 0 < crowd["speaks"] < 1 and crowd["evaluations"] > 0 and not crowd["silent"]


def test_ten_situations_can_be_built():
    given = reach.situations()
    assert len(given) == 10 and len({scenario.digest for scenario in given.values()}) == 10
    assert {scenario.value("tissue.kind") for scenario in given.values()} == {"lobule"}
    assert all(10 <= scenario.value("run.days") <= 20 for scenario in given.values())


def test_reasons_for_silence_are_of_rules_and_say_something():
    for id, why in reasons_for_silence().items():
        assert id in library_records() and why.endswith(".") and len(why.split()) >= 6, id


def test_nitric_oxide_of_a_resting_liver_hardly_kills():
    engine = Engine(load("lobule"), 1)
    level = engine.world.fields.concentration[:, engine.recipe.fields.index("no")]
    rule = engine.recipe.rules["MV9"]
    wall = engine.world.cells["site"][engine.world.cells["kind"] == engine.world.kinds.index("lsec")]
    x = (np.median(level[wall]) / rule.half_max) ** rule.power
    assert x / (1.0 + x) < 0.1


@pytest.mark.long
def test_no_rule_is_silent_in_all_situations_without_a_reason():
    total = Reach()
    for scenario in reach.situations().values():
        total.merge(reach.follow(scenario))
    assert reach.unexplained(total) == []
    assert not set(reasons_for_silence()) - set(total.silent()), "a reason for a rule that speaks"


def test_command_prints_the_reach_of_a_run():
    got = CliRunner().invoke(
        app, ["explain", "strip", "--reach", "--days", "0.25", "--set", "seeding.enrichment=20"]
    )
    assert got.exit_code == 0, got.output
    assert "half-max" in got.output and "MV12" in got.output and "Silent: " in got.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--situations"], "it goes with --reach"),
        (["--reach", "--situations", "strip"], "takes neither scenario nor changes"),
        (["--days", "3"], "they go with --reach"),
        (["--reach", "--rule", "MV12"], "leave out --rule"),
    ],
)
def test_options_that_do_not_go_together(words, said):
    with pytest.raises(lm.LivermetError, match=said):
        CliRunner().invoke(app, ["explain", *words], catch_exceptions=False)
