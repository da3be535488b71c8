"""Let cells crawl: patrols along vessels, stroma and loose tumour clones through tissue."""

from __future__ import annotations

import numpy as np

from livermet_sim.base import threads
from livermet_sim.kernels.codes import CRAWL
from livermet_sim.kernels.motility import (
    CELLS,
    CRAWLING,
    PACE,
    TUMOUR_CELLS,
    Ground,
    Habits,
    crawl,
    crawl_tumour,
    lay_ways,
    tumour_hops,
)
from livermet_sim.processes.ordering import by_priority
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.places import Places
from livermet_sim.state.world import World

STAYS, VESSEL_CELL, TISSUE_CELL = 0, 1, 2
HABITS = {"vessel": VESSEL_CELL, "disse": TISSUE_CELL, "segment": STAYS, "blood": STAYS}

PERSISTENCE = 12.5  # um that a crawling cell goes before it turns: about its own breadth (assumed)


def stride(lattice: Lattice, places: Places | None = None) -> float:
    """Return the path in um that one hop stands for, so that how far cells spread does not hang on the size of a site.

    A walk of free paths of length P spreads by P times its whole length (mean square); one of hops by their mean square.
    Cells that take room hop to the place that owns a site beside theirs, the others to that site.
    """
    if places is None or not places.body.shape[1]:
        return float(np.mean(lattice.length**2)) / PERSISTENCE
    at = np.flatnonzero(places.capacity > 0)
    there = places.owner[lattice.around[at]]
    hops = (lattice.around[at] >= 0) & (there != at[:, None]) & (places.capacity[there] > 0)
    return float(np.mean(lattice.distance(at[:, None], there)[hops] ** 2)) / PERSISTENCE


class Crawl(Process):
    """Move immune cells, stellate cells and tumour cells by whole sites."""

    stage = "act"
    writes = ("cells.site[crawling]", "cells.layer[immune]")

    def __init__(self, setting: Setting, lattice: Lattice, places: Places):
        self.stride, self.tumour_stride = stride(lattice), stride(lattice, places)
        self.columns = setting.columns(*CRAWLING)
        self.cohesion = setting.column("cohesion")
        self.mobile = np.array([HABITS[k.habitat] for k in setting.kinds], dtype=np.int64)
        # who follows its sinusoid farther before it turns spreads as if it had made more of the hops
        self.motile = (
            setting.per_kind("motile_share", 1.0) * setting.per_kind("persistence", PERSISTENCE) / PERSISTENCE
        )
        self.inactive = setting.per_kind("inactive_share")
        names = [str(setting.values[f"cells.{k.name}"].get("attractant", "")) for k in setting.kinds]
        self.attractant = np.array([setting.fields.index(n) if n in setting.fields else -1 for n in names])
        self.heed = np.ones(len(names))
        # half of the receptors at both ends of a hop
        self.trace = 2.0 * setting.per_kind("attractant_half", 1.0)
        self._laid, self._ways = np.zeros(0, dtype=np.int8), np.zeros((2, 0), dtype=np.int32)

    def step(self, world: World) -> None:
        """Crawl: first those that pass each other freely, then tumour cells in drawn order."""
        cells, clock = world.cells, world.clock
        if not np.array_equal(self._laid, world.compartment):
            self._laid, self._ways = world.compartment.copy(), np.empty((2, world.tissue.n), dtype=np.int32)
            lay_ways(self._laid, world.tissue.neighbours, self._ways)
        columns = cells.of(*CELLS)
        habits = Habits(self.mobile, self.motile, self.attractant, self.heed, self.trace, self.inactive)
        ground = Ground(
            world.fields.concentration,
            world.compartment,
            world.tissue.neighbours,
            self._ways,
            world.census.near,
        )

        def some(rows: slice) -> None:
            crawl(
                rows.start, rows.stop, world.seed, clock.tick, clock.dt, self.stride, columns, world.rates,
                self.columns, habits, ground,
            )  # fmt: skip

        threads.over(cells.n, world.tissue.n, some)
        self._tumour(world)
        world.census.stale = True

    def _tumour(self, world: World) -> None:
        if world.census.in_tissue == 0:
            return
        cells, clock = world.cells, world.clock
        hops, own, pace = np.empty(cells.n, dtype=np.int64), cells.of(*TUMOUR_CELLS), int(self.columns[PACE])

        def some(rows: slice) -> int:
            return tumour_hops(
                rows.start, rows.stop, world.seed, clock.tick, clock.dt, self.tumour_stride, own, world.rates, pace,
                hops,
            )  # fmt: skip

        if not any(threads.over(cells.n, world.tissue.n, some)):
            return
        alive = cells["alive"] == 1
        rows = by_priority(world, np.flatnonzero((hops > 0) & alive), CRAWL)
        crawl_tumour(
            rows, world.seed, clock.tick, hops[rows], cells.full("key"), cells.full("site"), world.rates,
            self.cohesion, world.census.tumour_at, world.census.places, world.compartment, world.tissue.neighbours,
        )  # fmt: skip
