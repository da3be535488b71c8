"""Solve blood flow again whenever arrested cells, compression or new vessels changed a tube."""

from __future__ import annotations

import numpy as np

from livermet_sim.base.specs import Parameter, Section
from livermet_sim.kernels.codes import LUMEN, PORTAL, TUMOUR
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

SECTION = Section(
    "flow",
    "Blood flow through the sinusoids.",
    (
        Parameter("interval", 1.0, "h", "Shortest time between two solutions of the flow.", 0.01, 24.0),
        Parameter("portal_pressure", 5.7, "mmHg", "Pressure in the terminal portal venule.", 0.0, 50.0, "servo-null, rabbit (Maass-Moreno & Rothe 1997)", "found"),
        Parameter("central_pressure", 4.7, "mmHg", "Pressure in the central vein.", 0.0, 50.0, "servo-null, rabbit (Maass-Moreno & Rothe 1997)", "found"),
        Parameter("viscosity", 3.5, "mPa s", "Apparent viscosity of blood.", 0.5, 20.0, "3-4 mPa s", "recalled"),
        Parameter("perfused_above", 0.05, "1", "Share of the healthy median flow above which a tube counts as perfused.", 0.0, 1.0),
        Parameter("tolerance", 1e-3, "1", "Largest imbalance of a node over the mean throughput.", 1e-12, 0.01),
        Parameter("invaded", 0.3, "1", "Share of the sites around a portal inlet that tumour cells hold from which it carries no portal blood.", 0.0, 1.0),
        Parameter("arterial_share", 0.25, "1", "Share of an inlet's flow that comes by the hepatic artery and stays when the portal branch is invaded.", 0.0, 1.0, "clinicalgate, liver blood flow (artery about 25 % of flow)", "found"),
        Parameter("plug", 0.999, "1", "Share of a tube's conductance lost to an arrested cell at least as wide.", 0.0, 1.0),
    ),
)  # fmt: skip

STANDSTILL = 1e-3  # share of the flow that is left when the inflow is clamped


class Perfuse(Process):
    """Solve pressure and flow on the vessel network; say which tubes are perfused."""

    stage = "perfuse"
    reads = (
        "network.conductance",
        "cells.site",
        "cells.diameter",
        "sites.patency",
        "sites.diameter",
        "sites.pressure",
    )
    writes = ("sites.speed", "sites.shear", "sites.perfused", "network.outflow")

    def __init__(self, setting: Setting):
        self.own = setting.section("flow")
        self.every = self.own.interval
        self._edges: np.ndarray | None = None
        self.inflow = np.ones(1)
        self._portal: np.ndarray | None = None

    def step(self, world: World) -> None:
        """Solve if a patency changed by more than a hundredth since the last solution."""
        network = world.network
        # a network whose tubes have changed carries no flow until it is solved
        same_tubes = network.edges is self._edges
        if same_tubes and not world.clock.due(self.every):
            return
        world.count()
        patency = self.patency(world)
        if same_tubes and np.abs(patency - network.patency).max(initial=0.0) < 0.05:
            return
        self._edges = network.edges
        network.patency[:] = patency
        network.solve(self.own.tolerance)
        sites = world.sites
        sites["speed"][:] = network.speed
        sites["shear"][:] = network.shear
        clamped = self.inflow[0] < self.own.perfused_above
        sites["perfused"][:] = 0.0 if clamped else network.perfused(self.own.perfused_above)

    def patency(self, world: World) -> np.ndarray:
        """Return the share of each site's conductance that compression and arrested cells leave."""
        patency = world.sites["patency"].copy()
        cells = world.cells
        held = np.flatnonzero((cells["kind"] == TUMOUR) & (cells["layer"] == LUMEN))
        if len(held):
            at = cells["site"][held]
            tube = np.maximum(world.sites["diameter"][at], 1.0)
            filled = np.minimum(1.0, (cells["diameter"][held] / tube) ** 2)
            patency[at] *= 1.0 - self.own.plug * filled
        if self.own.arterial_share < 1.0:
            inlets = self._inlets(world)
            patency[inlets[world.sites["pressure"][inlets] >= self.own.invaded]] *= self.own.arterial_share
        return patency if self.inflow[0] == 1.0 else patency * np.clip(self.inflow[0], STANDSTILL, 1.0)

    def _inlets(self, world: World) -> np.ndarray:
        if self._portal is None:
            self._portal = np.flatnonzero(world.tissue.compartment == PORTAL)
        return self._portal
