"""Count how many disseminated tumour cells came how far: the metastatic cascade as a funnel.

The unit is the *founder*: one cell that entered with the blood, together with all its descendants. A founder
stands in a step when its line has reached that step and every step before it, so the funnel never widens.
Size and phases count by its own progeny (``staging.progeny``): a cell that another clone grew around has not grown.

Whether a founder survived its first 24 h is not known before (``observe.known``), and nor is who came further after
that: such counts are missing, their intervals reach from what is certain to what is still possible, and ``reached`` says
how many have come so far whatever came before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from livermet_sim.observe import known
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.known import DAY_H, Moment
from livermet_sim.observe.record import Record

CONFIDENCE = 0.95
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
_FIRST_EVENT = {
    "entered_h": "enter",
    "arrested_h": "arrest",
    "extravasated_h": "extravasate",
    "woke_h": "divide",
}
_LESION_ONLY = ("micrometastasis_h", "angiogenic_h", "growth_h")
_GAINS = {"enter": 1, "divide": 1, "die": -1, "wash_out": -1}


@dataclass(frozen=True)
class Tally:
    """Hold what the funnel of a run that goes on is counted from: tables as a `Record` has them."""

    lesions: Frame
    events: Frame
    timeseries: Frame
    hours: float
    provenance: Mapping[str, Any]


def funnel(result: Record | Tally) -> Frame:
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

    table = founders(result)
    entered = len(table)
    if len(result.events) == 0 and len(result.timeseries):
        entered = max(entered, int(result.timeseries["entered"].iloc[-1]))
    alive = table["ended_h"].isna().to_numpy()
    moment = _moment(result, table)
    nested, sure = np.ones(len(table), dtype=bool), True
    rows, previous = [], float(entered)
    for number, (step, column) in enumerate(STEPS.items()):
        reached = table[column].notna().to_numpy()
        nested &= reached
        sure &= known.FUNNEL[step].at(moment)
        certain = entered if number == 0 else int(nested.sum())
        possible = int((alive & ~nested).sum())
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


def _moment(result: Record | Tally, table: Frame) -> Moment:
    """Return what decides which steps can be known at the end of a run."""
    young = table["ended_h"].isna() & (result.hours - table["entered_h"] < DAY_H - 1e-9)
    return Moment(result.hours, int(young.sum()), int(result.provenance.get("founders_to_come") or 0))


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
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, count, total - count + 1)) if count > 0 else 0.0
    high = float(beta.ppf(1 - tail, count + 1, total - count)) if count < total else 1.0
    return low, high


def founders(result: Record | Tally) -> Frame:
    """Return a row per founder: the hour at which its line reached each step, NaN where it did not.

    ``ended_h`` is the hour at which its last cell was gone, NaN while some live. Without events (a scenario
    may leave them out) everything is read from the lesions, and cells that never arrested are not listed.
    """
    lesions = result.lesions
    kept = len(result.events) > 0
    table = _blank(result.events if kept else lesions)
    index = table.index
    if kept:
        for column, event in _FIRST_EVENT.items():
            times = result.events.loc[result.events["event"] == event].groupby("founder")["time_h"].min()
            table[column] = times.reindex(index)
        table["ended_h"] = _extinct(result.events).reindex(index)
    else:
        groups = lesions.groupby("founder")
        for column in ("arrested_h", "extravasated_h", "woke_h"):
            table[column] = groups[column].min().reindex(index)
        table["entered_h"] = table["arrested_h"]
        table["ended_h"] = (
            groups["lost_h"].max().where(groups["lost_h"].count() == groups.size()).reindex(index)
        )
    lived = np.fmin(table["ended_h"].fillna(np.inf), result.hours) - table["entered_h"]
    table["survived_h"] = (table["entered_h"] + DAY_H).where(lived >= DAY_H - 1e-9)
    own = lesions[lesions["lesion"] == lesions["founder"]].set_index("founder")
    for column in _LESION_ONLY:
        table[column] = own[f"own_{column}"].reindex(index)
    return table.reset_index()


def _blank(source: Frame) -> Frame:
    """Return an empty table with a row for each founder named in ``source``."""
    import pandas as pd

    names = np.unique(source["founder"].to_numpy(dtype=np.int64))
    index = pd.Index(names[names >= 0], name="founder")
    return pd.DataFrame(np.nan, index=index, columns=[*STEPS.values(), "ended_h"])


def _extinct(events: Frame) -> Frame:
    """Return the hour at which each founder's last cell was gone, NaN while some live."""
    moves = events.loc[events["event"].isin(list(_GAINS)), ["time_h", "event", "founder"]]
    gain = moves["event"].astype(object).map(_GAINS).astype(float)
    left = gain.groupby(moves["founder"]).sum()
    last = moves.loc[gain < 0].groupby("founder")["time_h"].max()
    return last.reindex(left.index).where(left <= 0)
