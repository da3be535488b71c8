"""Carry out interventions in the step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livermet_sim.interventions.read import Intervention
from livermet_sim.kernels.codes import DEPLETE, DIE, LUMEN, TREATMENT, TUMOUR
from livermet_sim.kernels.turnover import priorities
from livermet_sim.processes.deciding import LUMEN_ONLY
from livermet_sim.processes.process import Process
from livermet_sim.processes.record import count, record
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World


class Intervene(Process):
    """Take cells away while a depletion lasts."""

    stage = "intervene"
    reads = ("cells.key",)
    writes = ("cells.alive[treated]",)
    adds = ("log",)

    def __init__(self, interventions: Sequence[Intervention]):
        self.depletions = [i for i in interventions if i.action == "deplete"]

    def step(self, world: World) -> None:
        """Draw once per cell who escapes, so that efficacy does not pile up over the window."""
        for number, intervention in enumerate(self.depletions):
            if intervention.active(world.clock.hours):
                self._deplete(world, intervention, number)

    def _deplete(self, world: World, intervention: Intervention, number: int) -> None:
        rows = world.rows(intervention.target)
        if not len(rows):
            return
        drawn = np.empty(len(rows))
        priorities(rows, world.seed, DEPLETE + (number << 16), 0, world.cells.full("key"), drawn)
        taken = rows[drawn >= intervention.factor]
        if not len(taken):
            return
        if intervention.target == world.kinds[TUMOUR]:
            record(world, taken, DIE, TREATMENT)
            count(world, "dead_treatment", len(taken))
        world.cells.full("alive")[taken] = 0
        world.drop_dead()


class Modify(Process):
    """Multiply behaviours while a block or boost lasts, after the rules have spoken."""

    stage = "decide"
    reads = ("cells.kind",)
    adds = ("cells.rates",)

    def __init__(self, setting: Setting, interventions: Sequence[Intervention], due: np.ndarray):
        self.due = due
        self.changes = [
            (i, setting.code(i.target), setting.column(i.behaviour))
            for i in interventions
            if i.action == "block"
        ]

    def step(self, world: World) -> None:
        """Scale the blocked behaviours of the cells whose rates the rules have just set (``due``)."""
        for intervention, kind, column in self.changes:
            if self.due[kind] and intervention.active(world.clock.hours):
                rows = np.flatnonzero(world.cells["kind"] == kind)
                if self.due[kind] == LUMEN_ONLY:
                    rows = rows[world.cells["layer"][rows] == LUMEN]
                world.rates[rows, column] *= intervention.factor
