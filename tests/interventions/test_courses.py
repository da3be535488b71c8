"""Check drug courses against the plain sum over doses, and the analytic curve of one half-life."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from treated_livers import liver, rate, scenario, to

import livermet_sim as lm
from livermet_sim.interventions import library, read
from livermet_sim.interventions.course import Course, Effect, Window


def plain_level(course: Course, hours: float) -> float:
    """Return the level as a pharmacologist would write it: a sum over all doses given."""
    times = course.start * 24.0 + np.arange(course.doses) * course.every * 24.0
    since = hours - times[times <= hours + 1e-9]
    return float((course.amount * 0.5 ** (since / course.half_life)).sum())


@settings(max_examples=200, deadline=None)
@given(
    start=st.integers(-20, 20), every=st.sampled_from([0.0, 0.25, 0.5, 1.0, 7.0]), doses=st.integers(1, 60),
    amount=st.floats(0.0, 10.0), half_life=st.floats(0.5, 1000.0), hours=st.integers(-1000, 3000),
)  # fmt: skip
def test_a_level_is_the_sum_over_its_doses(start, every, doses, amount, half_life, hours):
    course = Course(start, every, doses, amount, half_life)
    assert course.level(float(hours)) == pytest.approx(plain_level(course, hours), rel=1e-6, abs=1e-12)


def test_a_level_halves_with_its_half_life_and_reaches_its_plateau():
    course = Course(0.0, 0.0, 1, 2.0, 6.0)
    assert [course.level(t) for t in (-0.25, 0.0, 6.0, 12.0)] == pytest.approx([0.0, 2.0, 1.0, 0.5], rel=1e-6)
    steady = Course(0.0, 0.25, 1000, 1.0, 6.0)
    # peak of a dose every half-life: 1 / (1 - 1/2)
    assert steady.level(24.0 * 100) == pytest.approx(2.0, rel=1e-6)


def test_an_effect_is_half_at_its_ec50_and_all_far_above_it():
    effect = Effect(Course(0.0, 0.0, 1, 1.0, 10.0), 0.2, 1.0, 3.0)
    assert effect(-1.0) == 1.0
    assert effect(0.0) == pytest.approx(0.6, rel=1e-6)
    assert Effect(Course(0.0, 0.0, 1, 1e4, 10.0), 0.2, 1.0, 3.0)(0.0) == pytest.approx(0.2, rel=1e-6)
    late = 0.5**3 / (1 + 0.5**3)
    assert effect(10.0) == pytest.approx(1.0 - 0.8 * late, rel=1e-6)


def test_a_window_holds_its_start_and_not_its_end():
    window = Window(1.0, 2.0, 0.3)
    assert [window(t) for t in (23.75, 24.0, 47.75, 48.0)] == [1.0, 0.3, 0.3, 1.0]
    # 0.1 day is 2.4000000000000004 h; the edge is met all the same
    assert Window(0.1, 0.2, 0.0).open(2.4) and not Window(0.1, 0.2, 0.0).open(4.8)


def test_a_drug_acts_in_the_liver_as_its_curve_says():
    own = [{"target": "lsec", "behaviour": "secrete.no", "maximum": 0.1, "half_max": 0.5, "power": 2}]
    drug = lm.dose("mine", at="2 h", every="12 h", doses=2, half_life="6 h", effects=own)
    course = Course(2 / 24, 0.5, 2, 1.0, 6.0)
    engine = liver(drug, seeding__dose=0.0)
    for hour in (1.0, 3.0, 8.0, 14.0, 15.0, 26.0):
        to(engine, hour + 0.25)  # the rules are evaluated in the step that begins at the hour
        ratio = (plain_level(course, hour) / 0.5) ** 2
        expected = 1.0 - 0.9 * ratio / (1.0 + ratio)
        blank = liver(seeding__dose=0.0, hours=hour + 0.25, rest__interval=0.0)
        assert rate(engine, "lsec", "secrete.no") == pytest.approx(
            expected * rate(blank, "lsec", "secrete.no"), rel=1e-6
        )


def test_a_drug_raises_a_level_in_proportion():
    engine = liver(lm.dose("anti_vegf", at="2 h", amount=3.0, half_life="4 h"))
    at = list(engine.world.systemic_names).index("anti_vegf")
    seen = [to(engine, hour + 0.25).world.systemic[at] for hour in (1.75, 2.0, 6.0)]
    assert seen == pytest.approx([0.0, 3.0, 1.5], rel=1e-6)


@pytest.mark.parametrize("drug", library.entries("dose"))
def test_every_shipped_drug_can_be_given_and_says_where_it_is_from(drug):
    entry = library.entries("dose")[drug]
    given = scenario(lm.dose(drug)).interventions[0]
    assert given["half_life"] > 0 and given["effects"]
    for part in (entry, *entry["effects"]):
        assert part["source"] and part["grade"] in ("found", "recalled", "derived", "fitted", "assumed")
    assert entry["doc"] and all(effect["says"] for effect in entry["effects"])


@pytest.mark.parametrize("name", library.entries("condition"))
def test_every_shipped_condition_can_be_set_and_says_where_it_is_from(name):
    entry = library.entries("condition")[name]
    own = scenario(lm.condition(name, at="-2 day"))
    table = own.interventions[0]
    assert len(table["changes"]) == len(entry["changes"])
    assert all(change["start"] >= -2 for change in table["changes"] if "start" in change)
    for change in entry["changes"]:
        assert (
            change["source"]
            and change["says"]
            and change["grade"] in ("found", "recalled", "derived", "fitted", "assumed")
        )


def test_the_strength_of_a_condition_scales_amounts_and_factors():
    def changes(strength: float) -> dict:
        table = scenario(lm.condition("fibrosis", strength=strength)).interventions[0]
        return {c.get("behaviour", c.get("matrix", c.get("signal"))): c for c in table["changes"]}

    none, half, whole = (changes(s) for s in (0.0, 0.5, 1.0))
    assert [c["collagen"]["amount"] for c in (none, half, whole)] == pytest.approx([0.0, 0.25, 0.5])
    assert [c["secrete.no"]["factor"] for c in (none, half, whole)] == pytest.approx([1.0, 0.7, 0.4])


def test_a_condition_starts_the_run_early_and_conditions_the_liver():
    engine = liver(lm.condition("fibrosis", at="-3 day"))
    assert engine.world.clock.hours == -72.0
    plain = liver(run__before=3.0)
    for one in (engine, plain):
        to(one, 0.0)
    assert engine.world.sites["collagen"].sum() > 10 + plain.world.sites["collagen"].sum()
    for ligand in ("tether", "grip"):
        assert rate(engine, "lsec", ligand).mean() > 1.5 * rate(plain, "lsec", ligand).mean()


def test_reading_what_was_read_changes_nothing():
    own = scenario(
        lm.condition("ischaemia_reperfusion", at="5 day"),
        lm.dose("cytotoxic", doses=3),
        lm.block("nk", "recruit"),
    )
    again = read(own.interventions, own.kinds, own.fields)
    assert tuple(i.to_dict() for i in again) == own.interventions
    clamp = own.interventions[0]["changes"][0]
    assert (clamp["start"], clamp["end"]) == (5.0, 5.03125)
