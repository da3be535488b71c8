"""Check the kernel in which tips grow against a slow twin that goes through world and lattice, sprout by sprout."""

from __future__ import annotations

import numpy as np
import pytest
from process_worlds import engine_on, process

from livermet_sim.kernels.codes import PARENCHYMA, SINUSOID, SPROUT_STEP
from livermet_sim.kernels.rng import child_keys, draws
from livermet_sim.processes.angiogenesis import HOME, Angiogenesis

WIDTH = 41
TUBES = [
    "C" + "=" * 39 + "P",
    *["." * WIDTH] * 7,
    "P" + "=" * 39 + "C",
    *["." * WIDTH] * 6,
    "C" + "=" * 39 + "P",
]


class Slow(Angiogenesis):
    """Let one tip after the other grow, in plain words."""

    def _advance(self, world, span):
        self.tubes, self.widths = [], []
        sprouts = world.carried["sprouts"]
        held = np.bincount(world.sites["sprout"][world.compartment == SINUSOID].astype(np.int64))
        over = [row for row in np.argsort(sprouts["key"]) if not self._go(world, int(row), span, held)]
        if self.tubes:
            world.network.add_edges(np.array(self.tubes), np.array(self.widths))
        self._end(world, np.sort(np.array(over, dtype=np.int64)))

    def _go(self, world, row, span, held):
        own = world.carried["sprouts"]
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

    def _hop(self, world, row, hop):
        own, sites = world.carried["sprouts"], world.sites
        tip, root, number = (int(own[name][row]) for name in ("tip", "root", "number"))
        around = world.tissue.neighbours[tip].tolist()
        places = [p for p in around if p >= 0 and p != root and sites["sprout"][p] != number]
        vessels = [p for p in places if world.compartment[p] == SINUSOID]
        met = [p for p in vessels if self.joins(world, row, p)]
        if met and own["sites"][row] > 0:
            self._tube(world, row, met[0])
            return False
        free = [p for p in vessels if sites["perfused"][p] == 0.0 and sites["sprout"][p] == 0.0]
        free += [p for p in places if world.compartment[p] == PARENCHYMA and self._open(world, p)]
        if not free:
            return False
        guide = world.fields.concentration[np.array(free), self.guide]
        purpose = SPROUT_STEP + ((hop + 1) << 16)
        noise = draws(world.seed, purpose, world.clock.tick, int(own["key"][row]) ^ np.array(free))
        ahead = self.straight * self._straightness(world, row, free)
        drawn = (
            guide / max(guide.max(), 1e-9) + ahead + self.wander * noise + self.follow * sites["sleeve"][free]
        )
        best = free[int(np.argmax(drawn))]
        if world.compartment[best] != SINUSOID:
            self._lay(world, row, best)
        self._tube(world, row, best)
        sites["sprout"][best] = number
        own["before"][row], own["tip"][row] = tip, best
        own["sites"][row] += 1
        return True

    def joins(self, world, row, site):
        own, perfused = world.carried["sprouts"], world.sites["perfused"]
        root = int(own["root"][row])
        other = np.flatnonzero(own["number"] == world.sites["sprout"][site])
        hangs = world.network.fed[site] and world.sites["vessel_age"][site] > 0.0
        if not (len(other) or perfused[site] > 0.0 or hangs):
            return False
        branch = perfused[root] > 0.0 and own["travelled"][row] <= 2.0 * HOME
        if branch and world.tissue.lattice.distance(root, site) <= HOME:
            return False
        end = int(own["root"][other[0]]) if len(other) else site
        return abs(world.network.pressure[end] - world.network.pressure[root]) >= self.drop

    def _straightness(self, world, row, places):
        own = world.carried["sprouts"]
        if own["sites"][row] == 0:
            return np.zeros(len(places))
        displacement, tip = world.tissue.lattice.displacement, int(own["tip"][row])
        last, on = displacement(int(own["before"][row]), tip), displacement(tip, np.array(places))
        return (last[0] * on[0] + last[1] * on[1]) / (np.hypot(*last) * np.hypot(*on))

    def _open(self, world, site):
        around = world.tissue.neighbours[site]
        return int((world.compartment[around[around >= 0]] == SINUSOID).sum()) <= self.crowd

    def _lay(self, world, row, site):
        own = world.carried["sprouts"]
        world.compartment[site] = SINUSOID
        world.sites["diameter"][site] = own["tube"][row]
        world.sites["patency"][site] = 1.0
        world.sites["vessel_age"][site] = 1e-6
        world.sites["sleeve"][site] = 0.0
        if own["sites"][row] % self.stretch == 0:
            self._new_lsec(world, row, site)
        world.segments[site] = own["segment"][row]

    def _tube(self, world, row, site):
        own = world.carried["sprouts"]
        self.tubes.append((int(own["tip"][row]), site))
        self.widths.append(float(own["tube"][row]))

    def _new_lsec(self, world, row, site):
        own, segment = world.carried["sprouts"], len(world.segment_row)
        mother = world.segment_row[own["segment"][row]]
        purpose = SPROUT_STEP + (1 << 16)
        key = child_keys(world.seed, purpose, world.clock.tick, np.array([int(own["key"][row]) ^ site]))[0]
        rows = world.add_cells(
            1, kind=self.lsec, site=site, key=key, born=world.clock.tick, segment=segment, diameter=7.0,
            activation=float(world.cells.full("activation")[mother]),
            desensitisation=float(world.cells.full("desensitisation")[mother]),
        )  # fmt: skip
        world.segment_row = np.append(world.segment_row, rows[0])
        own["segment"][row] = segment


