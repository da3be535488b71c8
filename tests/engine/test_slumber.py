"""Check that a liver to which nothing happens leaves out time, is awake for whatever happens, and is to each moment what it was."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_rest import counts, resting, states

import livermet_sim as lm
from livermet_sim.engine import Engine
from livermet_sim.processes.plan import Plan
from livermet_sim.scenario.resume import resume
from livermet_sim.sweep.comparison import aligned_arms
from livermet_sim.sweep.parting import one_clock
from livermet_sim.validation.catalogue import shipped
from livermet_sim.validation.livers import livers

SMALL = {"tissue.length": 250.0, "tissue.width": 150.0}
QUICK = {"rest.settled": 6.0, "rest.interval": 6.0}


def strip(days: float = 2.0, interventions=(), **changes) -> Engine:
    """Return a small liver at rest that sleeps from its second look on."""
    own = SMALL | QUICK | {name.replace("__", "."): value for name, value in changes.items()}
    return Engine(resting("strip", days, *interventions).with_(own), 1)


def slept(engine: Engine, hours: float) -> list[bool]:
    """Carry a run on and say of each step whether it was left out."""
    found = []
    for _ in range(engine.ticks(hours)):
        engine.step()
        found.append(engine.world.clock.asleep)
    return found


def evaluations(engine: Engine, hours: float) -> int:
    """Return how often the rules were evaluated."""
    heard = []
    engine.compiled.watch = lambda *told: heard.append(engine.world.clock.tick)
    engine.run(hours)
    engine.compiled.watch = None
    return len(set(heard))


def test_a_liver_at_rest_lives_through_its_first_day_and_then_an_hour_a_day():
    engine = Engine(resting("strip", 5.0).with_({"rest.interval": 24.0}), 1)
    found = slept(engine, 120.0)
    step = engine.world.clock.dt
    assert not any(found[: round(25 / step)]) and all(found[round(25 / step) : round(48 / step)])
    awake = [i * step for i, asleep in enumerate(found) if not asleep and i * step >= 25]
    assert awake == [24.0 * day + part for day in (2, 3, 4) for part in (0.0, 0.25, 0.5, 0.75)]


def test_what_rules_and_signals_cost_at_rest_falls_with_the_time_left_out():
    always = evaluations(strip(4.0, rest__interval=0.0), 96.0)
    assert evaluations(strip(4.0), 96.0) <= always / 4


def test_cells_age_by_the_time_that_was_left_out():
    one, other = strip(3.0), strip(3.0, rest__interval=0.0)
    for engine in (one, other):
        engine.run(61.0)
    for engine in (one, other):
        ages = engine.world.cells["age"][engine.world.cells["kind"] == engine.world.code("lsec")]
        assert np.allclose(ages, 61.0)


def test_a_liver_with_tumour_cells_lives_through_every_step():
    engine = Engine(lm.load("strip", SMALL | QUICK | {"run.days": 2}), 1)
    assert not any(slept(engine, 48.0)) and engine.world.totals["entered"] > 0


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    thousandths=st.integers(0, 40_000), which=st.sampled_from(["dose", "signal", "cells", "level", "kupffer"])
)
def test_the_liver_is_awake_in_the_step_in_which_something_comes_and_from_then_on(thousandths, which):
    start = thousandths / 1000
    at = f"{start} h"
    change = {
        "signal": lm.add_signal("tnf", 1.0, at=at, until=f"{start + 5} h"), "cells": lm.add_cells("nk", 5, at=at),
        "level": lm.add_signal("systemic.il6", 2.0, at=at), "kupffer": lm.deplete("kupffer", at=at),
    }.get(which)  # fmt: skip
    if change is None:
        seeded = lm.load(
            "strip", SMALL | QUICK | {"run.days": 2, "seeding.start": start, "seeding.duration": 0.0}
        )
        engine = Engine(seeded, 1)
    else:
        engine = strip(2.0, [change])
    found = slept(engine, 48.0)
    # an intervention acts in the first step at or after its time, founders enter in the step that ends after theirs
    step = engine.world.clock.dt
    first = int(np.floor(start / step)) if which == "dose" else int(np.ceil(start / step - 1e-9))
    assert not any(found[first:])
    assert any(found[:first]) == (first > 28)  # six hours and one: it has looked twice
    if which == "dose":
        assert engine.world.log.array()[:, 0].min() == first
    if which == "kupffer":
        assert counts(engine)["kupffer"] == 0


@pytest.mark.parametrize("hand", ["kill", "write", "level"])
def test_a_users_hand_wakes_the_liver(hand):
    engine = strip()
    while not engine.world.clock.asleep:
        engine.step()
    engine.step()
    row = int(engine.world.rows("kupffer")[0])
    from livermet_sim.interventions import by_hand

    if hand == "kill":
        by_hand.kill(engine.world, row, "treatment")
    elif hand == "write":
        by_hand.write(engine.world, row, "activation", 0.5)
    else:
        engine.world.levels["value"][0] += 1.0
    engine.digest(), engine.result()  # who looks at it changes nothing
    found = slept(engine, 9.0)
    # it looks again at hours 13 and 19, six and more after it was woken
    assert not any(found)


def test_it_sleeps_again_once_the_last_tumour_cell_is_gone():
    dying = {"cells.tumour.die.anoikis": 3.0, "cells.tumour.die.apoptosis": 3.0, "seeding.enrichment": 20}
    engine = Engine(lm.load("strip", SMALL | QUICK | {"run.days": 14} | dying), 2)
    first = slept(engine, 6.0)
    assert engine.world.totals["entered"] > 0 and not any(first)
    assert any(slept(engine, 13.5 * 24.0)) and counts(engine)["tumour"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"systemic.inflammation": 3.0}, {"systemic.il6": 2.0}, {"systemic.involution": 2.0}, {"cells.lsec.recruit.neutrophil": 4.0}, {"cells.stellate.activate": 0.01}, {"cells.stellate.deposit.collagen": 0.01}, {"cells.kupffer.leave": 0.02},
        {"systemic.anti_vegf": 2.0},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_liver_whose_cells_states_or_matrix_drift_stays_awake_however_small_it_is(change):
    found = slept(Engine(resting("strip", 3.0).with_(SMALL | QUICK | change), 1), 72.0)
    # it may take a look or two until the drift has begun
    assert not any(found[-96:])


@pytest.mark.parametrize("what", ["process", "signal"])
def test_what_tells_the_hour_keeps_the_liver_awake(what):
    assert any(slept(strip(), 12.0))
    if what == "process":

        @lm.register_process(every="6 h", adds=["cells.activation"])
        def clockwork(world, hours, own):
            """Do something at the same time every day."""

        engine = strip(processes__clockwork__every=6.0)
    else:

        @lm.register_signal(unit="h")
        def hour(sight, rows):
            """Time of day."""
            return np.full(len(rows), sight.hours % 24.0)

        rule = {"actor": "kupffer", "signal": "hour", "direction": "increases", "behaviour": "crawl", "maximum": "5 um/min", "half_max": 12.0}  # fmt: skip
        engine = Engine(resting("strip", 2.0).with_(SMALL | QUICK, rules={"daily": rule}), 1)
    assert not any(slept(engine, 48.0))


def test_a_sleeper_saved_forked_or_stopped_goes_on_as_one_that_never_was(tmp_path):
    ticks, later = (30, 50, 97, 110), lm.add_signal("tnf", 1.0, at="29.3 h")
    never, pieces, treated = strip(), strip(), strip(2.0, [later])
    never.run(48.0)
    for hours in (0.1, 7.05, 13.2, 20.0, 7.65):
        pieces.run(hours)
    treated.run(48.0)
    assert pieces.world.clock.tick == never.world.clock.tick and pieces.digest() == never.digest()
    one = strip()
    for tick in range(192):
        if tick in ticks:
            one.save(tmp_path / f"{tick}.npz")
            child, under = one.fork(), one.fork(treated.recipe)
            child.run(48.0 - child.world.clock.hours)
            under.run(48.0 - under.world.clock.hours)
            again = resume(tmp_path / f"{tick}.npz")
            again.run(48.0 - again.world.clock.hours)
            assert child.digest() == again.digest() == never.digest(), tick
            assert under.digest() == treated.digest(), tick
        one.step()


def test_what_is_read_while_it_sleeps_is_what_would_be_read_anew():
    engine = strip(3.0, observe__interval=1.0, observe__frames=2.0, observe__snapshots="")
    fresh = strip(3.0, observe__interval=1.0, observe__frames=2.0, observe__snapshots="")
    for _ in range(fresh.ticks(72.0)):
        fresh.recorder._held = fresh.film._held = None
        fresh.step()
    asleep = slept(engine, 72.0)
    assert sum(asleep) > 150 and len(engine.recorder.rows) == 72
    assert [str(row) for row in engine.recorder.rows] == [str(row) for row in fresh.recorder.rows]
    for one, other in zip(engine.film.frames, fresh.film.frames, strict=True):
        assert one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_pairs_of_which_one_would_be_woken_sleep_in_neither_arm():
    control = resting("strip", 3.0).with_({"rest.interval": 24.0})
    assert one_clock(control, control)[0].value("rest.interval") == 24.0
    for arms in itertools.permutations(
        (control, control.with_(interventions=[lm.deplete("kupffer", at="2 day")]))
    ):
        assert [arm.value("rest.interval") for arm in one_clock(*arms)] == [0.0, 0.0]
    seeded, late = lm.load("strip"), lm.deplete("kupffer", at="1 day")
    assert one_clock(seeded, seeded.with_(interventions=[late]))[0].value("rest.interval") > 0.0
    early = lm.deplete("kupffer", at="-1 day")
    assert {arm.value("rest.interval") for arm in aligned_arms(seeded, [early], None)} == {0.0}
    both = livers(shipped()["wen_kc_early"])
    assert {arm.value("rest.interval") for arm in (both.control, both.treated)} == {0.0}


@pytest.mark.long
def test_what_is_seeded_after_a_lead_in_fares_the_same_whether_it_slept_or_not():
    found = {}
    for interval in (0.0, 24.0):
        changes = {"run.before": 7.0, "run.days": 2.0, "rest.interval": interval}
        runs = [Engine(lm.load("lobule", changes), seed) for seed in range(1, 21)]
        for engine in runs:
            engine.run()
        found[interval] = np.array(
            [[*engine.measures().values(), *states(engine).values()] for engine in runs]
        )
    one, other = found.values()
    there = np.isfinite(one).all(axis=0) & np.isfinite(other).all(axis=0)
    one, other = one[:, there], other[:, there]
    error = np.sqrt((one.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)) / len(one))
    apart = np.abs(one.mean(axis=0) - other.mean(axis=0)) - 4.0 * error
    assert (apart <= 1e-9 + 0.01 * np.abs(one.mean(axis=0))).all()


def test_the_plan_lets_only_watchers_run_in_a_step_that_is_left_out():
    engine = strip()
    while not engine.world.clock.asleep:
        engine.step()
    engine.plan = Plan(engine.plan.processes)
    due = [process.name for _, process in engine.plan.due(engine.world)]
    assert set(due) <= {"Rest", "Recorder", "Film"} and "Rest" in due
