"""Say what pairs of livers decide about a published experiment.

Decided before any run: a published *no change* is reproduced where the interval of the ratio lies within 1 / 1.5 to 1.5, the
width that is also allowed around a single published number; it is wrong where the interval lies outside of that. A published
rise or fall is reproduced where the interval lies on its side of 1. It is wrong where the interval lies on the other side, or
within 1 / 1.1 to 1.1: the model then shows no such effect, and more pairs would not find one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livermet_sim.sweep.sequence import interval_at_look
from livermet_sim.validation.experiment import DOWN, NONE, Experiment
from livermet_sim.validation.readouts import offset

REPRODUCED, IN_BAND, WRONG, UNDECIDED = "reproduced", "size within band", "wrong", "undecided"
NEGLIGIBLE = 1.1  # a ratio nearer to 1 is no effect
ALIKE = 8  # pairs of livers that differ in nothing, which say that they never will


@dataclass(frozen=True)
class Score:
    """Hold what pairs say of an experiment.

    Attributes
    ----------
    pairs : int
        Pairs in which the readout is known.
    ratio, low, high : float
        Geometric mean of treated / control (control / treated where the arms are swapped), with an interval that holds at
        all planned looks together (`sweep.sequence`).
    """

    experiment: Experiment
    pairs: int
    ratio: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """Return reproduced, size within band, wrong or undecided."""
        low, high = self.low, self.high
        own = self.experiment
        if own.expected == NONE:
            inside = own.low <= low and high <= own.high
            return REPRODUCED if inside else WRONG if high < own.low or low > own.high else UNDECIDED
        if own.expected == DOWN:
            low, high = 1.0 / high if high else math.inf, 1.0 / low if low else math.inf
        if low > 1.0:
            return IN_BAND if own.sized and self.in_band else REPRODUCED
        nothing = low >= 1.0 / NEGLIGIBLE and high <= NEGLIGIBLE
        return WRONG if high < 1.0 or nothing else UNDECIDED

    @property
    def decided(self) -> bool:
        """Say whether more pairs are not needed."""
        return self.verdict != UNDECIDED

    @property
    def right(self) -> bool:
        """Say whether the point lies on the published side, or in the band of no change."""
        own = self.experiment
        if own.expected == NONE:
            return own.low <= self.ratio <= own.high
        return self.ratio < 1.0 if own.expected == DOWN else self.ratio > 1.0

    @property
    def in_band(self) -> bool:
        """Say whether the point lies in the published band."""
        return self.experiment.low <= self.ratio <= self.experiment.high

    @property
    def words(self) -> str:
        """Return the verdict, with the number of pairs where it is open."""
        number = f"{self.pairs} pair{'s' if self.pairs != 1 else ''}"
        return f"{UNDECIDED} at {number}" if not self.decided else self.verdict


def score(
    experiment: Experiment, control: Sequence[float], treated: Sequence[float], look: int | None = 0
) -> Score:
    """Return what pairs say, in their order; those in which the readout of either liver is unknown are left out.

    Parameters
    ----------
    control, treated : sequence of float
        All pairs there are at a look.
    look : int or None
        Which look of the plan it is, from 0 on; None before the first, when there is no interval yet.
    """
    logs = log_ratios(experiment, np.asarray(control, dtype=float), np.asarray(treated, dtype=float))
    mean, low, high = interval_at_look(logs, look or 0)
    if look is None or (len(logs) < ALIKE and not np.any(logs)):
        low, high = -math.inf, math.inf
    return Score(experiment, len(logs), *(_exp(value) for value in (mean, low, high)))


def log_ratios(experiment: Experiment, control: np.ndarray, treated: np.ndarray) -> np.ndarray:
    """Return the logarithm of each pair's ratio: see ``validation.readouts`` for counts of 0.

    A pair in which both count 0 says nothing of their ratio and is left out.
    """
    add = offset(experiment.readout)
    some = (control > 0.0) | (treated > 0.0)
    control, treated = control[some], treated[some]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log((treated + add) / (control + add))
    found = found[np.isfinite(found)]
    return -found if experiment.swapped else found


def _exp(value: float) -> float:
    return math.inf if value > 700.0 else math.exp(value)