@pytest.mark.parametrize("case", range(6))
def test_tips_grow_as_one_after_the_other_would(monkeypatch, case):
    rng = np.random.default_rng(case)
    changes = {
        "vessels.crowd": int(rng.choice([2, 4, 8])), "vessels.straight": float(rng.choice([0.0, 0.5, 3.0])),
        "cells.lsec.notch_distance": "20 um", "cells.lsec.sprout_reach": "300 um", "vessels.wander": 0.5,
        "vessels.follow": float(rng.choice([0.0, 1.0])),
        "cells.lsec.stretch": "20 um",
    }  # fmt: skip
    engine, setting = engine_on(monkeypatch, TUBES, changes)
    twin = engine.fork()
    slow, fast = process(twin, "Angiogenesis"), process(engine, "Angiogenesis")
    slow.__class__ = Slow
    for world in (engine.world, twin.world):
        world.sites["sleeve"][:] = draws(1, 1, 1, np.arange(world.tissue.n))
    guide, joined, grown = rng.random(engine.world.tissue.n) ** 2, 0, 0
    for _ in range(6):
        for world, grow in ((engine.world, fast), (twin.world, slow)):
            world.fields.concentration[:, fast.guide] = guide
            lsec = world.rows("lsec")
            world.rates[:] = 0.0
            world.rates[lsec, setting.column("sprout")] = 0.03
            world.rates[lsec, setting.column("extend")] = 60.0 / world.clock.span(grow.every)
            for purpose, state in ((1, "activation"), (2, "desensitisation")):
                world.cells[state][lsec] = draws(
                    world.seed, purpose, world.clock.tick, world.cells["key"][lsec]
                )
            before = world.carried["sprouts"].n
            grow.step(world)
            world.clock.tick += round(grow.every / world.clock.dt)
        joined += world.carried["sprouts"].n < before
        grown = max(grown, world.carried["sprouts"]["sites"].max(initial=0))
        assert engine.digest() == twin.digest()
        assert np.array_equal(engine.world.network.edges, twin.world.network.edges)
        assert np.array_equal(engine.world.segment_row, twin.world.segment_row)
    assert grown >= 3 and len(engine.world.rows("lsec")) > 10
