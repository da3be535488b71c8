"""Check how founders enter: how many, when, and that the lining is awake when they come."""

from __future__ import annotations

import numpy as np
import pytest
from process_worlds import engine_on, process

from livermet_sim.kernels.codes import ADHESIVE, ARREST, ENTER, WASH_OUT

TUBES = ["P" + "=" * 28 + "C", "." * 30] * 12


def events(engine, number: int) -> np.ndarray:
    log = engine.world.log.array()
    return log[log[:, 1] == number]


@pytest.mark.parametrize(("start", "hours"), [(0, 0), (0, 2), (3, 1)])
def test_founders_enter_in_their_time(monkeypatch, start, hours):
    # 24 x 30 sites of 25 um make 0.0018 mm3
    dose = {
        "seeding.dose": 1000.0,
        "seeding.enrichment": 20,
        "seeding.start": start,
        "seeding.duration": hours,
    }
    engine, _ = engine_on(monkeypatch, TUBES, dose)
    world = engine.world
    founders = round(20_000 * world.tissue.volume)
    assert world.lesions.n == founders == 36
    for _ in range(round((start + hours + 1) / world.clock.dt)):
        engine.step()
        done = (
            np.clip((world.clock.hours - start) / hours, 0, 1) if hours else float(world.clock.hours > start)
        )
        assert world.totals.get("entered", 0) == pytest.approx(founders * done, abs=1)
    entered = events(engine, ENTER)
    assert sorted(entered[:, 4]) == list(range(founders))
    assert (np.diff(entered[:, 0]) >= 0).all()
    assert np.array_equal(entered[np.argsort(entered[:, 0], kind="stable"), 0], np.sort(entered[:, 0]))


def test_every_founder_is_on_its_way_or_washed_out(monkeypatch):
    engine, _ = engine_on(monkeypatch, TUBES, {"seeding.dose": 1000.0, "seeding.enrichment": 20})
    world = engine.world
    for name in ("Perfuse", "Seed", "Pass"):
        process(engine, name).step(world)
    entered, held, gone = (set(events(engine, e)[:, 3].tolist()) for e in (ENTER, ARREST, WASH_OUT))
    here = set(world.cells["key"][world.cells["kind"] == 0].tolist())
    assert entered and entered == here | gone and not here & gone
    assert held <= entered


def test_founders_enter_at_times_that_do_not_depend_on_the_step(monkeypatch):
    came = []
    for step in (0.25, 0.05):
        dose = {"seeding.dose": 1000.0, "seeding.enrichment": 20, "seeding.duration": 0.4, "run.step": step}
        engine, _ = engine_on(monkeypatch, TUBES, dose)
        world, seed, at = engine.world, process(engine, "Seed"), {}
        while world.clock.hours < 0.5 - 1e-9:
            seed.step(world)
            founders = world.cells["founder"][seed.rows]
            at |= dict(zip(founders.tolist(), world.clock.hours + seed.since / 3600.0, strict=True))
            world.clock.tick += 1
        came.append([at[f] for f in sorted(at)])
    assert came[0] == pytest.approx(came[1], abs=1e-9) and len(came[0]) == 36


@pytest.mark.parametrize("start", [0, 5])
def test_the_lining_holds_founders_whenever_they_come(monkeypatch, start):
    # nothing but adhesion can hold a cell here, and it holds nearly every one within a few sites
    engine, _ = engine_on(
        monkeypatch, TUBES,
        {"seeding.dose": 1000.0, "seeding.enrichment": 20, "seeding.start": start, "seeding.duration": 0,
         "cells.tumour.cortical_tension": 0.0, "cells.tumour.viscosity": 0.0, "cells.tumour.arrest_adhesive": 20.0,
         "cells.tumour.tether_rate": 0.5, "cells.tumour.bond_force": 1e4},
    )  # fmt: skip
    engine.run(start + 1)
    entry = events(engine, ENTER)[0, 0]
    arrests = events(engine, ARREST)
    assert np.count_nonzero((arrests[:, 0] == entry) & (arrests[:, 2] == ADHESIVE)) > 18
