"""Evaluate the interaction rules: what every cell senses becomes what it is about to do."""

from __future__ import annotations

from livermet_sim.processes.process import Process
from livermet_sim.rules.compile import Compiled
from livermet_sim.state.world import World


class Sense(Process):
    """Count who is where and tell tumour cells how crowded they are."""

    stage = "sense"
    reads = ("cells.site", "cells.layer", "cells.kind")
    writes = ("census", "sites.pressure", "cells.crowding")

    def step(self, world: World) -> None:
        """Bring the census up to date."""
        world.count()
        cells = world.cells
        cells["crowding"][:] = world.sites.full("pressure")[cells["site"]]


class Decide(Process):
    """Turn signals into rates by the rules of each kind."""

    stage = "decide"
    reads = ("cells", "sites", "fields.concentration", "census", "systemic")
    writes = ("cells.rates",)

    def __init__(self, compiled: Compiled):
        self.compiled = compiled

    def step(self, world: World) -> None:
        """Evaluate all rules."""
        self.compiled.evaluate(world)
