"""Check the burst of nitric oxide: wherever along its lining a cell is held, and as high as it was measured."""

from __future__ import annotations

import numpy as np
import pytest

import livermet_sim as lm
from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import LUMEN, TUMOUR
from livermet_sim.processes.along import TOUCHED
from livermet_sim.scenario.load import load

QUIET = {"seeding.dose": 0.0, "tissue.lobules": 4, "line": "b16f1"}


def answered(places: np.ndarray, changes: dict, interventions: tuple = ()) -> tuple[np.ndarray, np.ndarray]:
    """Return the nitric oxide at places of a resting liver before and after a tumour cell is held at each of them."""
    engine = Engine(load("baseline", QUIET | changes).with_(interventions=list(interventions)), 1)
    world = engine.world
    process = {each.name: each for each in engine.plan.processes}
    level = world.fields.concentration[:, world.fields.index("no")]
    before = level[places].copy()
    world.add_cells(
        len(places), kind=TUMOUR, site=places, layer=LUMEN, key=np.arange(len(places)), diameter=15.0
    )
    for name in ("Sense", "Decide", "Modify", "Line", "Diffuse"):
        process[name].step(world)
    return before, level[places].copy()


@pytest.fixture(scope="module")
def far_apart() -> np.ndarray:
    """Return sinusoid sites of a resting liver, no two within 100 um of each other."""
    tissue = Engine(load("baseline", QUIET), 1).world.tissue
    sites, kept = np.flatnonzero(tissue.compartment == 2), []
    x, y = tissue.xy(np.arange(tissue.n))
    for site in np.random.default_rng(1).permutation(sites):
        if all(np.hypot(x[site] - x[k], y[site] - y[k]) > 100.0 for k in kept):
            kept.append(site)
    return np.array(kept)


def test_a_cell_is_felt_wherever_it_is_held_and_the_level_there_doubles(far_apart):
    before, after = answered(far_apart, {})
    assert len(far_apart) > 30
    assert (
        after > 1.2 * before
    ).all()  # at each of them, not at the one site of seven where the body of the LSEC lies
    assert (
        1.8 < np.median(after / before) < 2.2
    )  # Qi 2004: twice in 500 s, by lining and hepatocytes at the cell


def test_the_answer_stays_where_the_touch_is(far_apart):
    engine = Engine(load("baseline", QUIET), 1)
    world = engine.world
    world.add_cells(1, kind=TUMOUR, site=far_apart[0], layer=LUMEN, key=1, diameter=15.0)
    process = {each.name: each for each in engine.plan.processes}
    column = world.fields.index("no")
    before = world.fields.source[:, column].copy()
    for name in ("Sense", "Decide", "Modify", "Diffuse"):
        process[name].step(world)
    more = np.flatnonzero(world.fields.source[:, column] > before + 100)
    near = np.append(world.tissue.contacts[far_apart[0]], far_apart[0])
    assert len(more) and np.isin(more, near).all()


def test_without_the_rule_or_with_the_synthase_blocked_there_is_no_burst(far_apart):
    before, after = answered(far_apart, {"rules.MV8.contact.enabled": False})
    assert after == pytest.approx(before, rel=1e-3)
    _, blocked = answered(far_apart, {}, (lm.block("lsec", "secrete.no", factor=0.1),))
    _, burst = answered(far_apart, {})
    assert blocked == pytest.approx(0.1 * burst, rel=1e-3)


def test_a_block_of_all_cells_acts_once_on_an_evaluation_however_often_tumour_cells_are_evaluated_between():
    scenario = load("lobule", {"seeding.enrichment": 40.0, "line": "b16f1"})
    treated = Engine(scenario.with_(interventions=[lm.block("all", "secrete.no", factor=0.5)]), 1)
    plain, seen = Engine(scenario, 1), 0
    for _ in range(4):
        treated.step()
        plain.step()
        (a, b) = (engine.world.carried[TOUCHED] for engine in (treated, plain))
        assert a["site"].tolist() == b["site"].tolist()
        assert a["secrete.no"] == pytest.approx(0.5 * b["secrete.no"], rel=1e-6)
        seen += len(a)
    assert seen > 0


def test_a_resting_lining_has_few_places_to_look_at():
    world = Engine(load("baseline", QUIET), 1).world
    table, lined = world.carried[TOUCHED], np.count_nonzero(world.segments >= 0)
    assert len(table) < 0.1 * lined  # neutrophils that stand there hold what passes
    assert (world.segments[table["site"]] == table["stretch"]).all()
