"""Let tips leave perfused vessels, climb VEGF, and join another vessel through which pressure can drive blood.

A sprout lays tubes behind its tip. It carries blood once its loop is closed and the flow solution says so; what carries
none is taken back (``regression``). Where growth has cut a vessel, its open ends are tips again if there is VEGF.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.kernels.codes import PORTAL, SINUSOID, SPROUT_STEP
from livermet_sim.kernels.codes import SPROUT as TIP_LEAVES
from livermet_sim.kernels.remodelling import sprouting
from livermet_sim.kernels.rng import child_keys, draws
from livermet_sim.kernels.sprouts import LAID, READ, SPROUT, Ground, Made, Manner, Tips, advance
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
INHERITED = "activation", "desensitisation"  # what a new LSEC has of the one that it comes from
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
        "sites.sleeve[new]",
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
        self.unopposed, self.follow = own.unopposed, own.follow

    def step(self, world: World) -> None:
        """Advance all sprouts; then let new tips out where no other tip is near."""
        clock, cells = world.clock, world.cells
        span = clock.span(self.every)
        reopened = self._reopen(world, span)
        if world.carried[SPROUTS.name].n:
            self._advance(world, span)
        out = np.empty(cells.n, dtype=np.int64)
        number = sprouting(
            cells.n, world.seed, clock.tick, span, self.lsec, cells.full("kind"), cells.full("key"), world.rates,
            self.column, out,
        )  # fmt: skip
        rows = np.setdiff1d(out[:number], reopened)
        self._start(world, rows[np.argsort(cells.full("key")[rows])])

    def _reopen(self, world: World, span: float) -> np.ndarray:
        """Let LSEC at the open ends of vessels that were cut be tips, which none beyond inhibits; return their rows.

        What is pruned leaves no such end: its endothelium draws back into its neighbours (Lenard 2015).
        """
        sites, network = world.sites, world.network
        if not sites["severed"].any():
            return np.zeros(0, dtype=np.int64)
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
        out = draws(world.seed, TIP_LEAVES, world.clock.tick, keys) < 1.0 - np.exp(-rate * span)
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

    def _start(self, world: World, rows: np.ndarray) -> None:
        """Let LSEC become tip cells, one after the other, unless another tip is near (Dll4-Notch)."""
        if not len(rows):
            return
        sprouts, distance = world.carried[SPROUTS.name], world.tissue.lattice.distance
        stretch = world.cells.full("segment")[rows]
        sites = self._leaving(world, stretch)[stretch]
        # what carries no blood brings none to a branch
        rows, sites = rows[sites >= 0], sites[sites >= 0]
        taken = np.concatenate([sprouts["tip"], sprouts["root"]])
        alone = (distance(sites[:, None], taken) >= self.apart).all(axis=1)
        begun: list[int] = []
        for row, site in zip(rows[alone].tolist(), sites[alone].tolist(), strict=True):
            if (distance(np.array(begun, dtype=np.int64), site) >= self.apart).all():
                self._leave(world, row, site)
                begun.append(site)

    def _leaving(self, world: World, stretches: np.ndarray) -> np.ndarray:
        """Return the place of some stretches that a tip would leave, int64[all stretches], -1 where none can.

        That is where the guide is strongest; it has to carry blood, and a vessel that is too young is still forming.
        """
        age, found = world.sites["vessel_age"], np.full(len(world.segment_row), -1, dtype=np.int64)
        asked = np.zeros(len(found) + 1, dtype=np.bool_)
        asked[stretches] = True
        settled = (age == 0.0) | (age >= self.settled)
        at = np.flatnonzero(asked[world.segments] & (world.sites["perfused"] > 0.0) & settled)
        # of places alike the first, which is written last
        at = at[np.lexsort((-at, world.fields.concentration[at, self.guide]))]
        found[world.segments[at]] = at
        return found

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

    def _advance(self, world: World, span: float) -> None:
        """Let tips go as far as their time allows, in the order of their keys, and take up what they made."""
        own, sites, lined = world.carried[SPROUTS.name], world.sites, world.segment_row
        lsec = lined[own["segment"]]
        pace = np.where(lsec >= 0, world.rates[lsec, self.extend], -1.0)
        held = np.bincount(sites["sprout"][world.compartment == SINUSOID].astype(np.int64))
        held = np.append(held, np.zeros(own["number"].max() + 1, dtype=np.int64))
        row_of = np.full(len(held), -1, dtype=np.int64)
        row_of[own["number"]] = np.arange(own.n)
        offset = np.stack(world.tissue.lattice.steps(own["root"], own["tip"]), axis=1).astype(np.int64)
        # no hop is shorter than a site
        most = int((np.maximum(own["due"] + pace * span, 0.0) / self.spacing + 2.0).sum())
        place, key, mother = np.empty((3, most), dtype=np.int64)
        tubes, width = np.empty((most, 2), dtype=np.int32), np.empty(most)
        made = Made(np.zeros(2, dtype=np.int64), tubes, width, place, key, mother, len(lined))
        tips = Tips(
            np.argsort(own["key"]),
            pace,
            own["sites"] == held[own["number"]],
            offset,
            np.zeros(own.n, dtype=np.bool_),
        )
        advance(
            tips, world.seed, world.clock.tick, span, lined, own.of(*SPROUT), self._manner(world), self._ground(world, row_of),
            made,
        )  # fmt: skip
        joined, new = made.number
        if joined:
            world.network.add_edges(made.tubes[:joined], made.width[:joined])
        self._line(world, made.place[:new], made.key[:new], made.mother[:new])
        self._end(world, np.flatnonzero(tips.over))

    def _manner(self, world: World) -> Manner:
        lattice = world.tissue.lattice
        return Manner(
            self.reach, HOME, self.drop, self.straight, self.wander, self.follow, self.crowd, self.stretch, self.spacing,
            lattice.hops, lattice.turns,
        )  # fmt: skip

    def _ground(self, world: World, row_of: np.ndarray) -> Ground:
        network = world.network
        guide = np.ascontiguousarray(world.fields.concentration[:, self.guide])
        return Ground._make((
            world.compartment, world.segments, *world.sites.of(*LAID, *READ), guide, network.fed, network.pressure,
            world.tissue.neighbours, row_of,
        ))  # fmt: skip

    def _line(self, world: World, places: np.ndarray, keys: np.ndarray, mothers: np.ndarray) -> None:
        """Add the LSEC that line new stretches; a mother below 0 is one of them: see `Made`."""
        if not len(places):
            return
        first, lines = len(world.segment_row), range(len(places))
        inherited = {name: np.zeros(len(places)) for name in INHERITED}
        for name, values in inherited.items():
            of = world.cells.full(name)
            for i, mother in zip(lines, mothers.tolist(), strict=True):
                values[i] = of[mother] if mother >= 0 else values[-1 - mother]
        rows = world.add_cells(
            len(places), kind=self.lsec, site=places, key=keys, born=world.clock.tick, diameter=7.0,
            segment=np.arange(first, first + len(places)), **inherited,
        )  # fmt: skip
        world.segment_row = np.append(world.segment_row, rows)
