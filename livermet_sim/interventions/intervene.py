"""Carry out interventions at the beginning of each step."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from livermet_sim.interventions.intervention import ACTIONS, Intervention
from livermet_sim.interventions.pull import Kills, Levels, Pull, Receptors
from livermet_sim.interventions.sources import Sources
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.state.world import World


class Intervene(Process):
    """Take away and bring in; set receptors, levels and the sources of signals.

    What the actions write, add to and carry is theirs to declare; here stands what levers, sources and drugs do.
    """

    stage = "intervene"
    writes = ("cells.alive[treated]", "fields.background", "rules.gain", "crawl.heed")
    adds = ("log", "totals", "levels")

    def __init__(
        self,
        interventions: Sequence[Intervention],
        setting: Setting,
        compiled: Compiled,
        heed: np.ndarray,
    ):
        self.own, self.setting, pulled = tuple(interventions), setting, pulls(interventions)
        for name in ("writes", "adds", "carries"):
            declared = [getattr(action, name) for action in ACTIONS.values()]
            setattr(self, name, tuple(dict.fromkeys(chain(getattr(type(self), name), *declared))))
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
