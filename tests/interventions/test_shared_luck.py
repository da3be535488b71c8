"""Check for every action that a treated liver is the untreated one until its window opens, and no longer after."""

from __future__ import annotations

import pytest
from treated_livers import liver, scenario, to

import livermet_sim as lm
from livermet_sim.engine import Engine

DAY = 0.25
MANY = {"seeding__enrichment": 600.0, "cells__nk__density": 20000.0}
ACTIONS = {
    "deplete": lm.deplete("kupffer", at=f"{DAY} day"),
    "deplete_and_recover": lm.deplete("nk", at=f"{DAY} day", until="0.5 day", recovery="1 day"),
    "block_behaviour": lm.block("tumour", "divide", at=f"{DAY} day"),
    "block_secretion": lm.block("all", "secrete.no", at=f"{DAY} day"),
    "block_receptor": lm.block("all", "sense.contact.tumour", at=f"{DAY} day"),
    "block_rule": lm.block("rule", "MV5", at=f"{DAY} day"),
    "block_recruitment": lm.block("nk", "recruit", at=f"{DAY} day"),
    "block_inflow": lm.block("liver", "inflow", at=f"{DAY} day"),
    "block_level": lm.block("liver", "systemic.igf1", at=f"{DAY} day"),
    "boost": lm.boost("stellate", "activate", at=f"{DAY} day", factor=5),
    "boost_oxygen": lm.boost("liver", "oxygen.capacity", at=f"{DAY} day", factor=1.5),
    "add_cells": lm.add_cells("nk", 5, at=f"{DAY} day"),
    "add_signal": lm.add_signal("tnf", 1.0, at=f"{DAY} day"),
    "add_level": lm.add_signal("systemic.inflammation", 2.0, at=f"{DAY} day"),
    "add_matrix": lm.add_matrix("collagen", 0.4, at=f"{DAY} day"),
    "set_state": lm.set_state("lsec", "activation", 1.0, at=f"{DAY} day"),
    "dose": lm.dose("anti_vegf", at=f"{DAY} day"),
    "dose_that_kills": lm.dose("cytotoxic", at=f"{DAY} day", amount=50),
    "condition": lm.condition("fibrosis", at=f"{DAY} day"),
}


@pytest.fixture(scope="module")
def untreated() -> tuple[str, str]:
    """Return the digests of the untreated liver when the window opens, and a day later."""
    engine = liver(hours=24.0 * DAY, **MANY)
    before = engine.digest()
    return before, to(engine, 24.0 * DAY + 24.0).digest()


@pytest.mark.parametrize("action", ACTIONS)
def test_a_liver_is_the_untreated_one_until_the_window_opens(action, untreated):
    engine = liver(ACTIONS[action], hours=24.0 * DAY, **MANY)
    assert engine.digest() == untreated[0]
    assert to(engine, 24.0 * DAY + 24.0).digest() != untreated[1]


@pytest.mark.parametrize(
    "nothing",
    [
        lm.block("all", "secrete.vegf", factor=1.0), lm.block("all", "sense.cxcl", factor=1.0),
        lm.deplete("kupffer", efficacy=0.0), lm.dose("cytotoxic", amount=0.0), lm.set_state("nk", "activation", share=0.0),
        lm.block("liver", "inflow", factor=1.0), lm.add_signal("systemic.il6", amount=0.0),
    ],
)  # fmt: skip
def test_an_intervention_that_does_nothing_changes_no_bit(nothing, untreated):
    assert liver(nothing, hours=24.0 * DAY, **MANY).digest() == untreated[0]


def test_time_before_the_tumour_cells_changes_only_the_resting_liver():
    plain, early = liver(hours=12.0), Engine(scenario(run__before=2.0), 1)
    assert early.world.clock.hours == -48.0
    assert early.remaining == 48.0 + 6 * 24.0
    to(early, 0.0)
    assert early.world.totals.get("entered", 0) == 0
    to(early, 12.0)
    for engine in (plain, early):
        log = engine.world.log.array()
        assert (log[:, 0] >= 0).all()
    entries = [engine.world.log.array()[:, [0, 1, 3, 4]] for engine in (plain, early)]
    entered = [{tuple(row) for row in log[log[:, 1] == 0].tolist()} for log in entries]
    assert entered[0] == entered[1] and len(entered[0]) > 20


def test_a_run_begins_with_its_earliest_intervention_and_records_negative_hours():
    engine = liver(lm.deplete("kupffer", at="-30 h", until="-12 h", recovery="0 day"), observe__interval=4.0)
    assert engine.world.clock.hours == -48.0
    engine.run(engine.remaining)
    assert engine.world.clock.hours == 6 * 24.0
    table = engine.result().timeseries
    assert table["time_h"].iloc[0] == -44.0 and table["time_h"].iloc[-1] == 144.0
    kupffer = table.set_index("time_h")["n_kupffer"]
    assert kupffer[-32.0] > 0 and kupffer[-24.0] == 0 and kupffer[144.0] == 0
    assert (table.loc[table["time_h"] <= 0, "n_tumour"] == 0).all() and table["n_tumour"].max() > 0
    events = engine.result().events
    assert events["time_h"].min() > 0


def test_livers_with_time_before_share_all_until_the_window_opens():
    control, treated = scenario(run__before=1.0), scenario(lm.condition("sepsis", at="-12 h"))
    a, b = Engine(control, 3), Engine(treated, 3)
    for engine in (a, b):
        to(engine, -12.0)
    assert a.digest() == b.digest()
    for engine in (a, b):
        to(engine, 6.0)
    assert a.digest() != b.digest()


def test_a_mesa_model_runs_from_before_to_the_end_of_its_days():
    model = lm.LiverModel(scenario(lm.deplete("nk", at="-1 day"), run__days=1), seed=2)
    assert model.day == -1.0 and model.running
    model.run("1 day")
    assert model.day == 0.0 and not len(model.agents_by_type[lm.Tumour])
    result = model.run()
    assert model.day == 1.0 and not model.running and result.days == 1.0
    assert not len(model.agents_by_type[lm.NK]) and "24 h" in result.summary()
