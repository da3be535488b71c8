"""Guess what a parameter set would show from those that were run: a Gaussian process for each target.

scikit-learn does it: an anisotropic squared-exponential kernel, its scales by maximum likelihood, the mean a constant. The
variance between livers goes in as known noise, so that the guess is of the mean over livers.

References
----------
Rasmussen and Williams 2006, Gaussian Processes for Machine Learning (kernel, likelihood); Pedregosa 2011,
scikit-learn: Machine Learning in Python.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError

FEWEST = 6  # sets that show a target before anything is guessed of others


@dataclass(frozen=True)
class Emulator:
    """Hold the guess for one target; without a process where too few sets show it.

    Attributes
    ----------
    middle, width : float
        Mean and standard deviation of what was run.
    """

    process: Any
    middle: float
    width: float

    def at(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the guessed mean and its variance at places (sets, factors) from 0 to 1."""
        if self.process is None:
            return np.full(len(places), self.middle), np.full(len(places), np.inf)
        mean, deviation = self.process.predict(places, return_std=True)
        return self.middle + self.width * mean, (self.width * deviation) ** 2


def emulate(places: np.ndarray, values: np.ndarray, variance: np.ndarray, seed: int = 1) -> Emulator:
    """Return an emulator of one target.

    Parameters
    ----------
    places : float64[sets, factors]
        From 0 to 1.
    values, variance : float64[sets]
        Mean over livers, NaN where unknown, and its variance by luck.
    seed : int
        Of the restarts of the likelihood's search.

    Raises
    ------
    LivermetError
        Without scikit-learn.
    """
    known = np.isfinite(values) & np.isfinite(variance)
    places, values, variance = places[known], values[known], variance[known]
    if len(values) < FEWEST:
        return Emulator(None, float(values.mean()) if len(values) else 0.0, 0.0)
    middle, width = float(values.mean()), float(values.std())
    if width <= 0.0:
        return Emulator(_Constant(), middle, 0.0)
    gaussian = _library()
    kernel = gaussian.kernels.ConstantKernel(1.0, (1e-2, 1e2)) * gaussian.kernels.RBF(
        np.full(places.shape[1], 0.7), (0.1, 20.0)
    )
    process = gaussian.GaussianProcessRegressor(
        kernel, alpha=np.maximum(variance / width**2, 1e-6), n_restarts_optimizer=2, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a scale at its bound: the factor does not matter
        process.fit(places, (values - middle) / width)
    return Emulator(process, middle, width)


class _Constant:
    """Guess that what never varied will not."""

    def predict(self, places: np.ndarray, return_std: bool = True) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(len(places)), np.zeros(len(places))


def _library() -> Any:
    try:
        from sklearn import gaussian_process
    except ImportError:
        raise LivermetError(
            "match", 'this needs scikit-learn; install it with  pip install "livermet-sim[match]"'
        ) from None
    return gaussian_process
