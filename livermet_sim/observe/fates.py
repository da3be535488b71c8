"""Say what became of each founder by now: where its line lives, or how and when its last cell went."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import DIE, TISSUE, TUMOUR, WASH_OUT
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.founders import Founders
from livermet_sim.state.world import World

IN_TISSUE, IN_VESSELS, WASHED_OUT = "lives in tissue", "lives in vessels", "washed out"


def fates(world: World) -> Frame:
    """Return a row for each founder that has entered.

    Returns
    -------
    DataFrame
        ``founder``; ``fate``, one of the words above or "died: CAUSE" of the last cell; ``ended_h`` when that was, NaN for a
        line that lives; ``cells`` alive.
    """
    import pandas as pd

    n = Founders(world).n
    own = world.cells["kind"] == TUMOUR
    founder, layer = world.cells["founder"][own], world.cells["layer"][own]
    cells = np.bincount(founder, minlength=n)
    settled = np.bincount(founder[layer == TISSUE], minlength=n)
    log = world.log.array()
    ends = log[np.isin(log[:, 1], (DIE, WASH_OUT))]
    words = np.array([f"died: {cause}" for cause in world.log.causes], dtype=object)[ends[:, 2]]
    words[ends[:, 1] == WASH_OUT] = WASHED_OUT
    # later events overwrite earlier ones
    fate, ended = np.full(n, "", dtype=object), np.full(n, np.nan)
    for number, word, tick in zip(ends[:, 4].tolist(), words, ends[:, 0].tolist(), strict=True):
        fate[number], ended[number] = word, (tick + 1) * world.clock.dt
    fate[cells > 0], ended[cells > 0] = IN_VESSELS, np.nan
    fate[settled > 0] = IN_TISSUE
    return pd.DataFrame({"founder": np.arange(n), "fate": fate, "ended_h": ended, "cells": cells})
