"""Take cells of a kind away, and let the kind come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from livermet_sim.base.specs import declared
from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.interventions.course import NEVER
from livermet_sim.interventions.intervention import Intervention, days, end, start
from livermet_sim.interventions.levers import LIVER, Words
from livermet_sim.interventions.made import Table, made
from livermet_sim.interventions.pull import Pull
from livermet_sim.kernels.codes import DEPLETE, DIE, SINUSOID, TISSUE, TREATMENT, TUMOUR
from livermet_sim.kernels.rng import draws
from livermet_sim.processes.record import count, record
from livermet_sim.processes.setting import Setting
from livermet_sim.state.carried import Carried
from livermet_sim.state.signals import SYSTEMIC
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


def deplete(
    target: str, at: object = 0, until: object = None, efficacy: float = 1.0, recovery: object = 0
) -> Table:
    """Take cells of a kind away at once, and all through the window those that come.

    Parameters
    ----------
    target : str
        A kind of cell, such as ``"kupffer"``.
    at, until : str, time
        Window, such as ``"18 day"`` and ``"25 day"``; without an end it stays open.
    efficacy : float
        Share of the cells taken away, 0 to 1.
    recovery : str, time
        How long after the end the kind takes to come back, evenly; with 0, blood cells come back at the pace of
        their recruitment and residents do not.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.

    Examples
    --------
    >>> deplete("kupffer", at="18 day", until="25 day", recovery="5 day")
    """
    return made(Deplete, target=target, at=at, until=until, efficacy=efficacy, recovery=recovery)


@dataclass(frozen=True, eq=False)
class Deplete(Intervention):
    """Take away cells of a kind at the start, and all through the window those that come.

    Every cell draws one number for life and is taken while it is at least the share that is left, so that
    efficacy does not pile up over the window and the same cells are spared in every liver of a seed. Cells
    that the blood brings are taken as they come. Residents that were taken come back where they stood, as
    newcomers with nothing engulfed, when the rising share passes their number, if that place is still there.
    """

    action: ClassVar[str] = "deplete"
    called: ClassVar[str] = "take cells away"
    writes: ClassVar[tuple[str, ...]] = ("cells.alive[treated]", "cells[treated]")
    adds: ClassVar[tuple[str, ...]] = ("log", "totals")
    carries: ClassVar[tuple[Carried, ...]] = (REMOVED,)
    target: str
    start: float = start()
    end: float = end()
    efficacy: float = declared(1.0, "1", "Share of the cells taken away.", 0.0, 1.0)
    recovery: float = declared(0.0, "day", "Time after the end over which the kind comes back, evenly; with 0, blood cells come back at the pace of their recruitment and residents do not.", 0.0, NEVER)  # fmt: skip

    def said(self) -> str:
        """Return it as a reader would say it."""
        return f"take away {100 * self.efficacy:.0f} % of {self.target} cells, {days(self.start, self.end)}"

    def checked(self, place: str, words: Words) -> Self:
        """Return it; the kind must be one of the run's."""
        words.kind(self.target, f"{place}.target")
        return self

    def pulls(self) -> Sequence[Pull]:
        """Return what lowers the host's pool of the kind, where a systemic level of its name tells it."""
        pooled = self.target in SYSTEMIC.names()
        return (Pull("factor", LIVER, f"systemic.{self.target}", self.share),) if pooled else ()

    def share(self, hours: float) -> float:
        """Return the share of the cells that is left at a time."""
        hours, left = hours + 1e-9, 1.0 - self.efficacy
        if hours < self.start * 24.0:
            return 1.0
        if hours < self.end * 24.0:
            return left
        recovery = self.recovery * 24.0
        risen = (hours - self.end * 24.0) / recovery if recovery > 0.0 else 1.0
        return min(1.0, left + (1.0 - left) * risen)

    def step(self, world: World, number: int, setting: Setting) -> None:
        """Take away who is to be away now; let come back who is due."""
        left = self.share(world.clock.hours)
        if left < 1.0:
            self._take(world, left, number, setting)
        if self.recovery > 0.0 and world.clock.hours >= self.end * 24.0:
            self._return(world, left, number)

    def _take(self, world: World, left: float, number: int, setting: Setting) -> None:
        rows = world.rows(self.target)
        if not len(rows):
            return
        drawn = draws(world.seed, DEPLETE + (number << 16), 0, world.cells.full("key")[rows])
        taken = rows[drawn >= left]
        if not len(taken):
            return
        if self.target == world.kinds[TUMOUR]:
            record(world, taken, DIE, TREATMENT)
            count(world, "dead_treatment", len(taken))
        kind = setting.kinds[setting.code(self.target)]
        if self.recovery > 0.0 and kind.habitat in ("vessel", "disse") and not kind.recruited:
            columns = {name: world.cells.full(name)[taken] for name in _KEPT}
            gone = world.carried[REMOVED.name]
            gone.append(len(taken), intervention=number, drawn=drawn[drawn >= left], **columns)
        world.cells.full("alive")[taken] = 0
        world.drop_dead()

    def _return(self, world: World, left: float, number: int) -> None:
        gone = world.carried[REMOVED.name]
        due = np.flatnonzero((gone["intervention"] == number) & (gone["drawn"] < left))
        if not len(due):
            return
        # a vessel that closed or was built over has no place for them
        back = due[(gone["layer"][due] == TISSUE) | (world.compartment[gone["site"][due]] == SINUSOID)]
        columns = {name: gone[name][back] for name in _KEPT}
        gone.drop(due)
        if len(back):
            world.add_cells(len(back), kind=world.code(self.target), born=world.clock.tick, **columns)
