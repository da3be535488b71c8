"""Advance inner states (activation, polarisation, load) and let cells leave, divide or cast traps."""

from __future__ import annotations

import numpy as np

from livermet_sim.base.errors import ScenarioError
from livermet_sim.kernels.codes import APTITUDE, DAUGHTER, TUMOUR
from livermet_sim.kernels.rng import child_keys, draws
from livermet_sim.kernels.turnover import CASTS, CONVERTS, DIVIDES, LEAVES, turn_over
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

STATES = (
    ("activate", "activation"),
    ("polarise", "polarisation"),
    ("capillarise", "capillarisation"),
    ("exhaust", "exhaustion"),
)


class TurnOver(Process):
    """Age cells and relax their states exactly over the step."""

    stage = "act"
    writes = ("cells.activation", "cells.polarisation", "cells.capillarisation", "cells.exhaustion", "cells.age", "cells.sojourn[all]",
              "cells.alive[others]", "cells[new stroma]", "cells.event[others]", "cells.kind[converting]")  # fmt: skip
    adds = ("cells.load", "sites.net")

    def __init__(self, setting: Setting):
        self.every = setting.section("decide").interval
        self.columns = setting.columns(
            "activate", "deactivate", "polarise", "depolarise", "capillarise", "decapillarise", "exhaust", "recover",
            "leave", "release_net", "divide", "convert",
        )  # fmt: skip
        self.digest = setting.column("digest")
        has = [[name in setting.values[f"cells.{k.name}"] for name, _ in STATES] for k in setting.kinds]
        self.becomes = np.array([_target(setting, k.name) for k in setting.kinds], dtype=np.int64)
        self.limits = np.array(has, dtype=np.int64)

    def step(self, world: World) -> None:
        """Relax states over the hours for which the rates hold; carry out what was drawn."""
        cells, clock = world.cells, world.clock
        if not clock.due(self.every):
            return
        turn_over(
            cells.n, world.seed, clock.tick, clock.span(self.every), cells.full("kind"), cells.full("key"), cells.full("event"),
            cells.full("activation"), cells.full("polarisation"), cells.full("capillarisation"), cells.full("exhaustion"),
            cells.full("load"), cells.full("age"), cells.full("sojourn"), world.rates, self.columns, self.digest, self.limits,
        )  # fmt: skip
        drawn = np.flatnonzero((cells["event"] > 0) & (cells["kind"] != TUMOUR))
        if not len(drawn):
            return
        event = cells.full("event")[drawn]
        casts, leaves, divides = drawn[event == CASTS], drawn[event == LEAVES], drawn[event == DIVIDES]
        converts = drawn[event == CONVERTS]
        np.add.at(world.sites.full("net"), cells.full("site")[casts], 1.0)
        cells.full("alive")[casts] = 0
        cells.full("alive")[leaves] = 0
        if len(converts):
            cells.full("kind")[converts] = self.becomes[cells.full("kind")[converts]]
            world.census.stale = True
        if len(divides):
            self._divide(world, divides)

    def _divide(self, world: World, mothers: np.ndarray) -> None:
        """Add daughters beside their mothers; only stroma divides here."""
        cells, tick = world.cells, world.clock.tick
        keys = child_keys(world.seed, DAUGHTER, tick, cells.full("key")[mothers])
        columns = {
            name: cells.full(name)[mothers] for name in ("kind", "site", "layer", "diameter", "activation")
        }
        aptitude = draws(world.seed, APTITUDE, 0, keys)
        world.add_cells(len(mothers), key=keys, born=tick, aptitude=aptitude, **columns)


def settle_states(world: World, turnover: TurnOver) -> None:
    """Put every inner state where its rates lead in the end: up / (up + down); states that nothing moves stay."""
    cells = world.cells
    for (_, state), has, (up, down) in zip(
        STATES, turnover.limits.T, turnover.columns[: 2 * len(STATES)].reshape(-1, 2), strict=True
    ):
        total = world.rates[: cells.n, up] + world.rates[: cells.n, down]
        moved = (has[cells["kind"]] == 1) & (total > 0.0)
        cells[state][moved] = world.rates[: cells.n, up][moved] / total[moved]


def _target(setting: Setting, kind: str) -> int:
    """Return the code of the kind that a kind converts to: itself where none is named."""
    name = str(setting.values[f"cells.{kind}"].get("converts_to", kind))
    names = [other.name for other in setting.kinds]
    if name not in names:
        place = f"cells.{kind}.converts_to"
        raise ScenarioError(place, f'"{name}" is not a kind of cell', name=name, valid=names)
    return names.index(name)
