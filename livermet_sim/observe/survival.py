"""Estimate how long founders or lesions take to a phase, when some are lost and some never got there in time.

Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452, with Greenwood's variance and the interval on the scale of
log(-log S), which stays within 0 and 1 (Kalbfleisch and Prentice 2002, 1.4).
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from livermet_sim.base.errors import ResultError
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.readouts.kept import Kept
from livermet_sim.observe.readouts.tables import founders
from livermet_sim.observe.record import Record

FOUNDER_STEPS = {
    "arrested": "arrested_h", "extravasated": "extravasated_h", "woke": "woke_h",
    "micrometastasis": "micrometastasis_h", "angiogenic": "angiogenic_h", "growth": "growth_h", "death": "ended_h",
}  # fmt: skip
LESION_STEPS = {
    **{name: f"{name}_h" for name in ("extravasated", "woke", "micrometastasis", "angiogenic", "growth")},
    **{name: f"{name}_h" for name in ("hypoxic", "stellate", "vessel", "sprout")},
    "death": "lost_h",
}
LOST = ("censor", "never")


def survival(result: Record, milestone: str, of: str = "founder", lost: str = "censor") -> Frame:
    """Return the Kaplan-Meier estimate of not having reached a milestone, by time since entering or arrest.

    Parameters
    ----------
    milestone : str
        ``arrested``, ``extravasated``, ``woke``, ``micrometastasis``, ``angiogenic``, ``growth`` or ``death``; for lesions
        also ``hypoxic``, ``stellate``, ``vessel`` and ``sprout``.
    of : str
        ``founder``: lines of disseminated cells, from entering. ``lesion``: lesions, from arrest or breaking away.
    lost : str
        What becomes of those that died out, or were taken in by another lesion, before the milestone. ``censor``: they
        leave the risk set then, so the estimate is about those that live. ``never``: they stay at risk to the end and
        never get there, so one minus the estimate is the share of all that got there.

    Returns
    -------
    DataFrame
        See `kaplan_meier`.

    Raises
    ------
    ResultError
        For an unknown milestone or choice.
    """
    steps = {"founder": FOUNDER_STEPS, "lesion": LESION_STEPS}
    for place, word, valid in (("of", of, steps), ("lost", lost, LOST)):
        if word not in valid:
            raise ResultError(place, f'"{word}" is not a choice', name=word, valid=valid)
    if milestone not in steps[of]:
        raise ResultError(
            "milestone", f'"{milestone}" is not a milestone of a {of}', name=milestone, valid=steps[of]
        )
    if of == "founder":
        table = founders(Kept(result))
        start, ended = table["entered_h"].to_numpy(), table["ended_h"].to_numpy()
    else:
        table = result.lesions
        start, ended = table["arrested_h"].to_numpy(), table["lost_h"].to_numpy()
    reached = table[steps[of][milestone]].to_numpy(dtype=float)
    if milestone == "death":
        ended = np.full(len(ended), np.nan)
        if of == "lesion":  # taken in by another is not death
            merged = table["merged_into"].to_numpy() >= 0
            ended, reached = np.where(merged, reached, np.nan), np.where(merged, np.nan, reached)
    end = np.full(len(start), result.hours)
    if lost == "censor":
        end = np.fmin(end, ended)
    happened = ~np.isnan(reached)
    time = np.where(happened, reached, end) - start
    known = ~np.isnan(start)
    return kaplan_meier(np.maximum(time[known], 0.0), happened[known])


def kaplan_meier(time: np.ndarray, happened: np.ndarray) -> Frame:
    """Return the product-limit estimate.

    Parameters
    ----------
    time : float64[n], h
        Time to the event, or to leaving the risk set without it (censored).
    happened : bool[n]
        Whether it was the event. Of those with equal times, events come before censorings.

    Returns
    -------
    DataFrame
        A row at time 0 and at each time with an event or a censoring: ``time_h``, ``at_risk`` just before, ``events``,
        ``censored``, ``estimate`` of the share without the event, its ``standard_error`` (Greenwood) and 95 % interval
        ``low``, ``high``; NaN where the estimate is 0.
    """
    import pandas as pd

    times = np.unique(np.concatenate([[0.0], time]))
    index = np.searchsorted(times, time)
    events = np.bincount(index[happened], minlength=len(times))
    censored = np.bincount(index[~happened], minlength=len(times))
    at_risk = len(time) - np.concatenate([[0], np.cumsum(events + censored)[:-1]])
    estimate, low, high = _product_limit(time, happened, times)
    with np.errstate(divide="ignore", invalid="ignore"):  # Greenwood, which scipy does not give
        error = estimate * np.sqrt(
            np.cumsum(np.where(events > 0, events / (at_risk * (at_risk - events)), 0.0))
        )
    error[estimate <= 0.0] = np.nan
    return pd.DataFrame({
        "time_h": times, "at_risk": at_risk, "events": events, "censored": censored, "estimate": estimate,
        "standard_error": error, "low": low, "high": high,
    })  # fmt: skip


def _product_limit(time: np.ndarray, happened: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the estimate and its interval at some times; an estimate of 1 is sure, one of 0 has no interval."""
    if not len(time):
        return np.ones(len(at)), np.ones(len(at)), np.ones(len(at))
    from scipy.stats import CensoredData, ecdf

    found: Any = ecdf(CensoredData(uncensored=time[happened], right=time[~happened])).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # it warns where the interval is undefined
        interval = found.confidence_interval(0.95, method="log-log")
    estimate = found.evaluate(at)
    ends = (np.where(estimate >= 1.0, 1.0, end.evaluate(at)) for end in (interval.low, interval.high))
    low, high = (np.where(estimate <= 0.0, np.nan, end) for end in ends)
    return estimate, low, high
