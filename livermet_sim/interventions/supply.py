"""Bring in from outside: cells, sources of a signal, matrix, a state of the cells that are there."""

from __future__ import annotations

import numpy as np

from livermet_sim.interventions.actions import Intervention
from livermet_sim.kernels.codes import ADDED, APTITUDE, LUMEN, PARENCHYMA, SINUSOID, TISSUE
from livermet_sim.kernels.rng import child_keys, draws
from livermet_sim.processes.setting import Setting
from livermet_sim.state.fields import SOURCE_STEPS
from livermet_sim.state.world import World

PERIPORTAL = 1 / 3
ONCE = ("add_cells", "add_matrix", "set_state")


class Once:
    """Carry out at the start of an intervention what happens once."""

    def __init__(self, intervention: Intervention, number: int, setting: Setting):
        self.own, self.number, self.setting = intervention, number, setting
        self._act = {
            "add_cells": self._add_cells,
            "add_matrix": self._add_matrix,
            "set_state": self._set_state,
        }[intervention.action]

    def step(self, world: World) -> None:
        """Act in the first step at or after the start."""
        if world.clock.reached(self.own.numbers["start"] * 24.0):
            self._act(world)

    def _add_cells(self, world: World) -> None:
        """Put cells at drawn places; the first ones are the same however many there are."""
        n, kind = self.own.numbers, self.own.words["target"]
        number = round(n["number"] or n["density"] * world.tissue.volume)
        places = _places(world, self.own.words["where"])
        if not number or not len(places):
            return
        seed, purpose = world.seed, ADDED + (self.number << 16)
        keys = child_keys(seed, purpose, 0, np.arange(number))
        at = (draws(seed, ADDED, 1, keys) * len(places)).astype(np.int64)
        world.add_cells(
            number, kind=self.setting.code(kind), site=places[at], key=keys,
            layer=TISSUE if self.own.words["where"] == "tissue" else LUMEN, born=world.clock.tick,
            diameter=self.setting.cell(kind, "diameter", 8.0),
            aptitude=draws(seed, APTITUDE, 0, keys),
        )  # fmt: skip

    def _add_matrix(self, world: World) -> None:
        name, n = self.own.words["matrix"], self.own.numbers
        sites = _zone(world, n["zone_from"], n["zone_to"])
        if name == "net":
            sites = sites[world.compartment[sites] == SINUSOID]
        amount = world.sites[name][sites] + n["amount"]
        world.sites[name][sites] = np.minimum(1.0, amount) if name in ("collagen", "fibronectin") else amount

    def _set_state(self, world: World) -> None:
        rows, n = world.rows(self.own.words["target"]), self.own.numbers
        drawn = draws(world.seed, ADDED + (self.number << 16), 2, world.cells.full("key")[rows])
        world.cells.full(self.own.words["state"])[rows[drawn < n["share"]]] = n["value"]
        world.census.stale = True


class Sources:
    """Keep sources of diffusing signals in the tissue while their windows are open."""

    def __init__(self, interventions: list[Intervention]):
        self.own = [(i, i.window()) for i in interventions]
        self._now: tuple[float, ...] = ()

    def step(self, world: World) -> None:
        """Put the sources of the open windows in place, when one opened or closed."""
        now = tuple(window(world.clock.hours) for _, window in self.own)
        if now == self._now:
            return
        self._now, fields = now, world.fields
        if not any(now):
            fields.background = None
            return
        fields.background = np.zeros_like(fields.source)
        for (intervention, _), amount in zip(self.own, now, strict=True):
            n = intervention.numbers
            sites = _zone(world, n["zone_from"], n["zone_to"])
            column = fields.index(intervention.words["signal"])
            fields.background[sites, column] += round(amount * SOURCE_STEPS)


def _zone(world: World, first: float, last: float) -> np.ndarray:
    """Return the sites of the tissue from one place between portal tract (0) and central vein (1) to another."""
    inside = world.tissue.inside
    zone = world.tissue.zone[inside]
    return inside[(zone >= first) & (zone <= last)]


def _places(world: World, where: str) -> np.ndarray:
    """Return the sites that new cells may take, in an order drawn from the seed."""
    if where == "tissue":
        sites = np.flatnonzero(world.compartment == PARENCHYMA)
    else:
        sites = np.flatnonzero((world.compartment == SINUSOID) & (world.sites["perfused"] > 0))
        if where == "portal":
            sites = sites[world.tissue.zone[sites] <= PERIPORTAL]
    return sites[np.argsort(draws(world.seed, ADDED, 0, sites), kind="stable")]
