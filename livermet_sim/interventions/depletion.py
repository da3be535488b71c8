"""Take cells of a kind away, and let the kind come back."""

from __future__ import annotations

import numpy as np

from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.interventions.actions import Intervention
from livermet_sim.kernels.codes import DEPLETE, DIE, SINUSOID, TISSUE, TREATMENT, TUMOUR
from livermet_sim.kernels.rng import draws
from livermet_sim.processes.record import count, record
from livermet_sim.processes.setting import Setting
from livermet_sim.state.carried import Carried
from livermet_sim.state.table import Column
from livermet_sim.state.world import World

# a newcomer inherits the key, and so shares the luck of the cell that never left in the untreated liver
_KEPT = ("key", "site", "layer", "diameter", "aptitude")
REMOVED = Carried(
    "removed",
    "A resident cell that an intervention has taken away and that may come back.",
    (
        Column("intervention", "code", "Number of that intervention among those of the run.", whole=True),
        Column("drawn", "1", "Share of its kind from which on it is back."),
        *(column for column in CELL_COLUMNS if column.name in _KEPT),
    ),
)


class Depletion:
    """Hold a kind down to a share of its cells, then let that share rise to 1 over the recovery.

    Every cell draws one number for life and is taken while it is at least the share that is left, so that
    efficacy does not pile up over the window and the same cells are spared in every liver of a seed. Cells
    that the blood brings are taken as they come. Residents that were taken come back where they stood, as
    newcomers with nothing engulfed, when the rising share passes their number, if that place is still there.
    """

    def __init__(self, intervention: Intervention, number: int, setting: Setting):
        n = intervention.numbers
        self.target, self.number = intervention.words["target"], number
        self.start, self.end = n["start"] * 24.0, n["end"] * 24.0
        self.left, self.recovery = 1.0 - n["efficacy"], n["recovery"] * 24.0
        kind = setting.kinds[setting.code(self.target)]
        self.resident = kind.habitat in ("vessel", "disse") and not kind.recruited

    def share(self, hours: float) -> float:
        """Return the share of the cells that is left at a time."""
        hours += 1e-9
        if hours < self.start:
            return 1.0
        if hours < self.end:
            return self.left
        risen = (hours - self.end) / self.recovery if self.recovery > 0.0 else 1.0
        return min(1.0, self.left + (1.0 - self.left) * risen)

    def step(self, world: World) -> None:
        """Take away who is to be away now; let come back who is due."""
        left = self.share(world.clock.hours)
        if left < 1.0:
            self._take(world, left)
        if self.recovery > 0.0 and world.clock.hours >= self.end:
            self._return(world, left)

    def _take(self, world: World, left: float) -> None:
        rows = world.rows(self.target)
        if not len(rows):
            return
        drawn = draws(world.seed, DEPLETE + (self.number << 16), 0, world.cells.full("key")[rows])
        taken = rows[drawn >= left]
        if not len(taken):
            return
        if self.target == world.kinds[TUMOUR]:
            record(world, taken, DIE, TREATMENT)
            count(world, "dead_treatment", len(taken))
        if self.resident and self.recovery > 0.0:
            self._remember(world, taken, drawn[drawn >= left])
        world.cells.full("alive")[taken] = 0
        world.drop_dead()

    def _remember(self, world: World, rows: np.ndarray, drawn: np.ndarray) -> None:
        columns = {name: world.cells.full(name)[rows] for name in _KEPT}
        world.carried[REMOVED.name].append(len(rows), intervention=self.number, drawn=drawn, **columns)

    def _return(self, world: World, left: float) -> None:
        gone = world.carried[REMOVED.name]
        due = np.flatnonzero((gone["intervention"] == self.number) & (gone["drawn"] < left))
        if not len(due):
            return
        # a vessel that closed or was built over has no place for them
        back = due[(gone["layer"][due] == TISSUE) | (world.compartment[gone["site"][due]] == SINUSOID)]
        columns = {name: gone[name][back] for name in _KEPT}
        gone.drop(due)
        if len(back):
            world.add_cells(len(back), kind=world.code(self.target), born=world.clock.tick, **columns)
