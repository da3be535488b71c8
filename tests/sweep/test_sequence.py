"""An interval that may be looked at again holds the truth at all looks together; a Student interval does not."""

from __future__ import annotations

import numpy as np
import pytest

from livermet_sim.sweep.paired import student
from livermet_sim.sweep.sequence import confidence_sequence

STUDIES, MOST = 1500, 30


def normal(rng):
    return rng.normal(0.4, 1.3, (STUDIES, MOST))


def skewed(rng):
    """Give logarithms of ratios of counts that are small: skewed, in steps."""
    return np.log((rng.poisson(9.0, (STUDIES, MOST)) + 0.5) / (rng.poisson(6.0, (STUDIES, MOST)) + 0.5))


def missed(values, interval, truth):
    """Return the share of studies in which any look of many leaves out the truth."""
    wrong = 0
    for study in values:
        looks = (interval(study[:n]) for n in range(3, MOST + 1))
        wrong += any(low > truth or high < truth for _, low, high in looks)
    return wrong / len(values)


@pytest.mark.parametrize("kind", [normal, skewed])
def test_a_confidence_sequence_holds_the_truth_at_all_looks_together(kind):
    values = kind(np.random.default_rng(20))
    truth = 0.4 if kind is normal else float(kind(np.random.default_rng(21)).mean())
    # 5 %, and twice the error of so many studies
    assert missed(values, confidence_sequence, truth) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / STUDIES)


def test_a_student_interval_looked_at_again_and_again_misses_it_far_more_often():
    assert missed(normal(np.random.default_rng(22))[:300], student, 0.4) > 0.15


def test_stopping_as_soon_as_one_is_pleased_finds_no_effect_where_there_is_none():
    values = np.random.default_rng(23).normal(0.0, 1.0, (STUDIES, MOST))
    assert missed(values, confidence_sequence, 0.0) <= 0.05


def test_it_narrows_in_on_the_mean_and_its_scale_is_that_of_the_values():
    values = np.random.default_rng(24).normal(1.0, 0.5, 400)
    mean, low, high = confidence_sequence(values)
    assert low < mean < high
    assert high - low < 0.25
    assert confidence_sequence(10.0 * values)[1] == pytest.approx(10.0 * low)
    assert confidence_sequence(values + 3.0)[2] == pytest.approx(high + 3.0)


def test_too_few_values_bound_nothing():
    for values in ([], [1.0], [1.0, 2.0]):
        _, low, high = confidence_sequence(np.array(values))
        assert (low, high) == (-np.inf, np.inf)
