"""Write down what happens to tumour cells: the event log and the running totals."""

from __future__ import annotations

import numpy as np

from livermet_sim.state.world import World


def record(
    world: World,
    rows: np.ndarray,
    event: np.ndarray | int,
    cause: np.ndarray | int,
    site: np.ndarray | None = None,
) -> None:
    """Log one event for each tumour row, as the cells stand now, or at the given sites."""
    if not len(rows):
        return
    cells = world.cells
    block = np.empty((len(rows), 9), dtype=np.int64)
    block[:, 0] = world.clock.tick
    block[:, 1] = event
    block[:, 2] = cause
    for column, name in enumerate(("key", "founder", "lesion", "site", "layer", "phase"), start=3):
        block[:, column] = cells.full(name)[rows]
    if site is not None:
        block[:, 6] = site
    world.log.add(block)


def count(world: World, name: str, number: int | np.integer) -> None:
    """Add to a running total."""
    world.totals[name] = world.totals.get(name, 0) + int(number)
