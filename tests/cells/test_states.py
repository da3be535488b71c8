"""A kind with a state of its own is a description and a place in the list of kinds, and all else follows from these."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import livermet_sim as lm
from livermet_sim.base.errors import LivermetError
from livermet_sim.base.specs import Parameter
from livermet_sim.cells.columns import CELL_COLUMNS, cell_columns
from livermet_sim.cells.look import Look
from livermet_sim.cells.nk import NK
from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.state import State, states_of
from livermet_sim.engine import Engine
from livermet_sim.scenario import sections
from livermet_sim.scenario.load import load

ROOT = Path(lm.__file__).parent
GRANULES = State("granules", "fill", "empty", "Mast cell: granules left.", "The cell's own granules, 0 to 1.")
MAST = replace(
    NK, name="mast", doc="Mast cells.", look=Look("mast cell", "mast cells", "#8888ff", "P"), states=(*NK.states, GRANULES),
    recruited=False,
    behaviours=(*NK.behaviours, Parameter("fill", 0.3, "/h", "", 0.0, 9.0), Parameter("empty", 0.1, "/h", "", 0.0, 9.0)),
)  # fmt: skip


@pytest.fixture
def scenario(monkeypatch):
    monkeypatch.setattr(sections, "KINDS", (*KINDS, MAST))
    return load("strip", {"seeding.dose": 0.0, "cells.mast.leave": 0.0, "cells.mast.density": 20_000.0})


def test_a_kind_with_a_state_of_its_own_rests_moves_and_can_be_set(scenario):
    column = [own for own in cell_columns(scenario.kinds) if own not in CELL_COLUMNS]
    assert [(own.name, own.doc) for own in column] == [("granules", GRANULES.doc)]
    engine = Engine(scenario, 1)
    rows = engine.world.rows("mast")
    assert len(rows) and engine.world.cells["granules"][rows] == pytest.approx(0.75, rel=1e-12)
    assert not engine.world.cells["granules"][engine.world.rows("nk")].any()
    treated = Engine(
        scenario.with_(
            interventions=[{"action": "set_state", "target": "mast", "state": "granules", "value": 0.0}]
        ),
        1,
    )
    treated.run(5.0)
    # set to 0 in the first step, at whose end the states of the hour before are carried on
    hours = treated.world.clock.tick * treated.world.clock.dt
    seen = treated.world.cells["granules"][treated.world.rows("mast")]
    assert seen == pytest.approx(0.75 * (1.0 - np.exp(-0.4 * hours)), rel=1e-9)
    with pytest.raises(LivermetError, match='"granules" is not a state of nk cells'):
        scenario.with_(interventions=[{"action": "set_state", "target": "nk", "state": "granules"}])


def test_rules_can_sense_it(scenario):
    signals = scenario.rules.words.signals
    assert signals["granules"].doc == GRANULES.says and signals["lack.granules"].deficit == 1.0
    rule = {"actor": "mast", "signal": "granules", "behaviour": "crawl", "direction": "increases", "half_max": 0.5,
            "power": 2, "maximum": 50.0, "source": "assumed", "grade": "assumed"}  # fmt: skip
    engine = Engine(scenario.with_({"rules.own": rule}), 1)
    crawl = engine.world.rates[engine.world.rows("mast"), engine.compiled.column("crawl")]
    assert crawl == pytest.approx(5.0 + 45.0 * 0.75**2 / (0.75**2 + 0.5**2), rel=1e-6)


def test_states_are_moved_by_behaviours_that_their_kinds_have():
    for kind in KINDS:
        named = {behaviour.name for behaviour in kind.behaviours}
        assert all({state.up, state.down} <= named for state in kind.states), kind.name
    assert len({state.name for state in states_of(KINDS)}) == len(states_of(KINDS))


@pytest.mark.parametrize(
    "state", [s for s in states_of(KINDS) if sum(s in kind.states for kind in KINDS) == 1]
)
def test_a_state_of_one_kind_is_described_in_its_file_alone(state):
    files = set()
    for path in ROOT.rglob("*.py"):
        texts = {
            n.value
            for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(n, ast.Constant)
        }
        if {state.up, state.down} & texts:
            files.add(path.relative_to(ROOT).as_posix())
    assert len(files) == 1 and files.pop().startswith("cells/")
