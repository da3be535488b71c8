"""Say in one hash which state a world is in, whatever the order of its rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

import numpy as np

from livermet_sim.state import stored
from livermet_sim.state.table import Table
from livermet_sim.state.world import World

# rows of cells, which have no order of their own: all but the number of stretches follows from the cells
_BY_ROW = ("segment_row",)


def digest(world: World, leave: Collection[str] = ()) -> str:
    """Return the SHA-256 of the whole state, or of it without the arrays, or tables, to ``leave`` out."""
    found, hashed = stored.arrays(world), hashlib.sha256()
    for name, (table, axis) in stored.tables(world).items():
        order = _order(table, name) if axis == name else slice(None)
        if name == "cells":
            found["rates"] = found["rates"][order]
        for column in table.columns:
            found[f"{name}.{column}"] = found[f"{name}.{column}"][order]
    left = {name for name in found if any(name == one or name.startswith(f"{one}.") for one in leave)}
    for name in sorted(found.keys() - {*_BY_ROW, *left}):
        hashed.update(name.encode() + np.ascontiguousarray(found[name]).tobytes())
    # what is left of the times asked for is no matter of the liver
    single = {name: value for name, value in stored.numbers(world).items() if name != "clock.owed"}
    rest = [single, world.totals, world.level_names, len(world.segment_row)]
    hashed.update(json.dumps(rest, sort_keys=True).encode())
    return hashed.hexdigest()


def _order(table: Table, name: str) -> np.ndarray:
    """Return the order in which rows that have none are taken: by key, or by all that they hold."""
    if name == "cells":
        return np.argsort(table["key"])
    return np.lexsort([table[column] for column in table.columns]) if table.n else np.zeros(0, dtype=np.int64)
