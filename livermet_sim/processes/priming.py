"""Prime T cells in the draining lymph node: dendritic cells bring antigen, effector cells come back with the blood."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from livermet_sim.base.specs import declared, section
from livermet_sim.kernels.turnover import LEAVES
from livermet_sim.processes.deciding import Evaluation
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World


@dataclass(frozen=True)
class Priming:
    """Priming of CD8 T cells in the lymph node that drains the liver."""

    node_death: float = declared(0.014, "/h", "Rate at which a dendritic cell that carries antigen dies in the node.", 1e-5, 1.0, "Kamath 2002 PMID 12176895 (about 3 days, spleen)", "derived")  # fmt: skip
    effectors: float = declared(320.0, "cells", "Effector CD8 T cells that come of each such dendritic cell: 10 T cells that each divide five times.", 0.0, 1e5, "QSPIO-TNBC parameter file (10 sites; 2 + 3 generations)", "derived")  # fmt: skip
    liver_share: float = declared(0.15, "1", "Share of them that a liver which calls none more than at rest keeps; the rest of the body keeps the others.", 0.0, 1.0, "assumed: a quarter of the cardiac output passes the liver (textbook), which keeps three in five of what comes with it; if it kept all, untreated MC38 would be half as many on day 28", "assumed")  # fmt: skip
    expansion: float = declared(120.0, "h", "Time from priming to return: five divisions.", 1.0, 2000.0, "QSPIO-TNBC parameter file (1 division a day: Marchingo 2014)", "derived")  # fmt: skip


SECTION = section("priming", Priming)


class Prime(Process):
    """Turn dendritic cells that left for the node into effector CD8 T cells on their way back."""

    stage = "act"
    adds = ("levels",)

    def __init__(self, setting: Setting):
        self.own = setting.read("priming", Priming)
        self.every = setting.read("decide", Evaluation).interval
        self.carriers = setting.code(setting.the("antigen").name)
        self.density = setting.cell(setting.the("primed").name, "density")

    def step(self, world: World) -> None:
        """Count who left, let those in the node prime and die, let effectors leave the node.

        Both levels count cells per resting CD8 T cell of the tissue, so that they hold for any piece of a liver.
        """
        resting = self.density * world.tissue.volume
        if resting <= 0.0:
            return
        cells, span, at = world.cells, world.clock.span(self.every), world.systemic_names.index
        node, primed = world.systemic[at("node")], world.systemic[at("primed")]
        died = node * -math.expm1(-self.own.node_death * span)
        primed = (primed + self.own.effectors * died) * math.exp(-span / self.own.expansion)
        left = (cells["alive"] == 0) & (cells["event"] == LEAVES) & (cells["kind"] == self.carriers)
        brought = float(np.sum(cells["activation"][left]))
        world.systemic[at("node")] = node - died + brought / resting
        world.systemic[at("primed")] = primed
