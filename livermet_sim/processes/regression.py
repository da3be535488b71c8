"""Let new vessels go that carry no blood, or that lack VEGF and have no cover of pericytes."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import LUMEN, REGRESS, SINUSOID
from livermet_sim.kernels.rng import draws
from livermet_sim.processes.angiogenesis import SPROUTS
from livermet_sim.processes.collapse import LEFT, Vessels, on_wall, sever, take_away
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

FINEST = 2.0**30  # of the rates of cover that are added up: 1e-9 /h


class Regress(Process):
    """Cover new vessels that carry blood with pericytes; take back those without blood, and uncovered ones whose LSEC lack VEGF.

    Pericytes come to vessels that carry blood (Chen 2017 PMC5289940: without flow there is no cover) and stay when it stops.
    The liver's own sinusoids need no VEGF: of 17 organs the liver lost no vessels when VEGF was blocked (Kamba 2006).
    Tumour vessels without pericytes do (Benjamin 1999 PMC407882).
    """

    stage = "remodel"
    writes = (
        "sites.stagnant[new]",
        "sites.sleeve[empty]",
        "sites.severed[left]",
        "sites.cover[new]",
        *(f"sites.{name}[regressing]" for name in LEFT),
    )
    adds = ("compartment", "network", "segments", "cells.alive[lining]", "cells.site[lining]")

    def __init__(self, setting: Setting):
        own = setting.read("vessels", Vessels)
        self.every, self.unperfused, self.patience = own.interval, own.unperfused, own.patience
        self.sleeve_loss, self.held_back = own.sleeve_loss, 1.0 - 1.0 / own.covered
        self.regress, self.cover = setting.column("regress"), setting.column("cover")
        self.on_wall = on_wall(setting)

    def step(self, world: World) -> None:
        """Advance cover, stagnation and the loss of sleeves over the hours since the last update; then take away what goes."""
        sites, hours = world.sites, world.clock.span(self.every)
        sites["sleeve"][:] *= np.exp(-self.sleeve_loss * hours)
        new = np.flatnonzero((sites["vessel_age"] > 0.0) & (world.compartment == SINUSOID))
        if not len(new):
            return
        world.count()
        row = world.segment_row[world.segments[new]]
        lined = row >= 0
        regress = np.where(lined, world.rates[row, self.regress], 0.0)
        stagnant = sites["perfused"][new] == 0.0
        covering = np.where(stagnant, 0.0, self._covering(world)[new])
        sites["cover"][new] = cover = 1.0 - (1.0 - sites["cover"][new]) * np.exp(-covering * hours)
        aged = sites["stagnant"][new] + (1.0 - self.held_back * cover) * hours
        sites["stagnant"][new] = np.where(stagnant, aged, 0.0)
        key = np.where(lined, world.cells.full("key")[row], 0)
        # one draw for each LSEC: its stretch goes as one
        luck = draws(world.seed, REGRESS, world.clock.tick, key)
        starved = lined & (luck < 1.0 - np.exp(-regress * (1.0 - cover) * hours))
        sprouts = world.carried[SPROUTS.name]
        young = sprouts["number"][sprouts["age"] < self.patience]
        dry = (sites["stagnant"][new] >= self.unperfused) & ~np.isin(sites["sprout"][new], young)
        empty = world.census.tumour_at[LUMEN, new] == -1
        gone, dead = new[(starved | dry) & empty], new[starved & empty]
        if len(gone):
            sever(world, dead)
            take_away(world, gone, self.on_wall)

    def _covering(self, world: World) -> np.ndarray:
        """Return the rate at which pericytes come to cover a tube at each site, float64[n] /h."""
        rate = world.rates[: world.cells.n, self.cover]
        rows = np.flatnonzero(rate > 0.0)
        places = world.cells["site"][rows]
        reached = np.column_stack([places, world.tissue.contacts[places]])
        # whole numbers add up to the same in any order of the cells
        shares = np.broadcast_to(np.rint(rate[rows, None] * FINEST), reached.shape)
        there = reached >= 0
        return np.bincount(reached[there], shares[there], world.tissue.n) / FINEST
