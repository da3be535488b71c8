"""Close the books of a step: rows of the dead leave, and everyone is counted anew where that is needed."""

from __future__ import annotations

from livermet_sim.processes.process import Process
from livermet_sim.state.world import World


class Settle(Process):
    """Drop the rows of cells that died, left or washed out."""

    stage = "remodel"
    writes = ("cells[rows]",)
    adds = ("segments",)

    def step(self, world: World) -> None:
        """Drop dead rows."""
        world.drop_dead()
