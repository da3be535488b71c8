"""Compare two arms of runs in pairs that share their luck: ratios and differences with intervals.

Counts may be 0, and a ratio to 0 says nothing. So two ratios are given, each for what it can say:

- ``ratio``: the geometric mean of treated / control over the pairs in which both are above 0, with a Student interval
  on the logarithms; ``ratio_pairs`` says how many pairs that were.
- ``ratio_of_means``: the sum over treated runs / the sum over control runs, zeros included, with Fieller's interval:
  all ratios r for which a paired t-test does not reject that treated and r x control have the same mean.

The difference (treated - control) has a Student interval and keeps every pair. It leaves out 0 exactly where Fieller's
interval leaves out 1.

Chosen by simulation (``tests/sweep/test_intervals.py``): with 4 to 20 pairs of skewed, partly empty runs Fieller's
95 % interval holds the truth in 95 to 99 %, one from resampling pairs in 74 to 94 %.

References
----------
Fieller 1954, Some problems in interval estimation, doi:10.1111/j.2517-6161.1954.tb00159.x
"""

from __future__ import annotations

import numpy as np

CONFIDENCE = 0.95
FALSE_SHARE = 0.05


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
    """Return sum(treated) / sum(control) and Fieller's interval for it; NaN where the control sums to 0.

    Parameters
    ----------
    control, treated : float64[pairs], 0 or more

    Notes
    -----
    With d_i = treated_i - r control_i the interval is {r : |mean(d)| <= t se(d)}, a quadratic inequality in r. Where
    the control's mean cannot be told from 0, no ratio above the lower limit can be ruled out: the upper limit is
    infinite.
    """
    number = len(control)
    if number == 0 or control.sum() == 0:
        return float("nan"), float("nan"), float("nan")
    value = float(treated.sum() / control.sum())
    if number == 1:
        return value, float("nan"), float("nan")
    from scipy.stats import t

    share = float(t.ppf(0.5 + confidence / 2, number - 1)) ** 2 / number
    covariance = np.cov(control, treated)
    square = control.mean() ** 2 - share * covariance[0, 0]
    cross = control.mean() * treated.mean() - share * covariance[0, 1]
    rest = treated.mean() ** 2 - share * covariance[1, 1]
    root = np.sqrt(max(cross**2 - square * rest, 0.0))
    low = rest / (cross + root) if rest > 0.0 else 0.0
    return value, float(low), float((cross + root) / square) if square > 0.0 else float("inf")


def compare_pairs(
    control: np.ndarray, treated: np.ndarray, confidence: float = CONFIDENCE
) -> dict[str, float]:
    """Return the comparison of one measure over pairs; pairs in which either run has none (NaN) are left out."""
    known = ~(np.isnan(control) | np.isnan(treated))
    control, treated = control[known], treated[known]
    both = (control > 0) & (treated > 0)
    ratio = np.exp(student(np.log(treated[both] / control[both]), confidence))
    shared, low, high = ratio_of_means(control, treated, confidence)
    difference = student(treated - control, confidence)
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


def paired_p(control: np.ndarray, treated: np.ndarray) -> float:
    """Return the p-value of the paired t-test; 1 where no pair differs, NaN for fewer than two pairs.

    It is below alpha exactly where the interval of the difference of confidence 1 - alpha leaves out 0.
    """
    difference = treated - control
    difference = difference[~np.isnan(difference)]
    if len(difference) < 2:
        return float("nan")
    if not difference.any():
        return 1.0
    from scipy.stats import t

    error = float(np.std(difference, ddof=1)) / np.sqrt(len(difference))
    return float(2 * t.sf(abs(difference.mean()) / error, len(difference) - 1)) if error > 0 else 0.0


def adjusted(p: np.ndarray) -> tuple[np.ndarray, float]:
    """Return q-values (Benjamini-Hochberg) and the confidence of intervals that go with them; NaN is no test."""
    tested = ~np.isnan(p)
    q = np.full(len(p), np.nan)
    if not tested.any():
        return q, 1.0 - FALSE_SHARE
    from scipy.stats import false_discovery_control

    q[tested] = false_discovery_control(p[tested], method="bh")
    found = max(1, int((q[tested] <= FALSE_SHARE).sum()))
    return q, 1.0 - FALSE_SHARE * found / int(tested.sum())


def direction(low: float, high: float, middle: float) -> str:
    """Say whether an interval lies above ``middle`` (up), below it (down), or holds it (unclear)."""
    if np.isnan(low) or np.isnan(high):
        return "unclear"
    return "up" if low > middle else "down" if high < middle else "unclear"
