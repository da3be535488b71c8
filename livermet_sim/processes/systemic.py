"""Let systemic factors follow each other and the liver: SAA after IL-6, rebound after anti-VEGF, HGF after lost hepatocytes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from livermet_sim.base.specs import declared, section
from livermet_sim.kernels.codes import PARENCHYMA, SINUSOID, TISSUE
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.carried import Carried
from livermet_sim.state.table import Column
from livermet_sim.state.world import World


@dataclass(frozen=True)
class SystemicResponse:
    """How systemic factors follow each other."""

    interval: float = declared(1.0, "h", "Time between two updates.", 0.01, 24.0)
    saa_gain: float = declared(2.0, "relative", "Serum amyloid A that saturating IL-6 makes hepatocytes secrete (STAT3), relative to its half-effect.", 0.0, 1000.0, "Lee 2019 PMC6430113 (direction)", "assumed")  # fmt: skip
    saa_rate: float = declared(0.06, "/h", "Rate at which serum amyloid A follows IL-6; acute-phase proteins rise within half a day.", 0.001, 100.0, "textbook view of the acute phase, no paper looked up", "assumed")  # fmt: skip
    rebound_memory: float = declared(0.006, "/h", "Rate at which vessels get used to a VEGF level, an anti-VEGF drug included; about a week.", 1e-5, 100.0, "Yang 2016 doi:10.1038/ncomms12680 (rebound after withdrawal; time assumed)", "assumed")  # fmt: skip
    hgf_gain: float = declared(8.0, "relative", "HGF that a liver without any hepatocytes would set free, relative to its half-effect; a share lost calls for that share of it.", 0.0, 1000.0, "Lindroos 1991 Hepatology 13:743 (in plasma 13-fold 2 h after CCl4, which kills about a third; 17-fold after hepatectomy); size assumed", "assumed")  # fmt: skip
    hgf_rate: float = declared(0.5, "/h", "Rate at which free HGF follows the loss of hepatocytes.", 0.001, 100.0, "Lindroos 1991 Hepatology 13:743 (risen after 2 h)", "derived")  # fmt: skip


SECTION = section("systemic_response", SystemicResponse)


class Respond(Process):
    """Relax SAA towards what IL-6 asks for, HGF towards what lost hepatocytes call for, vessels' memory of anti-VEGF to its level."""

    stage = "intervene"
    adds = ("levels",)
    carries = (
        Carried(
            "response",
            "How far systemic factors have followed each other.",
            (
                Column("secreted", "relative", "Serum amyloid A that hepatocytes secrete by now."),
                Column("used_to", "relative", "Level of the anti-VEGF drug that vessels are used to."),
                Column("rebound", "relative", "Rebound of VEGF signalling by now."),
                Column("called", "relative", "Free HGF that lost hepatocytes called for by now."),
            ),
            over="run",
        ),
    )

    def __init__(self, setting: Setting):
        self.own = setting.read("systemic_response", SystemicResponse)
        self.every = self.own.interval

    def step(self, world: World) -> None:
        """Add what changed since the last update, so that levels set by a scenario or a drug stay underneath."""
        span, at = world.clock.span(self.every), world.systemic_names.index
        secreted, used_to, rebound, called = (
            world.carried["response"][name] for name in ("secreted", "used_to", "rebound", "called")
        )
        il6, drug = world.systemic[at("il6")], world.systemic[at("anti_vegf")]
        wanted = self.own.saa_gain * il6 / (1.0 + il6)
        now = wanted + (secreted[0] - wanted) * math.exp(-self.own.saa_rate * span)
        used_to[0] = drug + (used_to[0] - drug) * math.exp(-self.own.rebound_memory * span)
        above = max(0.0, used_to[0] - drug)
        world.systemic[at("saa")] += now - secreted[0]
        world.systemic[at("vegf_rebound")] += above - rebound[0]
        wanted = self.own.hgf_gain * missing(world)
        free = wanted + (called[0] - wanted) * math.exp(-self.own.hgf_rate * span)
        world.systemic[at("hgf")] += free - called[0]
        secreted[0], rebound[0], called[0] = now, above, free


def missing(world: World) -> float:
    """Return the share of the liver's hepatocytes that died and that no tumour stands in the place of or presses on."""
    parenchyma = world.sites.full("parenchyma")
    plates = (world.compartment == SINUSOID) | (world.compartment == PARENCHYMA)
    if not (plates & (parenchyma < 1.0)).any():
        return 0.0
    world.count()
    lost = plates & (world.sites.full("pressure") <= 0.0) & (world.census.tumour_at[TISSUE] == -1)
    return float((1.0 - parenchyma[lost]).sum()) / max(1, np.count_nonzero(plates))
