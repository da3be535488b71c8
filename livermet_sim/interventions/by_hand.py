"""Change one cell by hand, between two steps: checked, and logged where the history of lesions needs it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from livermet_sim.base.errors import nearest
from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.state import states_of
from livermet_sim.kernels.codes import (
    DIE,
    FIRST_KILLER,
    LUMEN,
    NONE,
    PARENCHYMA,
    SINUSOID,
    SLEEP,
    TISSUE,
    TUMOUR,
    WAKE,
)
from livermet_sim.processes.record import count, record
from livermet_sim.state.world import World

COLUMNS = {column.name: column for column in CELL_COLUMNS}
# what may be written, and between which bounds; all else follows from the run
BOUNDS = {
    "load": (0.0, math.inf), **{state.name: (0.0, 1.0) for state in states_of(KINDS)},
    "age": (0.0, math.inf), "sojourn": (0.0, math.inf), "diameter": (3.0, 60.0), "aptitude": (0.0, 1.0),
    "state": (0.0, 1.0), "site": (0.0, math.inf),
}  # fmt: skip


def write(world: World, row: int, name: str, value: Any) -> None:
    """Write one column of the cell in ``row``.

    Raises
    ------
    ValueError
        For a value out of bounds, or a place where the cell cannot be.
    """
    # what is not in the list is an inner state of a kind that a user has registered
    column, (low, high) = world.cells.columns[name], BOUNDS.get(name, (0.0, 1.0))
    good = isinstance(value, int | float | np.number) and low <= value <= high and math.isfinite(value)
    if not good or (column.whole and value != int(value)):
        wanted = f"from {low:g} to {high:g}" if high < math.inf else f"of {low:g} or more"
        unit = "" if column.unit in ("1", "code") else f" ({column.unit})"
        raise ValueError(f"{name} of a cell must be a number {wanted}{unit}, not {value!r}")
    if name == "site":
        _check_site(world, row, int(value))
    elif name == "state":
        _change_state(world, row, int(value))
    world.wake()
    world.cells.full(name)[row] = value
    world.census.stale = True


def kill(world: World, row: int, cause: str) -> None:
    """Let the cell in ``row`` die; the death of a tumour cell is logged and counted under its cause.

    The row stays until `World.drop_dead`, so that several cells can be killed by their rows.

    Raises
    ------
    ValueError
        When the cause is none that a cell can die of.
    """
    deaths = world.log.deadly
    if cause not in deaths:
        close = nearest(cause, deaths) or "treatment"
        raise ValueError(f'"{cause}" is not a cause of death; did you mean "{close}"?')
    world.wake()
    cells = world.cells
    if cells.full("kind")[row] == TUMOUR:
        code = world.log.causes.index(cause)
        record(world, np.array([row]), DIE, code)
        count(world, f"dead_{cause}", 1)
        if code < FIRST_KILLER and cells.full("layer")[row] == TISSUE:
            world.sites.full("debris")[cells.full("site")[row]] += 1.0
    cells.full("alive")[row] = 0


def _check_site(world: World, row: int, site: int) -> None:
    code = int(world.cells.full("kind")[row])
    if code in (TUMOUR, *world.roles["lining"]):
        raise ValueError(
            f"a {world.kinds[code]} cell cannot be put elsewhere; its place is part of its lesion or vessel"
        )
    lumen = world.cells.full("layer")[row] == LUMEN
    found = world.compartment[site] if site < world.tissue.n else None
    if found != SINUSOID and (lumen or found != PARENCHYMA):
        raise ValueError(f"site {site} has no {'vessel' if lumen else 'tissue'} that could hold this cell")


def _change_state(world: World, row: int, state: int) -> None:
    if world.cells.full("kind")[row] != TUMOUR:
        raise ValueError("only tumour cells have a state (0 cycling, 1 dormant)")
    if world.cells.full("state")[row] != state:
        record(world, np.array([row]), SLEEP if state else WAKE, NONE)
