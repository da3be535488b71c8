"""Turn the state and the records of a run into the tables of a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.kernels.codes import EVENTS, TISSUE, TUMOUR
from livermet_sim.observe.columns import HISTORY, PATTERNS, STACKS
from livermet_sim.observe.readouts import tables
from livermet_sim.observe.readouts.cells import LAYERS
from livermet_sim.observe.readouts.view import Shot
from livermet_sim.observe.recorder import Recorder, snapshot
from livermet_sim.state.lesions import PHASE_WORDS
from livermet_sim.state.world import World

if TYPE_CHECKING:
    import pandas as pd

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
        "layer": np.array(LAYERS)[layer],
        "phase": PHASE_NAMES[phase],
    })  # fmt: skip


def patterns(shots: Sequence[Shot]) -> pd.DataFrame:
    """Return a row per lesion with cells in tissue and snapshot: its cells and the columns PATTERNS."""
    import pandas as pd

    frames = [pd.DataFrame(columns=list(HISTORY))]
    for shot in shots:
        held = shot.cells
        settled = (held["kind"] == TUMOUR) & (held["layer"] == TISSUE) & (held["lesion"] >= 0)
        lesion, cells = np.unique(held["lesion"][settled], return_counts=True)
        own = {name: shot.patterns[name][lesion] for name in PATTERNS}
        frames.append(
            pd.DataFrame({"time_h": shot.hours, "lesion": lesion.astype(np.int64), "cells": cells, **own})
        )
    return pd.concat([f for f in frames if len(f)] or frames, ignore_index=True)


def cells(shots: Sequence[Shot]) -> pd.DataFrame:
    """Return every cell at the snapshot times, sorted by time and key."""
    import pandas as pd

    return pd.concat([tables.cells(shot) for shot in shots], ignore_index=True)


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
