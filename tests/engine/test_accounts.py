"""Check at every step that no tumour cell appears or vanishes unexplained, and that cells stand where they may."""

from __future__ import annotations

import numpy as np
import pytest
from engine_worlds import accounts, deaths_by_cause, killers, liver, logged

from livermet_sim.kernels.codes import LUMEN, SINUSOID, TISSUE, TUMOUR
from livermet_sim.verification.invariants import broken


@pytest.mark.parametrize(("tissue", "seed"), [("strip", 1), ("strip", 2), ("lobule", 1)])
def test_every_tumour_cell_is_accounted_for_at_every_step(tissue, seed):
    engine = liver(seed, tissue)
    for _ in range(5 * 96):
        engine.step()
        books = accounts(engine)
        assert books["entered"] + books["born"] == books["alive"] + books["dead"] + books["washed_out"]
    assert books == logged(engine)
    totals = engine.world.totals
    assert {name: n for name, n in totals.items() if name.startswith("dead_") and n} == deaths_by_cause(
        engine
    )
    if tissue == "lobule":
        assert min(books.values()) > 0 and killers(engine) > 0
    # founders, and keys that were born, are all there were
    log = engine.world.log.array()
    assert len(np.unique(log[log[:, 1] == 0, 3])) == books["entered"]


def test_no_cell_dies_or_leaves_twice_or_acts_afterwards():
    engine = liver(2)
    engine.run(96)
    log, names = engine.world.log.array(), engine.world.log.names
    ends = np.isin(log[:, 1], [names.index("die"), names.index("wash_out")])
    key, tick = log[ends, 3], log[ends, 0]
    assert len(key) > 50 and len(np.unique(key)) == len(key)
    end = dict(zip(key.tolist(), tick.tolist(), strict=True))
    for row in log[~ends]:
        assert row[0] <= end.get(int(row[3]), row[0])
    assert not set(engine.world.cells["key"].tolist()) & set(key.tolist())


def test_what_is_always_true_is_true_in_a_full_tissue():
    engine, full = liver(3), False
    for step in range(6 * 96):
        engine.step()
        if step % 8:
            continue
        assert broken(engine) == []
        cells = engine.world.cells
        tissue = cells["site"][(cells["kind"] == TUMOUR) & (cells["layer"] == TISSUE)]
        assert len(np.unique(tissue)) == len(tissue)
        full |= (cells["kind"] == TUMOUR).sum() > 100
    assert full


def test_lining_stretches_vessels_and_network_agree():
    engine = liver(3, cells__lsec__collapse=2.0, cells__tumour__coopt=0.1)
    at_start = int((engine.world.compartment == SINUSOID).sum())
    for _ in range(8):
        engine.run(24)
        assert broken(engine) == []
    assert int((engine.world.compartment == SINUSOID).sum()) != at_start


def test_one_lumen_holds_one_tumour_cell_where_many_lose_hold_at_once():
    crowd = {"seeding__dose": 6e5, "seeding__enrichment": 1, "seeding__duration": 0.5}
    engine = liver(1, "strip", **crowd)
    for _ in range(40):
        engine.step()
        cells = engine.world.cells
        site = cells["site"][(cells["kind"] == TUMOUR) & (cells["layer"] == LUMEN)]
        assert len(np.unique(site)) == len(site)
