"""Give intervals for a mean that stay valid however often one looks and whenever one stops.

Of a fixed-size interval 5 % miss the truth; of those looked at after every pair, until one is pleased, many more do. A
confidence sequence holds the truth at *all* looks with 95 %. This one inverts the sequential t-test: the likelihood ratio of
normal values with unknown spread, mixed over effects of ``EFFECT`` standard deviations, is a martingale whose chance of ever
passing 1 / (1 - confidence) is at most 1 - confidence.

References
----------
Lindon et al. 2022, doi:10.48550/arXiv.2210.08589 (sequential t-test); Lai 1976, doi:10.1214/aos/1176343406.
"""

from __future__ import annotations

import numpy as np

from livermet_sim.sweep.paired import CONFIDENCE

EFFECT = 3.0  # effects expected, in standard deviations of a pair: sets where the sequence is narrowest, not its validity
FEWEST = 3


def confidence_sequence(values: np.ndarray, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Return the mean of values so far and its interval in a confidence sequence.

    Parameters
    ----------
    values : float64[n]
        In the order in which they came, none chosen for what it is.

    Returns
    -------
    (float, float, float)
        Mean, low, high; the interval has no ends while there are too few values to bound it, and NaN is the mean of none.
    """
    number = len(values)
    if number == 0:
        return float("nan"), float("-inf"), float("inf")
    mean = float(np.mean(values))
    reach = _reach(number, confidence)
    if not np.isfinite(reach):
        return mean, float("-inf"), float("inf")
    half = reach * float(np.std(values, ddof=1)) / np.sqrt(number)
    return mean, mean - half, mean + half


def _reach(number: int, confidence: float) -> float:
    """Return how many standard errors the interval of so many values reaches."""
    if number < FEWEST:
        return float("inf")
    weight = 1.0 + number * EFFECT**2
    most = (np.sqrt(weight) / (1.0 - confidence)) ** (2.0 / number)
    if most >= weight:
        return float("inf")
    return float(np.sqrt((number - 1) * (most - 1.0) / (1.0 - most / weight)))
