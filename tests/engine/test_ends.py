"""Check that a run ends where it was asked to, in one piece or many, and that its tables say what was there then."""

from __future__ import annotations

import numpy as np
import pytest
from engine_worlds import BUSY
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.model import LiverModel
from livermet_sim.result import Result
from livermet_sim.scenario.load import load
from livermet_sim.sweep.chunk import Run
from livermet_sim.sweep.comparison import compare
from livermet_sim.sweep.runs import one

STEPS, INTERVALS = (0.1, 0.25, 0.3, 1.0), (0.01, 0.7, 2.0, 5.0, 48.0)
LENGTHS = st.floats(0.0, 12.0)


def strip(**changes: object) -> Engine:
    return Engine(load("strip", BUSY | {k.replace("__", "."): v for k, v in changes.items()}), 1)


@settings(max_examples=25, deadline=None)
@given(LENGTHS, st.sampled_from(INTERVALS), st.sampled_from(STEPS))
def test_the_last_row_is_of_the_time_asked_for_and_the_summary_says_the_same(hours, interval, step):
    engine = strip(run__days=hours / 24, run__step=step, observe__interval=interval)
    engine.run()
    result = engine.result()
    last, alive = result.timeseries.iloc[-1], int((engine.world.cells["kind"] == TUMOUR).sum())
    assert abs(last["time_h"] - hours) <= step / 2 + 1e-9
    assert last["time_h"] == result.hours == result.provenance["hours"] == engine.world.clock.hours
    assert (
        last["n_tumour"] == alive == (result.cells.query(f"time_h == {result.hours}").kind == "tumour").sum()
    )
    assert last["n_tumour"] == last["tumour_lumen"] + last["tumour_tissue"]
    assert f"{int(last['entered'])} entered, {alive} alive at the end" in result.summary()
    assert f"{result.days:.3g} days" in result.summary()
    assert (np.diff(result.timeseries["time_h"]) > 0).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.0, 3.0), min_size=1, max_size=12), st.sampled_from(STEPS), st.booleans())
def test_the_pieces_end_where_the_whole_does(pieces, step, by_model):
    whole, cut = strip(run__step=step), strip(run__step=step)
    if by_model:
        cut = LiverModel(cut.recipe, seed=1)
    whole.run(sum(pieces))
    for hours in pieces:
        cut.run(f"{hours} h" if by_model else hours)
    cut = cut.engine if by_model else cut
    assert cut.world.clock.tick == whole.world.clock.tick
    assert cut.digest() == whole.digest()
    assert cut.series()[-1].keys() == whole.series()[-1].keys()
    assert np.array_equal(list(cut.series()[-1].values()), list(whole.series()[-1].values()), equal_nan=True)


def test_short_pieces_are_not_lost():
    model = LiverModel("strip", seed=1)
    for _ in range(10):
        result = model.run("0.1 h")
    assert model.hours == result.hours == 1.0
    for _ in range(4):
        model.run("0.3 h")
    assert model.hours == 2.25
    assert model.run().days == model.scenario.value("run.days")


def test_what_is_asked_for_after_a_run_was_stopped_is_what_is_done():
    model = LiverModel("strip", seed=1)

    def stop(hours: float, total: float) -> None:
        if hours == 1.0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.run("5 h", progress=stop)
    model.run("1 h")
    assert model.hours == 2.0


@pytest.mark.parametrize("days", [0.0, 0.005, 0.01, 0.05])
def test_a_run_shorter_than_the_interval_can_be_read_back(days, tmp_path):
    engine = strip(run__days=days, observe__interval=48.0)
    engine.run()
    result = engine.result()
    result.save(tmp_path / "short", figures=False)
    again = Result.load(tmp_path / "short")
    assert again == result and len(again.timeseries) == 1
    assert again.hours == pytest.approx(days * 24, abs=0.125)
    assert "alive at the end" in again.summary() and again.funnel()["step"].iloc[0] == "entered"


def test_a_run_that_ends_before_tumour_cells_enter_can_be_read_back(tmp_path):
    engine = strip(run__before=2.0)
    engine.run(30)
    result = engine.result()
    result.save(tmp_path / "early", figures=False)
    assert Result.load(tmp_path / "early") == result and result.hours == -18
    assert "No tumour cell entered." in result.summary()


def test_every_run_has_the_same_columns():
    tables = [strip(seeding__enrichment=e).result().timeseries for e in (0, 60)]
    busy = strip()
    busy.run(48)
    for table in (*tables, busy.result().timeseries):
        assert list(table.columns) == list(tables[0].columns)
        assert {"dead_kupffer", "dead_shear", "dead_nk"} <= set(table.columns)


def test_a_study_ends_where_the_run_does_with_what_comes_before_day_0():
    early = {"action": "deplete", "target": "kupffer", "start": "-2 day"}
    scenario = load("strip", {"run.days": 0.4, "observe.interval": "5 h", "interventions": [early]})
    engine = Engine(scenario, 3)
    engine.run()
    row, series = one(scenario, Run("a", 3, {}), series=True)
    assert engine.world.clock.hours == pytest.approx(9.5) == series[-1]["time_h"]
    measured = engine.measures()
    assert row["tumour_cells"] == measured["tumour_cells"] == series[-1]["n_tumour"]
    pair = compare(scenario, scenario, seeds=[3], workers=1)
    assert pair.timeseries["time_h"].max() == 9.5
