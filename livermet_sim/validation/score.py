"""Pool what runs say about a published figure, with an interval, and say whether it lies in the band."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livermet_sim.validation.anchors import Anchor, Case
from livermet_sim.validation.clustered import median_interval, share_interval
from livermet_sim.validation.measure import FIGURES, Sample

INSIDE, OUTSIDE, NOT_APPLICABLE, SHOWN = "inside", "outside", "not applicable", "shown"


@dataclass(frozen=True, slots=True)
class Score:
    """Hold one figure of the model beside the published one.

    Attributes
    ----------
    value, low, high : float
        Share pooled over founders or lesions, or median over them, with a 95 % interval that allows for what livers
        share (``validation.clustered``). NaN when no run shows it.
    number : int
        Founders, lesions, cells or livers behind it.
    seeds : int
        Runs behind it.
    verdict : str
        ``inside`` when ``value`` lies in the band, ``outside``, ``not applicable`` when nothing can be measured,
        ``shown`` when the anchor is not scored.
    """

    anchor: Anchor
    case: Case
    value: float
    low: float
    high: float
    number: int
    seeds: int

    @property
    def verdict(self) -> str:
        """Return the verdict on the point estimate; the interval is for the reader."""
        if self.number == 0:
            return NOT_APPLICABLE
        if not self.anchor.scored:
            return SHOWN
        return INSIDE if self.anchor.low <= self.value <= self.anchor.high else OUTSIDE


def score(anchor: Anchor, case: Case, samples: Sequence[Sample]) -> Score:
    """Return the pooled figure of some runs."""
    if not FIGURES[anchor.measure].values:
        hits, trials = [s.hits for s in samples], [s.trials for s in samples]
        low, high = share_interval(hits, trials)
        total = sum(trials)
        value = sum(hits) / total if total else math.nan
        return Score(anchor, case, value, low, high, total, len(samples))
    groups = [np.array(s.values) for s in samples if s.values]
    if not groups:
        return Score(anchor, case, math.nan, math.nan, math.nan, 0, len(samples))
    values = np.concatenate(groups)
    low, high = median_interval(groups)
    return Score(anchor, case, float(np.median(values)), low, high, len(values), len(samples))
