"""Solve blood flow again whenever arrested cells, compression or new vessels changed a tube."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.base import threads
from livermet_sim.base.specs import declared, section
from livermet_sim.kernels.plugs import list_joints, plug_drops
from livermet_sim.processes.process import Process
from livermet_sim.processes.seeding import Seeding
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World


@dataclass(frozen=True)
class Flow:
    """Blood flow through the sinusoids."""

    interval: float = declared(2.0, "h", "Shortest time between two solutions of the flow.", 0.01, 24.0)
    portal_pressure: float = declared(5.7, "mmHg", "Pressure in the terminal portal venule.", 0.0, 50.0, "servo-null, rabbit (Maass-Moreno & Rothe 1997)", "found")  # fmt: skip
    central_pressure: float = declared(4.7, "mmHg", "Pressure in the central vein.", 0.0, 50.0, "servo-null, rabbit (Maass-Moreno & Rothe 1997)", "found")  # fmt: skip
    upstream: float = declared(0.9, "mmHg", "Pressure lost before the terminal portal venule at rest.", 0.0, 50.0, "what is left of the drop when 53 % lie behind the sinusoids and 1 mmHg in them; portal vein then 6.6 mmHg (rat 7.8: Bi 2002 doi:10.3748/wjg.v8.i3.528)", "derived")  # fmt: skip
    downstream: float = declared(2.1, "mmHg", "Pressure lost behind the central vein at rest.", 0.0, 50.0, "assumed: 53 +/- 1 % of the resistance lie behind the sinusoids (double occlusion, isolated mouse liver), in a paper whose name was not kept", "assumed")  # fmt: skip
    plasma_viscosity: float = declared(1.2, "mPa s", "Viscosity of plasma.", 0.3, 10.0, "assumed: the usual value in models of microvessels", "assumed")  # fmt: skip
    haematocrit: float = declared(0.30, "1", "Haematocrit in sinusoids; with the width of a tube it sets how viscous blood is there (in vivo law, Pries 1994).", 0.0, 0.9, "assumed: three quarters of 0.40-0.45 in large vessels", "assumed")  # fmt: skip
    perfused_above: float = declared(0.05, "1", "Share of the healthy median flow above which a tube counts as perfused.", 0.0, 1.0)  # fmt: skip
    tolerance: float = declared(1e-5, "1", "Largest imbalance of a node over the mean throughput in a wide tissue that has its vessels; any other is solved exactly.", 1e-12, 0.01)  # fmt: skip
    invaded: float = declared(0.3, "1", "Share of the sites around a portal inlet that tumour cells hold from which it counts as invaded.", 0.0, 1.0)  # fmt: skip
    invaded_loss: float = declared(1.0, "1", "Share of its portal blood that a tract loses when all its inlets are invaded.", 0.0, 1.0)  # fmt: skip
    arterial_share: float = declared(0.25, "1", "Share of the inflow that comes by the hepatic artery, and stays when the portal branch is invaded.", 0.0, 1.0, "clinicalgate, liver blood flow (artery about 25 % of flow)", "found")  # fmt: skip
    plug: float = declared(0.999, "1", "Share of a tube's conductance lost to an arrested cell at least as wide.", 0.0, 1.0)  # fmt: skip


SECTION = section("flow", Flow, former={"viscosity": "blood's viscosity follows from the width of each tube; set flow.plasma_viscosity or flow.haematocrit"})  # fmt: skip

FLOW = ("patency", "level", "port_level", "pressure", "throughput", "speed", "shear", "outflow", "ports")
INFLOW = ("inflow", "inflow.portal", "inflow.arterial")


class Perfuse(Process):
    """Solve pressure and flow on the vessel network; say which tubes are perfused."""

    stage = "perfuse"
    writes = (
        "sites.plug_drop",
        "sites.speed",
        "sites.shear",
        "sites.perfused",
        *(f"network.{name}" for name in FLOW),
    )

    def __init__(self, setting: Setting):
        self.own = setting.read("flow", Flow)
        self.enrichment = max(1.0, setting.read("seeding", Seeding).enrichment)
        self.every = self.own.interval

    def levels(self) -> dict[str, float]:
        """Return all blood, portal blood, arterial blood over what they are in health."""
        return dict.fromkeys(INFLOW, 1.0)

    def runs(self, world: World) -> bool:
        """Say whether it runs: every ``every`` hours, and at once where tubes came or went or all blood was clamped or let in."""
        # a network whose tubes have changed carries no flow until it is solved
        changed = bool(self._inflow(world)[0] != world.network.driving)
        return world.network.stale or changed or super().runs(world)

    def _inflow(self, world: World) -> tuple[float, float, float]:
        """Return what drives the flow, over what does in health, and what of that comes by the artery and by the portal vein."""
        share, (whole, by_portal, by_artery) = self.own.arterial_share, world.level(*INFLOW)
        artery, portal = share * by_artery, (1.0 - share) * by_portal
        return whole * (artery + portal), artery, portal

    def step(self, world: World) -> None:
        """Solve if a patency changed by more than a twentieth since the last solution, or what feeds a tract."""
        network = world.network
        world.count()
        patency, fed = self.patency(world), self._feed(world)
        if not network.stale and not fed and np.abs(patency - network.patency).max(initial=0.0) < 0.05:
            return
        network.patency[:] = patency
        network.solve(self.own.tolerance)
        network.stale = False
        sites = world.sites
        sites["speed"][:] = network.speed
        sites["shear"][:] = network.shear
        self._plug(world)
        clamped = network.driving < self.own.perfused_above
        sites["perfused"][:] = 0.0 if clamped else network.perfused(self.own.perfused_above)

    def _plug(self, world: World) -> None:
        """Write what pressure would drop over a cell that plugs a tube."""
        network, tissue, diameter = world.network, world.tissue, world.sites.full("diameter")
        joints, share, drops = (
            np.empty((3, tissue.n), np.int8),
            np.empty(tissue.n),
            world.sites.full("plug_drop"),
        )

        def look(own: slice) -> None:
            list_joints(
                own.start, own.stop, tissue.neighbours, network.outflow, world.compartment, diameter, joints, share,
            )  # fmt: skip

        def some(own: slice) -> None:
            plug_drops(
                own.start, own.stop, tissue.neighbours, world.compartment, diameter, network.patency, network.pressure,
                tissue.site, joints, share, drops,
            )  # fmt: skip

        threads.over(tissue.n, tissue.n, look)
        threads.over(tissue.n, tissue.n, some)

    def patency(self, world: World) -> np.ndarray:
        """Return the share of each site's conductance that compression and arrested cells leave.

        Where more cells are simulated than came, each stands for a part of one and plugs a part of a tube.
        """
        patency = world.sites["patency"].copy()
        cells = world.cells
        held = world.tumour_in_vessels()
        if len(held):
            at = cells["site"][held]
            tube = np.maximum(world.sites["diameter"][at], 1.0)
            filled = np.minimum(1.0, (cells["diameter"][held] / tube) ** 2)
            np.multiply.at(patency, at, 1.0 - self.own.plug * filled / self.enrichment)
        return patency

    def _feed(self, world: World) -> bool:
        """Set what drives the flow and what feeds each tract, portal and arterial; say whether any of it changed."""
        network, ports = world.network, world.network.ports
        driving, artery, portal = self._inflow(world)
        left = portal * (1.0 - self.own.invaded_loss * self._invaded(world))
        health = max(artery + portal, 1e-300)
        opened, arterial = (artery + left) / health, artery / np.maximum(artery + left, 1e-300)
        same = driving == network.driving and np.array_equal(opened, ports.open)
        network.driving, ports.open, ports.arterial = driving, opened, arterial
        return not same

    def _invaded(self, world: World) -> np.ndarray:
        """Return the share of each port's inlets around which tumour stands; 0 for a vein."""
        ports = world.network.ports
        around = (world.sites["pressure"] >= self.own.invaded) & (world.network.wall > 0.0)
        return np.where(
            ports.portal, ports.sum(around.astype(np.float64)) / np.maximum(ports.inlets, 1.0), 0.0
        )
