"""Hold what becomes of CD8 T cells that were primed: they kill one cell at a time, tire, or die down; others stay at rest."""

import numpy as np
import pytest
from process_worlds import engine_on, lone_tumour_cells

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import TISSUE
from livermet_sim.scenario.load import load

PLATES = ["." * 12, "P==========C", "." * 12]
STILL = {
    "cells.cd8.density": 0.0, "cells.cd8.crawl": 0.0, "cells.cd8.leave": 0.0, "cells.tumour.divide": 0.0,
    "cells.tumour.die.apoptosis": 0.0, "cells.tumour.crawl": 0.0, "cells.tumour.vulnerability.cd8": 0.0,
    "cells.tumour.dormant_share": 1.0, "rules.GR7.contract.enabled": False, "run.days": 30,
    **{f"cells.{kind}.density": 0.0 for kind in ("neutrophil", "mdsc", "monocyte", "nk")},
}  # fmt: skip


def beside_tumour(monkeypatch, tumour=(3, 4, 5), activation=1.0, **changes):
    """Return an engine with one CD8 T cell in the middle of a tube and tumour cells, which none can harm, beside it."""
    engine, _ = engine_on(monkeypatch, PLATES, STILL | {k.replace("__", "."): v for k, v in changes.items()})
    world = engine.world
    if tumour:
        lone_tumour_cells(world, list(tumour), TISSUE, state=1)
    (row,) = world.add_cells(
        1, kind=world.code("cd8"), site=np.array([16]), layer=0, key=2**60, diameter=7.0, aptitude=0.9,
        activation=activation,
    )  # fmt: skip
    return engine, row


def the_cd8(engine):
    (row,) = engine.world.rows("cd8")
    return {name: float(engine.world.cells[name][row]) for name in ("activation", "exhaustion")} | {
        "attack": float(engine.world.rates[row, engine.compiled.column("attack")])
    }


def test_half_of_its_killing_is_gone_after_three_days_of_antigen(monkeypatch):
    tires, stays = (beside_tumour(monkeypatch, rules__GR8__exhausted__enabled=on)[0] for on in (True, False))
    for engine in (tires, stays):
        engine.run(72)
    tired, fresh = the_cd8(tires), the_cd8(stays)
    # three cells in contact: nine tenths of the ceiling
    assert tired["exhaustion"] == pytest.approx(1 - np.exp(-0.9 * 0.231 * 3), abs=0.01)
    assert 0.5 < tired["attack"] / fresh["attack"] < 0.8  # TGF-beta holds back both
    for engine in (tires, stays):
        engine.run(24 * 11)
    assert the_cd8(tires)["attack"] < 0.25 * the_cd8(stays)["attack"]


def test_without_antigen_it_does_not_tire_and_a_tired_one_stays_so(monkeypatch):
    engine, row = beside_tumour(monkeypatch, tumour=())
    engine.run(72)
    assert the_cd8(engine)["exhaustion"] == 0.0
    engine.world.cells["exhaustion"][row] = 0.8
    engine.run(72)
    assert the_cd8(engine)["exhaustion"] == 0.8


def test_tumour_cells_do_not_prime(monkeypatch):
    engine, _ = beside_tumour(monkeypatch, activation=0.0)
    engine.run(24 * 7)
    found = the_cd8(engine)
    assert found["activation"] == 0.0 and found["attack"] == 0.0


@pytest.mark.parametrize("who", ["mdsc", "neutrophil"])
def test_arginase_takes_their_function(monkeypatch, who):
    left = {}
    for on in (True, False):
        still = {f"cells__{who}__{what}": 0.0 for what in ("crawl", "leave")}
        engine, _ = beside_tumour(monkeypatch, **still, **{f"rules__GR10.{who}.enabled": on})
        world = engine.world
        world.add_cells(
            3,
            kind=world.code(who),
            site=np.array([15, 16, 17]),
            layer=0,
            key=2**59 + np.arange(3),
            diameter=8.0,
        )
        engine.run(12)  # no neutrophil is left after that
        left[on] = the_cd8(engine)["activation"]
    assert left[True] < 0.8 < 0.95 < left[False]


def effectors(**changes):
    """Return a liver without tumour into which 300 effectors came at once."""
    engine = Engine(load("strip", {"seeding.dose": 0.0, "cells.cd8.density": 0.0} | changes), 1)
    world = engine.world
    sites = np.resize(np.flatnonzero(world.sites["perfused"] > 0), 300)
    world.add_cells(
        300,
        kind=world.code("cd8"),
        site=sites,
        layer=0,
        key=2**60 + np.arange(300),
        diameter=7.0,
        activation=1.0,
    )
    return engine


def test_effectors_without_antigen_die_down_at_half_a_day_and_few_come_to_rest():
    engine = effectors()
    engine.run(48)
    left = len(engine.world.rows("cd8"))
    assert abs(left - 300 * np.exp(-1.0)) < 3 * np.sqrt(300 * np.exp(-1.0) * (1 - np.exp(-1.0)))
    kept = effectors(**{"rules.GR7.contract.enabled": False})
    kept.run(48)
    assert len(kept.world.rows("cd8")) > 1.8 * left


def test_resting_cd8_cells_leave_as_they_come():
    """What lets effectors die down leaves the turnover of the resting ones what it was, to a part in a million."""
    engine = Engine(load("strip", {"seeding.dose": 0.0, "cells.cd8.density": 3000.0}), 1)
    engine.run(1)
    rows = engine.world.rows("cd8")
    base = engine.setting.values["cells.cd8"]["leave"]
    assert engine.world.rates[rows, engine.compiled.column("leave")] == pytest.approx(base, rel=1e-6)


def test_every_effector_has_a_receptor_that_fits():
    engine = Engine(
        load("strip", {"seeding.dose": 0.0, "cells.cd8.leave": 0.0, "cells.cd8.density": 3000.0}), 1
    )
    world = engine.world
    world.systemic[world.systemic_names.index("primed")] = 400.0
    engine.run(24)
    primed = world.cells["activation"] > 0.5
    came = (world.cells["kind"] == world.code("cd8")) & primed
    assert came.sum() > 20
    assert world.cells["aptitude"][came].min() >= engine.setting.values["cells.cd8"]["inactive_share"]
