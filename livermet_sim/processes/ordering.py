"""Put contenders in a drawn order, so that serving them one by one does not depend on the order of rows."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import PRIORITY
from livermet_sim.kernels.rng import draws
from livermet_sim.state.world import World


def by_priority(world: World, rows: np.ndarray, round_: int) -> np.ndarray:
    """Return ``rows`` sorted by a number drawn for each cell in this tick (``round_`` tells draws apart)."""
    if len(rows) < 2:
        return rows
    keys = world.cells.full("key")[rows]
    drawn = draws(world.seed, PRIORITY + (round_ << 16), world.clock.tick, keys)
    return rows[np.lexsort((keys, drawn))]
