"""Let tumour cells meet their fates: die by a named cause, lose hold, cross the wall, wake, sleep, divide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.base import threads
from livermet_sim.kernels.codes import (
    CROSS,
    CYCLING,
    DIE,
    DIVIDE,
    EXTRAVASATE,
    FIRST_KILLER,
    INTRAVASATE,
    INTRAVASATION,
    NONE,
    NOTHING,
    SLEEP,
    TUMOUR,
    WAKE,
)
from livermet_sim.kernels.fate import CELLS, OWN_FATES, Killers, decide
from livermet_sim.kernels.growth import MOTHERS, bury, cross_wall, divide, enter_vessel, name_daughters
from livermet_sim.kernels.neighbours import list_attackers
from livermet_sim.processes.ordering import by_priority
from livermet_sim.processes.process import Process
from livermet_sim.processes.record import count, record
from livermet_sim.processes.setting import Setting
from livermet_sim.state.tissue import Tissue
from livermet_sim.state.world import World

PRESSED = 900.0  # um2 around a push in which vessels are compressed


class Fate(Process):
    """Draw each tumour cell's fate among competing hazards, its own and its attackers'; bury the dead."""

    stage = "act"
    writes = ("cells.event[tumour]", "cells.state", "cells.alive[tumour]")
    adds = ("cells.load", "cells.cause", "sites.debris", "log", "totals")

    def __init__(self, setting: Setting, sites: int):
        self.columns = setting.columns(*OWN_FATES)
        self.attack, self.engulf = setting.column("attack"), setting.column("engulf")
        own = {behaviour.name for behaviour in setting.kinds[TUMOUR].behaviours}
        to = (f"vulnerability.{kind.name}" for kind in setting.kinds)
        self.vulnerability = setting.columns(*(name if name in own else "vulnerability.other" for name in to))
        self.inactive = setting.per_kind("inactive_share")
        self.across = setting.per_kind("across_wall", 1.0)
        self.head = np.full(sites, -1, dtype=np.int32)
        self.listed = np.zeros(sites + 1, dtype=np.int32)
        self.happened: np.ndarray = np.zeros(0, dtype=np.int64)
        self._scratch = np.zeros((3, 0), dtype=np.int32)

    def step(self, world: World) -> None:
        """Decide and apply deaths and changes of state; later processes carry out the moves."""
        cells = world.cells
        if world.census.in_lumen + world.census.in_tissue == 0:
            self.happened = self.happened[:0]
            return
        if self._scratch.shape[1] < cells.capacity:
            self._scratch = np.zeros((3, cells.capacity), dtype=np.int32)
        following, happened, eater = self._scratch
        list_attackers(
            cells.n, cells.full("kind"), cells.full("site"), cells.full("aptitude"), world.rates, self.attack,
            self.engulf, self.inactive, self.head, following, self.listed,
        )  # fmt: skip
        killers = Killers(
            self.attack, self.engulf, self.vulnerability, self.across, self.head, following, world.tissue.contacts,
            world.census.near,
        )  # fmt: skip
        self._decide(world, killers, happened, eater)
        if len(self.happened):
            self._apply(world)

    def _decide(self, world: World, killers: Killers, happened: np.ndarray, eater: np.ndarray) -> None:
        """Draw what happens to whom; who engulfs has more to carry."""
        cells, tick, dt = world.cells, world.clock.tick, world.clock.dt
        columns = cells.of(*CELLS)

        def some(own: slice) -> slice:
            number: int = decide(
                own.start, own.stop, world.seed, tick, dt, columns, world.rates, self.columns, killers, happened, eater,
            )  # fmt: skip
            return slice(own.start, own.start + number)

        found = threads.over(cells.n, world.tissue.n, some)
        self.happened = np.concatenate([happened[own] for own in found]).astype(np.int64)
        eaters = np.concatenate([eater[own] for own in found])
        np.add.at(cells.full("load"), eaters[eaters >= 0], 1.0)

    def rows(self, world: World, event: int) -> np.ndarray:
        """Return the rows to which ``event`` happens in this step."""
        if not len(self.happened):
            return self.happened
        return self.happened[world.cells.full("event")[self.happened] == event]

    def _apply(self, world: World) -> None:
        cells = world.cells
        for event in (WAKE, SLEEP):
            record(world, self.rows(world, event), event, NONE)
        dead = self.rows(world, DIE)
        if not len(dead):
            return
        causes = cells.full("cause")[dead]
        record(world, dead, DIE, causes)
        for cause, number in enumerate(np.bincount(causes)):
            if number:
                count(world, f"dead_{world.log.causes[cause]}", number)
        cells.full("alive")[dead] = 0
        census, remains = world.census, (causes < FIRST_KILLER).astype(np.int64)
        bury(
            dead, cells.full("site"), cells.full("layer"), census.tumour_at, census.places,
            world.sites.full("debris"), remains,
        )  # fmt: skip
        census.stale = True


class Extravasate(Process):
    """Let cells cross the wall into free tissue beside them."""

    stage = "act"
    writes = ("cells.layer[tumour]", "cells.site[tumour, crossing]", "cells.sojourn[tumour, crossing]")
    adds = ("cells.event", "log")

    def __init__(self, fate: Fate):
        self.fate = fate

    def step(self, world: World) -> None:
        """Cross, in drawn order."""
        rows = self.fate.rows(world, EXTRAVASATE)
        if not len(rows):
            return
        cells = world.cells
        rows = by_priority(world, rows, CROSS)
        cross_wall(
            rows, world.seed, world.clock.tick, cells.full("key"), cells.full("site"), cells.full("layer"),
            cells.full("sojourn"), cells.full("event"), world.census.tumour_at, world.census.places,
            world.tissue.neighbours, world.compartment,
        )  # fmt: skip
        record(world, rows[cells.full("event")[rows] != NOTHING], EXTRAVASATE, NONE)
        world.census.stale = True


class Intravasate(Process):
    """Let cells of a lesion enter a perfused vessel beside them and be carried on: the seed of a satellite."""

    stage = "act"
    writes = ("cells.layer[tumour, entering]", "cells.site[tumour, entering]")
    adds = ("cells.event", "cells.trail", "cells.bound", "cells.squeeze", "cells.halted", "log")

    def __init__(self, fate: Fate):
        self.fate = fate

    def step(self, world: World) -> None:
        """Enter, in drawn order; from the next step on they flow until held."""
        rows = self.fate.rows(world, INTRAVASATE)
        if not len(rows):
            return
        cells = world.cells
        rows = by_priority(world, rows, INTRAVASATION)
        enter_vessel(
            rows, world.seed, world.clock.tick, cells.full("key"), cells.full("site"), cells.full("layer"),
            cells.full("event"), world.census.tumour_at, world.census.places, world.tissue.neighbours,
            world.compartment, world.sites.full("perfused"),
        )  # fmt: skip
        entered = rows[cells.full("event")[rows] != NOTHING]
        if len(entered):
            record(world, entered, INTRAVASATE, NONE)
            # they come in round, however they passed the vessels before
            for name, value in (("trail", 1), ("bound", 0), ("squeeze", 0.0), ("halted", 0.0)):
                cells.full(name)[entered] = value
            world.census.stale = True


@dataclass(frozen=True)
class Pushing:
    """Hold what a tumour line says of a division that makes room for itself."""

    compress: float
    volume: float
    push_distance: float


class Divide(Process):
    """Let cycling cells divide into free room, a hepatocyte's place, or by pushing others aside."""

    stage = "act"
    writes = ("cells[new daughters]", "cells.site[tumour, pushed]", "cells.generation")
    adds = ("cells.event", "cells.cause", "sites.parenchyma", "sites.patency", "log", "totals")

    def __init__(self, setting: Setting, fate: Fate, tissue: Tissue):
        self.fate = fate
        own, lattice = setting.read("cells.tumour", Pushing), tissue.lattice
        self.coopt = setting.column("coopt")
        # what lies beside a push is nine sites of 10 um; where sites are smaller or larger, as much is compressed
        beside = (1 + tissue.contacts.shape[1]) * tissue.site**2
        self.compress = 1.0 - (1.0 - own.compress) ** (PRESSED / beside)
        # a daughter beside its mother needs no push
        breadths = max(1.0, float(np.sqrt(own.volume / tissue.thickness)) / lattice.site)
        self.rays = lattice.rays(max(own.push_distance, float(lattice.length.max()) * breadths))

    def step(self, world: World) -> None:
        """Divide, in drawn order, and make the daughters' rows."""
        rows = self.fate.rows(world, DIVIDE)
        if not len(rows):
            return
        cells = world.cells
        rows = by_priority(world, rows, DIVIDE)
        born_at, born_key = np.empty(len(rows), dtype=np.int64), np.empty(len(rows), dtype=np.int64)
        sites = world.sites
        divide(
            rows, world.seed, world.clock.tick, world.rates, self.coopt, self.rays, self.compress, (born_at, born_key),
            cells.of(*MOTHERS), (world.census.tumour_at, world.census.places),
            (world.tissue.neighbours, world.tissue.contacts, world.compartment), sites.of("parenchyma", "patency"),
        )  # fmt: skip
        made = born_at >= 0
        mothers = rows[made]
        record(world, mothers, DIVIDE, cells.full("cause")[mothers])
        cells.full("generation")[mothers] += 1
        daughters = np.full(len(rows), -1, dtype=np.int64)
        daughters[made] = self._daughters(world, mothers, born_at[made], born_key[made])
        census = world.census
        name_daughters(born_at, daughters, cells.full("layer")[rows], census.tumour_at, census.places)

    def _daughters(
        self, world: World, mothers: np.ndarray, sites: np.ndarray, keys: np.ndarray
    ) -> np.ndarray:
        """Make the daughters' rows and return them."""
        cells = world.cells
        inherited = {
            name: cells.full(name)[mothers]
            for name in (
                "kind",
                "layer",
                "founder",
                "lesion",
                "phase",
                "generation",
                "diameter",
                "aptitude",
                "sojourn",
                "halted",
            )
        }
        inherited["state"] = np.full(len(mothers), CYCLING)
        rows = world.add_cells(len(mothers), site=sites, key=keys, born=world.clock.tick, **inherited)
        world.rates[rows] = world.rates[mothers]
        count(world, "born", len(rows))
        return rows
