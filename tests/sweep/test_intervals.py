"""Check by simulation that intervals hold the truth as often as they say, for few, skewed and partly empty runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from livermet_sim.sweep.paired import ratio_of_means, student
from livermet_sim.validation.clustered import median_interval, share_interval

TRIALS = 800
# a true coverage of 0.95 falls below this in one of 1,000 simulations
LEAST = 0.95 - 3.1 * np.sqrt(0.95 * 0.05 / TRIALS)


def skewed(random, pairs):
    """Return burdens of two arms that share much of their luck; the treated arm has 0.6 of the control's mean."""
    shared = random.standard_normal(pairs)
    own = random.standard_normal(pairs)
    return np.exp(shared), 0.6 * np.exp(0.8 * shared + 0.6 * own), 0.6


def counts(random, pairs):
    """Return numbers of metastases that differ more between livers than chance alone makes them."""
    rate = random.gamma(2.0, 1.5, pairs)
    return random.poisson(rate).astype(float), random.poisson(0.5 * rate).astype(float), 0.5


def empty(random, pairs):
    """Return burdens of livers of which a quarter clears its tumour, in both arms most often together."""
    lives = random.random(pairs) < 0.75
    also = np.where(random.random(pairs) < 0.85, lives, random.random(pairs) < 0.75)
    shared, own = random.standard_normal((2, pairs))
    return lives * np.exp(0.8 * shared), also * 1.5 * np.exp(0.56 * shared + 0.571 * own), 1.5


@pytest.mark.parametrize("pairs", [4, 8, 20])
@pytest.mark.parametrize("draw", [skewed, counts, empty])
def test_a_ratio_of_means_is_covered(draw, pairs):
    random, held, tried = np.random.default_rng(pairs), 0, 0
    for _ in range(TRIALS):
        control, treated, truth = draw(random, pairs)
        if control.sum() == 0.0:
            continue
        _, low, high = ratio_of_means(control, treated)
        held += low <= truth <= high
        tried += 1
    assert held / tried >= LEAST, held / tried


def test_fieller_agrees_with_its_definition():
    random = np.random.default_rng(2)
    for _ in range(200):
        control, treated, _ = (skewed, counts, empty)[random.integers(3)](random, 6)
        if control.sum() == 0.0:
            continue
        value, low, high = ratio_of_means(control, treated)
        assert 0.0 <= low <= value <= high
        for ratio in (0.97 * low, 1.03 * low, 0.97 * high, 1.03 * high):
            if not 0.0 < ratio < 1e6 or low == 0.0 or low > 0.9 * high:
                continue
            _, least, most = student(treated - ratio * control)
            assert (least <= 0.0 <= most) == (low <= ratio <= high)
        _, least, most = student(treated - control)
        if np.isfinite(high):
            assert (least <= 0.0 <= most) == (low <= 1.0 <= high)


def test_an_arm_without_burden_bounds_the_ratio_and_an_empty_control_does_not():
    value, low, high = ratio_of_means(np.array([3.0, 4.0, 5.0, 4.0]), np.zeros(4))
    assert value == low == high == 0.0
    value, low, high = ratio_of_means(np.array([1.0, 0.0, 0.0, 0.0]), np.ones(4))
    assert value == 4.0 and 0.0 < low < 4.0 and np.isinf(high)


def livers_with_luck(random, livers, spread):
    """Return the true share and, for each liver, its trials and its own share around the true one."""
    truth = 0.3
    size = random.integers(1, 40, livers)
    return truth, size, random.beta(truth / spread, (1.0 - truth) / spread, livers)


@pytest.mark.parametrize("livers", [5, 12, 20])
@pytest.mark.parametrize("spread", [1e-3, 0.2])
def test_a_share_over_livers_is_covered(livers, spread):
    random, held, naive = np.random.default_rng(livers), 0, 0
    for _ in range(TRIALS):
        truth, size, own = livers_with_luck(random, livers, spread)
        hits = random.binomial(size, own)
        low, high = share_interval(hits, size)
        held += low <= truth <= high
        pooled = hits.sum() / size.sum()
        naive += abs(pooled - truth) <= 1.96 * np.sqrt(pooled * (1.0 - pooled) / size.sum())
    assert held / TRIALS >= LEAST, held / TRIALS
    if spread > 0.1:
        assert naive / TRIALS < 0.85  # pooled as if independent, they claim too much


@pytest.mark.parametrize("livers", [5, 12, 20])
def test_a_median_over_livers_is_covered(livers):
    random, held = np.random.default_rng(livers), 0
    for _ in range(TRIALS):
        size = random.integers(1, 30, livers)
        groups = [np.exp(random.normal(random.normal(0.0, 0.5), 1.0, n)) for n in size]
        low, high = median_interval(groups)
        held += low <= 1.0 <= high
    assert held / TRIALS >= LEAST, held / TRIALS


def test_one_liver_gives_the_binomial_interval_and_none_gives_none():
    exact = stats.binomtest(3, 10).proportion_ci(method="exact")
    assert share_interval([3], [10]) == pytest.approx((exact.low, exact.high))
    assert share_interval([0, 0], [5, 5])[0] == 0.0 and share_interval([5, 5], [5, 5])[1] == 1.0
    assert np.isnan(share_interval([], [])).all()
