"""Rows are put in the order of space now and then; nothing that a run computes shows it."""

from __future__ import annotations

import numpy as np

from livermet_sim.engine import Engine
from livermet_sim.scenario.load import load


def test_rows_lie_by_kind_and_space_and_the_state_is_the_same():
    engine = Engine(load("strip"), 3)
    engine.run(12.0)
    world, before = engine.world, engine.digest()
    world.sort_cells()
    assert engine.digest() == before
    kind, site = world.cells["kind"], world.cells["site"]
    assert (np.diff(kind * world.tissue.n + site) >= 0).all()
    lsec = world.rows("lsec")
    assert np.array_equal(world.segment_row[world.cells["segment"][lsec]], lsec)


def test_a_run_whose_rows_are_sorted_in_every_step_ends_in_the_same_bits():
    engines = [Engine(load("strip"), 3) for _ in range(2)]
    for _ in range(40):
        for engine in engines:
            engine.step()
        engines[1].world.sort_cells()
    assert engines[0].digest() == engines[1].digest()


def test_the_rates_of_one_behaviour_lie_side_by_side_however_many_cells_there_come_to_be():
    engine = Engine(load("strip"), 3)
    world = engine.world
    room = world.cells.capacity
    engine.step()
    before = world.rates[: world.cells.n].copy()
    world.add_cells(room, **{"kind": world.code("nk"), "alive": 1, "segment": -1})
    assert len(world.rates) == world.cells.capacity > room
    assert world.rates.flags.f_contiguous and engine.fork().world.rates.flags.f_contiguous
    assert np.array_equal(world.rates[: len(before)], before) and not world.rates[len(before) :].any()
