"""Advance the inner states of cells and let cells leave, divide or cast traps."""

from __future__ import annotations

import numpy as np

from livermet_sim.base.errors import ScenarioError
from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.state import states_of
from livermet_sim.kernels.codes import APTITUDE, DAUGHTER, TUMOUR
from livermet_sim.kernels.rng import child_keys, draws
from livermet_sim.kernels.turnover import (
    BEHAVIOURS,
    CASTS,
    CONVERT,
    CONVERTS,
    DIVIDES,
    LEAVE,
    LEAVES,
    REAL,
    WHOLE,
    turn_over,
)
from livermet_sim.processes.deciding import Evaluation
from livermet_sim.processes.process import Process
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World


class TurnOver(Process):
    """Age cells and relax their states exactly over the step."""

    stage = "act"
    writes = (*(f"cells.{state.name}" for state in states_of(KINDS)), "cells.age", "cells.sojourn[all]",
              "cells.alive[others]", "cells[new stroma]", "cells.event[others]", "cells.kind[converting]")  # fmt: skip
    adds = ("cells.load", "sites.net")

    def __init__(self, setting: Setting):
        self.every = setting.read("decide", Evaluation).interval
        self.columns, self.states = setting.columns(*BEHAVIOURS), states_of(setting.kinds)
        self.writes = tuple(
            dict.fromkeys((*type(self).writes, *(f"cells.{state.name}" for state in self.states)))
        )
        self.moves = np.array([setting.columns(s.up, s.down) for s in self.states], dtype=np.int64).reshape(
            -1, 2
        )
        self.has = np.array(
            [[s in kind.states for s in self.states] for kind in setting.kinds], dtype=np.int64
        )
        self.becomes = np.array([_target(setting, k.name) for k in setting.kinds], dtype=np.int64)

    def step(self, world: World) -> None:
        """Relax states over the hours for which the rates hold; carry out what was drawn."""
        cells, clock = world.cells, world.clock
        names = [state.name for state in self.states]
        turn_over(
            cells.n, world.seed, clock.tick, clock.span(self.every), cells.whole, cells.at(*WHOLE), cells.real,
            cells.at(*REAL), world.rates, self.columns, np.column_stack([cells.at(*names), self.moves]), self.has,
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
    """Put every inner state where its rates lead in the end; states that nothing moves stay.

    A cell arrives with its states at 0 and leaves or turns into another at a rate of its own, so that those who are here at
    any time have come as far as up / (up + down + those rates) on average: resident cells all the way.
    """
    cells, rates = world.cells, world.rates[: world.cells.n]
    going = rates[:, turnover.columns[LEAVE]] + rates[:, turnover.columns[CONVERT]]
    for state, has, (up, down) in zip(turnover.states, turnover.has.T, turnover.moves, strict=True):
        total = rates[:, up] + rates[:, down]
        moved = (has[cells["kind"]] == 1) & (total > 0.0)
        cells[state.name][moved] = rates[:, up][moved] / (total + going)[moved]


def _target(setting: Setting, kind: str) -> int:
    """Return the code of the kind that a kind converts to: itself where none is named."""
    name = str(setting.values[f"cells.{kind}"].get("converts_to", kind))
    names = [other.name for other in setting.kinds]
    if name not in names:
        place = f"cells.{kind}.converts_to"
        raise ScenarioError(place, f'"{name}" is not a kind of cell', name=name, valid=names)
    return names.index(name)
