"""Choose which parameter sets are run next: spread evenly, later only where nothing rules them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import qmc

if TYPE_CHECKING:
    from livermet_sim.matching.implausible import Guess

DIGITS = 9  # so that a file holds what was run
CANDIDATES = 13  # as a power of two


def even(number: int, factors: int, seed: int) -> np.ndarray:
    """Return places (number, factors) from 0 to 1, spread evenly: a scrambled Sobol sequence (Owen 1998)."""
    exponent = max(0, int(np.ceil(np.log2(number))))
    drawn = qmc.Sobol(factors, rng=np.random.default_rng(seed)).random_base2(exponent)[:number]
    return np.round(drawn, DIGITS)


def candidates(factors: int, seed: int) -> np.ndarray:
    """Return many places that a wave is chosen from."""
    return even(1 << CANDIDATES, factors, seed)


def open_places(guess: Guess, factors: int, seed: int) -> np.ndarray:
    """Return the candidates that are guessed not to be ruled out."""
    places = candidates(factors, seed)
    return places[guess.kept(places)]


def spread(places: np.ndarray, taken: np.ndarray, number: int) -> np.ndarray:
    """Return some of the places, each as far as can be from those before it and from the sets already run."""
    if len(places) <= number:
        return places
    nearest = _nearest(places, taken) if len(taken) else np.full(len(places), np.inf)
    found = []
    for _ in range(number):
        best = int(np.argmax(nearest))
        found.append(best)
        nearest = np.minimum(nearest, np.sum((places - places[best]) ** 2, axis=1))
    return places[found]


def _nearest(places: np.ndarray, taken: np.ndarray) -> np.ndarray:
    return np.min(np.sum((places[:, None, :] - taken[None, :, :]) ** 2, axis=2), axis=1)
