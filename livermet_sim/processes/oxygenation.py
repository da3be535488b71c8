"""Carry oxygen in with the blood and let tissue use it.

Uptake is the same in every zone; that oxygen falls towards the central vein is what flow and uptake make of it. Blood
is that of the mouse. Rates of mL oxygen per mL of tissue: 1e-3 /s is 6 mL/min/100 mL, or 33 mmHg/s of dissolved oxygen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.base import threads
from livermet_sim.base.specs import declared, section
from livermet_sim.kernels.demand import demand
from livermet_sim.kernels.oxygen import OMEGA, contents
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.processes.sweeping import Sweeps
from livermet_sim.state.carried import Carried
from livermet_sim.state.downstream import Downstream
from livermet_sim.state.table import Column
from livermet_sim.state.world import World

_SET = "Secomb GreensV4 parameter sets (method: Secomb 2004 Ann Biomed Eng 32:1519)"
_EMERGES = "oxygen now falls along the sinusoids by itself; set flow, oxygen.uptake, oxygen.portal_tension or oxygen.arterial_tension"


@dataclass(frozen=True)
class Oxygen:
    """Oxygen supply and use."""

    interval: float = declared(2.0, "h", "Time between two solutions; every 6 h, 10 % more tumour cells die by day 21 (3 to 17 %, 39 pairs of livers).", 0.01, 24.0)  # fmt: skip
    portal_tension: float = declared(54.0, "mmHg", "Oxygen tension of portal blood.", 0.0, 600.0, "Comp Hepatol 2008 7:4 table 1 (54 mmHg, rat); of 40-54 mmHg recalled for the mouse the upper end, as its haemoglobin unloads early", "found")  # fmt: skip
    arterial_tension: float = declared(95.0, "mmHg", "Oxygen tension of hepatic arterial blood.", 0.0, 600.0, "textbook", "recalled")  # fmt: skip
    half_saturation: float = declared(40.0, "mmHg", "Tension at which haemoglobin is half full (mouse; rat 38, man 26.6).", 5.0, 100.0, "assumed: 40-42 mmHg recalled for C57BL/6, no measurement found", "assumed")  # fmt: skip
    hill: float = declared(2.7, "1", "Exponent of haemoglobin's curve.", 1.0, 5.0, "Lykkeboe & Johansen 1978 PMID 311071 (man); mouse 2.6-2.8 (recalled)", "found")  # fmt: skip
    capacity: float = declared(0.18, "1", "Oxygen that full haemoglobin holds, mL per mL of blood.", 0.0, 0.4, "haemoglobin 12.9 g/dL in mice (PMC4878313) times 1.39 mL/g (Clerbaux 1993)", "derived")  # fmt: skip
    solubility: float = declared(3e-5, "/mmHg", "Dissolved oxygen, mL per mL and mmHg.", 1e-6, 1e-3, _SET, "found")  # fmt: skip
    uptake: float = declared(1e-3, "/s", "Largest uptake of liver tissue, mL oxygen per mL and second, in every zone.", 0.0, 0.1, "6.08 mL/min/100 g (Lutz 1975, Pfluegers Arch); no difference between zones: Seiyama 1994 PMID 8092299", "derived")  # fmt: skip
    michaelis: float = declared(1.5, "mmHg", "Tension at half of the largest uptake.", 0.01, 50.0, "Secomb GreensV4 parameter sets (1 mmHg); 1-2 in models of liver", "found")  # fmt: skip
    diffusion: float = declared(2000.0, "um2/s", "Diffusion constant in tissue.", 100.0, 5000.0, f"6e-10 mL/cm/s/mmHg over the solubility: {_SET}", "derived")  # fmt: skip
    wall_conductance: float = declared(0.25, "um2/s/mmHg", "Oxygen that passes between a sinusoid's blood and its site, per length; leaves a drop of about 2 mmHg.", 0.0, 100.0, "plasma (Sherwood number 2.5, assumed) 0.47 and the way across the slab 0.33 in series give 0.20; drop 1-3 mmHg", "derived")  # fmt: skip
    new_vessel: float = declared(0.5, "1", "Wall conductance of a newly formed vessel relative to a sinusoid.", 0.0, 1.0, "CRLM poorly oxygenated; 0.3-0.6 guessed", "assumed")  # fmt: skip
    tolerance: float = declared(0.01, "mmHg", "Largest change of a site that is not carried out; a tenth of it in blood. Leaves tissue within 0.1 mmHg (rms; at most 0.6) of the exact solution, where rules ask for 2.5 and 5; five times as much 0.35 (2).", 1e-9, 5.0)  # fmt: skip
    most: int = declared(2000, "1", "Most sweeps of one solution; what is left is taken up in the next.", 1, 100000)  # fmt: skip


SECTION = section("oxygen", Oxygen, former={
        "periportal": _EMERGES, "pericentral": _EMERGES,
        "uptake_periportal": "uptake is the same in every zone; set oxygen.uptake (28 mmHg/s is 8.4e-4 /s)",
        "uptake_pericentral": "uptake is the same in every zone; set oxygen.uptake (28 mmHg/s is 8.4e-4 /s)",
        "exchange": "exchange is now per length of vessel; set oxygen.wall_conductance",
    })  # fmt: skip

SUPPLIED = ("portal_tension", "arterial_tension", "capacity")
SUPPLY = tuple(f"oxygen.{name}" for name in SUPPLIED)


@dataclass(frozen=True)
class Balance:
    """Hold the oxygen that blood brings and takes away and that tissue uses, um3/s (1e9 um3 is 1 uL)."""

    brought: float
    left: float
    used: float

    @property
    def extraction(self) -> float:
        """Return the share of what is brought that does not leave again."""
        return (self.brought - self.left) / self.brought if self.brought > 0.0 else float("nan")


class Oxygenate(Process):
    """Carry oxygen along the vessels and solve its tension in blood and tissue."""

    stage = "perfuse"
    writes = ("sites.oxygen", "sites.blood_oxygen")
    carries = (
        Carried(
            "oxygen",
            "Oxygen at a site besides its tension.",
            (
                Column("held", "mL/mL", "Oxygen that the blood here holds."),
                Column("uptake", "um3/s", "Largest uptake of the site.", default=float("nan")),
                Column("exchange", "um3/s/mmHg", "What passes the wall of the vessel here."),
                Column("awake", "1", "1 where the last solution left something to do.", whole=True),
            ),
            over="site",
        ),
        Carried(
            "oxygen_ports",
            "Oxygen at a portal tract or central vein.",
            (
                Column("brought", "mL/mL", "Oxygen in the blood that comes by it.", default=float("nan")),
                Column("awake", "1", "1 where the last solution left something to do.", whole=True),
            ),
            over="port",
        ),
        Carried(
            "oxygen_flow",
            "The flow that oxygen follows.",
            (
                Column("solved", "1", "Which solution of the flow it is.", whole=True, default=-1),
                Column("driving", "1", "What drove it, over what does in health.", default=1.0),
                Column("portal_tension", "mmHg", "Tension of portal blood then."),
                Column("arterial_tension", "mmHg", "Tension of arterial blood then."),
                Column("capacity", "1", "Oxygen that full haemoglobin held then, mL per mL of blood."),
            ),
            over="run",
        ),
    )

    def __init__(self, setting: Setting, sites: int):
        self.own = own = setting.read("oxygen", Oxygen)
        self.every = own.interval
        self.tumour_uptake = setting.cell("tumour", "oxygen_uptake")
        self._law = np.array([own.half_saturation, own.hill, own.capacity, own.solubility])
        self._tube = np.zeros(sites, dtype=np.bool_)
        self._still = np.zeros((2, sites))
        self._awake, self._order = np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.int32)
        self._laid: int = -1
        self._downstream, self._sweeps = Downstream(), Sweeps()

    def levels(self) -> dict[str, float]:
        """Return what an intervention can change of the blood: portal and arterial tension, capacity."""
        return {f"oxygen.{name}": float(getattr(self.own, name)) for name in SUPPLIED}

    def runs(self, world: World) -> bool:
        """Say whether it runs: every ``every`` hours, and at once where all blood was clamped, let in or changed."""
        # a clamp that is shorter than the time between two solutions would else last as long as that, or not at all
        clamped = bool(world.network.driving != world.carried["oxygen_flow"]["driving"][0])
        return clamped or self._supplied(world) or super().runs(world)

    def _supplied(self, world: World) -> bool:
        """Say whether blood brings other oxygen, or holds it otherwise, than at the last solution."""
        flow, levels = world.carried["oxygen_flow"], world.level(*SUPPLY)
        return any(flow[name][0] != level for name, level in zip(SUPPLIED, levels, strict=True))

    def step(self, world: World) -> None:
        """Solve, starting from the sites whose supply or uptake has changed."""
        self._prepare(world)
        if self._awake.any():
            self._settle(world, 0.0, self._still)
        self._keep(world)
        flow = world.carried["oxygen_flow"]
        for name, level in zip(SUPPLIED, world.level(*SUPPLY), strict=True):
            flow[name][0] = level

    def advance(self, world: World, seconds: float, steps: int) -> None:
        """Follow oxygen in time from where it stands, flow and uptake held: for what happens within seconds."""
        self._prepare(world)
        sites = world.sites
        for _ in range(steps):
            self._wake_all()
            former = np.stack([sites.full("oxygen"), world.carried["oxygen"].full("held")])
            self._settle(world, seconds / steps, former)
        self._wake_all()
        self._keep(world)

    def balance(self, world: World) -> Balance:
        """Return what blood brings and takes away, and what tissue uses, as they stand."""
        ports, oxygen = world.network.ports, world.sites.full("oxygen")
        self._prepare(world)
        held = world.carried["oxygen"]["held"][ports.member[ports.first[:-1]]]
        inside, uptake = world.tissue.inside, world.carried["oxygen"]["uptake"]
        used = uptake[inside] * oxygen[inside] / (oxygen[inside] + self.own.michaelis)
        enters, leaves = np.maximum(ports.supply, 0.0), np.maximum(-ports.supply, 0.0)
        self._keep(world)
        return Balance(
            float((enters * world.carried["oxygen_ports"]["brought"]).sum()) / 3600.0,
            float((leaves * held).sum()) / 3600.0,
            float(used.sum()),
        )

    def tension(self, content: float) -> float:
        """Return the tension of blood of a content, mL/mL."""
        low, high, out = 0.0, 1e4, np.zeros(1)
        for _ in range(60):
            middle = 0.5 * (low + high)
            contents(np.array([middle]), self._law, out)
            low, high = (middle, high) if out[0] < content else (low, middle)
        return 0.5 * (low + high)

    def _prepare(self, world: World) -> None:
        """Wake what has changed: vessels where blood flows otherwise, all where it carries other oxygen, else sites of other uptake."""
        network, here, at_ports = world.network, world.carried["oxygen"], world.carried["oxygen_ports"]
        supply = world.level(*SUPPLY)
        # a process that takes over finds out by settling once more, which moves nothing
        poorer, self._law[2] = supply[2] != self._law[2], supply[2]
        world.count()
        self._lay(world)
        if network.solved != world.carried["oxygen_flow"]["solved"][0]:
            self._follow_flow(world)
        full = np.zeros(2)
        contents(supply[:2], self._law, full)
        arterial = network.ports.arterial
        brought = (1.0 - arterial) * full[0] + arterial * full[1]
        if poorer:
            # the same blood holds more or less where haemoglobin is lost or added
            contents(world.sites["blood_oxygen"], self._law, here["held"])
            self._wake_all()
        self._awake[world.tissue.n :] |= brought != at_ports["brought"]
        at_ports["brought"][:] = brought
        volume = world.tissue.site**2 * world.tissue.thickness
        own = self.own
        rates = (volume * own.uptake, volume * self.tumour_uptake, own.wall_conductance, own.new_vessel)
        inside, asked = world.tissue.inside, np.array(rates)
        given = (
            world.compartment,
            world.sites.full("parenchyma"),
            network.wall,
            world.sites.full("vessel_age"),
        )
        tumour = world.census.tumour_at, world.census.places
        out = here["uptake"], here["exchange"], self._awake
        threads.over(
            len(inside), world.tissue.n, lambda some: demand(inside[some], *given, *tumour, asked, *out)
        )

    def _wake_all(self) -> None:
        places = self._order
        self._awake[np.where(places >= 0, places, len(self._tube) - 1 - places)] = True

    def _lay(self, world: World) -> None:
        """Lay out the order of the sweep for the flow as it is, and take up who was left awake."""
        network, ports = world.network, world.network.ports
        if network.solved != self._laid:
            self._tube, self._laid = network.vessel & (ports.of < 0), network.solved
            self._order = self._sweeps.lay(network, self._downstream.order(network, self._tube), self._tube)
        awake = [world.carried[name]["awake"] == 1 for name in ("oxygen", "oxygen_ports")]
        self._awake = np.concatenate(awake)

    def _keep(self, world: World) -> None:
        """Write down who is left awake."""
        sites, ports = np.split(self._awake, [world.tissue.n])
        world.carried["oxygen"]["awake"][:], world.carried["oxygen_ports"]["awake"][:] = sites, ports

    def _follow_flow(self, world: World) -> None:
        """Wake all vessels; blood in a new tube takes the tissue's tension."""
        network, sites = world.network, world.sites
        blood, ports = sites.full("blood_oxygen"), network.ports
        fresh, gone = network.vessel & (blood == 0.0), ~network.vessel & (ports.of < 0)
        blood[fresh], blood[gone] = sites.full("oxygen")[fresh], 0.0
        held, flow = world.carried["oxygen"]["held"], world.carried["oxygen_flow"]
        # what else holds of blood is known, but for blood that nobody has followed yet
        renewed = np.flatnonzero(fresh) if flow["solved"][0] >= 0 else np.arange(len(blood))
        filled = np.empty(len(renewed))
        contents(blood[renewed], self._law, filled)
        held[gone], held[renewed] = 0.0, filled
        flow["solved"][0], flow["driving"][0] = network.solved, network.driving
        # tissue in balance feels no flow, only the blood beside it once that has moved
        self._awake |= np.concatenate([self._tube, np.ones(ports.number, dtype=np.bool_)])

    def _settle(self, world: World, seconds: float, former: np.ndarray) -> None:
        """Bring all that is awake to rest; with ``seconds`` above 0, to where it stands after them."""
        own, tissue, network, ports = self.own, world.tissue, world.network, world.network.ports
        hurry = 1.0 / seconds if seconds > 0.0 else 0.0
        volume = tissue.site**2 * tissue.thickness
        edge = own.diffusion * own.solubility * tissue.thickness
        values = (edge, own.michaelis, OMEGA, own.tolerance, hurry, own.solubility * volume * hurry)
        here = world.carried["oxygen"]
        state = (world.sites.full("oxygen"), world.sites.full("blood_oxygen"), here["held"], former)
        blood = network.volume if hurry else self._still[0]
        needs = (here["uptake"], here["exchange"], self._tube, blood)
        brought = world.carried["oxygen_ports"]["brought"]
        self._sweeps.settle(
            self._awake, own.most, tissue.lattice.sides, values, self._law, state, needs,
            (network.outflow, tissue.neighbours, ports.of), (ports.first, ports.member, ports.supply, brought),
        )  # fmt: skip
