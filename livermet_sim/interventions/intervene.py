"""Carry out interventions at the beginning of each step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from livermet_sim.interventions.actions import Intervention
from livermet_sim.interventions.depletion import REMOVED, Depletion
from livermet_sim.interventions.pull import Kills, Levels, Receptors, pulls
from livermet_sim.interventions.supply import ONCE, Once, Sources
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.state.world import World

BOUND = ("collagen", "fibronectin", "net", "debris")


class Intervene(Process):
    """Take away and bring in; set receptors, levels and the sources of signals."""

    stage = "intervene"
    writes = ("cells.alive[treated]", "cells[treated]", "fields.background", "rules.gain", "crawl.heed")
    adds = ("log", "totals", "levels", "segments", *(f"sites.{name}" for name in BOUND))
    carries = (REMOVED,)

    def __init__(
        self,
        interventions: Sequence[Intervention],
        setting: Setting,
        compiled: Compiled,
        heed: np.ndarray,
    ):
        own = pulls(interventions)
        sources = [
            i
            for i in interventions
            if i.action == "add_signal" and not i.words["signal"].startswith("systemic.")
        ]
        self.parts: list[Any] = [
            Receptors(own, setting, compiled, heed),
            Levels(own),
            Sources(sources),
        ]
        for number, intervention in enumerate(interventions):
            if intervention.action == "deplete":
                self.parts.append(Depletion(intervention, number, setting))
            elif intervention.action in ONCE:
                self.parts.append(Once(intervention, number, setting))
        self.parts.append(Kills(own))

    def step(self, world: World) -> None:
        """Let every intervention do its part; those whose time has not come do nothing."""
        for part in self.parts:
            part.step(world)


def flat(interventions: Iterable[Intervention]) -> tuple[Intervention, ...]:
    """Return the interventions with every condition taken apart into its changes."""
    found: list[Intervention] = []
    for own in interventions:
        found += flat(own.parts) if own.action == "condition" else [own]
    return tuple(found)


def hours_before(interventions: Iterable[Intervention], days: float) -> float:
    """Return the time to be simulated before tumour cells enter, in whole days: asked for, or needed to intervene."""
    return 24.0 * float(np.ceil(max([days, *(-i.start for i in interventions)])))
