"""Check the inner states that a resting liver begins with against those of cells that come and go."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

import livermet_sim as lm
from livermet_sim.engine import Engine
from livermet_sim.kernels.turnover import CONVERT, LEAVE, relax
from livermet_sim.processes.turnover import settle_states


def of_those_present(up: float, down: float, going: float) -> float:
    """Return the mean state of cells whose ages are those of a kind that arrives at 0 and goes at a constant rate."""
    if going == 0.0:
        return up / (up + down)
    # over the shares that are younger than an age, as ages run to infinity
    return quad(lambda share: relax(0.0, up, down, -np.log1p(-share) / going), 0.0, 1.0)[0]


def test_a_liver_begins_with_the_states_of_cells_that_come_and_go():
    engine = Engine(lm.load("strip"), 1)
    world, process = engine.world, {each.name: each for each in engine.plan.processes}
    turnover = process["TurnOver"]
    rates, kind = world.rates, world.cells["kind"]
    rates[: world.cells.n] *= np.random.default_rng(3).uniform(0.5, 2.0, (world.cells.n, 1))
    settle_states(world, turnover)
    seen = 0
    for code, name in enumerate(world.kinds):
        for number, state in enumerate(turnover.states):
            rows = np.flatnonzero(kind == code)[:3]
            up, down = (rates[rows][:, column] for column in turnover.moves[number])
            going = sum(rates[rows][:, turnover.columns[which]] for which in (LEAVE, CONVERT))
            for row, *each in zip(rows, up, down, going, strict=True):
                if turnover.has[code, number] and each[0] + each[1] > 0.0:
                    assert world.cells[state.name][row] == pytest.approx(
                        of_those_present(*each), rel=1e-4, abs=1e-12
                    ), name
                    seen += each[2] > 0.0
    assert seen > 5, "no kind came and went"
