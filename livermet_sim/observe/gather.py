"""Turn the state and the records of a run into the tables of a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.kernels.codes import DIE, DIVIDE, EVENTS, PUSHING, REPLACEMENT, TISSUE, TUMOUR, WASH_OUT
from livermet_sim.observe.columns import HISTORY, NICHE, PATTERNS, PROGENY, STACKS
from livermet_sim.observe.recorder import Recorder, snapshot
from livermet_sim.observe.standing import standing
from livermet_sim.state.lesions import PHASE_WORDS
from livermet_sim.state.world import World

if TYPE_CHECKING:
    import pandas as pd

LAYERS = np.array(["lumen", "tissue"])
STATES = np.array(["cycling", "dormant"])
PHASE_NAMES = np.array(PHASE_WORDS)


def timeseries(rows: list[dict[str, float]]) -> pd.DataFrame:
    """Return a row per recorded time; the columns are the same whatever happened."""
    import pandas as pd

    return pd.DataFrame(rows)


def rows_to_now(world: World, recorder: Recorder) -> list[dict[str, float]]:
    """Return the rows so far and one of the present state."""
    now = world.clock.hours
    return [*_before(recorder.rows, now), recorder.observe(world, now)]


def _before(records: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
    """Return records of earlier times: since one of this moment was taken, a user's hand may have changed the state."""
    return [record for record in records if record["time_h"] < now - 1e-9]


def events(world: World, wanted: bool) -> pd.DataFrame:
    """Return what happened to tumour cells, in order of time, kind of event and cell."""
    import pandas as pd

    log = world.log.array() if wanted else world.log.array()[:0]
    tick, event, cause, key, founder, lesion, site, layer, phase = log.T
    x, y = world.tissue.xy(site)
    return pd.DataFrame({
        "time_h": (tick + 1) * world.clock.dt,
        "event": np.array(EVENTS)[event],
        "cause": np.array(["", *world.log.causes[1:]])[cause],
        "key": key,
        "founder": founder,
        "lesion": lesion,
        "x_um": x,
        "y_um": y,
        "zone": world.tissue.zone[site],
        "layer": LAYERS[layer],
        "phase": PHASE_NAMES[phase],
    })  # fmt: skip


def lesions(world: World, patterns: Mapping[str, np.ndarray] | None = None) -> pd.DataFrame:
    """Return a row per lesion whose founder has entered: the hour of each milestone, what it met, how it grows.

    ``phase``, ``cells`` and ``diameter_um`` are of what stands now, the hours of first times: see ``observe.standing``.

    Parameters
    ----------
    patterns : dict of str to float64[lesions], optional
        The columns PATTERNS as they are now; NaN without them.
    """
    import pandas as pd

    table = world.lesions
    seen = (table["parent"] >= 0) | (table["founder"] < world.totals.get("entered", 0))
    ids = np.flatnonzero(seen)
    arrested, lost_to, lost = endings(world, table.n)
    now = standing(world)
    cells = now.cells[ids]
    words = PHASE_NAMES[now.phase[ids]].astype(object)
    words[cells == 0] = "lost"
    words[(cells == 0) & (table["merged_into"][ids] >= 0)] = "merged"
    columns: dict[str, Any] = {"lesion": ids, "founder": table["founder"][ids]}
    columns |= {f"{name}_um": table[name][ids] for name in ("x", "y")}
    columns |= {name: table[name][ids] for name in ("zone", "lobule")}
    # a group that broke away never arrested itself; it begins when it is first seen
    broke = (table["parent"] >= 0) & np.isnan(arrested)
    columns["arrested_h"] = np.where(broke, table["began"], arrested)[ids]
    columns["extravasated_h"] = table["pre_angiogenic"][ids]
    columns |= {f"{name}_h": table[name][ids] for name in ("woke", "micrometastasis", "angiogenic", "growth")}
    columns["lost_h"] = lost[ids]
    columns |= {name: table[name.removesuffix("_h")][ids] for name in PROGENY}
    columns |= {"lost_to": lost_to[ids], "merged_into": table["merged_into"][ids], "cells": cells}
    columns["peak_cells"] = np.maximum(table["peak"][ids], cells)
    columns["diameter_um"] = world.breadth(cells)
    columns["phase"] = words.astype(str)
    columns |= {name: table[name.removesuffix("_h")][ids] for name in NICHE if name.endswith("_h")}
    invaded = invasions(world, table.n)
    columns |= {name: invaded[name][ids] for name in invaded}
    columns |= {
        name: np.where(cells > 0, patterns[name][ids] if patterns else np.nan, np.nan) for name in PATTERNS
    }
    return pd.DataFrame(columns)


