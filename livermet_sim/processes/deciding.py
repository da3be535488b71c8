"""Evaluate the interaction rules: what every cell senses becomes what it is about to do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.base.specs import declared, section
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.processes.along import fill, touched
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.state.world import World


@dataclass(frozen=True)
class Evaluation:
    """How often the rules are evaluated."""

    interval: float = declared(1.0, "h", "Time between two evaluations, tumour cells in vessels apart.", 0.01, 24.0)  # fmt: skip


SECTION = section("decide", Evaluation)
LUMEN_ONLY = 2


class Sense(Process):
    """Count who is where and tell tumour cells how crowded they are."""

    stage = "sense"
    writes = ("census", "sites.pressure", "cells.crowding")

    def __init__(self, setting: Setting):
        self.interval = setting.read("decide", Evaluation).interval

    def step(self, world: World) -> None:
        """Bring the census up to date; without tumour cells nobody asks for it until the rules are evaluated."""
        cells, census = world.cells, world.census
        empty = census.in_lumen + census.in_tissue == 0 and not (cells["kind"] == TUMOUR).any()
        if empty and not world.clock.due(self.interval):
            return
        world.count()
        cells["crowding"][:] = world.sites.full("pressure")[cells["site"]]


class Decide(Process):
    """Turn signals into rates by the rules: every step for tumour cells in vessels, hourly for all others."""

    stage = "decide"
    writes = ("cells.rates",)

    def __init__(self, setting: Setting, compiled: Compiled):
        self.compiled = compiled
        self.interval = setting.read("decide", Evaluation).interval
        self.carries = (touched(setting),)
        self.due = np.ones(len(setting.kinds), dtype=np.int64)

    def step(self, world: World) -> None:
        """Evaluate the rules of the cells that are due."""
        all_due = world.clock.due(self.interval)
        self.due[:] = all_due
        self.due[TUMOUR] = 1 if all_due else LUMEN_ONLY
        if all_due or world.census.in_lumen:
            self.compiled.evaluate(world, self.due)
        if all_due:
            fill(world, self.compiled)
