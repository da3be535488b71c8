"""Close the books of a step: rows of the dead leave, and everyone is counted anew where that is needed."""

from __future__ import annotations

from livermet_sim.processes.process import Process
from livermet_sim.state.world import World

SORTED_EVERY = 24.0  # h


class Settle(Process):
    """Drop the rows of cells that died, left or washed out; once a day put the others in the order of space."""

    stage = "remodel"
    writes = ("cells[rows]",)
    adds = ("segments",)

    def step(self, world: World) -> None:
        """Drop dead rows."""
        world.drop_dead()
        clock = world.clock
        # a liver at rest lives through an hour a day, in which few cells move
        if clock.due(SORTED_EVERY) and clock.tick - clock.since >= clock.ticks(SORTED_EVERY):
            world.sort_cells()
