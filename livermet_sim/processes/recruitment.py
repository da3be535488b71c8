"""Bring immune cells with the blood: the lining calls them, above or below what keeps their resting number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.base.specs import declared, section
from livermet_sim.kernels.codes import APTITUDE, LUMEN, PRIMED
from livermet_sim.kernels.rng import draws
from livermet_sim.kernels.turnover import CALLERS, recruit
from livermet_sim.processes.priming import Priming
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World


@dataclass(frozen=True)
class Recruitment:
    """Arrival of immune cells with the blood."""

    interval: float = declared(1.0, "h", "Time between two draws of arrivals.", 0.01, 24.0)


SECTION = section("recruitment", Recruitment)


class Recruit(Process):
    """Let neutrophils, MDSC, NK, T cells, monocytes and dendritic cells arrest on the lining.

    The lining's chance to catch a cell grows with the time that the cell takes to pass, the number that pass with
    the speed, so arrivals do not depend on speed where blood moves, and stop where it does not.
    """

    stage = "arrive"
    writes = ("cells[new immune]",)

    def __init__(self, setting: Setting):
        self.every = setting.read("recruitment", Recruitment).interval
        self.lining = setting.code(setting.the("lining").name)
        self.first = setting.column(f"recruit.{setting.kinds[0].name}")
        recruited = np.array([kind.recruited for kind in setting.kinds])
        self.density = setting.per_kind("density") * recruited
        self.leave = setting.per_kind("leave")
        self.diameter = setting.per_kind("diameter", 8.0)
        self.primed = setting.code(setting.the("primed").name)
        self.priming = setting.read("priming", Priming)
        self.misfits = float(setting.per_kind("inactive_share")[self.primed])

    def _effectors(self, world: World) -> float:
        """Return the effectors that come in an hour and mm3 at a lining that calls no more than at rest.

        The liver and the rest of the body share those that leave the node: a liver that calls more gets more of them, at most all.
        """
        under_way = world.systemic[world.systemic_names.index("primed")]
        if under_way <= 0.0:
            return 0.0
        lining = np.flatnonzero(world.cells["kind"] == self.lining)
        calls = (
            world.rates[lining, self.first + self.primed]
            * world.sites.full("perfused")[world.cells["site"][lining]]
        )
        called, share = float(calls.sum()) / max(1, world.totals["lined_at_start"]), self.priming.liver_share
        kept = share / (share * called + 1.0 - share)
        return self.density[self.primed] * under_way * kept / self.priming.expansion

    def step(self, world: World) -> None:
        """Draw arrivals at every perfused LSEC; keys of arrivals derive from the LSEC's."""
        cells, seed, tick = world.cells, world.seed, world.clock.tick
        coming = self.density * self.leave
        primed = self._effectors(world)
        coming[self.primed] += primed
        resting = coming * world.tissue.volume / max(1, world.totals["lined_at_start"])
        # never more than that; memory that nobody writes to is none
        drawn = np.empty((3, cells.n * len(self.density)), dtype=np.int64)
        number = recruit(
            cells.n, seed, tick, world.clock.span(self.every), self.lining, cells.whole, cells.at(*CALLERS),
            world.sites.full("perfused"), world.rates, self.first, resting, drawn,
        )  # fmt: skip
        if number == 0:
            return
        rows, codes, keys = drawn[:, :number]
        effector = (codes == self.primed) & (draws(seed, PRIMED, tick, keys) * coming[self.primed] < primed)
        aptitude = draws(seed, APTITUDE, 0, keys)
        # who was primed by the tumour's antigen has a receptor that fits it
        aptitude[effector] = self.misfits + (1.0 - self.misfits) * aptitude[effector]
        world.add_cells(
            number, kind=codes, site=cells.full("site")[rows], layer=LUMEN, key=keys, born=tick,
            aptitude=aptitude, diameter=self.diameter[codes],
            activation=effector.astype(np.float64),
        )  # fmt: skip
