"""A patch has no edge: whatever is told of it is the same from wherever one looks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.anatomy.build import build
from livermet_sim.anatomy.morphometry import measure
from livermet_sim.anatomy.parameters import SECTION
from livermet_sim.engine import Engine
from livermet_sim.engine import run as engine_module
from livermet_sim.kernels.codes import SINUSOID, TISSUE, TUMOUR
from livermet_sim.scenario.load import load
from livermet_sim.state.network import Network
from livermet_sim.state.tissue import Tissue

SITE_ARRAYS = ("compartment", "diameter", "zone", "lobule", "hepatocyte")
SMALL = {"tissue.lobules": 2, "tissue.lobule_diameter": 300.0}
patch = build(SECTION.resolve({"kind": "patch", "lobules": 2, "lobule_diameter": 300.0}), 1)


def moved(tissue: Tissue, sites: np.ndarray, shift: tuple[int, int]) -> np.ndarray:
    return tissue.lattice.moved(sites, *shift)


def rolled(tissue: Tissue, shift: tuple[int, int]) -> Tissue:
    """Return the tissue as it looks from elsewhere."""
    arrays = {name: tissue.lattice.rolled(getattr(tissue, name), *shift) for name in SITE_ARRAYS}
    edges = np.unique(np.sort(moved(tissue, tissue.edges, shift), axis=1), axis=0).astype(np.int32)
    neighbours = tissue.lattice.neighbours(arrays["compartment"] > 0)
    return Tissue(tissue.kind, tissue.lattice, tissue.thickness, edges=edges, neighbours=neighbours, **arrays)


@settings(max_examples=8, deadline=None)
@given(shift=st.tuples(st.integers(-90, 90), st.integers(-90, 90)))
def test_morphometry_and_flow_know_no_seam(shift):
    there = rolled(patch, shift)
    for a, b in zip(measure(patch), measure(there), strict=True):
        # of equally short ways along sinusoids the first found counts
        loose = 5e-3 if a.name.startswith("tortuosity") else 1e-9
        assert b.value == pytest.approx(a.value, rel=loose), a.name
    flows = []
    for tissue in (patch, there):
        network = Network(tissue, 6.25e-9)
        network.solve(1e-9)
        flows.append(network)
    for name in ("pressure", "throughput", "speed", "shear", "outflow"):
        here = patch.lattice.rolled(getattr(flows[0], name), *shift)
        assert np.allclose(getattr(flows[1], name), here, rtol=1e-5, atol=1e-6 * here.max()), name


def test_what_stands_along_the_sides_is_what_stands_a_lobule_further_on():
    # two columns and two rows of lobules: half the tissue further on everything is the same but for luck
    shares = []
    for seed in range(20):
        t = build(SECTION.resolve({"kind": "patch", "lobules": 4, "lobule_diameter": 300.0}), seed)
        lumen = t.lattice.picture(t.compartment == SINUSOID)
        half = [size // 2 for size in lumen.shape]
        seam = [lumen[k].mean() for k in (0, -1)] + [lumen[:, k].mean() for k in (0, -1)]
        inner = [lumen[half[0] + k].mean() for k in (0, -1)] + [lumen[:, half[1] + k].mean() for k in (0, -1)]
        shares.append(np.mean(seam) - np.mean(inner))
    assert abs(np.mean(shares)) < 3.5 * np.std(shares) / np.sqrt(len(shares))


def twins(monkeypatch, shift: tuple[int, int], hours: float) -> tuple[Engine, Engine]:
    """Return an engine after some hours, and one of the same liver seen from elsewhere; cells keep their keys."""
    recipe = load("baseline", SMALL | {"seeding.enrichment": 40.0, "cells.tumour.arrest_adhesive": 10.0})
    here = Engine(recipe, 3)
    here.run(hours)
    real = engine_module.build
    monkeypatch.setattr(engine_module, "build", lambda values, seed: rolled(real(values, seed), shift))
    there = Engine(recipe, 3)
    monkeypatch.setattr(engine_module, "build", real)
    a, b = here.world, there.world
    lattice = a.tissue.lattice
    for name in ("cells", "lesions"):
        table = getattr(a, name)
        getattr(b, name).real, getattr(b, name).whole, getattr(b, name).n = (
            table.real.copy(),
            table.whole.copy(),
            table.n,
        )
    b.cells.full("site")[:] = lattice.moved(b.cells.full("site"), *shift)
    b.sites.real[:] = lattice.rolled(a.sites.real.T, *shift).T
    b.compartment[:] = lattice.rolled(a.compartment, *shift)
    b.segments, b.segment_row = lattice.rolled(a.segments, *shift), a.segment_row.copy()
    b.rates, b.systemic[:], b.totals = a.rates.copy(), a.systemic, dict(a.totals)
    b.fields.concentration[:] = lattice.rolled(a.fields.concentration, *shift)
    b.clock.tick, b.census.stale = a.clock.tick, True
    return here, there


def test_a_rolled_liver_has_the_rolled_run(monkeypatch):
    shift = (17, 23)
    here, there = twins(monkeypatch, shift, 1.0)
    for engine in (here, there):
        engine.run(36.0)
    a, b = here.world.cells, there.world.cells
    rows = [np.flatnonzero(cells["kind"] == TUMOUR) for cells in (a, b)]
    assert len(rows[0]) > 20
    one = dict(
        zip(a["key"][rows[0]], here.world.tissue.lattice.moved(a["site"][rows[0]], *shift), strict=True)
    )
    other = dict(zip(b["key"][rows[1]], b["site"][rows[1]], strict=True))
    # what is keyed to sites and what is solved to a tolerance may differ for a few
    same = sum(other.get(key) == site for key, site in one.items())
    assert same >= 0.9 * len(one) and abs(len(one) - len(other)) <= 0.1 * len(one)


def across(engine: Engine) -> np.ndarray:
    """Put a lesion of 5 x 5 cells on the corner where all four sides meet, and return its rows."""
    world = engine.world
    steps = np.array([(x, y) for x in range(-2, 3) for y in range(-2, 3)])
    sites = world.tissue.lattice.moved(np.zeros(25, dtype=int), *steps.T)
    world.compartment[sites] = np.where(world.compartment[sites] == 2, 2, 3)
    world.lesions.append(1, founder=0)
    keys = np.arange(25) + 77
    rows = world.add_cells(25, kind=TUMOUR, site=sites, layer=TISSUE, key=keys, lesion=world.lesions.n - 1)
    world.totals["entered"] = world.lesions.n
    return rows


def test_a_lesion_across_the_sides_is_one_lesion_in_every_table():
    engine = Engine(load("baseline", SMALL | {"seeding.dose": 0.0}), 1)
    rows = across(engine)
    stage = next(p for p in engine.plan.processes if p.name == "Stage")
    stage.step(engine.world)
    assert len(np.unique(engine.world.cells["lesion"][rows])) == 1
    result = engine.result()
    own = result.lesions[result.lesions["cells"] > 0]
    assert own["cells"].tolist() == [25]
    wide, high = engine.world.tissue.lattice.extent
    site = engine.world.tissue.site
    # the middle of the site in the corner
    assert own["x_um"].iloc[0] == pytest.approx(0.5 * site) and own["y_um"].iloc[0] == pytest.approx(
        0.5 * site
    )
    assert own["border_um"].iloc[0] <= 20 * site
    inside = result.infiltrate().query("lesion >= 0 and ring == 'inside'")
    assert inside["lesion"].nunique() == 1 and inside["area_mm2"].iloc[0] == pytest.approx(
        25 * (site * 1e-3) ** 2
    )
    assert wide > 0 < high
    measured = engine.measures()
    told = [measured[name] for name in ("lesions", "metastases", "largest_lesion_cells", "tumour_cells")]
    assert told == [1.0, 1.0, 25.0, 25.0]


def test_nothing_of_a_patch_is_near_an_edge_and_a_lobule_is_said_to_have_one():
    endless = Engine(load("baseline", SMALL | {"run.days": 1}), 1)
    assert ("edge", "none: the tissue goes on at its opposite side") in facts_of(endless)
    assert any(label == "edge" and "outline" in words for label, words in facts_of(Engine(load("strip"), 1)))


def facts_of(engine: Engine) -> list[tuple[str, str]]:
    from livermet_sim.observe.summary import facts

    engine.run(1.0)
    return facts(engine.result())
