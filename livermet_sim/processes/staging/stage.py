"""Follow lesions through the run: groups of touching tumour cells with an identity that survives merging."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.clusters import label
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.processes.staging.identity import identify
from livermet_sim.processes.staging.phases import read_phases
from livermet_sim.processes.staging.progeny import read_progeny
from livermet_sim.processes.staging.thresholds import Thresholds
from livermet_sim.state.world import World

# um between the middles of two cells of one lesion: a cell's breadth lies between them; sites of 8, 10 and 12.5 um
# reach over as much area then
TOGETHER = 25.0


class Stage(Process):
    """Group tumour cells into lesions, keep their identities, read their phases, write their histories."""

    stage = "stage"
    writes = ("lesions", "cells.lesion", "cells.phase", "cells.lesion_size", "cells.apart")

    def __init__(self, setting: Setting):
        self.own = setting.read("phases", Thresholds)
        self.every = self.own.interval
        self.hypoxic = setting.cell("tumour", "hypoxia_threshold")
        self._claimed: np.ndarray | None = None

    def step(self, world: World) -> None:
        """Read the lesions; where no tumour cell has come and none is to come there are none."""
        if not world.lesions.n:
            return
        world.count()
        cells, lesions = world.cells, world.lesions
        rows = np.flatnonzero(cells["kind"] == TUMOUR)
        group = self._groups(world, rows)
        ids = identify(world, self.own, rows, group)
        cells.full("lesion")[rows] = ids
        sizes = np.bincount(ids, minlength=lesions.n)
        self._histories(world, rows, ids, sizes)
        read_phases(world, self.own, self.hypoxic, rows, ids, sizes)
        read_progeny(world, self.own, rows, ids)
        cells.full("phase")[rows] = lesions["phase"][ids]
        cells.full("lesion_size")[rows] = sizes[ids]

    def _groups(self, world: World, rows: np.ndarray) -> np.ndarray:
        """Return the group number of each row, numbered by the smallest key in the group."""
        if self._claimed is None:
            self._claimed = np.full(world.tissue.n, -1, dtype=np.int32)
        site, parent = world.cells.full("site"), np.empty(len(rows), dtype=np.int64)
        near = world.tissue.lattice.within(TOGETHER, world.tissue.neighbours, site[rows])
        label(rows, site, near, self._claimed, parent)
        _, group = np.unique(parent, return_inverse=True)
        keys = world.cells.full("key")[rows]
        smallest = np.full(group.max(initial=-1) + 1, np.iinfo(np.int64).max)
        np.minimum.at(smallest, group, keys)
        rank = np.empty_like(smallest)
        rank[np.argsort(smallest)] = np.arange(len(smallest))
        return rank[group]

    def _histories(self, world: World, rows: np.ndarray, ids: np.ndarray, sizes: np.ndarray) -> None:
        """Bring sizes, centres and losses up to date."""
        lesions, now = world.lesions, world.clock.end_of_step
        alive = sizes > 0
        lesions["began"][alive & np.isnan(lesions["began"])] = now
        # founders that came and went between two readings are lost too; those still to come are not
        arrived = (lesions["parent"] >= 0) | (lesions["founder"] < world.totals.get("entered", 0))
        gone = ~alive & arrived & np.isnan(lesions["lost"]) & (lesions["merged_into"] < 0)
        lesions["began"][gone & np.isnan(lesions["began"])] = now
        lesions["lost"][gone] = now
        lesions["lost"][alive] = np.nan
        lesions["merged_into"][alive] = -1
        lesions["cells"][:] = sizes
        np.maximum(lesions["peak"], sizes, out=lesions["peak"])
        tissue, at = world.tissue, world.cells.full("site")[rows]
        for name, middle in zip(("x", "y"), tissue.lattice.middles(ids, at, lesions.n), strict=True):
            lesions[name][alive] = middle[alive]
        unplaced = alive & (lesions["lobule"] < 0)
        if unplaced.any():
            lowest = np.full(lesions.n, tissue.n - 1)
            np.minimum.at(lowest, ids, at)
            lesions["lobule"][unplaced] = tissue.lobule[lowest[unplaced]]
            lesions["zone"][unplaced] = tissue.zone[lowest[unplaced]]
