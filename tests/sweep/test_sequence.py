"""Intervals at planned looks hold the truth at all of them together; a Student interval looked at again does not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from livermet_sim.sweep.paired import student
from livermet_sim.sweep.sequence import interval_at_look, looks

STUDIES, MOST = 4000, 48


def normal(rng):
    return rng.normal(0.4, 1.3, (STUDIES, MOST))


def skewed(rng):
    """Give logarithms of ratios of counts that are small: skewed, in steps."""
    return np.log((rng.poisson(9.0, (STUDIES, MOST)) + 0.5) / (rng.poisson(6.0, (STUDIES, MOST)) + 0.5))


def missed(values, interval, truth, planned):
    """Return the share of studies in which any look of many leaves out the truth."""
    wrong = 0
    for study in values:
        found = (interval(study[:n], look) for look, n in enumerate(planned))
        wrong += any(low > truth or high < truth for _, low, high in found)
    return wrong / len(values)


@pytest.mark.parametrize("kind", [normal, skewed])
def test_intervals_at_planned_looks_hold_the_truth_at_all_of_them_together(kind):
    values = kind(np.random.default_rng(20))
    truth = 0.4 if kind is normal else float(kind(np.random.default_rng(21)).mean())
    share = missed(values, interval_at_look, truth, looks(MOST))
    # 5 %, and twice the error of so many studies; and not so few that pairs are wasted
    assert 0.03 <= share <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / STUDIES)


def test_a_student_interval_looked_at_again_and_again_misses_it_far_more_often():
    values = normal(np.random.default_rng(22))[:300]
    assert missed(values, lambda some, _: student(some), 0.4, range(3, MOST + 1)) > 0.15


def test_a_plan_looks_at_six_and_at_each_doubling_and_one_that_ends_later_looks_as_before():
    assert looks(24) == (6, 12, 24)
    assert looks(48)[:3] == looks(24)
    assert looks(4) == (4,) and looks(9) == (6, 9)


def test_a_later_look_is_narrower_all_the_same_and_its_scale_is_that_of_the_values():
    values = np.random.default_rng(24).normal(1.0, 0.5, 384)
    widths = [np.ptp(interval_at_look(values[:n], look)[1:]) for look, n in enumerate(looks(384))]
    assert all(later < 0.9 * earlier for earlier, later in pairwise(widths))
    mean, low, high = interval_at_look(values, 6)
    assert low < mean < high
    assert interval_at_look(10.0 * values, 6)[1] == pytest.approx(10.0 * low)
    assert interval_at_look(values + 3.0, 6)[2] == pytest.approx(high + 3.0)


def test_too_few_values_bound_nothing():
    for values in ([], [1.0], [1.0, 2.0]):
        _, low, high = interval_at_look(np.array(values), 0)
        assert (low, high) == (-np.inf, np.inf)
