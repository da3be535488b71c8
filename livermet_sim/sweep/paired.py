"""Compare two arms of runs in pairs that share their luck: ratios and differences with intervals.

Counts may be 0, and a ratio to 0 says nothing. So two ratios are given, each for what it can say:

- ``ratio``: the geometric mean of treated / control over the pairs in which both are above 0, with a Student interval
  on the logarithms; ``ratio_pairs`` says how many pairs that were.
- ``ratio_of_means``: the sum over treated runs / the sum over control runs, zeros included, with a percentile
  interval over pairs drawn again with replacement.

The difference (treated - control) has a Student interval and keeps every pair.
"""

from __future__ import annotations

import numpy as np

CONFIDENCE = 0.95
RESAMPLES = 4000


def student(values: np.ndarray, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Return the mean and its Student interval; the interval of fewer than two values is NaN."""
    number = len(values)
    if number == 0:
        return float("nan"), float("nan"), float("nan")
    mean = float(np.mean(values))
    if number == 1:
        return mean, float("nan"), float("nan")
    from scipy.stats import t

    half = float(t.ppf(0.5 + confidence / 2, number - 1)) * float(np.std(values, ddof=1)) / np.sqrt(number)
    return mean, mean - half, mean + half


def ratio_of_means(
    control: np.ndarray, treated: np.ndarray, confidence: float = CONFIDENCE
) -> tuple[float, float, float]:
    """Return sum(treated) / sum(control) and its bootstrap interval over pairs; NaN where the control sums to 0.

    Resamples in which the control sums to 0 count as infinitely large, so that an interval says when the data
    cannot bound it. The resamples are the same for the same number of pairs.
    """
    number = len(control)
    if number == 0 or control.sum() == 0:
        return float("nan"), float("nan"), float("nan")
    value = float(treated.sum() / control.sum())
    if number == 1:
        return value, float("nan"), float("nan")
    picks = np.random.default_rng(0).integers(number, size=(RESAMPLES, number))
    below, above = control[picks].sum(axis=1), treated[picks].sum(axis=1)
    ratios = np.full(RESAMPLES, np.inf)
    np.divide(above, below, out=ratios, where=below > 0)
    tail = (1 - confidence) / 2
    low, high = np.quantile(ratios, [tail, 1 - tail], method="inverted_cdf")
    return value, float(low), float(high)


def compare_pairs(control: np.ndarray, treated: np.ndarray) -> dict[str, float]:
    """Return the comparison of one measure over pairs; pairs in which either run has none (NaN) are left out."""
    known = ~(np.isnan(control) | np.isnan(treated))
    control, treated = control[known], treated[known]
    both = (control > 0) & (treated > 0)
    ratio = np.exp(student(np.log(treated[both] / control[both])))
    shared, low, high = ratio_of_means(control, treated)
    difference = student(treated - control)
    empty = not len(control)
    return {
        "pairs": int(known.sum()),
        "control_mean": float("nan") if empty else float(control.mean()),
        "treated_mean": float("nan") if empty else float(treated.mean()),
        "ratio": float(ratio[0]),
        "ratio_low": float(ratio[1]),
        "ratio_high": float(ratio[2]),
        "ratio_pairs": int(both.sum()),
        "ratio_of_means": shared,
        "ratio_of_means_low": low,
        "ratio_of_means_high": high,
        "difference": difference[0],
        "difference_low": difference[1],
        "difference_high": difference[2],
        "control_zero": int((control == 0).sum()),
        "treated_zero": int((treated == 0).sum()),
    }


def direction(low: float, high: float, middle: float) -> str:
    """Say whether an interval lies above ``middle`` (up), below it (down), or holds it (unclear)."""
    if np.isnan(low) or np.isnan(high):
        return "unclear"
    return "up" if low > middle else "down" if high < middle else "unclear"
