"""Declare what each file of a result holds, column by column and array by array.

A new array is read once it is declared here; a table may have further columns, which hold finite numbers or words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from livermet_sim.base.arrays import check_arrays
from livermet_sim.base.tables import Table
from livermet_sim.base.values import Values
from livermet_sim.observe import columns
from livermet_sim.observe.columns import INDEX, LONGEST_H
from livermet_sim.observe.frames import CELLS, FIELDS
from livermet_sim.observe.readouts.cells import KEYS, LAYERS
from livermet_sim.observe.readouts.readout import CELL, LESION, REGISTRY
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.lesions import PHASE_WORDS, PHASES

CODES = 127.0

TIME = Values("number", "h", -LONGEST_H, LONGEST_H)
COUNT = Values("whole", "1", 0.0)
MAYBE = Values("number", missing=True)
KEY = Values("whole", "1", -KEYS, KEYS)
WORD = Values("word")
PHASE = Values("word", words=PHASE_WORDS)
LAYER = Values("word", words=LAYERS)


def series(name: str) -> Values | None:
    """Declare a column of the time series: counts are whole, the rest are numbers."""
    found = REGISTRY.find(name)
    return found.values if found is not None else Values("number", missing=True)


_PLACE = dict.fromkeys(("x_um", "y_um", "zone"), MAYBE)
_PATTERNS = dict.fromkeys(columns.PATTERNS, MAYBE)
TABLES = {
    "timeseries": Table(
        {"time_h": Values("number", "h", -LONGEST_H, LONGEST_H, order="rising"), "day": TIME}
        | {name: COUNT for name in columns.TIMESERIES[2:]},
        series,
    ),
    "lesions": Table({each.name: each.values for each in REGISTRY.of(LESION)}),
    "events": Table(
        {"time_h": TIME, "event": WORD, "cause": WORD, "key": KEY, "founder": INDEX, "lesion": INDEX, "layer": LAYER,
         "phase": PHASE} | _PLACE
    ),
    "cells": Table(
        {"time_h": Values("number", "h", -LONGEST_H, LONGEST_H, order="level")}
        | {each.name: each.values for each in REGISTRY.of(CELL)}
    ),
    "patterns": Table({"time_h": TIME, "lesion": INDEX, "cells": COUNT} | _PATTERNS),
}  # fmt: skip

_COMPARTMENT = Values("whole", "1", 0.0, 4.0)
_SIDE = Values("whole", "1", 1.0, 1e5)
_LENGTH = Values("number", "um", 1e-3, 1e6)
_STACK = Values("number", "1", -1e12, 1e12)
SNAPSHOTS = (
    {"time_h": Values("number", "h", -LONGEST_H, LONGEST_H, order="rising", axes=("time",))}
    | {"width": _SIDE, "height": _SIDE, "site_um": _LENGTH, "thickness_um": _LENGTH, "wrap": Values("switch")}
    | dict.fromkeys(columns.STACKS, _STACK.over("time", "site"))
    | {"compartment": _COMPARTMENT.over("time", "site")}
    | dict.fromkeys(("tumour", "tumour_lumen"), INDEX.over("time", "site"))
    | {"zone": _STACK.over("site"), "diameter": Values("number", "um", 0.0, 1e6, axes=("site",))}
    | dict.fromkeys(("lobule", "hepatocyte"), INDEX.over("site"))
    | {"edges": COUNT.over("edge", "2")}
)
SNAPSHOTS_OPTIONAL = ("edges", "wrap")

_BYTE = Values("whole", "1", 0.0, 255.0)
_LIMITS = {"layer": 1.0, "state": 1.0, "phase": float(len(PHASES))}
FRAMES = (
    {"time_h": Values("number", "h", -LONGEST_H, LONGEST_H, order="rising", axes=("frame",))}
    | {"compartment": _COMPARTMENT.over("frame", "site")}
    | dict.fromkeys(FIELDS, _BYTE.over("frame", "site"))
    | {f"{name}_scale": Values("number", "1", 1e-12, 1e12, axes=("frame",)) for name in FIELDS}
    | {f"cell_{name}": Values("whole", "1", 0.0, _LIMITS.get(name, 255.0), axes=("cell",)) for name in CELLS}
    | {"cell_site": COUNT.over("cell"), "cell_lesion": INDEX.over("cell")}
    | {"cell_start": Values("whole", "1", 0.0, order="level", axes=("frame+1",)), "kinds": WORD.over("kind")}
)

OBJECTS = {
    "scenario": {"name": str, "title": str, "line": str, "tissue": dict, "cells": dict, "run": dict, "phases": dict},
    "provenance": {"seed": int, "digest": str, "complete": bool, "versions": dict},
}  # fmt: skip


def check_snapshots(arrays: Mapping[str, np.ndarray], lengths: dict[str, int]) -> None:
    """Refuse snapshots whose sites are not those of their lattice.

    Raises
    ------
    ValueError
    """
    if not arrays:
        return
    sites = Lattice.of(arrays).n
    if lengths["site"] != sites:
        raise ValueError(f"its arrays are of {lengths['site']} sites, and width by height is {sites}")
    if "edges" in arrays and arrays["edges"].size and arrays["edges"].max() >= sites:
        raise ValueError(f"array edges has a value beyond {sites - 1}")


def check_frames(frames: Mapping[str, np.ndarray], sites: int) -> None:
    """Refuse frames whose arrays do not fit each other or the tissue.

    Raises
    ------
    ValueError
        Naming the first array that is missing, has the wrong shape or points nowhere.
    """
    if not frames:
        return
    check_arrays(frames, FRAMES, {"site": sites})
    rows = len(frames["cell_site"])
    for name, limit in (("site", sites), ("kind", len(frames["kinds"]))):
        if rows and int(frames[f"cell_{name}"].max()) >= limit:
            raise ValueError(f"array cell_{name} has a value beyond {limit - 1}")
    start = frames["cell_start"]
    if start[0] != 0 or start[-1] != rows:
        raise ValueError("array cell_start does not divide the cells")


def check_whole(parts: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the file of a result that does not fit the others and why, None where all do."""
    shots, cells = parts["snapshots"], parts["cells"]
    sites = len(shots["zone"]) if shots else None
    if sites is not None and len(cells) and int(cells["site"].max()) >= sites:
        return "cells.parquet", f"column site has a value beyond {sites - 1}"
    own = parts["scenario"].get("phases", {})
    for name, value in own.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "scenario.json", f"phases.{name[:40]} is not a number"
    return None
