"""Growth laws are told apart on sizes that follow them, and figures of a second look are what a run shows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from livermet_sim.scenario.load import load
from livermet_sim.validation.anchors import SECOND, read
from livermet_sim.validation.baseline import scenario_of
from livermet_sim.validation.course import Course
from livermet_sim.validation.growth_law import CLEARLY, fit
from livermet_sim.validation.second_look import cells_per_founder, countable_founders, first_countable_day

DAYS = np.arange(4.0, 14.0, 0.5)


def gompertz(rate, fading, start=4.0):
    return start + rate / fading * -np.expm1(-fading * (DAYS - DAYS[0]))


def test_a_fit_finds_the_law_again():
    law = fit(DAYS, gompertz(0.8, 0.25))
    assert (law.rate, law.fading, law.start) == pytest.approx((0.8, 0.25, 4.0), rel=1e-3)
    assert law.gain > CLEARLY
    when = math.log(2.0) / 0.25  # the rate has halved then
    at = math.exp(4.0 + 0.8 / 0.25 * (1.0 - math.exp(-0.25 * when)))
    assert law.half_size == pytest.approx(at, rel=2e-3)


def test_sizes_with_errors_are_rarely_taken_for_the_other_law():
    generator = np.random.default_rng(1)
    exponential, slowed = 4.0 + 0.5 * (DAYS - DAYS[0]), gompertz(0.8, 0.25)
    gains = [
        [fit(DAYS, curve + 0.1 * generator.standard_normal(len(DAYS))).gain for _ in range(100)]
        for curve in (exponential, slowed)
    ]
    assert np.mean(np.array(gains[0]) > CLEARLY) < 0.12
    assert np.mean(np.array(gains[1]) > CLEARLY) > 0.95


def test_an_exponential_never_halves_its_rate_where_it_was_seen():
    law = fit(DAYS, 4.0 + 0.5 * (DAYS - DAYS[0]))
    assert law.gain < CLEARLY and law.half_size > math.exp(9.0)


def test_lesions_are_followed_from_the_last_time_they_took_in_another():
    course = Course(load("strip"), 1)
    sizes = [50, 60, 72, 200, 240, 288, 345]
    course.curves = [(12.0 * i, np.array([7]), np.array([n])) for i, n in enumerate(sizes)]
    (days, logarithm) = course.grown(0.0, 1.6, 4)[0]
    assert days.tolist() == [1.5, 2.0, 2.5, 3.0] and np.exp(logarithm) == pytest.approx(sizes[3:])
    assert course.grown(0.0, 1.6, 5) == [] and len(course.grown(24.0, 1.6, 4)) == 1


def test_figures_are_those_of_the_run():
    course = Course(load("strip", {"run.days": 1.0}), 1).follow()
    own = course.founders.cells(24.0)
    assert cells_per_founder(course).values == pytest.approx([own.sum() / len(own)])
    assert (countable_founders(course).hits, countable_founders(course).trials) == (0, len(own))
    assert first_countable_day(course).values == []
    world = course.engine.world
    many = 1 + int(np.pi * 100.0**2 / world.cell_area)  # a disc of 200 um
    course.curves = [(12.0, np.array([1]), np.array([60])), (36.0, np.array([1, 2]), np.array([60, many]))]
    assert first_countable_day(course).values == [1.5]


@pytest.mark.parametrize("tissue", ["baseline", "lobule"])
def test_the_doses_differ_in_nothing_but_the_cells_that_come(tissue):
    cases = read(SECOND)[0]
    quarter, one, four = (scenario_of(cases[f"mc38_{name}"], tissue) for name in ("quarter", "one", "four"))
    own = float(load(tissue).value("seeding.dose"))
    assert [float(s.value("seeding.dose")) for s in (quarter, one, four)] == [0.25 * own, own, 4.0 * own]
    assert quarter.with_({"seeding.dose": own}).digest == four.with_({"seeding.dose": own}).digest
