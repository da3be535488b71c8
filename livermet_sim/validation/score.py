"""Pool what runs say about a published figure, with an interval, and say whether it lies in the band."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livermet_sim.observe.funnel import interval
from livermet_sim.validation.anchors import Anchor, Case
from livermet_sim.validation.measure import SHARES, Sample

INSIDE, OUTSIDE, NOT_APPLICABLE, SHOWN = "inside", "outside", "not applicable", "shown"
RESAMPLES, TAIL = 1000, 2.5


@dataclass(frozen=True, slots=True)
class Score:
    """Hold one figure of the model beside the published one.

    Attributes
    ----------
    value, low, high : float
        Share pooled over founders or lesions with its binomial 95 % interval, or median over them with an interval
        from resampling the seeds. NaN when no run shows it.
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
    if anchor.measure in SHARES:
        hits, trials = sum(s.hits for s in samples), sum(s.trials for s in samples)
        low, high = interval(hits, trials)
        return Score(anchor, case, hits / trials if trials else math.nan, low, high, trials, len(samples))
    groups = [np.array(s.values) for s in samples if s.values]
    if not groups:
        return Score(anchor, case, math.nan, math.nan, math.nan, 0, len(samples))
    values = np.concatenate(groups)
    low, high = bootstrap(groups)
    return Score(anchor, case, float(np.median(values)), low, high, len(values), len(samples))


def bootstrap(groups: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return the 95 % interval of the pooled median when whole runs are drawn again.

    What happens within a liver hangs together, so runs are resampled and not lesions (Davison and Hinkley 1997, 3.8).
    """
    random = np.random.default_rng(1)
    medians = [
        np.median(np.concatenate([groups[i] for i in random.integers(len(groups), size=len(groups))]))
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(medians, [TAIL, 100.0 - TAIL])
    return float(low), float(high)
