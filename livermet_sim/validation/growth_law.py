"""Fit growth laws to the sizes of one lesion over time.

Exponential: ln N = a + b t. Gompertz: ln N = a + (b / c) (1 - exp(-c t)), whose rate b exp(-c t) falls with time and so with size.
Which of them the sizes speak for is told by Akaike's criterion for small samples.

References
----------
Mehrara 2013 PMC3663680 (liver metastases: Gompertz; lung: exponential); Hurvich and Tsai 1989 doi:10.1093/biomet/76.2.297.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

CLEARLY = 2.0  # a criterion lower by so much
LEAST_ERROR = 1e-3  # of ln N, below which a fit is perfect


@dataclass(frozen=True)
class Law:
    """Hold both fits to one lesion.

    Attributes
    ----------
    gain : float
        Akaike's criterion of the exponential fit less that of the Gompertz fit; above 2 speaks for Gompertz.
    rate, fading : float, /day
        b and c of the Gompertz fit.
    start : float
        ln N where t is 0.
    """

    gain: float
    rate: float
    fading: float
    start: float

    @property
    def half_size(self) -> float:
        """Return the cells at which the rate has fallen to a half of that at the first reading."""
        return (
            math.exp(min(self.start + 0.5 * self.rate / self.fading, 700.0))
            if self.fading > 0.0
            else math.inf
        )


def fit(days: np.ndarray, logarithm: np.ndarray) -> Law:
    """Return both fits to the logarithm of a lesion's cells over days (float64[n], n at least 5)."""
    t = days - days[0]
    slope, start = np.polyfit(t, logarithm, 1)

    def off(p: np.ndarray) -> np.ndarray:
        return p[0] + p[1] * _slowed(t, p[2]) - logarithm

    span = float(t[-1])
    found = least_squares(
        off,
        [start, max(float(slope), 1e-3), 0.1 / span],
        bounds=([-np.inf, 0.0, 1e-6], [np.inf, np.inf, 50.0 / span]),
    )
    straight = float(np.sum((start + slope * t - logarithm) ** 2))
    gain = _criterion(straight, len(t), 2) - _criterion(2.0 * float(found.cost), len(t), 3)
    return Law(gain, float(found.x[1]), float(found.x[2]), float(found.x[0]))


def _slowed(t: np.ndarray, fading: float) -> np.ndarray:
    return -np.expm1(-fading * t) / fading


def _criterion(squares: float, number: int, parameters: int) -> float:
    k = parameters + 1  # and the error
    error = max(squares / number, LEAST_ERROR**2)
    return number * math.log(error) + 2.0 * k + 2.0 * k * (k + 1.0) / (number - k - 1.0)
