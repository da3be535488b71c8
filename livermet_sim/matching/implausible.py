"""Say which parameter sets published results rule out: history matching.

A set is implausible by ``distance outside the band / standard error``, the error being that of the emulator, or of luck where
the set was run. It is ruled out where it is more than 3 off by any target: for any unimodal error less than 5 in 100 sets that
are right are lost to a target (Pukelsheim 1994). A target of which every set that was run is more than 3 off says that the model
is wrong there, whatever its parameters; it cannot tell sets apart, is named, and rules nothing out.

References
----------
Craig 1997 (history matching); Vernon 2010 doi:10.1214/10-BA524; Pukelsheim 1994 doi:10.1080/00031305.1994.10476030.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livermet_sim.matching.emulator import Emulator, emulate
from livermet_sim.matching.target import Target

CUT = 3.0
FLOOR = 1e-9


@dataclass(frozen=True)
class Seen:
    """Hold what the sets that were run show.

    Attributes
    ----------
    places : float64[sets, factors]
    values : float64[sets, targets, seeds]
        On the targets' scales; NaN where a liver shows nothing.
    """

    places: np.ndarray
    values: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Return the mean over livers, by set and target; NaN where none shows it."""
        count = np.isfinite(self.values).sum(axis=2)
        total = np.nansum(self.values, axis=2)
        return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)

    @property
    def variance(self) -> np.ndarray:
        """Return the variance of that mean by luck, by set and target: pooled over sets, each target its own."""
        count = np.isfinite(self.values).sum(axis=2)
        squares = np.nansum((self.values - self.mean[:, :, None]) ** 2, axis=2)
        degrees = np.maximum(count - 1, 0).sum(axis=0)
        pooled = np.divide(squares.sum(axis=0), degrees, out=np.full(len(degrees), np.nan), where=degrees > 0)
        return np.where(count > 0, pooled[None, :] / np.maximum(count, 1), np.nan)


def of_runs(seen: Seen, targets: Sequence[Target]) -> np.ndarray:
    """Return by how many standard errors each set that was run is off each target; NaN where it is unknown."""
    mean, variance = seen.mean, seen.variance
    off = np.stack([target.off(mean[:, i]) for i, target in enumerate(targets)], axis=1)
    return off / np.sqrt(np.maximum(variance, FLOOR))


def telling(seen: Seen, targets: Sequence[Target]) -> np.ndarray:
    """Return which targets can rule sets out: those that do, that some set shows, and that some set meets."""
    found = of_runs(seen, targets)
    met = np.array([np.any(column <= CUT) for column in found.T])  # NaN is not below
    return met & np.array([target.rules_out for target in targets])


def kept_of_runs(seen: Seen, targets: Sequence[Target]) -> np.ndarray:
    """Return which of the sets that were run are not ruled out; one that shows less than half of the targets is."""
    found = of_runs(seen, targets)[:, telling(seen, targets)]
    unknown = np.isnan(found)
    return np.all((found <= CUT) | unknown, axis=1) & (unknown.sum(axis=1) <= found.shape[1] // 2)


class Guess:
    """Guess which sets that were not run would be ruled out."""

    def __init__(self, seen: Seen, targets: Sequence[Target], seed: int = 1):
        self.targets = list(targets)
        self.telling = telling(seen, targets)
        mean, variance = seen.mean, seen.variance
        self.emulators: list[Emulator] = [
            emulate(seen.places, mean[:, i], variance[:, i], seed) for i in range(len(targets))
        ]

    def kept(self, places: np.ndarray) -> np.ndarray:
        """Return which places (sets, factors) are not ruled out."""
        good = np.ones(len(places), dtype=bool)
        for target, emulator, tells in zip(self.targets, self.emulators, self.telling, strict=True):
            if tells and good.any():
                mean, variance = emulator.at(places[good])
                good[good] = target.off(mean) <= CUT * np.sqrt(np.maximum(variance, FLOOR))
        return good
