import math

import numpy as np
import pytest
from process_worlds import process

from livermet_sim.engine import Engine
from livermet_sim.kernels.turnover import LEAVES
from livermet_sim.processes.priming import Priming
from livermet_sim.scenario.load import load


def liver(**changes):
    values = {name.replace("__", "."): value for name, value in changes.items()}
    return Engine(load("strip", {"seeding.dose": 0.0, **values}), 1)


def level(engine, name):
    return engine.world.systemic[engine.world.systemic_names.index(name)]


def resting_cd8(engine):
    return load("strip").value("cells.cd8.density") * engine.world.tissue.volume


def test_each_dendritic_cell_that_reached_the_node_becomes_its_number_of_effectors():
    engine = liver(**{"priming.expansion": 2000.0, "priming.node_death": 1.0})
    prime, cells = process(engine, "Prime"), engine.world.cells
    row = engine.world.rows("dendritic")[0]
    cells["activation"][row], cells["event"][row], cells["alive"][row] = 0.75, LEAVES, 0
    prime.step(engine.world)
    assert level(engine, "node") == pytest.approx(0.75 / resting_cd8(engine))
    cells["alive"][row] = 1
    for _ in range(200):
        prime.step(engine.world)
    born = level(engine, "primed") * resting_cd8(engine) / (0.75 * prime.own.effectors)
    steps = np.arange(200)
    slow = sum((1 - math.exp(-1.0)) * math.exp(-1.0 * k) * math.exp(-(200 - k) / 2000.0) for k in steps)
    assert born == pytest.approx(slow)
    assert level(engine, "node") == pytest.approx(0.0, abs=1e-12)


def test_cells_that_die_or_do_not_carry_antigen_bring_nothing():
    engine = liver()
    prime, cells = process(engine, "Prime"), engine.world.cells
    row = engine.world.rows("dendritic")[0]
    cells["alive"][row] = 0  # killed: no event of leaving
    prime.step(engine.world)
    cells["event"][row], cells["activation"][row] = LEAVES, 0.0
    prime.step(engine.world)
    assert level(engine, "node") == level(engine, "primed") == 0.0


@pytest.mark.parametrize("calls", [1.0, 10.0, 1000.0])
def test_liver_and_body_share_the_effectors_that_left_the_node(calls):
    """A liver that calls c times as much gets c s / (c s + 1 - s) of them, and never more than there are."""
    # so many in so small a piece would call others by interferon gamma
    still = {"rules.GR7.recruit.enabled": False, "cells.cd8.leave": 1e-9}
    engine = liver(**still, **{"cells.lsec.recruit.cd8": calls})
    world, own = engine.world, engine.setting.read("priming", Priming)
    before = len(world.rows("cd8"))
    world.systemic[world.systemic_names.index("primed")] = 120.0
    engine.run(48)
    left = resting_cd8(engine) * 120.0 * (1 - math.exp(-48 / own.expansion))
    expected = left * calls * own.liver_share / (calls * own.liver_share + 1.0 - own.liver_share)
    come = len(world.rows("cd8")) - before
    assert abs(come - expected) < 3 * math.sqrt(expected)
    assert world.cells["activation"][world.rows("cd8")].max() > 0.3


def test_without_priming_in_the_node_no_effectors_come_back():
    """A colony that sheds dead cells calls T cells by way of the node; held in whole runs, both arms with one luck."""
    came = {}
    for on in (True, False):
        # many founders, most of them awake, so that a colony does not hang on one cell's luck
        settings = {"seeding.enrichment": 30.0, "cells.tumour.dormant_share": 0.3, "systemic.primed": 0.0}
        engine = Engine(load("lobule", settings | {"rules.GR7.migrate.enabled": on}), 1)
        engine.run(24 * 14)
        came[on] = level(engine, "node") + level(engine, "primed")
    assert came[True] > 2 * came[False]
