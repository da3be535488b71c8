"""Let tumour cells in the vessels creep, stick, come loose and flow on, each on its own clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.kernels.codes import ARREST, CENTRAL, NONE, PORTAL, TUMOUR, WASH_OUT
from livermet_sim.kernels.transport import ARRESTED_AFTER, CELLS, LAWS, carry
from livermet_sim.processes.process import Process
from livermet_sim.processes.record import count, record
from livermet_sim.processes.seeding import Seed, Seeding, entrances
from livermet_sim.processes.setting import Setting
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.state.world import World

SECOND = 1.0 / 3600.0  # h
# h: so soon a cell that comes beside others is held by them, whatever the step
PART = 0.0625


@dataclass(frozen=True)
class Passenger:
    """Hold what a tumour line says of a cell in a vessel."""

    cortical_tension: float
    viscosity: float
    stiffness_spread: float
    tether_rate: float
    bond_force: float
    arrest_after: float
    arrest_adhesive: float
    firm_after: float
    firm_gain: float


class Pass(Process):
    """Move tumour cells in vessels: squeezed through or wedged, tethered or loose, to the next place or away."""

    stage = "arrive"
    writes = (
        "cells.site[tumour, lumen]", "cells.trail", "cells.squeeze", "cells.halted", "cells.bound",
        "cells.alive[tumour, washed out]", "cells.sojourn[tumour, arrested]",
    )  # fmt: skip
    adds = ("log", "totals", "cells[washed out]", "segments")

    def __init__(self, setting: Setting, seed: Seed, compiled: Compiled):
        own, self.seed, self.compiled = setting.read("cells.tumour", Passenger), seed, compiled
        law = {
            "tension": own.cortical_tension, "viscosity": own.viscosity, "spread": own.stiffness_spread,
            "tethering": own.tether_rate, "force": own.bond_force, "arrested_after": 60.0 * own.arrest_after,
            "adhesion": own.arrest_adhesive, "firming": 1.0 / (60.0 * own.firm_after), "firm_gain": own.firm_gain,
            # where more cells are simulated than came, each stands for a part of one and fills a part of a place
            "room": max(1.0, np.floor(setting.read("seeding", Seeding).enrichment)),
        }  # fmt: skip
        self.law = np.array([law[name] for name in LAWS])
        self.bridges = setting.column("bridge"), setting.column("snare")
        self._bridge = np.zeros(0)
        self._crowd = np.zeros(0, dtype=np.int64)

    def step(self, world: World) -> None:
        """Carry, log what happened in the order of time, and let go who was washed out."""
        if not len(self.seed.rows) and not world.census.stale and not world.census.in_lumen:
            return
        cells = world.cells
        rows = world.tumour_in_vessels()
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
        """Carry cells part by part of the step, what holds them read anew for each; return what happened."""
        since, seconds = np.zeros(world.cells.n), world.clock.dt / SECOND
        since[self.seed.rows] = self.seed.since
        parts = max(1, int(np.ceil(world.clock.dt / PART - 1e-9)))
        span = seconds / parts
        happened: list[np.ndarray] = []
        site, ways_in = world.cells["site"], entrances(world)
        at = site[rows]
        self._make_room(world)
        for part in range(parts):
            inside = world.compartment[site[rows]] != CENTRAL
            here = rows[inside]
            self._hold(world, here, here[site[here] != at[inside]])
            due = np.maximum(since[here] - part * span, 0.0)
            happened.append(
                self._carry_part(world, here, due, span, world.clock.tick * parts + part, ways_in)
            )
        return np.concatenate(happened)

    def _make_room(self, world: World) -> None:
        """Make work space for all cells and sites."""
        if len(self._bridge) < world.cells.capacity:
            self._bridge = np.zeros(world.cells.capacity)
        if len(self._crowd) != world.tissue.n:
            self._crowd = np.zeros(world.tissue.n, dtype=np.int64)

    def _carry_part(
        self,
        world: World,
        rows: np.ndarray,
        since: np.ndarray,
        seconds: float,
        tick: int,
        ways_in: tuple[np.ndarray, np.ndarray],
    ) -> np.ndarray:
        cells, sites, tissue, crowd = world.cells, world.sites, world.tissue, self._crowd
        at = cells["site"][rows]
        np.add.at(crowd, at[world.compartment[at] != PORTAL], 1)
        # a cell is arrested at most once in every wait
        happened = np.empty(
            (len(rows) * (2 * int(seconds / self.law[ARRESTED_AFTER]) + 4), 4), dtype=np.int64
        )
        lattice = tissue.lattice
        paths = (tissue.neighbours, world.network.outflow, lattice.back, lattice.length, world.compartment)
        number = carry(
            rows, since, seconds, world.seed, tick, cells.of(*CELLS),
            (sites.of("diameter", "plug_drop", "shear", "speed"), paths, crowd, *ways_in),
            (*sites.of("tether", "selectin", "grip"), self._bridge), self.law, happened,
        )  # fmt: skip
        crowd[cells["site"][rows]] = 0
        return happened[:number]

    def _hold(self, world: World, rows: np.ndarray, moved: np.ndarray) -> None:
        """Read anew the ligand of other cells, and traps, that cells touch, for those of the ``rows`` that have ``moved`` in this step."""
        self._bridge[rows] = sum(world.rates[rows, bridge] for bridge in self.bridges)
        if len(moved):
            self._bridge[moved] = sum(
                self.compiled.at_once(world, TUMOUR, bridge, moved) for bridge in self.bridges
            )

    def _log(self, world: World, happened: np.ndarray) -> None:
        rows, event, cause, site = happened.T
        record(world, rows, event, cause, site)
        world.cells.full("sojourn")[rows[event == ARREST]] = 0.0
        self._let_go(world, rows[event == WASH_OUT])

    def _let_go(self, world: World, rows: np.ndarray) -> None:
        world.cells.full("alive")[rows] = 0
        count(world, "washed_out", len(rows))
