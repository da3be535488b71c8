"""Let tumour cells in the vessels creep, stick, come loose and flow on, each on its own clock."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import ARREST, LUMEN, NONE, PORTAL, TUMOUR, WASH_OUT
from livermet_sim.kernels.transport import carry
from livermet_sim.processes.process import Process
from livermet_sim.processes.record import count, record
from livermet_sim.processes.seeding import Seed, entrances
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

SECOND = 1.0 / 3600.0  # h


class Pass(Process):
    """Move tumour cells in vessels: squeezed through or wedged, tethered or loose, to the next place or away."""

    stage = "arrive"
    writes = (
        "cells.site[tumour, lumen]", "cells.trail", "cells.squeeze", "cells.halted", "cells.bound",
        "cells.alive[tumour, washed out]", "cells.sojourn[tumour, arrested]",
    )  # fmt: skip
    adds = ("log", "totals", "cells[washed out]", "segments")

    def __init__(self, setting: Setting, seed: Seed):
        own, self.seed = setting.section("cells.tumour"), seed
        self.law = np.array(
            [own.cortical_tension, own.viscosity, own.stiffness_spread, own.tether_rate, own.bond_force,
             60.0 * own.arrest_after, own.arrest_adhesive, 1.0 / (60.0 * own.firm_after), own.firm_gain,
             # where more cells are simulated than came, each stands for a part of one and fills a part of a place
             max(1.0, np.floor(setting.section("seeding").enrichment))]
        )  # fmt: skip
        self.bridge = setting.column("bridge")

    def step(self, world: World) -> None:
        """Carry, log what happened in the order of time, and let go who was washed out."""
        if not len(self.seed.rows) and not world.census.stale and not world.census.in_lumen:
            return
        cells = world.cells
        rows = np.flatnonzero((cells["kind"] == TUMOUR) & (cells["layer"] == LUMEN))
        if not len(rows):
            return
        world.count()
        self._log(world, self._carry(world, rows))
        left_out = rows[world.compartment[cells["site"][rows]] == PORTAL]
        record(world, left_out, WASH_OUT, NONE)
        self._let_go(world, left_out)
        world.census.stale = True
        world.drop_dead()

    def _carry(self, world: World, rows: np.ndarray) -> np.ndarray:
        cells, sites, tissue = world.cells, world.sites, world.tissue
        since = np.zeros(cells.n)
        since[self.seed.rows] = self.seed.since
        seconds = world.clock.dt / SECOND
        inside = rows[world.compartment[cells["site"][rows]] != PORTAL]
        crowd = np.bincount(cells["site"][inside], minlength=tissue.n)
        # a cell is arrested at most once in every wait
        happened = np.empty((len(rows) * (2 * int(seconds / self.law[5]) + 4), 4), dtype=np.int64)
        number = carry(
            rows, since[rows], seconds, world.seed, world.clock.tick, cells.full("key"), cells.full("site"),
            cells.full("diameter"), cells.full("trail"), cells.full("squeeze"), cells.full("halted"),
            cells.full("bound"), crowd, tissue.neighbours, world.network.outflow,
            tissue.lattice.back, tissue.lattice.length, world.compartment,
            (sites.full("diameter"), sites.full("plug_drop"), sites.full("shear"), sites.full("speed")),
            sites.full("tether"), sites.full("grip"), world.rates[:, self.bridge].copy(), self.law,
            *entrances(world), happened,
        )  # fmt: skip
        return happened[:number]

    def _log(self, world: World, happened: np.ndarray) -> None:
        rows, event, cause, site = happened.T
        record(world, rows, event, cause, site)
        world.cells.full("sojourn")[rows[event == ARREST]] = 0.0
        self._let_go(world, rows[event == WASH_OUT])

    def _let_go(self, world: World, rows: np.ndarray) -> None:
        world.cells.full("alive")[rows] = 0
        count(world, "washed_out", len(rows))
