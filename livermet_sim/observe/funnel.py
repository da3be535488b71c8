"""Count how many disseminated tumour cells came how far: the metastatic cascade as a funnel.

The unit is the *founder*: one cell that entered with the blood, together with all its descendants. A founder
stands in a step when its line has reached that step and every step before it, so the funnel never widens.
Size and phases count by its own progeny (``staging.progeny``): a cell that another clone grew around has not grown.

Whether a founder survived its first 24 h is not known before (``observe.known``), and nor is who came further after
that: such counts are missing, their intervals reach from what is certain to what is still possible, and ``reached`` says
how many have come so far whatever came before.
"""

from __future__ import annotations

import numpy as np

from livermet_sim.observe.columns import Frame
from livermet_sim.observe.readouts.readout import FOUNDER, REGISTRY
from livermet_sim.observe.readouts.view import View

CONFIDENCE = 0.95
# the readouts of founders that are steps, in their order
STEPS = {
    "entered": "entered_h",
    "arrested": "arrested_h",
    "survived 24 h": "survived_h",
    "extravasated": "extravasated_h",
    "woke (divided)": "woke_h",
    "micrometastasis": "micrometastasis_h",
    "vascularised": "angiogenic_h",
    "growing": "growth_h",
}


def funnel(view: View) -> Frame:
    """Return one row per step of the cascade.

    Returns
    -------
    DataFrame
        ``step``; ``count`` founders that reached it and all before; ``of_entered`` that share, with its
        Clopper-Pearson 95 % interval ``low``, ``high``; ``of_previous`` the share of the step before;
        ``reached`` founders that reached it whatever came before; ``still_possible`` founders not there yet
        whose line was alive when the run ended, so that the count may still rise (censoring). ``count``, ``of_entered``
        and ``of_previous`` are NaN where they cannot be known yet.

    References
    ----------
    Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404
    """
    import pandas as pd

    found, moment = view.founders, view.moment
    entered = max(found.n, view.totals.get("entered", 0))
    nested, sure = np.ones(found.n, dtype=bool), True
    rows, previous = [], float(entered)
    for number, (step, column) in enumerate(STEPS.items()):
        readout = REGISTRY.find(column, FOUNDER)
        assert readout is not None
        reached = np.isfinite(readout.read(view))
        nested &= reached
        sure &= readout.known.at(moment)
        certain = entered if number == 0 else int(nested.sum())
        possible = int((found.alive & ~nested).sum())
        low, high = (1.0, 1.0) if number == 0 and entered else _interval(certain, possible, entered, sure)
        count = float(certain) if sure else np.nan
        rows.append(
            {
                "step": step,
                "count": count,
                "of_entered": count / entered if entered else np.nan,
                "low": low,
                "high": high,
                "of_previous": count / previous if previous else np.nan,
                "reached": entered if number == 0 else int(reached.sum()),
                "still_possible": possible,
            }
        )
        previous = count
    # whole numbers where all are known
    return pd.DataFrame(rows).astype({"count": np.int64 if sure else np.float64})


def _interval(certain: int, possible: int, entered: int, sure: bool) -> tuple[float, float]:
    """Return the interval of a share of founders; of one not known yet, from what is certain to what is possible."""
    low, high = interval(certain, entered)
    return low, high if sure else interval(certain + possible, entered)[1]


def interval(count: float, total: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a share; NaN when there is nothing to share.

    Numbers need not be whole: effective ones (``validation.clustered``) are not, which ``scipy.stats.binomtest`` refuses.

    References
    ----------
    Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404
    """
    if total == 0:
        return float("nan"), float("nan")
    # the quantiles of scipy.stats.beta, up to rounding, which takes three times as long to load
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = float(betaincinv(count, total - count + 1, tail)) if count > 0 else 0.0
    high = float(betaincinv(count + 1, total - count, 1 - tail)) if count < total else 1.0
    return low, high
