"""Let cells secrete and let the signals come to rest; they relax within minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.base import threads
from livermet_sim.base.specs import declared, section
from livermet_sim.kernels.turnover import secrete, secrete_along
from livermet_sim.processes.along import places
from livermet_sim.processes.oxygenation import Oxygenate
from livermet_sim.processes.perfusion import Perfuse
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.fields import SOURCE_STEPS
from livermet_sim.state.world import World

TOGETHER = 8  # signals whose sources are gathered in one go: what lies side by side in the memory


@dataclass(frozen=True)
class Diffusion:
    """Signals between cells."""

    interval: float = declared(2.0, "h", "Time between two solutions of the signals; secretion changes over hours.", 0.01, 24.0)  # fmt: skip
    tolerance: float = declared(0.01, "1", "Largest change of a cycle, relative to a signal's largest value, at which a solution counts as found where a wide tissue has an edge (elsewhere it is exact); under 1 % is then left.", 1e-9, 0.1)  # fmt: skip
    most: int = declared(40, "1", "Most cycles of one solution where a wide tissue has an edge, each leaves less than a third of the error.", 1, 1000)  # fmt: skip


SECTION = section("diffusion", Diffusion)


class Diffuse(Process):
    """Gather secretion and solve L2 lap(c) - c + s = 0 for every signal."""

    stage = "diffuse"
    beside = (Perfuse, Oxygenate)
    writes = ("fields.concentration", "fields.source")

    def __init__(self, setting: Setting):
        self.own = setting.read("diffusion", Diffusion)
        self.every = self.own.interval
        self.first = setting.column(f"secrete.{setting.fields[0]}")

    def step(self, world: World) -> None:
        """Solve; rates are those of the last evaluation of the rules."""
        world.fields.clear_source()
        self._standing(world)
        self._along(world)
        world.fields.relax(self.own.tolerance, self.own.most)

    def _standing(self, world: World) -> None:
        """Add what cells secrete that stand at one site."""
        cells, source, share = world.cells, world.fields.source, world.tissue.dilution
        standing = cells.of("site", "segment")

        def some(own: slice) -> None:
            secrete(own.start, own.stop, cells.n, *standing, world.rates, self.first, share, source)

        signals = threads.ranges(source.shape[1], TOGETHER)
        threads.each(some, signals, threads.number(world.tissue.n))

    def _along(self, world: World) -> None:
        """Add what cells secrete that line stretches of vessel, an equal part of it at each of their sites."""
        fields, segments, row = world.fields, world.segments, world.segment_row
        number, length = len(fields.names), np.bincount(segments[segments >= 0], minlength=len(row))
        part = np.where(row >= 0, world.tissue.dilution / np.maximum(length, 1), 0.0)
        rates = world.rates[:, self.first : self.first + number][row]
        given = (np.maximum(rates, 0.0) * part[:, None] * SOURCE_STEPS).astype(np.int64)
        table, still = places(world)
        at = np.full(world.tissue.n, -1, dtype=np.int32)
        at[table["site"][still]] = np.arange(len(still))
        here = np.column_stack([table[f"secrete.{name}"][still] for name in fields.names])

        def some(own: slice) -> None:
            secrete_along(own.start, own.stop, segments, given, part, at, here, fields.source)

        threads.over(world.tissue.n, world.tissue.n, some)
