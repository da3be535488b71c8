"""What is told of a lesion is of its cells, whatever the size of a site."""

from __future__ import annotations

import numpy as np
import pytest

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import TISSUE, TUMOUR
from livermet_sim.scenario.load import load
from livermet_sim.viz.border import border_shares, stretches, thresholds_of
from livermet_sim.viz.scene import scene
from livermet_sim.viz.tissue_map import heading

SMALL = {"tissue.lobules": 2, "tissue.lobule_diameter": 300.0, "seeding.dose": 0.0, "run.days": 0.25}
CELLS = (31, 9)


def place(world, number: int, x: float, y: float) -> None:
    """Put a compact lesion of so many cells into the tissue."""
    room = world.census.places.capacity
    middle = int(world.tissue.lattice.at(x, y))
    near = np.argsort(world.tissue.lattice.distance(middle, np.arange(world.tissue.n)), kind="stable")
    sites = np.repeat(near, room[near])[:number]
    world.lesions.append(1, founder=world.lesions.n)
    lesion = world.lesions.n - 1
    keys = 1000 * (lesion + 1) + np.arange(number)
    world.add_cells(
        number, kind=TUMOUR, site=sites, layer=TISSUE, key=keys, lesion=lesion, founder=lesion, state=1
    )
    world.totals["entered"] = world.lesions.n


@pytest.fixture(scope="module", params=[8.0, 10.0, 12.5])
def told(request):
    quiet = {f"cells.tumour.{name}": 0.0 for name in ("die.apoptosis", "wake", "intravasate")}
    quiet |= {f"cells.tumour.vulnerability.{name}": 0.0 for name in ("kupffer", "nk", "cd8", "other")}
    engine = Engine(load("baseline", SMALL | quiet | {"tissue.site": request.param}), 1)
    for number, y in zip(CELLS, (130.0, 390.0), strict=True):
        place(engine.world, number, 75.0, y)
    engine.run(6.0)
    return engine, engine.result()


def test_tables_count_cells_and_give_their_area_and_volume(told):
    engine, result = told
    lesions = result.lesions[result.lesions["cells"] > 0]
    assert sorted(lesions["cells"]) == sorted(CELLS)
    assert lesions["diameter_um"].max() == pytest.approx(np.sqrt(4 / np.pi * 31 * 100.0))
    measures = engine.measures()
    assert measures["tumour_cells"] == sum(CELLS)
    assert measures["tumour_area_mm2"] == pytest.approx(sum(CELLS) * 1e-4)
    assert measures["tumour_volume_mm3"] == pytest.approx(sum(CELLS) * 2500e-9)
    assert sorted(result.patterns["cells"].tolist()[-2:]) == sorted(CELLS)


def test_pictures_count_cells(told):
    view = scene(told[1])
    assert f"{sum(CELLS)} tumour cells, 2 lesions" in heading(view)
    assert len(border_shares(view, stretches(view, thresholds_of({})))) == 1


def test_a_lesion_has_a_rim_from_the_cells_of_a_micrometastasis_on(told):
    inside = told[1].infiltrate().query("lesion >= 0 and ring == 'inside'")
    # that of nine cells has none; that of 31 has at least their area, and what they surround
    assert inside["lesion"].nunique() == 1
    assert 0.9 * 31e-4 <= inside["area_mm2"].iloc[-1] <= 2 * 31e-4
