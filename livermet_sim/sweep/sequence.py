"""Give intervals for a mean that hold at all looks of a plan together, and so whenever one stops.

Of a fixed-size interval 5 % miss the truth; of those looked at after every pair, until one is pleased, many more do. So the
looks are planned: at ``FIRST`` values, and each time their number has doubled. The k-th look spends 1 / 2^k of the chance to
miss, and however many there come, together they spend no more than the whole (Bonferroni). Each interval is Student's.

A confidence sequence (a sequential t-test inverted), which allows for a look after every value, would be 1.54, 1.36 and 1.25
times as wide at 6, 12 and 24 values.

References
----------
Jennison & Turnbull 1999, Group Sequential Methods with Applications to Clinical Trials, doi:10.1201/9780367805326 (spending a
chance to miss over planned looks).
"""

from __future__ import annotations

import numpy as np

from livermet_sim.sweep.paired import CONFIDENCE, student

FIRST = 6  # values at the first look: fewer bound a mean badly
FEWEST = 3


def looks(most: int) -> tuple[int, ...]:
    """Return how many values there are at each look, the last at ``most``: 6, 12, 24 and so on.

    A plan with a later end looks as one with an earlier end did, where that end is one of these numbers.
    """
    found = []
    number = FIRST
    while number < most:
        found.append(number)
        number *= 2
    return (*found, most)


def interval_at_look(
    values: np.ndarray, look: int, confidence: float = CONFIDENCE
) -> tuple[float, float, float]:
    """Return the mean of values and its interval at a look of a plan.

    Parameters
    ----------
    values : float64[n]
        All that there are at this look, none chosen for what it is.
    look : int
        Which look it is, from 0 on.

    Returns
    -------
    (float, float, float)
        Mean, low, high; the interval has no ends while there are too few values to bound it, and NaN is the mean of none.
    """
    mean, low, high = student(values, 1.0 - (1.0 - confidence) / 2.0 ** (look + 1))
    return (mean, low, high) if len(values) >= FEWEST else (mean, float("-inf"), float("inf"))
