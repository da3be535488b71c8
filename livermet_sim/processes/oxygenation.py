"""Bring oxygen in with perfused tubes and let tissue use it."""

from __future__ import annotations

import numpy as np

from livermet_sim.base.specs import Parameter, Section
from livermet_sim.kernels.demand import demand
from livermet_sim.kernels.oxygen import OMEGA, relax
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

SECTION = Section(
    "oxygen",
    "Oxygen supply and use.",
    (
        Parameter("interval", 1.0, "h", "Time between two solutions.", 0.01, 24.0),
        Parameter("periportal", 65.0, "mmHg", "Oxygen tension of blood entering the sinusoids.", 1.0, 150.0, "Godoy 2013 PMC3753504 (60-70)", "found"),
        Parameter("pericentral", 30.0, "mmHg", "Oxygen tension of blood leaving them.", 0.0, 150.0, "Godoy 2013 PMC3753504 (25-35)", "found"),
        Parameter("diffusion", 2000.0, "um2/s", "Diffusion constant in tissue.", 100.0, 5000.0, "model file (2000-2800)", "found"),
        Parameter("michaelis", 5.0, "mmHg", "Tension at half of the largest uptake.", 0.01, 50.0, "cytochrome aa3 in perfused liver, 6.8 uM (Kekonen et al.)", "derived"),
        Parameter("uptake_periportal", 28.0, "mmHg/s", "Largest uptake of periportal tissue.", 0.0, 200.0, "Matsumura & Thurman 1983 PMID 6859274", "derived"),
        Parameter("uptake_pericentral", 12.0, "mmHg/s", "Largest uptake of pericentral tissue.", 0.0, 200.0, "Matsumura & Thurman 1983 PMID 6859274", "derived"),
        Parameter("exchange", 15.0, "/s", "Exchange between a perfused sinusoid and its site; leaves a drop of about 5 mmHg.", 0.0, 1000.0, "sinusoid-to-cell drop about 5 torr (Kekonen et al.)", "derived"),
        Parameter("new_vessel", 0.5, "1", "Exchange of a newly formed vessel relative to a sinusoid.", 0.0, 1.0, "CRLM poorly oxygenated; 0.3-0.6 guessed", "assumed"),
        Parameter("tolerance", 0.05, "mmHg", "Largest change of a site that its neighbours need not take notice of.", 1e-9, 5.0),
        Parameter("most", 40, "1", "Most rounds of one solution; what is left is taken up in the next.", 1, 100000),
    ),
)  # fmt: skip


class Oxygenate(Process):
    """Solve the oxygen tension of the tissue."""

    stage = "perfuse"
    reads = ("sites.perfused", "sites.parenchyma", "census")
    writes = ("sites.oxygen",)

    def __init__(self, setting: Setting, sites: int):
        self.own = setting.section("oxygen")
        self.every = self.own.interval
        self.tumour_uptake = setting.section("cells.tumour").oxygen_uptake
        self._values = np.array([
            self.own.uptake_periportal, self.own.uptake_pericentral, self.tumour_uptake, self.own.exchange,
            self.own.new_vessel, self.own.periportal, self.own.pericentral,
        ])  # fmt: skip
        # nothing equals NaN, so at first all sites count as changed
        self._demand = np.full((3, sites), np.nan)
        self._told = np.full(sites, np.inf)
        self._queues = np.zeros((2, sites), dtype=np.int32)
        self._waiting = np.zeros(sites, dtype=np.bool_)
        self._number = 0

    def knobs(self) -> dict[str, tuple[np.ndarray, int]]:
        """Return the tensions that an intervention can change: array and index by the parameter's name."""
        return {"oxygen.periportal": (self._values, 5), "oxygen.pericentral": (self._values, 6)}

    def step(self, world: World) -> None:
        """Solve when due, starting from the sites whose supply or uptake has changed."""
        if not world.clock.due(self.every):
            return
        own, sites, tissue = self.own, world.sites, world.tissue
        uptake, exchange, blood = self._demand
        queue, spare = self._queues
        world.count()
        number = demand(
            tissue.inside, world.compartment, sites.full("zone"), sites.full("parenchyma"), sites.full("perfused"),
            sites.full("vessel_age"), world.census.tumour_at, self._values, uptake, exchange, blood,
            queue, self._number, self._waiting,
        )  # fmt: skip
        self._number = relax(
            sites.full("oxygen"), self._told, uptake, exchange, blood, tissue.neighbours, queue, number, self._waiting,
            spare, own.diffusion / tissue.site**2, own.michaelis, OMEGA, own.tolerance, own.most,
        )  # fmt: skip
