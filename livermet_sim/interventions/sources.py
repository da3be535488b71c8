"""Keep sources of diffusing signals in the tissue while their windows are open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livermet_sim.interventions.course import Window
from livermet_sim.interventions.levers import ALL
from livermet_sim.interventions.pull import Pull
from livermet_sim.interventions.zone import Zone, sites_of
from livermet_sim.state.fields import SOURCE_STEPS
from livermet_sim.state.world import World


@dataclass(frozen=True)
class Source:
    """Hold a source of a signal at every site of a zone, and how strong it is over time."""

    signal: str
    zone: Zone
    window: Window


class Sources:
    """Put all sources of a run in place.

    Parameters
    ----------
    own : sequence of Source
    pulled : sequence of Pull
        Of these, what neutralises a signal whoever secretes it (``secrete.X`` of all) also holds what comes from outside.
    """

    def __init__(self, own: Sequence[Source], pulled: Sequence[Pull] = ()):
        self.own = tuple(own)
        self.held = tuple(
            [pull for pull in pulled if pull.target == ALL and pull.behaviour == f"secrete.{source.signal}"]
            for source in own
        )
        self._now: tuple[float, ...] = ()

    def _amount(self, place: int, hours: float) -> float:
        """Return what a source gives now."""
        factors = (pull.strength(hours) for pull in self.held[place])
        return self.own[place].window(hours) * math.prod(factors)

    def step(self, world: World) -> None:
        """Put the sources of the open windows in place, when one opened or closed."""
        now = tuple(self._amount(place, world.clock.hours) for place in range(len(self.own)))
        if now == self._now:
            return
        self._now, fields = now, world.fields
        if not any(now):
            fields.background = None
            return
        fields.background = np.zeros_like(fields.source)
        for source, amount in zip(self.own, now, strict=True):
            column = fields.index(source.signal)
            fields.background[sites_of(world, source.zone), column] += round(amount * SOURCE_STEPS)
