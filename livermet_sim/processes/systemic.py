"""Let systemic factors follow each other: serum amyloid A after IL-6, a rebound after an anti-VEGF drug."""

from __future__ import annotations

import math

from livermet_sim.base.specs import Parameter, Section
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

SECTION = Section(
    "systemic_response",
    "How systemic factors follow each other.",
    (
        Parameter("interval", 1.0, "h", "Time between two updates.", 0.01, 24.0),
        Parameter("saa_gain", 2.0, "relative", "Serum amyloid A that saturating IL-6 makes hepatocytes secrete (STAT3), relative to its half-effect.", 0.0, 1000.0, "Lee 2019 PMC6430113 (direction)", "assumed"),
        Parameter("saa_rate", 0.06, "/h", "Rate at which serum amyloid A follows IL-6; acute-phase proteins rise within half a day.", 0.001, 100.0, "textbook view of the acute phase, no paper looked up", "assumed"),
        Parameter("rebound_memory", 0.006, "/h", "Rate at which vessels get used to a VEGF level, an anti-VEGF drug included; about a week.", 1e-5, 100.0, "Yang 2016 doi:10.1038/ncomms12680 (rebound after withdrawal; time assumed)", "assumed"),
    ),
)  # fmt: skip


class Respond(Process):
    """Relax hepatocytes' SAA towards what IL-6 asks for, and vessels' memory of anti-VEGF towards its level."""

    stage = "intervene"
    reads = ("systemic.il6", "systemic.anti_vegf")
    adds = ("systemic.saa", "systemic.vegf_rebound")

    def __init__(self, setting: Setting):
        self.own = setting.section("systemic_response")
        self.secreted = self.used_to = self.rebound = 0.0

    def step(self, world: World) -> None:
        """Add what changed since the last update, so that levels set by a scenario or a drug stay underneath."""
        if not world.clock.due(self.own.interval):
            return
        span, at = world.clock.span(self.own.interval), world.systemic_names.index
        il6, drug = world.systemic[at("il6")], world.systemic[at("anti_vegf")]
        wanted = self.own.saa_gain * il6 / (1.0 + il6)
        secreted = wanted + (self.secreted - wanted) * math.exp(-self.own.saa_rate * span)
        self.used_to = drug + (self.used_to - drug) * math.exp(-self.own.rebound_memory * span)
        rebound = max(0.0, self.used_to - drug)
        world.systemic[at("saa")] += secreted - self.secreted
        world.systemic[at("vegf_rebound")] += rebound - self.rebound
        self.secreted, self.rebound = secreted, rebound
