"""Let tips leave perfused vessels, climb VEGF, and join another vessel through which pressure can drive blood.

A sprout lays tubes behind its tip. It carries blood once its loop is closed and the flow solution says so; what carries
none is taken back (``regression``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from livermet_sim.kernels.codes import PARENCHYMA, PORTAL, SINUSOID, SPROUT_STEP
from livermet_sim.kernels.rng import child_keys, draws
from livermet_sim.kernels.vessels import sprouting
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

HOME = 35.0  # um: a sprout must not rejoin its own tube this near to its root


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
    age: float = 0.0

    @property
    def root(self) -> int:
        """Return the site of the vessel that it left."""
        return self.path[0]


class Angiogenesis(Process):
    """Send out tips, extend sprouts, join them to other vessels, line them with LSEC."""

    stage = "remodel"
    reads = ("cells.rates", "fields.concentration", "sites.perfused", "sites.vessel_age", "network.pressure")
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
        self.crowd, self.straight, self.drop, self.settled = (
            own.crowd,
            own.straight,
            own.least_drop,
            own.settled,
        )
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
        age, perfused = world.sites["vessel_age"], world.sites["perfused"]
        # what carries no blood brings none to a branch, and a vessel this young is still forming
        lined = np.flatnonzero((world.segments == segment) & (perfused > 0.0))
        lined = lined[(age[lined] == 0.0) | (age[lined] >= self.settled)]
        if not len(lined):
            return
        site = int(lined[np.argmax(world.fields.concentration[lined, self.guide])])
        taken = [place for sprout in self.sprouts for place in (sprout.tip, sprout.root)]
        if taken and world.tissue.lattice.distance(np.array(taken), site).min() < self.apart:
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
        if row < 0 or not (world.compartment[sprout.path] == SINUSOID).all():
            sprout.tip = -1
            return
        sprout.age += span
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
        vessels = [p for p in places if world.compartment[p] == SINUSOID]
        met = [p for p in vessels if self._joins(world, sprout, p)]
        if met and len(sprout.path) > 1:
            self._join(sprout, sprout.tip, met[0])
            return False
        # the remains of a vessel without blood are a way like any other, and are used again
        free = [p for p in vessels if world.sites["perfused"][p] == 0.0 and self._laid_by(p) is None]
        free += [p for p in places if world.compartment[p] == PARENCHYMA and self._open(world, p)]
        if not free:
            return False
        guide = world.fields.concentration[np.array(free), self.guide]
        scale = max(float(guide.max()), 1e-9)
        purpose = SPROUT_STEP + ((hop + 1) << 16)
        noise = draws(world.seed, purpose, world.clock.tick, sprout.key ^ np.array(free))
        ahead = self.straight * self._straightness(world, sprout, free)
        best = free[int(np.argmax(guide / scale + ahead + self.wander * noise))]
        if world.compartment[best] == SINUSOID:
            self._join(sprout, sprout.tip, best)
            sprout.tip = best
            sprout.path.append(best)
        else:
            self._lay(world, sprout, best)
        return True

    def _joins(self, world: World, sprout: Sprout, site: int) -> bool:
        """Say whether blood would run through the sprout if it joined the vessel at ``site``.

        So it does between two vessels at different pressures: a perfused one, or one that another sprout comes from.
        """
        other = self._laid_by(site)
        root = site if other is None else other.root
        if other is None and world.sites["perfused"][site] == 0.0:
            return False
        if sprout.travelled <= 2.0 * HOME and world.tissue.lattice.distance(sprout.root, site) <= HOME:
            return False
        pressure = world.network.pressure
        return abs(pressure[root] - pressure[sprout.root]) >= self.drop

    def _laid_by(self, site: int) -> Sprout | None:
        """Return the sprout under way that has a site in its path, its root left out."""
        return next((s for s in self.sprouts if site in s.path[1:]), None)

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