def invasions(world: World, lesions: int) -> dict[str, np.ndarray]:
    """Return per lesion how many divisions took a hepatocyte's place, and how many pushed."""
    log = world.log.array()
    divided = log[log[:, 1] == DIVIDE]
    return {
        name: np.bincount(divided[divided[:, 2] == cause, 5], minlength=lesions)
        for name, cause in (("replacement_divisions", REPLACEMENT), ("pushing_divisions", PUSHING))
    }


def patterns(shots: list[dict[str, Any]], found: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Return a row per lesion with cells in tissue and snapshot: its cells and the columns PATTERNS.

    Parameters
    ----------
    found : list of dict of str to float64[lesions]
        The patterns of all lesions at each snapshot.
    """
    import pandas as pd

    frames = [pd.DataFrame(columns=list(HISTORY))]
    for shot, columns in zip(shots, found, strict=True):
        held = shot["cells"]
        settled = (held["kind"] == TUMOUR) & (held["layer"] == TISSUE) & (held["lesion"] >= 0)
        lesion, cells = np.unique(held["lesion"][settled], return_counts=True)
        own = {name: columns[name][lesion] for name in PATTERNS}
        frames.append(
            pd.DataFrame({"time_h": shot["time_h"], "lesion": lesion.astype(np.int64), "cells": cells, **own})
        )
    return pd.concat([f for f in frames if len(f)] or frames, ignore_index=True)


def endings(world: World, lesions: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per lesion the hour of its first arrest, the word for how its last cell went, and the hour of its end."""
    log, table = world.log.array(), world.lesions
    arrested = np.full(lesions, np.nan)
    arrests = log[log[:, 1] == EVENTS.index("arrest")]
    first, index = np.unique(arrests[:, 5], return_index=True)
    arrested[first] = (arrests[index, 0] + 1) * world.clock.dt
    lost_to = np.full(lesions, "", dtype=object)
    ends = log[(log[:, 1] == DIE) | (log[:, 1] == WASH_OUT)]
    last, index = np.unique(ends[::-1, 5], return_index=True)
    final = ends[::-1][index]
    words = np.where(final[:, 1] == WASH_OUT, "washed_out", np.array(world.log.causes)[final[:, 2]])
    lost_to[last] = words
    stands = standing(world).cells > 0
    lost_to[stands] = ""
    # another took it in at a reading; else it ended with its last cell, which a user's hand may take without an event
    merged, lost = table["merged_into"] >= 0, table["lost"].copy()
    lost[last] = np.where(merged[last], lost[last], (final[:, 0] + 1) * world.clock.dt)
    lost[np.isnan(lost)] = world.clock.hours
    lost[stands] = np.nan
    return arrested, lost_to.astype(str), lost


def cells(world: World, shots: list[dict[str, Any]]) -> pd.DataFrame:
    """Return every cell at the snapshot times, sorted by time and key."""
    import pandas as pd

    frames = []
    for shot in shots:
        own = shot["cells"]
        x, y = world.tissue.xy(own["site"])
        tumour = own["kind"] == TUMOUR
        frames.append(pd.DataFrame({
            "time_h": shot["time_h"], "key": own["key"], "kind": np.array(world.kinds)[own["kind"]],
            "x_um": x, "y_um": y, "site": own["site"], "layer": LAYERS[own["layer"]],
            "state": np.where(tumour, STATES[own["state"]], ""), "lesion": own["lesion"],
            "phase": np.where(tumour, PHASE_NAMES[own["phase"]], ""), "activation": own["activation"],
            "polarisation": own["polarisation"], "load": own["load"], "oxygen_mmHg": own["oxygen_mmHg"],
        }))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def snapshots(world: World, shots: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Return the site stacks over the snapshot times and the arrays that never change."""
    tissue = world.tissue
    stacks = {name: np.stack([shot[name] for shot in shots]) for name in STACKS}
    return stacks | {
        "time_h": np.array([shot["time_h"] for shot in shots]),
        **{name: np.array(value) for name, value in tissue.lattice.sizes.items()},
        "thickness_um": np.array(tissue.thickness),
        "zone": tissue.zone, "lobule": tissue.lobule, "hepatocyte": tissue.hepatocyte,
        "diameter": tissue.diameter, "edges": tissue.edges,
    }  # fmt: skip


def shots_to_now(world: World, recorder: Recorder) -> list[dict[str, Any]]:
    """Return the snapshots so far and one of the present state."""
    now = world.clock.hours
    return [*_before(recorder.shots, now), snapshot(world, now)]
