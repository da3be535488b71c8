"""Let cells secrete and let the signals come to rest; they relax within minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.base.specs import declared, section
from livermet_sim.kernels.turnover import secrete, secrete_along
from livermet_sim.processes.along import places
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World


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
    writes = ("fields.concentration", "fields.source")

    def __init__(self, setting: Setting):
        self.own = setting.read("diffusion", Diffusion)
        self.every = self.own.interval
        self.first = setting.column(f"secrete.{setting.fields[0]}")

    def step(self, world: World) -> None:
        """Solve; rates are those of the last evaluation of the rules."""
        cells, fields = world.cells, world.fields
        fields.clear_source()
        number, share = len(fields.names), world.tissue.dilution
        secrete(
            cells.n,
            cells.full("site"),
            cells.full("segment"),
            world.rates,
            self.first,
            number,
            share,
            fields.source,
        )
        table, still = places(world)
        at = np.full(world.tissue.n, -1, dtype=np.int32)
        at[table["site"][still]] = np.arange(len(still))
        here = np.column_stack([table[f"secrete.{name}"][still] for name in fields.names])
        secrete_along(
            world.segments, world.segment_row, world.rates, self.first, number, share, at, here, fields.source
        )
        fields.relax(self.own.tolerance, self.own.most)
