"""Let tips leave perfused vessels, climb VEGF, and join another vessel through which pressure can drive blood.

A sprout lays tubes behind its tip. It carries blood once its loop is closed and the flow solution says so; what carries
none is taken back (``regression``). Where growth has cut a vessel, its open ends are tips again if there is VEGF.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.kernels.codes import PARENCHYMA, PORTAL, SINUSOID, SPROUT, SPROUT_STEP
from livermet_sim.kernels.remodelling import sprouting
from livermet_sim.kernels.rng import child_keys, draws
from livermet_sim.processes.collapse import Vessels
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.carried import Carried
from livermet_sim.state.table import Column
from livermet_sim.state.world import World

SPROUTS = Carried(
    "sprouts",
    "A sprout under way; which sites its tube holds is told by their ``sprout``.",
    (
        Column(
            "number",
            "code",
            "Its number, from 1 on; the sites of its tube carry it as ``sprout``.",
            whole=True,
        ),
        Column("key", "code", "Identity for random draws, from the LSEC that became its tip.", whole=True),
        Column("root", "code", "Site of the vessel that it left.", whole=True, of="site"),
        Column("tip", "code", "Site of its tip.", whole=True, of="site"),
        Column("before", "code", "Site of its tip one hop ago; the root at first.", whole=True, of="site"),
        Column("segment", "code", "Stretch of the LSEC at its tip.", whole=True, of="stretch"),
        Column("sites", "sites", "Sites of its tube, the root left out.", whole=True),
        Column("tube", "um", "Diameter of the tube that it lays."),
        Column("travelled", "um", "Way of its tip so far."),
        Column(
            "due", "um", "Way that its tip is yet to go by now; below 0 where the last hop went beyond it."
        ),
        Column("age", "h", "Time since it left its root."),
    ),
)
SHUT = 0.5  # patency below which the end of a tube is pressed shut
HOME = 35.0  # um: a sprout must not rejoin its own tube this near to its root


@dataclass(frozen=True)
class Tip:
    """Hold what the lining says of the sprouts that leave it, um."""

    sprout_diameter: float
    notch_distance: float
    sprout_reach: float
    portal_sprout_diameter: float
    portal_reach: float
    stretch: float


class Angiogenesis(Process):
    """Send out tips, extend sprouts, join them to other vessels, line them with LSEC."""

    stage = "remodel"
    writes = (
        "sites.severed[tip]",
        "sites.diameter[new]",
        "sites.patency[new]",
        "sites.vessel_age[new]",
        "sites.sprout[new]",
    )
    adds = ("compartment", "network", "segments", "cells[new lsec]")
    carries = (SPROUTS,)

    def __init__(self, setting: Setting, spacing: float):
        lining = setting.the("lining").name
        own, lsec = setting.read("vessels", Vessels), setting.read(f"cells.{lining}", Tip)
        self.every, self.spacing, self.wander = own.interval, spacing, own.wander
        self.guide = setting.fields.index(own.guide)
        self.lsec, self.column, self.extend = (
            setting.code(lining),
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
        self.unopposed = own.unopposed
        self._tubes: list[tuple[int, int]] = []
        self._diameters: list[float] = []

    def step(self, world: World) -> None:
        """Advance all sprouts; then let new tips out where no other tip is near."""
        clock, sprouts, cells = world.clock, world.carried[SPROUTS.name], world.cells
        span = clock.span(self.every)
        reopened = self._reopen(world, span)
        held = np.bincount(world.sites["sprout"][world.compartment == SINUSOID].astype(np.int64))
        over = [row for row in np.argsort(sprouts["key"]) if not self._advance(world, int(row), span, held)]
        self._end(world, np.sort(np.array(over, dtype=np.int64)))
        if self._tubes:
            world.network.add_edges(np.array(self._tubes), np.array(self._diameters))
            self._tubes, self._diameters = [], []
        out = np.empty(cells.n, dtype=np.int64)
        number = sprouting(
            cells.n, world.seed, clock.tick, span, self.lsec, cells.full("kind"), cells.full("key"), world.rates,
            self.column, out,
        )  # fmt: skip
        rows = np.setdiff1d(out[:number], reopened)
        for row in rows[np.argsort(cells.full("key")[rows])]:
            self._start(world, int(row))

    def _reopen(self, world: World, span: float) -> np.ndarray:
        """Let LSEC at the open ends of vessels that were cut be tips, which none beyond inhibits; return their rows.

        What is pruned leaves no such end: its endothelium draws back into its neighbours (Lenard 2015).
        """
        sites, network = world.sites, world.network
        tubes = np.bincount(network.edges.ravel(), minlength=world.tissue.n)
        ends = np.flatnonzero(
            (world.compartment == SINUSOID) & (tubes == 1) & network.fed & (sites["patency"] >= SHUT)
            & (sites["severed"] > 0.0) & (sites["perfused"] == 0.0) & (sites["sprout"] == 0.0)
        )  # fmt: skip
        lining = world.segment_row[world.segments[ends]]
        # of two ends of one stretch the first
        rows, first = np.unique(lining[lining >= 0], return_index=True)
        ends, keys = ends[lining >= 0][first], world.cells.full("key")[rows]
        rate = self.unopposed * world.rates[rows, self.column]
        out = draws(world.seed, SPROUT, world.clock.tick, keys) < 1.0 - np.exp(-rate * span)
        for i in np.argsort(keys[out]):
            self._leave(world, int(rows[out][i]), int(ends[out][i]))
        sites["severed"][ends[out]] = 0.0
        return rows[out]

    def _end(self, world: World, rows: np.ndarray) -> None:
        """Let sprouts that have met a vessel, or came to nothing, be tubes like others."""
        if len(rows):
            sprouts = world.carried[SPROUTS.name]
            done = np.isin(world.sites["sprout"], sprouts["number"][rows])
            world.sites["sprout"][done] = 0.0
            sprouts.drop(rows)

    def _start(self, world: World, row: int) -> None:
        """Let an LSEC become a tip cell unless another tip is near (Dll4-Notch)."""
        cells, sprouts = world.cells, world.carried[SPROUTS.name]
        segment = int(cells.full("segment")[row])
        age, perfused = world.sites["vessel_age"], world.sites["perfused"]
        # what carries no blood brings none to a branch, and a vessel this young is still forming
        lined = np.flatnonzero((world.segments == segment) & (perfused > 0.0))
        lined = lined[(age[lined] == 0.0) | (age[lined] >= self.settled)]
        if not len(lined):
            return
        site = int(lined[np.argmax(world.fields.concentration[lined, self.guide])])
        taken = np.concatenate([sprouts["tip"], sprouts["root"]])
        if len(taken) and world.tissue.lattice.distance(taken, site).min() < self.apart:
            return
        self._leave(world, row, site)

    def _leave(self, world: World, row: int, site: int) -> None:
        """Begin a sprout at a site of the stretch of an LSEC."""
        cells, sprouts = world.cells, world.carried[SPROUTS.name]
        key = int(child_keys(world.seed, SPROUT_STEP, world.clock.tick, cells.full("key")[row : row + 1])[0])
        sprouts.append(
            1, number=1 + sprouts["number"].max(initial=0), key=key, root=site, tip=site, before=site,
            segment=int(cells.full("segment")[row]), tube=self._tube_at(world, site),
        )  # fmt: skip

    def _tube_at(self, world: World, site: int) -> float:
        """Return the diameter of the vessels that sprout here: portal-type ones near a portal tract are narrow."""
        if self._portal_distance is None:
            self._portal_distance = world.tissue.lattice.distances(world.tissue.compartment == PORTAL)
        return self.portal_tube if self._portal_distance[site] < self.portal_reach else self.tube

    def _advance(self, world: World, row: int, span: float, held: np.ndarray) -> bool:
        """Let one tip go as far as its time allows; return False when its way is over.

        ``held`` counts the sites that each sprout still has; one that has lost any is cut off.
        """
        own = world.carried[SPROUTS.name]
        lsec, number = world.segment_row[own["segment"][row]], own["number"][row]
        whole = own["sites"][row] == (held[number] if number < len(held) else 0)
        if lsec < 0 or not whole or world.compartment[own["root"][row]] != SINUSOID:
            return False
        own["age"][row] += span
        own["due"][row] += world.rates[lsec, self.extend] * span
        hop = 0
        while own["due"][row] > 0.0:
            before = int(own["tip"][row])
            if not self._hop(world, row, hop):
                return False
            far = float(world.tissue.lattice.distance(before, int(own["tip"][row])))
            own["travelled"][row] += far
            own["due"][row] -= far
            if own["travelled"][row] > self.reach:
                return False
            hop += 1
        return True

    def _hop(self, world: World, row: int, hop: int) -> bool:
        """Grow by one site; return False when the sprout has met a vessel or has no way."""
        own, sites = world.carried[SPROUTS.name], world.sites
        tip, root, number = (int(own[name][row]) for name in ("tip", "root", "number"))
        places = [
            int(p)
            for p in world.tissue.neighbours[tip]
            if p >= 0 and p != root and sites["sprout"][p] != number
        ]
        vessels = [p for p in places if world.compartment[p] == SINUSOID]
        met = [p for p in vessels if self._joins(world, row, p)]
        if met and own["sites"][row] > 0:
            self._join(world, row, met[0])
            return False
        # the remains of a vessel without blood are a way like any other, and are used again
        free = [p for p in vessels if sites["perfused"][p] == 0.0 and sites["sprout"][p] == 0.0]
        free += [p for p in places if world.compartment[p] == PARENCHYMA and self._open(world, p)]
        if not free:
            return False
        guide = world.fields.concentration[np.array(free), self.guide]
        scale = max(float(guide.max()), 1e-9)
        purpose = SPROUT_STEP + ((hop + 1) << 16)
        noise = draws(world.seed, purpose, world.clock.tick, int(own["key"][row]) ^ np.array(free))
        ahead = self.straight * self._straightness(world, row, free)
        best = free[int(np.argmax(guide / scale + ahead + self.wander * noise))]
        if world.compartment[best] != SINUSOID:
            self._lay(world, row, best)
        self._join(world, row, best)
        sites["sprout"][best] = number
        own["before"][row], own["tip"][row] = tip, best
        own["sites"][row] += 1
        return True

    def _joins(self, world: World, row: int, site: int) -> bool:
        """Say whether blood would run through the sprout if it joined the vessel at ``site``.

        So it does between two vessels at different pressures: a tube without blood that hangs on one has the pressure of
        what it hangs on.
        """
        own, perfused = world.carried[SPROUTS.name], world.sites["perfused"]
        root = int(own["root"][row])
        other = np.flatnonzero(own["number"] == world.sites["sprout"][site])
        hangs = world.network.fed[site] and world.sites["vessel_age"][site] > 0.0
        if not (len(other) or perfused[site] > 0.0 or hangs):
            return False
        # a branch must not come back at once; the open end of a cut vessel may find the other
        branch = perfused[root] > 0.0 and own["travelled"][row] <= 2.0 * HOME
        if branch and world.tissue.lattice.distance(root, site) <= HOME:
            return False
        end = int(own["root"][other[0]]) if len(other) else site
        pressure = world.network.pressure
        return bool(abs(pressure[end] - pressure[root]) >= self.drop)

    def _straightness(self, world: World, row: int, places: list[int]) -> np.ndarray:
        """Return the cosine between the last hop and a hop to each place; 0 for the first hop."""
        own = world.carried[SPROUTS.name]
        if own["sites"][row] == 0:
            return np.zeros(len(places))
        displacement, tip = world.tissue.lattice.displacement, int(own["tip"][row])
        last, on = displacement(int(own["before"][row]), tip), displacement(tip, np.array(places))
        return (last[0] * on[0] + last[1] * on[1]) / (np.hypot(*last) * np.hypot(*on))

    def _open(self, world: World, site: int) -> bool:
        """Say whether a site has room for one more tube: not beside several already."""
        around = world.tissue.neighbours[site]
        return int((world.compartment[around[around >= 0]] == SINUSOID).sum()) <= self.crowd

    def _lay(self, world: World, row: int, site: int) -> None:
        """Make ``site`` a tube; a full stretch gets an LSEC of its own."""
        own = world.carried[SPROUTS.name]
        world.compartment[site] = SINUSOID
        world.sites["diameter"][site] = own["tube"][row]
        world.sites["patency"][site] = 1.0
        world.sites["vessel_age"][site] = 1e-6
        if own["sites"][row] % self.stretch == 0:
            self._new_lsec(world, row, site)
        world.segments[site] = own["segment"][row]

    def _join(self, world: World, row: int, site: int) -> None:
        own = world.carried[SPROUTS.name]
        self._tubes.append((int(own["tip"][row]), site))
        self._diameters.append(float(own["tube"][row]))

    def _new_lsec(self, world: World, row: int, site: int) -> None:
        own, segment = world.carried[SPROUTS.name], len(world.segment_row)
        mother = world.segment_row[own["segment"][row]]
        purpose = SPROUT_STEP + (1 << 16)
        key = child_keys(world.seed, purpose, world.clock.tick, np.array([int(own["key"][row]) ^ site]))[0]
        activation = float(world.cells.full("activation")[mother]) if mother >= 0 else 0.0
        rows = world.add_cells(
            1, kind=self.lsec, site=site, key=key, born=world.clock.tick, segment=segment, diameter=7.0,
            activation=activation,
        )  # fmt: skip
        world.segment_row = np.append(world.segment_row, rows[0])
        own["segment"][row] = segment
