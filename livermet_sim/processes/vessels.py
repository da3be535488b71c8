"""Let compressed vessels close and new ones sprout towards VEGF, branch off, meet and carry blood."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from livermet_sim.base.specs import Parameter, Section
from livermet_sim.kernels.codes import CENTRAL, PARENCHYMA, PORTAL, SINUSOID, SPROUT_STEP
from livermet_sim.kernels.rng import child_keys, draws
from livermet_sim.kernels.vessels import closing, sprouting
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

SECTION = Section(
    "vessels",
    "Closing and sprouting of vessels.",
    (
        Parameter("interval", 6.0, "h", "Time between two updates; a lumen forms over hours.", 0.01, 24.0),
        Parameter("guide", "vegf", "", "Signal that a sprout climbs."),
        Parameter("crowd", 4, "sites", "Tubes around a site above which a sprout does not enter it.", 0, 8),
        Parameter(
            "straight",
            0.5,
            "1",
            "Weight of going straight on against the guide in a sprout's way; a tip keeps its polarity.",
            0.0,
            10.0,
        ),
        Parameter("wander", 0.3, "1", "Weight of chance against the guide in a sprout's way.", 0.0, 10.0),
    ),
)


HOME = 35.0  # um: a sprout must not rejoin its own tube this near to its root
CLEARED = ("diameter", "speed", "shear", "perfused", "adhesion", "capture", "capillarised", "vessel_age")


@dataclass
class Sprout:
    """Follow one growing tip: where it is, what it has laid, how far it went and is yet to go by now (um)."""

    tip: int
    key: int
    segment: int
    path: list[int] = field(default_factory=list)
    tube: float = 8.0
    travelled: float = 0.0
    due: float = 0.0


class Collapse(Process):
    """Close tubes that pushing growth has compressed."""

    stage = "remodel"
    reads = ("sites.patency", "cells.rates", "census")
    writes = tuple(f"sites.{name}[closed]" for name in (*CLEARED, "patency"))
    adds = (
        "compartment",
        "network",
        "segments",
        "cells.alive[lsec]",
        "cells.alive[evicted]",
        "cells.site[lsec]",
        "cells.site[evicted]",
    )

    def __init__(self, setting: Setting):
        self.every = setting.section("vessels").interval
        self.column = setting.column("collapse")
        self.on_wall = np.array([
            k.habitat == "vessel" and setting.cell(k.name, "infiltrate") == 0.0 for k in setting.kinds
        ])  # fmt: skip

    def step(self, world: World) -> None:
        """Draw closing tubes and take them out of the network."""
        clock = world.clock
        if not clock.due(self.every):
            return
        out = np.empty(len(world.tissue.inside), dtype=np.int64)
        number = closing(
            world.tissue.inside, world.seed, clock.tick, clock.span(self.every), world.compartment,
            world.sites.full("patency"), world.segments, world.segment_row, world.rates, self.column,
            world.census.tumour_at, out,
        )  # fmt: skip
        if number:
            self._close(world, out[:number])

    def _close(self, world: World, closed: np.ndarray) -> None:
        world.compartment[closed] = PARENCHYMA
        world.segments[closed] = -1
        for name in CLEARED:
            world.sites[name][closed] = 0.0
        world.sites["patency"][closed] = 1.0
        world.network.remove_nodes(closed)
        lost = np.flatnonzero(
            np.bincount(world.segments[world.segments >= 0], minlength=len(world.segment_row)) == 0
        )
        self._evict(world, closed)
        cells = world.cells
        rows = world.rows("lsec")
        gone = rows[np.isin(cells.full("segment")[rows], lost)]
        cells.full("alive")[gone] = 0
        # an LSEC whose own site closed moves to what is left of its stretch
        astray = world.segments[cells.full("site")[rows]] != cells.full("segment")[rows]
        for row in np.setdiff1d(rows[astray], gone):
            cells.full("site")[row] = np.flatnonzero(world.segments == cells.full("segment")[row])[0]
        world.census.stale = True

    def _evict(self, world: World, closed: np.ndarray) -> None:
        """Let cells that live on the wall alone move to the next open tube, or be lost with theirs.

        Kupffer cells are found around metastases and hardly inside them.
        """
        cells, neighbours = world.cells, world.tissue.neighbours
        shut = np.zeros(world.tissue.n, dtype=np.bool_)
        shut[closed] = True
        rows = np.flatnonzero(shut[cells["site"]] & self.on_wall[cells["kind"]])
        if not len(rows):
            return
        beside = neighbours[cells["site"][rows]]
        open_ = (beside >= 0) & (world.compartment[beside] == SINUSOID)
        found = open_.any(axis=1)
        cells["site"][rows[found]] = beside[found, open_[found].argmax(axis=1)]
        cells["alive"][rows[~found]] = 0


class Angiogenesis(Process):
    """Send out tips, extend sprouts, join them to other vessels, line them with LSEC."""

    stage = "remodel"
    reads = ("cells.rates", "fields.concentration")
    writes = ("sites.diameter[new]", "sites.patency[new]", "sites.vessel_age[new]")
    adds = ("compartment", "network", "segments", "cells[new lsec]")

    def __init__(self, setting: Setting, spacing: float):
        own, lsec = setting.section("vessels"), setting.section("cells.lsec")
        self.every, self.spacing, self.wander = own.interval, spacing, own.wander
        self.guide = setting.fields.index(own.guide)
        self.lsec, self.column, self.extend = (
            setting.code("lsec"),
            setting.column("sprout"),
            setting.column("extend"),
        )
        self.tube, self.apart, self.reach = lsec.sprout_diameter, lsec.notch_distance, lsec.sprout_reach
        self.portal_tube, self.portal_reach = lsec.portal_sprout_diameter, lsec.portal_reach
        self._portal_distance: np.ndarray | None = None
        self.stretch = max(1, round(lsec.stretch / spacing))
        self.crowd, self.straight = own.crowd, own.straight
        self.sprouts: list[Sprout] = []
        self._tubes: list[tuple[int, int]] = []
        self._diameters: list[float] = []

    def step(self, world: World) -> None:
        """Advance all sprouts; then let new tips out where no other tip is near."""
        clock = world.clock
        if not clock.due(self.every):
            return
        span = clock.span(self.every)
        for sprout in sorted(self.sprouts, key=lambda s: s.key):
            self._advance(world, sprout, span)
        self.sprouts = [s for s in self.sprouts if s.tip >= 0]
        if self._tubes:
            world.network.add_edges(np.array(self._tubes), np.array(self._diameters))
            self._tubes, self._diameters = [], []
        out = np.empty(world.cells.n, dtype=np.int64)
        cells = world.cells
        number = sprouting(
            cells.n, world.seed, clock.tick, span, self.lsec, cells.full("kind"), cells.full("key"), world.rates,
            self.column, out,
        )  # fmt: skip
        rows = out[:number]
        for row in rows[np.argsort(cells.full("key")[rows])]:
            self._start(world, int(row))

    def _start(self, world: World, row: int) -> None:
        """Let an LSEC become a tip cell unless another tip is near (Dll4-Notch)."""
        cells = world.cells
        segment = int(cells.full("segment")[row])
        lined = np.flatnonzero(world.segments == segment)
        if not len(lined):
            return
        guide = world.fields.concentration[lined, self.guide]
        site = int(lined[np.argmax(guide)])
        tips = [s.tip for s in self.sprouts]
        if tips and world.tissue.lattice.distance(np.array(tips), site).min() < self.apart:
            return
        key = int(child_keys(world.seed, SPROUT_STEP, world.clock.tick, cells.full("key")[row : row + 1])[0])
        self.sprouts.append(Sprout(site, key, segment, [site], self._tube_at(world, site)))

    def _tube_at(self, world: World, site: int) -> float:
        """Return the diameter of the vessels that sprout here: portal-type ones near a portal tract are narrow."""
        if self._portal_distance is None:
            self._portal_distance = world.tissue.lattice.distances(world.tissue.compartment == PORTAL)
        return self.portal_tube if self._portal_distance[site] < self.portal_reach else self.tube

    def _advance(self, world: World, sprout: Sprout, span: float) -> None:
        row = world.segment_row[sprout.segment]
        if row < 0 or world.compartment[sprout.tip] not in (SINUSOID, PORTAL, CENTRAL):
            sprout.tip = -1
            return
        sprout.due += world.rates[row, self.extend] * span
        hop = 0
        while sprout.due > 0.0:
            before = sprout.tip
            if not self._hop(world, sprout, hop):
                sprout.tip = -1
                return
            far = float(world.tissue.lattice.distance(before, sprout.tip))
            sprout.travelled, sprout.due = sprout.travelled + far, sprout.due - far
            if sprout.travelled > self.reach:
                sprout.tip = -1
                return
            hop += 1

    def _hop(self, world: World, sprout: Sprout, hop: int) -> bool:
        """Grow by one site; return False when the sprout has met a vessel or has no way."""
        places = [int(p) for p in world.tissue.neighbours[sprout.tip] if p >= 0 and int(p) not in sprout.path]
        compartment = world.compartment
        met = [p for p in places if compartment[p] in (SINUSOID, PORTAL, CENTRAL)]
        if sprout.travelled <= 2.0 * HOME:
            met = [p for p in met if world.tissue.lattice.distance(sprout.path[0], p) > HOME]
        if met and len(sprout.path) > 1:
            self._join(sprout, sprout.tip, met[0])
            return False
        free = [p for p in places if compartment[p] == PARENCHYMA and self._open(world, p)]
        if not free:
            return False
        guide = world.fields.concentration[np.array(free), self.guide]
        scale = max(float(guide.max()), 1e-9)
        purpose = SPROUT_STEP + ((hop + 1) << 16)
        noise = draws(world.seed, purpose, world.clock.tick, sprout.key ^ np.array(free))
        ahead = self.straight * self._straightness(world, sprout, free)
        best = free[int(np.argmax(guide / scale + ahead + self.wander * noise))]
        self._lay(world, sprout, best)
        return True

    def _straightness(self, world: World, sprout: Sprout, places: list[int]) -> np.ndarray:
        """Return the cosine between the last hop and a hop to each place; 0 for the first hop."""
        if len(sprout.path) < 2:
            return np.zeros(len(places))
        displacement = world.tissue.lattice.displacement
        last, on = displacement(sprout.path[-2], sprout.tip), displacement(sprout.tip, np.array(places))
        return (last[0] * on[0] + last[1] * on[1]) / (np.hypot(*last) * np.hypot(*on))

    def _open(self, world: World, site: int) -> bool:
        """Say whether a site has room for one more tube: not beside several already."""
        around = world.tissue.neighbours[site]
        return int((world.compartment[around[around >= 0]] == SINUSOID).sum()) <= self.crowd

    def _lay(self, world: World, sprout: Sprout, site: int) -> None:
        """Make ``site`` a tube joined to the tip; a full stretch gets an LSEC of its own."""
        before = sprout.tip
        world.compartment[site] = SINUSOID
        world.sites["diameter"][site] = sprout.tube
        world.sites["patency"][site] = 1.0
        world.sites["vessel_age"][site] = 1e-6
        sprout.tip = site
        sprout.path.append(site)
        if (len(sprout.path) - 2) % self.stretch == 0:
            self._new_lsec(world, sprout, site)
        world.segments[site] = sprout.segment
        self._join(sprout, before, site)

    def _join(self, sprout: Sprout, a: int, b: int) -> None:
        self._tubes.append((a, b))
        self._diameters.append(sprout.tube)

    def _new_lsec(self, world: World, sprout: Sprout, site: int) -> None:
        segment = len(world.segment_row)
        mother = world.segment_row[sprout.segment]
        purpose = SPROUT_STEP + (1 << 16)
        key = child_keys(world.seed, purpose, world.clock.tick, np.array([sprout.key ^ site]))[0]
        activation = float(world.cells.full("activation")[mother]) if mother >= 0 else 0.0
        rows = world.add_cells(
            1, kind=self.lsec, site=site, key=key, born=world.clock.tick, segment=segment, diameter=7.0,
            activation=activation,
        )  # fmt: skip
        world.segment_row = np.append(world.segment_row, rows[0])
        sprout.segment = segment
