"""Check of all readouts that what is not known yet is missing, and that what is known stays so when the run goes on."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.engine import Engine
from livermet_sim.observe import known
from livermet_sim.observe.funnel import STEPS
from livermet_sim.observe.known import Moment
from livermet_sim.observe.readouts.readout import FOUNDER, REGISTRY, RUN, Readout
from livermet_sim.scenario.load import load
from livermet_sim.sweep.chunk import Run
from livermet_sim.sweep.comparison import compare
from livermet_sim.sweep.runs import one
from livermet_sim.validation.measure import FIGURES

BUSY = {"seeding.enrichment": 40, "cells.tumour.arrest_adhesive": 10.0, "cells.tumour.dormant_share": 0.2}
END = 60.0


def liver(hours: float, **changes: object) -> Engine:
    engine = Engine(load("strip", BUSY | {k.replace("__", "."): v for k, v in changes.items()}), 1)
    engine.run(hours)
    return engine


def declared(name: str, scope: str = RUN) -> Readout:
    found = REGISTRY.find(name, scope)
    assert found is not None, name
    return found


def same(a: float, b: float) -> bool:
    return a == b or (np.isnan(a) and np.isnan(b))


@settings(max_examples=20, deadline=None)
@given(st.floats(0.0, END), st.sampled_from([0.25, 6.0, 40.0]))
def test_a_figure_that_is_known_stays_the_same_when_the_run_goes_on(hours, duration):
    cut, whole = liver(hours, seeding__duration=duration), liver(END, seeding__duration=duration)
    early, late = cut.measures(), whole.measures()
    assert early.keys() == late.keys()
    for name, value in early.items():
        if declared(name).known.fixed:
            assert np.isnan(value) or value == late[name], name
    a, b = cut.result(), whole.result()
    shared = a.timeseries.merge(b.timeseries, on="time_h", suffixes=("", "_late"))
    for name in a.timeseries.columns.drop("time_h"):
        assert all(map(same, shared[name], shared[f"{name}_late"])), name
    steps = a.funnel().set_index("step"), b.funnel().set_index("step")
    for step, column in STEPS.items():
        when = declared(column, FOUNDER).known
        if when.fixed:
            assert (
                np.isnan(steps[0].loc[step, "count"])
                or steps[0].loc[step, "count"] == steps[1].loc[step, "count"]
            )
        # where it is not known, the interval holds what it turns out to be
        share = steps[1].loc[step, "of_entered"]
        if np.isnan(steps[0].loc[step, "count"]) and when.fixed and duration < hours and not np.isnan(share):
            assert steps[0].loc[step, "low"] <= share <= steps[0].loc[step, "high"]
    first = [c for c in a.lesions.columns if c.endswith("_h") and c not in ("lost_h", "arrested_h")]
    rows = a.lesions.merge(b.lesions, on="lesion", suffixes=("", "_late"))
    for name in first:
        there = rows[name].notna()
        assert (rows.loc[there, name] == rows.loc[there, f"{name}_late"]).all(), name


def test_every_readout_says_when_it_can_be_known():
    for name in liver(0.0).measures():
        assert declared(name).known.words and declared(name).doc
    assert REGISTRY.find("kupffer_mood") is None
    assert all(declared(column, FOUNDER).known.words for column in STEPS.values())
    assert all(figure.known.words for figure in FIGURES.values())


def test_survival_of_a_day_is_not_known_after_a_day():
    """The demonstration of the README: founders enter over a quarter of an hour, so a day is too short by as much."""
    engine = Engine(load("lobule", {"line": "cc531s", "cells.kupffer.density": 0}), 1)
    engine.run(24)
    result, day = engine.result(), engine.measures()
    table = result.funnel().set_index("step")
    assert np.isnan(day["founders_alive_24h_share"])
    assert table.loc["survived 24 h":, ["count", "of_entered", "of_previous"]].isna().all(axis=None)
    alive = int(day["founders_alive"])
    assert alive > 20 and table.loc["survived 24 h", "still_possible"] == alive
    assert (
        table.loc["survived 24 h", "low"] == 0.0
        and table.loc["survived 24 h", "high"] >= alive / table.loc["entered", "count"]
    )
    words = result.summary()
    assert f"whether they survived 24 h is not known yet: {alive} live" in words
    assert "0 survived" not in words and "0 divided" not in words and "never" not in words
    engine.run(6)
    table, later = engine.result().funnel().set_index("step"), engine.measures()
    assert table["count"].notna().all() and table.loc["survived 24 h", "count"] > 20
    assert later["founders_alive_24h_share"] == table.loc["survived 24 h", "of_entered"]
    assert f"{table.loc['survived 24 h', 'count']} survived 24 h" in engine.result().summary()


def test_what_left_the_vessel_is_said_though_survival_is_not_known():
    result = liver(20.0, cells__tumour__extravasate=0.5).result()
    table = result.funnel().set_index("step")
    reached = int(table.loc["extravasated", "reached"])
    assert reached > 0 and np.isnan(table.loc["extravasated", "count"])
    words = result.summary()
    assert f"So far {reached} left the vessel" in words and "first extravasation" in words


def test_studies_and_comparisons_miss_what_is_not_known():
    scenario = load("strip", BUSY | {"run.days": 1.0})
    row, _ = one(scenario, Run("a", 1, {}), series=False)
    assert np.isnan(row["founders_alive_24h_share"]) and row["founders_alive"] > 0
    pairs = compare(scenario, scenario, seeds=[1, 2], workers=1)
    summary = pairs.summary().set_index("measure")
    assert summary.loc["founders_alive_24h_share", "pairs"] == 0
    assert np.isnan(summary.loc["founders_alive_24h_share", "control_mean"])
    line = next(line for line in str(pairs).splitlines() if line.startswith("founders_alive_24h_share"))
    assert line.split()[1:3] == ["-", "-"]


def test_founders_that_all_died_are_known_before_the_day_is_over():
    engine = liver(2.0)
    for row in engine.world.rows("tumour"):
        from livermet_sim.interventions.by_hand import kill

        kill(engine.world, int(row), "treatment")
    engine.world.drop_dead()
    assert engine.measures()["founders_alive_24h_share"] == 0.0
    assert engine.result().funnel()["count"].tolist()[2] == 0
    assert "never" in engine.result().summary()


def test_founders_still_to_come_leave_survival_open():
    engine = liver(1.0, seeding__duration=100.0)
    founders = engine.view().founders
    assert founders.to_come > 0 and np.isnan(engine.measures()["founders_alive_24h_share"])
    assert engine.result().provenance["founders_to_come"] == founders.to_come


def test_a_mean_over_no_cells_is_missing():
    row = liver(1.0, cells__kupffer__density=0).series()[-1]
    assert np.isnan(row["kupffer_load"]) and np.isnan(row["kupffer_polarisation"]) and row["n_kupffer"] == 0


def test_figures_about_a_day_wait_for_it():
    late = FIGURES["outside_96h"].known
    assert not late.at(Moment(95.9)) and late.at(Moment(96.0))
    assert not known.FIRST_DAY.at(Moment(500.0, undecided=1)) and not known.FIRST_DAY.at(
        Moment(500.0, to_come=1)
    )
