"""Read from what happened when each lesion was first held, and how and when it ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.kernels.codes import ARREST, DIE, WASH_OUT
from livermet_sim.observe.founders import WASHED_OUT, Events
from livermet_sim.observe.standing import Standing


@dataclass(frozen=True)
class Endings:
    """Hold the first arrest and the end of each lesion; arrays by lesion.

    Attributes
    ----------
    arrested : float64[n], h
    word : str[n]
        How its last cell went; empty for a lesion that stands.
    lost : float64[n], h
        NaN for a lesion that stands.
    """

    arrested: np.ndarray
    word: np.ndarray
    lost: np.ndarray


def endings(
    events: Events, standing: Standing, merged: np.ndarray, lost: np.ndarray, hours: float
) -> Endings:
    """Return how each lesion began and ended.

    Parameters
    ----------
    merged : bool[n]
        Lesions that another took in, at a reading.
    lost : float64[n], h
        Readings that first saw a lesion without cells.
    hours : float, h
        How far the run is.
    """
    n, arrested = len(lost), np.full(len(lost), np.nan)
    arrests = events.where(events.event == ARREST)
    first, index = np.unique(arrests.lesion, return_index=True)
    arrested[first] = arrests.hour[index]
    word = np.full(n, "", dtype=object)
    ends = events.where(np.isin(events.event, (DIE, WASH_OUT)))
    last, index = np.unique(ends.lesion[::-1], return_index=True)
    final = ends.where(len(ends) - 1 - index)
    word[last] = np.where(final.event == WASH_OUT, WASHED_OUT, np.array(events.causes)[final.cause])
    stands = standing.cells > 0
    word[stands] = ""
    # another took it in at a reading; else it ended with its last cell, which a user's hand may take without an event
    lost = lost.copy()
    lost[last] = np.where(merged[last], lost[last], final.hour)
    lost[np.isnan(lost)] = hours
    lost[stands] = np.nan
    return Endings(arrested, word.astype(str), lost)
