"""Count cells of each kind inside lesions, in their rim and outside, at the snapshots of a run."""

from __future__ import annotations

import numpy as np

from livermet_sim.observe.columns import Frame
from livermet_sim.observe.record import Record
from livermet_sim.observe.rings import RINGS, Rings, rings
from livermet_sim.state.lattice import Lattice

EVERY = -1


def infiltrate(result: Record, rim_um: float | None = None) -> Frame:
    """Return cells of each kind and their density by ring, for every lesion and for the whole tissue.

    A lesion counts from the size of a micrometastasis; its inside is what its cells hold and surround, vessels and
    necrosis included.

    Parameters
    ----------
    rim_um : float, optional
        Width of the rim; that of the scenario (``phases.rim``) by default.

    Returns
    -------
    DataFrame
        ``time_h``, ``lesion`` (-1 for all of the tissue), ``kind``, ``ring`` (inside, rim, outside), ``cells``,
        ``area_mm2``, ``per_mm2`` (NaN where there is no such area). Single lesions have no outside.
    """
    import pandas as pd

    shots, cells = result.snapshots, result.cells
    own = result.scenario.get("phases", {})
    rim = float(own.get("rim", 50.0)) if rim_um is None else rim_um
    least = int(own.get("micrometastasis", 10)) * cell_area(result)
    frames = [pd.DataFrame(columns=["time_h", "lesion", "kind", "ring", "cells", "area_mm2", "per_mm2"])]
    kinds = [name for name in pd.unique(cells["kind"]) if name != "tumour"]
    lattice = Lattice.of(shots) if shots else None
    for index, hours in enumerate(shots.get("time_h", ())):
        assert lattice is not None
        found = rings(
            shots["tumour"][index].astype(np.int64), shots["compartment"][index] != 0, lattice, rim, least,
        )  # fmt: skip
        now = cells[(cells["time_h"] == hours) & (cells["kind"] != "tumour")]
        code = pd.Categorical(now["kind"], categories=kinds).codes.astype(np.int64)
        frames.append(_tidy(found, code, now["site"].to_numpy(), kinds, lattice.site).assign(time_h=hours))
    return pd.concat([f for f in frames if len(f)] or frames, ignore_index=True)[list(frames[0].columns)]


def cell_area(result: Record) -> float:
    """Return the area of the slab that a tumour cell of a result takes, um2; an older result has one cell to a site."""
    shots, own = result.snapshots, result.scenario.get("cells", {}).get("tumour", {})
    if "volume" in own and shots:
        return float(own["volume"]) / float(shots["thickness_um"])
    return float(shots["site_um"]) ** 2 if shots else 0.0


def _tidy(found: Rings, kind: np.ndarray, site: np.ndarray, kinds: list[str], side: float) -> Frame:
    """Return the rows of one moment."""
    import pandas as pd

    parts = [_rows(EVERY, found.counts(kind, site, len(kinds)), found.areas(side), kinds)]
    for lesion in np.unique(found.lesion[found.lesion >= 0]):
        mine = np.where(found.lesion == lesion, found.ring, np.int8(-1))
        one = Rings(mine, found.lesion)
        parts.append(
            _rows(int(lesion), one.counts(kind, site, len(kinds)), one.areas(side), kinds)[
                lambda t: t["ring"] != "outside"
            ]
        )
    return pd.concat(parts, ignore_index=True)


def _rows(lesion: int, counts: np.ndarray, areas: np.ndarray, kinds: list[str]) -> Frame:
    import pandas as pd

    area = np.tile(areas, len(kinds))
    cells = counts.ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.where(area > 0, cells / area, np.nan)
    return pd.DataFrame({
        "lesion": lesion, "kind": np.repeat(kinds, 3), "ring": np.tile(RINGS, len(kinds)), "cells": cells, "area_mm2": area,
        "per_mm2": density,
    })  # fmt: skip
