"""Bring tumour cells in with the portal blood, as a bolus or a trickle, at a declared enrichment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.base.specs import declared, section
from livermet_sim.base.types import Reals, Wholes
from livermet_sim.kernels.codes import (
    APTITUDE,
    CYCLING,
    DIAMETER,
    DORMANT,
    ENTER,
    ENTRY,
    NONE,
    PORTAL,
    TUMOUR,
)
from livermet_sim.kernels.rng import bell, child_keys, draws
from livermet_sim.processes.process import Process
from livermet_sim.processes.record import count, record
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World


@dataclass(frozen=True)
class Seeding:
    """How many tumour cells come with the portal blood, and when."""

    dose: float = declared(440.0, "/mm3", "Cells entering per volume of liver in the experiment.", 0.0, 1e6, "5e5 cells into the spleen (usual, assumed) over a 1.2-mL liver", "derived")  # fmt: skip
    enrichment: float = declared(10.0, "1", "How many times more cells are simulated than the experiment delivers to this slab; declared in every result.", 0.0, 1e5)  # fmt: skip
    start: float = declared(0.0, "h", "When the first cell enters.", 0.0, 1e5)
    duration: float = declared(0.25, "h", "Time over which they enter (a bolus takes minutes).", 0.0, 1e5, "assumed: an intrasplenic injection takes minutes", "assumed")  # fmt: skip


SECTION = section("seeding", Seeding)


@dataclass(frozen=True)
class Founder:
    """Hold what a tumour line says of the cells that come in."""

    dormant_share: float
    diameter: float
    diameter_spread: float


def entrances(world: World) -> tuple[Wholes, Reals]:
    """Return the portal sites, int64[m], and the running share of the blood that enters by them, float64[m]."""
    inlets = np.flatnonzero(world.compartment == PORTAL)
    flow = np.maximum(world.network.outflow[inlets], 0.0).sum(axis=1)
    return inlets, np.cumsum(flow) / max(flow.sum(), 1e-300)


class Seed(Process):
    """Let disseminated tumour cells enter at the portal tracts."""

    stage = "arrive"
    writes = ("cells[new tumour]",)
    adds = ("log", "totals")

    def __init__(self, setting: Setting):
        self.own = setting.read("seeding", Seeding)
        self.tumour = setting.read("cells.tumour", Founder)
        # who came in this step, and how many seconds after it began
        self.rows, self.since = np.zeros(0, dtype=np.int64), np.zeros(0)

    def step(self, world: World) -> None:
        """Admit the founders whose time has come; a founder's luck depends on its number alone."""
        self.rows, self.since = self.rows[:0], self.since[:0]
        coming, entered = self.coming(world), world.totals.get("entered", 0)
        if coming <= 0:
            return
        world.count()
        founders, end_of_step = np.arange(entered, entered + coming), world.clock.end_of_step
        self.rows = self._admit(world, founders)
        came = self.own.start + self.own.duration * (founders + 0.5) / self._total(world)
        self.since = 3600.0 * np.clip(came - (end_of_step - world.clock.dt), 0.0, world.clock.dt)
        count(world, "entered", len(self.rows))
        record(world, self.rows, ENTER, NONE)

    def _total(self, world: World) -> int:
        return round(self.own.dose * self.own.enrichment * world.tissue.volume)

    def coming(self, world: World) -> int:
        """Return how many founders enter in this step."""
        total, entered, end_of_step = (
            self._total(world),
            world.totals.get("entered", 0),
            world.clock.end_of_step,
        )
        if entered >= total or end_of_step <= self.own.start:
            return 0
        done = 1.0 if self.own.duration <= 0 else (end_of_step - self.own.start) / self.own.duration
        return max(0, min(total, int(np.floor(total * min(1.0, done) + 0.5))) - entered)

    def _admit(self, world: World, founders: np.ndarray) -> np.ndarray:
        """Make rows for founders at portal sites, drawn by the flow that leaves them."""
        seed, p = world.seed, self.tumour
        inlets, share = entrances(world)
        keys = child_keys(seed, ENTRY, 0, founders)
        at: Reals = draws(seed, ENTRY, 1, keys)
        site = inlets[np.minimum(np.searchsorted(share, at), len(inlets) - 1)]
        aptitude = draws(seed, APTITUDE, 0, keys)
        return world.add_cells(
            len(founders), kind=TUMOUR, site=site, key=keys, born=world.clock.tick, founder=founders, lesion=founders,
            phase=1, aptitude=aptitude, state=np.where(aptitude < p.dormant_share, DORMANT, CYCLING),
            diameter=np.clip(p.diameter + p.diameter_spread * bell(seed, DIAMETER, keys), 3.0, 60.0),
        )  # fmt: skip
