"""Runs that differ only from a time on share the days before, to the bits of runs from the start."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import livermet_sim as lm
from livermet_sim.engine import Engine
from livermet_sim.sweep.branch import branches
from livermet_sim.sweep.chunk import Run
from livermet_sim.sweep.parting import part_ways, parting
from livermet_sim.sweep.runs import one, quiet, shown
from livermet_sim.sweep.sweep import Sweep

STRIP = quiet(lm.load("strip", {"seeding.enrichment": 40, "run.days": 0.5}), False)
TREATMENTS = [
    lambda at: lm.deplete("kupffer", at=at, recovery="1 day", until="1 day"),
    lambda at: lm.deplete("kupffer", at="1 h", recovery="4 h", until="9.5 h" if at == "9 h" else "3 h"),
    lambda at: lm.deplete("nk", at=at, efficacy=0.5),
    lambda at: lm.dose("anti_vegf", at=at),
    lambda at: lm.dose("cytotoxic", at=at),
    lambda at: lm.add_cells("nk", 9, at=at),
    lambda at: lm.block("kupffer", "engulf", at=at, until="1 day"),
    lambda at: lm.block("rule", "MV12", at=at),
    lambda at: lm.block("liver", "inflow", at=at, factor=0.5),
    lambda at: lm.add_signal("tnf", 2.0, at=at, until="1 day"),
    lambda at: lm.condition("fibrosis", at=at),
]
HOURS = ("0 h", "2 h", "4.1 h", "7 h", "9 h", "20 h")
drawn = st.lists(st.tuples(st.sampled_from(range(len(TREATMENTS))), st.sampled_from(HOURS)), max_size=3)


@pytest.fixture
def steps(monkeypatch):
    """Return a list that grows by one with each step of any run."""
    found: list[int] = []
    step = Engine.step
    monkeypatch.setattr(Engine, "step", lambda engine: (found.append(1), step(engine))[1])
    return found


def treated(*own):
    return STRIP.with_(interventions=[TREATMENTS[number](at) for number, at in own])


def alone(scenario, seed=1):
    engine = Engine(scenario, seed)
    engine.run()
    return engine


@settings(max_examples=8, deadline=None)
@given(st.lists(drawn, min_size=2, max_size=4), st.integers(1, 9))
def test_runs_that_part_end_in_the_bits_of_runs_from_the_start(lists, seed):
    arms = [treated(*own) for own in lists]
    arms = [arm for arm in arms if parting(arms[0], arm) is not None]
    found = {place: engine.digest() for place, engine, _ in part_ways(arms, seed)}
    assert found == {place: alone(arm, seed).digest() for place, arm in enumerate(arms)}


@settings(max_examples=40, deadline=None)
@given(drawn, drawn, drawn)
def test_those_that_part_from_a_third_at_once_are_one_liver_until_then(one, two, three):
    a, b, c = treated(*one), treated(*two), treated(*three)
    early = -np.inf
    ab, bc, ac = (early if h is None else h for h in (parting(a, b), parting(b, c), parting(a, c)))
    assert ac >= min(ab, bc) and parting(a, a) == np.inf and parting(b, a) == parting(a, b)


def test_what_differs_and_when():
    late = [lm.deplete("kupffer", at="7 h", until="9 h")]
    control = STRIP.with_(interventions=late)
    for hour, other in (
        (7.0, STRIP), (9.0, STRIP.with_(interventions=[lm.deplete("kupffer", at="7 h", until="10 h")])),
        (7.0, STRIP.with_(interventions=[lm.deplete("kupffer", at="8 h", until="9 h")])),
        (2.0, STRIP.with_(interventions=[lm.block("nk", "attack", at="2.1 h"), *late])),
        (6.0, control.with_({"run.days": 0.25})), (np.inf, control.with_(name="else")),
        (None, control.with_({"cells.nk.density": 1})), (None, control.with_({"run.before": 1})),
        (None, STRIP.with_(interventions=[*late, lm.knock_out("nk", "attack")])),
        (None, STRIP.with_(interventions=[*late, lm.deplete("nk", at="0 h")])),
        (None, STRIP.with_(interventions=[*late, lm.deplete("nk", at="-6 h")])),
    ):  # fmt: skip
        assert parting(control, other) == parting(other, control) == hour


def test_what_is_done_before_tumour_cells_come_can_be_shared_too():
    arms = [
        STRIP.with_({"run.before": 1, "run.days": 0.125}, interventions=[lm.deplete("nk", at=at)])
        for at in ("-8 h", "-2 h")
    ]
    assert parting(*arms) == -8.0
    assert [e.digest() for _, e, _ in sorted(part_ways(arms, 1), key=lambda own: own[0])] == [
        alone(arm).digest() for arm in arms
    ]


def test_a_study_of_when_a_treatment_starts_computes_the_shared_days_once(steps, tmp_path):
    base = STRIP.with_(
        interventions=[lm.deplete("kupffer", at="6 h", until="8 h"), lm.dose("anti_vegf", at="10 h")]
    )
    factors = {
        "interventions[0].start": ["4 h", "6 h", "7 h"],
        "cells.nk.density": [0, 4000],
        "interventions[1].enabled": [True, False],
    }
    sweep = Sweep(base, factors, design="grid", replicates=2)
    study = sweep.run(tmp_path / "s", workers=1, progress=False)
    # of six runs of a seed and density: the first 4 h once, one of 4 h and one of 6 h are left by one each
    once = 48 + (48 - 16) + (48 - 24) + 3 * (48 - 40)
    assert len(study.runs) == 24 and len(steps) == 4 * once < 0.6 * 24 * 48
    rows = study.runs.sort_values("run")["digest"].to_list()
    runs = list(sweep._open(sweep._addresses(), {}, False, 1, 1))
    for number in range(0, 24, 5):
        assert one(sweep.base, Run(*runs[number]), False)[0]["digest"] == rows[number]


def test_a_series_of_a_run_that_parted_is_whole(steps):
    base = quiet(STRIP.with_(interventions=[lm.dose("anti_vegf", at="6 h")]), True, "1 h")
    runs = [Run(at, 1, {"interventions[0].start": at, "run.days": 0.4}) for at in ("6 h", "8 h")]
    for run, engine, _ in branches(base, runs):
        (row, series), (own, whole) = shown(run, engine, 0.0, True), one(base, run, True)
        np.testing.assert_equal({**row, "seconds": 0}, {**own, "seconds": 0})
        np.testing.assert_equal(series, whole)
        assert len(series) == 10


def test_runs_that_fail_or_differ_from_the_start_are_left_to_the_caller():
    base = STRIP.with_(interventions=[lm.dose("anti_vegf", at="6 h")])
    starts = {"0 h": 1, "6 h": 2, "8 h": 3, "a": 4}
    runs = [Run(at, 1, {"interventions[0].start": at}) for at in starts]
    assert {run.address for run, _, _ in branches(base, runs)} == {"6 h", "8 h"}


def test_planning_an_experiment_computes_the_days_before_the_treatment_once(steps):
    from livermet_sim.validation.planning import _simulate

    other = STRIP.with_(interventions=[lm.deplete("kupffer", at="7 h")])
    days = (0.1, 0.25, 0.4, 0.5)
    control, done = _simulate((STRIP, other, 1, days))
    assert len(steps) == 48 + 20
    from livermet_sim.validation.carry_out import read_on

    for own, scenario in ((control, STRIP), (done, other)):
        np.testing.assert_equal(own, read_on(Engine(scenario, 1), days))
