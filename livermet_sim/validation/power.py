"""Say how many animals an experiment needs: the power of a two-sided t-test on logarithms.

The chance that T of noncentral t passes an edge is the mean, over the spreads that so few animals may show, of the chance that
a normal number does; that mean is taken over their quantiles. (scipy's own noncentral t is NaN for large effects.)
"""

from __future__ import annotations

import math

import numpy as np

ALPHA, POWER = 0.05, 0.8
MOST_ANIMALS = 1000
QUANTILES = 1000


def power(effect: float, spread: float, animals: int, alpha: float = ALPHA) -> float:
    """Return the chance that two arms of so many animals differ significantly.

    Parameters
    ----------
    effect : float
        Difference of the means of the logarithms.
    spread : float
        Standard deviation of the logarithms within an arm.
    animals : int
        Of each arm, 2 or more.
    """
    from scipy.stats import chi2, norm, t

    if spread <= 0.0:
        return 1.0 if effect else alpha
    free = 2 * animals - 2
    edge, centre = float(t.ppf(1.0 - alpha / 2, free)), abs(effect) / spread * math.sqrt(animals / 2)
    shown = np.sqrt(chi2.ppf((np.arange(QUANTILES) + 0.5) / QUANTILES, free) / free)
    return float(np.mean(norm.cdf(centre - edge * shown) + norm.cdf(-centre - edge * shown)))


def animals(effect: float, spread: float, wanted: float = POWER, alpha: float = ALPHA) -> float:
    """Return the fewest animals of each arm that give the power wanted; infinite for more than 1000."""
    if not effect or not math.isfinite(effect * spread):
        return math.inf
    low, high = 1, MOST_ANIMALS
    if power(effect, spread, high, alpha) < wanted:
        return math.inf
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(effect, spread, middle, alpha) >= wanted else (middle, high)
    return float(high)
