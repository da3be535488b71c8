"""Carry out interventions at the beginning of each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from livermet_sim.interventions.add_matrix import MATRIX
from livermet_sim.interventions.deplete import REMOVED
from livermet_sim.interventions.intervention import Intervention
from livermet_sim.interventions.pull import Kills, Levels, Pull, Receptors
from livermet_sim.interventions.sources import Sources
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.state.world import World


class Intervene(Process):
    """Take away and bring in; set receptors, levels and the sources of signals."""

    stage = "intervene"
    writes = ("cells.alive[treated]", "cells[treated]", "fields.background", "rules.gain", "crawl.heed")
    adds = ("log", "totals", "levels", "segments", *(f"sites.{name}" for name in MATRIX))
    carries = (REMOVED,)

    def __init__(
        self,
        interventions: Sequence[Intervention],
        setting: Setting,
        compiled: Compiled,
        heed: np.ndarray,
    ):
        self.own, self.setting, pulled = tuple(interventions), setting, pulls(interventions)
        sources = [source for own in interventions for source in own.sources()]
        self.first: tuple[Any, ...] = (
            Receptors(pulled, setting, compiled, heed),
            Levels(pulled),
            Sources(sources, pulled),
        )
        self.kills = Kills(pulled)

    def step(self, world: World) -> None:
        """Let every intervention do its part; those whose time has not come do nothing."""
        for part in self.first:
            part.step(world)
        for number, own in enumerate(self.own):
            own.step(world, number, self.setting)
        self.kills.step(world)


def pulls(interventions: Sequence[Intervention]) -> list[Pull]:
    """Return every lever that is pulled, drugs taken apart into their effects."""
    return [pull for own in interventions for pull in own.pulls()]
