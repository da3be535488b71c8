"""Say what became of each founder by now: where its line lives, or how and when its last cell went."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import TISSUE
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.founders import WASHED_OUT as GONE
from livermet_sim.observe.readouts.view import View

IN_TISSUE, IN_VESSELS, WASHED_OUT = "lives in tissue", "lives in vessels", "washed out"


def fates(view: View) -> Frame:
    """Return a row for each founder that has entered.

    Returns
    -------
    DataFrame
        ``founder``; ``fate``, one of the words above or "died: CAUSE" of the last cell; ``ended_h`` when that was, NaN for a
        line that lives; ``cells`` alive.
    """
    import pandas as pd

    found, cells = view.founders, view.cells
    fate, ended = np.full(found.n, "", dtype=object), found.ended
    number = np.bincount(cells["founder"][view.tumour], minlength=found.n)
    settled = np.bincount(
        cells["founder"][view.tumour[cells["layer"][view.tumour] == TISSUE]], minlength=found.n
    )
    for place, cause, _, _ in found.endings():
        fate[place] = WASHED_OUT if cause == GONE else f"died: {cause}"
    fate[number > 0] = IN_VESSELS
    fate[settled > 0] = IN_TISSUE
    return pd.DataFrame({"founder": found.names, "fate": fate, "ended_h": ended, "cells": number})
