"""Give intervals for shares and medians of cells and lesions that share livers.

What happens within a liver hangs together, so 100 lesions of five livers say less than 100 lesions of 100 livers.
The *design effect* is the variance of a share between livers over that of as many independent trials; trials divided
by it are the effective ones.

References
----------
Korn and Graubard 1998, Survey Methodology 24:193 (Clopper-Pearson with effective trials); Woodruff 1952,
doi:10.1080/01621459.1952.10483443 (quantiles).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livermet_sim.observe.funnel import CONFIDENCE, interval


def share_interval(hits: Sequence[float], trials: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of sum(hits) / sum(trials), a pair of numbers for each liver; NaN without trials.

    Livers without trials do not count. With a single liver its trials count as independent, as nothing tells
    otherwise.
    """
    hit, tried = (np.asarray(given, dtype=float)[np.asarray(trials) > 0] for given in (hits, trials))
    livers, total = len(tried), float(tried.sum())
    if total == 0.0:
        return float("nan"), float("nan")
    share = float(hit.sum()) / total
    effective = _effective_trials(hit, tried, share) if livers > 1 else total
    return interval(share * effective, effective)


def median_interval(groups: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return the 95 % interval of the median of all values, float64[n] for each liver.

    The interval of the share of values not above the median, read off their distribution.
    """
    values = np.sort(np.concatenate(groups))
    middle = np.median(values)
    # a value at the median counts half, so that ties do not shift the share
    hits = [float(np.sum(group < middle) + 0.5 * np.sum(group == middle)) for group in groups]
    low, high = share_interval(hits, [len(group) for group in groups])
    found = np.quantile(values, [low, high], method="inverted_cdf")
    return float(found[0]), float(found[1])


def _effective_trials(hit: np.ndarray, tried: np.ndarray, share: float) -> float:
    """Return how many independent trials tell as much, at most as many as there were."""
    from scipy.stats import t

    livers, total = len(tried), tried.sum()
    if not 0.0 < share < 1.0:
        return float(total)
    between = livers / (livers - 1) * np.sum((hit - share * tried) ** 2) / total**2
    independent = share * (1.0 - share) / total
    # few livers know their own spread badly, which a wider quantile makes up for
    caution = float(
        (t.ppf(0.5 + CONFIDENCE / 2, livers - 1) / t.ppf(0.5 + CONFIDENCE / 2, max(total - 1, 1))) ** 2
    )
    return float(total / max(between / independent * caution, 1.0))
