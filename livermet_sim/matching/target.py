"""Put what a liver shows of a published result on a scale on which its error is even, and its band beside it.

Shares are taken as log odds, ratios and sizes as logarithms, what can be negative as it is. A band that ends at a share of 0 or
1, or an experiment of which only the direction is known, has one side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from livermet_sim.validation import anchors as published
from livermet_sim.validation import catalogue
from livermet_sim.validation.experiment import DOWN, NONE, Experiment
from livermet_sim.validation.measure import FIGURES, Sample
from livermet_sim.validation.verdict import log_ratios

ODDS, LOG, PLAIN = "log odds", "log", "plain"
HALF = 0.5
UNKNOWN_SIZE = 0.2  # log; assumed: the error with which a study finds a ratio where its paper gives none


@dataclass(frozen=True)
class Target:
    """Hold one published result that parameter sets are held against.

    Attributes
    ----------
    name, words : str
    scale : str
    low, high : float
        The band on that scale; infinite where it has no such side.
    error : float
        Standard error with which such a study would find it, on that scale.
    rules_out : bool
        Whether sets can be ruled out by it.
    """

    name: str
    words: str
    scale: str
    low: float
    high: float
    error: float
    rules_out: bool = True

    def off(self, value: np.ndarray) -> np.ndarray:
        """Return how far values lie outside the band, 0 inside."""
        return np.maximum(np.maximum(self.low - value, value - self.high), 0.0)

    def shown(self, value: float) -> float:
        """Return a value on the scale that people read."""
        if self.scale == ODDS:
            return 1.0 / (1.0 + math.exp(-min(max(value, -700.0), 700.0)))
        return math.exp(min(value, 700.0)) if self.scale == LOG else value


def of_anchor(name: str) -> Target:
    """Return the target of a published figure, named case:figure."""
    anchor = next(a for a in published.read()[1] if f"{a.case}:{a.measure}" == name)
    scale = _scale(anchor)
    low, high = (_at(scale, end) for end in (anchor.low, anchor.high))
    return Target(name, f"{anchor.quantity} ({anchor.case})", scale, low, high, _error(low, high))


def _scale(anchor: published.Anchor) -> str:
    if not FIGURES[anchor.measure].values:
        return ODDS
    return LOG if anchor.low > 0.0 else PLAIN


def of_experiment(own: Experiment, rules_out: bool = True) -> Target:
    """Return the target of an experiment: its band where a size is published, else the side of 1."""
    if own.sized or own.expected == NONE:
        low, high = _at(LOG, own.low), _at(LOG, own.high)
    else:
        low, high = (-math.inf, 0.0) if own.expected == DOWN else (0.0, math.inf)
    return Target(own.name, own.what, LOG, low, high, _error(low, high), rules_out)


def seen_of_anchor(target: Target, sample: Sample) -> float:
    """Return what one run shows of a figure, on the target's scale; NaN where it shows nothing."""
    if target.scale == ODDS:
        hits, misses = sample.hits + HALF, sample.trials - sample.hits + HALF
        return math.log(hits / misses) if sample.trials else math.nan
    if not sample.values:
        return math.nan
    middle = float(np.median(sample.values))
    return middle if target.scale == PLAIN else _at(LOG, middle) if middle > 0.0 else math.nan


def seen_of_pair(name: str, control: float, treated: float) -> float:
    """Return the log ratio that one pair of livers shows of an experiment; NaN where it shows none."""
    found = log_ratios(catalogue.shipped()[name], np.array([control]), np.array([treated]))
    return float(found[0]) if len(found) else math.nan


def _at(scale: str, value: float) -> float:
    if scale == PLAIN:
        return value
    if scale == LOG:
        return math.log(value) if value > 0.0 else -math.inf
    if value <= 0.0:
        return -math.inf
    return math.inf if value >= 1.0 else math.log(value / (1.0 - value))


def _error(low: float, high: float) -> float:
    """Take a two-sided band for a 95 % interval."""
    return (high - low) / (2.0 * float(ndtri(0.975))) if math.isfinite(high - low) else UNKNOWN_SIZE
