"""Check that every table, text and curve counts the same lesions at any moment, between readings too."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import TISSUE, TUMOUR
from livermet_sim.model import LiverModel
from livermet_sim.observe.course import course
from livermet_sim.observe.standing import counted, standing
from livermet_sim.scenario.load import load
from livermet_sim.state.lesions import PHASES

BUSY = {
    "seeding.enrichment": 100, "seeding.duration": 3.0, "cells.tumour.dormant_share": 0.2,
    "observe.interval": 0.25, "observe.frames": 1.0, "cells.tumour.arrest_adhesive": 2.0,
}  # fmt: skip
COUNTS = [f"lesions_{phase.replace('-', '_')}" for phase in PHASES]


def liver(hours: float, seed: int = 1) -> Engine:
    engine = Engine(load("strip", BUSY), seed)
    engine.run(hours)
    return engine


def plain_count(engine: Engine) -> dict[int, str]:
    """Return which lesions stand and in which phase, cell by cell."""
    cells, read, found = engine.world.cells, engine.world.lesions["phase"], {}
    for row in np.flatnonzero(cells["kind"] == TUMOUR).tolist():
        lesion = int(cells["lesion"][row])
        own = found.get(lesion, 1)
        found[lesion] = max(own, 2, int(read[lesion])) if cells["layer"][row] == TISSUE else own
    return {lesion: PHASES[code - 1] for lesion, code in found.items()}


@settings(max_examples=20, deadline=None)
@given(st.floats(0.0, 40.0), st.integers(1, 3))
def test_all_count_the_same_lesions_at_any_moment(hours, seed):
    engine = liver(hours, seed)
    result, stands = engine.result(), plain_count(engine)
    number = [sum(phase == own for own in stands.values()) for phase in PHASES]
    table, last = result.lesions, result.timeseries.iloc[-1]
    assert last[COUNTS].tolist() == number
    assert [int((table["phase"] == phase).sum()) for phase in PHASES] == number
    assert dict(zip(table["lesion"], table["phase"], strict=True)).items() >= stands.items()
    assert table.loc[table["phase"].isin(PHASES), "cells"].sum() == last["n_tumour"]
    assert engine.measures()["lesions"] == len(stands)
    cells = result.cells[(result.cells["time_h"] == result.hours) & (result.cells["kind"] == "tumour")]
    assert dict(zip(cells["lesion"], cells["phase"], strict=True)) == stands
    curves = course(result)
    assert curves.by_phase()[-1].tolist() == number
    for phase, cells in enumerate(curves.cells_by_phase().T, 1):
        mine = [np.where(curves.phase[n] == phase, curves.cells[n], 0) for n in curves.phase]
        assert cells.tolist() == sum(mine, np.zeros(len(curves.hours))).tolist()
    assert {n for n, size in curves.cells.items() if size[-1]} == set(stands)
    words = result.summary()
    assert f"{len(stands)} at the end of {len(counted(table))} in all" in words
    for phase, many in zip(PHASES, number, strict=True):
        assert (f"\n  {phase}: {many} (" in words) == (many > 0)


def test_the_series_and_the_curves_agree_at_every_frame():
    result = liver(60.0).result()
    curves, table = course(result), result.timeseries.set_index("time_h")
    shared = [i for i, hour in enumerate(curves.hours) if hour in table.index]
    assert len(shared) > 50
    for i in shared:
        assert curves.by_phase()[i].tolist() == table.loc[curves.hours[i], COUNTS].tolist()
        assert sum(size[i] for size in curves.cells.values()) == table.loc[curves.hours[i], "n_tumour"]


def test_a_lesion_in_vessels_is_microvascular_and_one_in_tissue_is_not():
    engine = liver(2.0)
    seen = 0
    for _ in range(80):
        engine.step()
        cells = engine.world.cells
        rows = np.flatnonzero(cells["kind"] == TUMOUR)
        settled = np.unique(cells["lesion"][rows[cells["layer"][rows] == TISSUE]])
        now = standing(engine.world)
        assert set(np.flatnonzero(now.phase > 1)) == set(settled)
        assert np.array_equal(now.cells > 0, now.phase > 0)
        seen += int((now.phase != engine.world.lesions["phase"]).any())
    assert seen > 4  # the last reading says otherwise now and then


def test_a_lost_lesion_ended_with_its_last_cell_whenever_one_looks():
    engine, earlier = liver(0.0, 2), {}
    for _ in range(30):
        engine.run(1.3)
        result = engine.result()
        table, events = result.lesions, result.events
        gone = table[table["phase"] == "lost"]
        ends = events[events["event"].isin(["die", "wash_out"])].groupby("lesion")["time_h"].max()
        assert gone["lost_h"].tolist() == ends[gone["lesion"]].tolist()
        assert table.loc[table["phase"].isin(PHASES), "lost_h"].isna().all()
        for lesion, hour in earlier.items():
            assert table.set_index("lesion").loc[lesion, "lost_h"] == hour
        earlier = dict(zip(gone["lesion"], gone["lost_h"], strict=True))
    assert len(earlier) > 3


def test_cells_killed_by_hand_do_not_stand_and_their_lesions_are_lost():
    model = LiverModel(load("strip", BUSY), seed=1)
    model.run("5 h")
    for cell in list(model.agents_by_type[type(next(a for a in model.agents if a.kind == "tumour"))]):
        cell.remove()
    assert not standing(model.world).cells.any()
    result = model.result()
    assert result.timeseries[COUNTS].iloc[-1].sum() == 0 == result.timeseries["n_tumour"].iloc[-1]
    assert not result.lesions["lost_h"].isna().any()


def test_strays_gone_within_a_day_are_left_out_and_said(made_up):
    table = made_up.lesions.copy()
    assert len(counted(table)) == len(table) and "stray" not in made_up.summary()
    stray = table.iloc[[0]].assign(lesion=999, arrested_h=10.0, lost_h=20.0, micrometastasis_h=np.nan)
    import pandas as pd

    assert 999 not in set(counted(pd.concat([table, stray]))["lesion"])
    for change in ({"lost_h": 34.0}, {"lost_h": np.nan}, {"micrometastasis_h": 15.0}, {"founder": 999}):
        assert 999 in set(counted(pd.concat([table, stray.assign(**change)]))["lesion"])
    other = made_up.__class__(**vars(made_up) | {"lesions": pd.concat([table, stray], ignore_index=True)})
    words = other.summary()
    assert re.search(rf"of {len(table)} in all \(.*1 stray group gone within a day not counted\)", words)


@pytest.mark.parametrize("hours", [0.0, 30.25])
def test_asking_changes_nothing(hours):
    engine = liver(hours)
    before, lesions = engine.digest(), engine.world.lesions.whole.copy()
    engine.result(), engine.measures(), engine.series()
    assert engine.digest() == before and np.array_equal(engine.world.lesions.whole, lesions)


def test_pictures_and_summary_state_the_same_number():
    result = liver(60.0).result()
    number = int(re.search(r"at the end of (\d+) in all", result.summary()).group(1))
    assert number == len(counted(result.lesions)) > 10
    bars, growth = result.plot("phase_timeline"), result.plot("growth_curves")
    words = [text for figure in (bars, growth) for ax in figure.axes for text in (
        [ax.get_ylabel()] + ([ax.get_legend().get_title().get_text()] if ax.get_legend() else []))]  # fmt: skip
    said = [int(m.group(1)) for w in words if (m := re.search(r"(?:of\s)?(\d+) lesions", w))]
    assert said == [number, number], words
