"""Check at every step that no tumour cell appears or vanishes unexplained, and that cells stand where they may."""

from __future__ import annotations

import numpy as np
import pytest
from engine_worlds import accounts, deaths_by_cause, killers, liver, logged

from livermet_sim.kernels.codes import LUMEN, PARENCHYMA, SINUSOID, TISSUE, TUMOUR
from livermet_sim.scenario.load import load


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


def test_cells_stand_where_they_may():
    engine = liver(3)
    world, full = engine.world, False
    for step in range(6 * 96):
        engine.step()
        if step % 8:
            continue
        cells = world.cells
        site, layer, kind = cells["site"], cells["layer"], cells["kind"]
        tumour = kind == TUMOUR
        where = world.compartment[site]
        assert np.isin(where[tumour & (layer == TISSUE)], (SINUSOID, PARENCHYMA)).all()
        assert (where[tumour & (layer == LUMEN)] == SINUSOID).all()
        # one tumour cell in the tissue part of a site, in its lumen as many as stand for one
        inside = tumour & (layer == LUMEN)
        assert len(np.unique(site[tumour & ~inside])) == (tumour & ~inside).sum()
        assert not inside.any() or np.bincount(site[inside]).max() <= load("lobule").value(
            "seeding.enrichment"
        )
        assert len(np.unique(cells["key"])) == cells.n
        assert cells["alive"].all()
        for name in ("activation", "polarisation", "capillarisation", "exhaustion", "crowding"):
            assert cells[name].min() >= 0.0 and cells[name].max() <= 1.0, name
        for name in ("patency", "perfused", "adhesion", "collagen", "parenchyma", "pressure"):
            values = world.sites[name]
            assert values.min() >= 0.0 and values.max() <= 1.0, name
        full |= tumour.sum() > 100
    assert full


def test_lining_stretches_vessels_and_network_agree():
    engine = liver(3, cells__lsec__collapse=2.0, cells__tumour__coopt=0.1)
    world = engine.world
    at_start = int((world.compartment == SINUSOID).sum())
    for _ in range(8):
        engine.run(24)
        sinusoid = world.compartment == SINUSOID
        assert np.array_equal(world.segments >= 0, sinusoid)
        tubes = world.network.vessel & np.isin(world.tissue.compartment, (SINUSOID, PARENCHYMA))
        assert np.array_equal(tubes, sinusoid)
        assert ((world.sites["diameter"] > 0) == world.network.vessel).all()
        rows = world.rows("lsec")
        assert len(np.unique(world.cells["segment"][rows])) == len(rows)
        assert not world.sites["perfused"][~world.network.vessel].any()
    assert int(sinusoid.sum()) != at_start


def test_one_lumen_holds_one_tumour_cell_where_many_lose_hold_at_once():
    crowd = {"seeding__dose": 6e5, "seeding__enrichment": 1, "seeding__duration": 0.5}
    engine = liver(1, "strip", **crowd)
    for _ in range(40):
        engine.step()
        cells = engine.world.cells
        site = cells["site"][(cells["kind"] == TUMOUR) & (cells["layer"] == LUMEN)]
        assert len(np.unique(site)) == len(site)
