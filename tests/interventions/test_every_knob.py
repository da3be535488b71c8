"""Check that every name that `Words` offers can be pulled in a run, and that a run survives the loss of each kind."""

from __future__ import annotations

import numpy as np
import pytest
from treated_livers import BUSY, liver, number, scenario

import livermet_sim as lm
from livermet_sim.interventions.levers import ALL, LIVER, RULE, Words
from livermet_sim.scenario.load import load

PLAIN = load("strip", BUSY)
WORDS = Words(PLAIN.kinds, PLAIN.fields, PLAIN.rules.rules)
KINDS = [kind.name for kind in PLAIN.kinds]


@pytest.mark.parametrize("target", [*KINDS, ALL, LIVER, RULE])
def test_every_lever_of_a_target_can_be_pulled(target):
    names = WORDS.of(target)
    assert len(names) > 10
    assert {"engulf", "secrete.vegf", "sense.tnf", "sense.systemic.oestrogen"} & set(names) or target in (
        LIVER,
        RULE,
    )
    # what cells sense only the lack of is refused: see mistakes.txt
    lacked = {f"sense.systemic.{level}" for level in ("igf1", "platelets", "oestrogen", "treg")}
    felt = [name for name in names if name not in lacked]
    engine = liver(*[lm.block(target, name, factor=0.5) for name in felt], hours=3.0)
    assert np.isfinite(engine.world.rates[: engine.world.cells.n]).all()
    assert engine.world.clock.hours == 3.0


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_survives_the_loss_of_a_kind_and_its_return(kind):
    engine = liver(
        lm.deplete(kind, at="6 h", until="30 h", recovery="1 day"), hours=30.0, seeding__enrichment=300.0
    )
    assert number(engine, kind) <= 1  # one may have come in the last step
    engine.run(42.0)
    assert np.isfinite(engine.world.sites.real).all() and engine.measures()["founders_entered"] > 20
    if kind in ("kupffer", "stellate"):
        assert number(engine, kind) > 0


@pytest.mark.parametrize("field", PLAIN.fields)
def test_a_run_survives_the_loss_of_a_signal(field):
    engine = liver(lm.knock_out(ALL, f"secrete.{field}"), hours=24.0, seeding__enrichment=300.0)
    assert engine.world.fields[field].max() == 0.0 and engine.world.totals["entered"] > 20


def test_a_blocked_receptor_shows_in_why_a_cell_acts():
    from livermet_sim.rulebook.explain import explain_cell

    called = lm.add_signal("cxcl", 5.0)
    plain, blocked = liver(called, hours=3.0), liver(called, lm.block(ALL, "sense.cxcl"), hours=3.0)
    named = []
    for engine in (plain, blocked):
        reasons = explain_cell(engine.compiled, engine.world, int(engine.world.rows("lsec")[0]))
        recruit = next(r for r in reasons if r.behaviour == "recruit.neutrophil")
        named.append({term.signal for term in recruit.terms})
    assert "cxcl" in named[0] and "cxcl" not in named[1]


def test_a_kind_of_ones_own_can_be_treated():
    own = scenario(cells__gamma__like="nk", cells__gamma__density=9000.0)
    own = own.with_(interventions=[lm.deplete("gamma")])
    from livermet_sim.engine import Engine

    engine = Engine(own, 1)
    assert number(engine, "gamma") == 0
    assert number(Engine(own.with_(interventions=[]), 1), "gamma") > 0


def test_the_list_of_interventions_names_every_action_drug_and_condition():
    from livermet_sim.interventions import library
    from livermet_sim.interventions.intervention import ACTIONS
    from livermet_sim.scenario.tables import interventions

    words = interventions()
    for name in (*ACTIONS, ALL, LIVER, RULE, *library.entries("dose"), *library.entries("condition")):
        assert f"\n{name} " in words
    assert all(key in words for action in ACTIONS.values() for key in action.keys_known())
