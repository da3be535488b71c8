"""Let sinusoids at a tumour's border widen and fuse into the lakes and large vessels of growing metastases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.kernels.codes import SINUSOID
from livermet_sim.processes.along import rates_along
from livermet_sim.processes.collapse import Vessels
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

OPEN = 0.9  # patency below which a tube is being compressed and does not widen


@dataclass(frozen=True)
class Widening:
    """Hold what the lining says of wide tubes, um: how wide they become, and from when on they join."""

    lake_diameter: float
    fuse_diameter: float


class Fuse(Process):
    """Widen tubes that tumour cells touch at the rate of their lining there; join wide ones that lie side by side."""

    stage = "remodel"
    adds = ("sites.diameter", "network")

    def __init__(self, setting: Setting):
        self.every = setting.read("vessels", Vessels).interval
        own = setting.read(f"cells.{setting.the('lining').name}", Widening)
        self.lake, self.wide = own.lake_diameter, own.fuse_diameter
        self.column = setting.column("dilate")

    def step(self, world: World) -> None:
        """Widen exactly over the hours since the last update."""
        if world.census.in_tissue == 0:
            return
        sites = world.sites
        rate = rates_along(world, "dilate", self.column)
        touched = (world.compartment == SINUSOID) & (sites["pressure"] > 0.0) & (sites["patency"] >= OPEN)
        touched &= (rate > 0.0) & (sites["diameter"] < self.lake)
        places = np.flatnonzero(touched)
        if not len(places):
            return
        hours = world.clock.span(self.every)
        before = sites["diameter"][places]
        after = self.lake + (before - self.lake) * np.exp(-rate[places] * hours)
        sites["diameter"][places] = after
        world.network.widen(places, after)
        self._join(world, places[after >= self.wide])

    def _join(self, world: World, places: np.ndarray) -> None:
        """Join wide tubes to wide tubes beside them."""
        if not len(places):
            return
        beside = world.tissue.sides[places]
        wide = np.append(world.sites["diameter"] >= self.wide, False) & np.append(
            world.compartment == SINUSOID, False
        )
        at, side = np.nonzero(wide[beside])
        pairs = np.column_stack([places[at], beside[at, side]])
        if len(pairs) and world.network.lacks(pairs):
            world.network.add_edges(pairs, np.minimum(*world.sites["diameter"][pairs].T))
