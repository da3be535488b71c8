"""Check growth patterns on drawn tissues whose answer is known, and the measures of a run."""

from __future__ import annotations

import numpy as np
import pytest
from lesion_worlds import TUBES, WIDTH, Stand, block

from livermet_sim.kernels.codes import ENTER, NONE
from livermet_sim.observe.columns import PATTERNS as COLUMNS
from livermet_sim.observe.growth_pattern import PATTERNS, growth_patterns, view_of
from livermet_sim.observe.readouts.tables import measures
from livermet_sim.observe.readouts.view import Running
from livermet_sim.processes.record import record

LESION = block(10, TUBES[1] - 4, 9, 9)
HYPOXIC = 8.0


@pytest.fixture
def stand(monkeypatch) -> Stand:
    stand = Stand(monkeypatch)
    stand.add(LESION)
    sites = stand.world.sites
    sites["parenchyma"][:], sites["patency"][:], sites["oxygen"][:] = 1.0, 1.0, 40.0
    sites["parenchyma"][LESION] = 0.0
    return stand.read()


def shares(stand: Stand) -> list[float]:
    found = growth_patterns(view_of(stand.world), stand.own, HYPOXIC, stand.world.lesions.n)
    return [float(found[f"{name}_share"][0]) for name in PATTERNS]


def near(stand: Stand, side: str) -> np.ndarray:
    """Return the sites within two of the lesion on one side, or on all."""
    y, x = np.divmod(np.arange(stand.world.tissue.n), WIDTH)
    top = (y < TUBES[1] - 4) if side == "above" else True
    return np.flatnonzero((abs(x - 14) <= 6) & (abs(y - TUBES[1]) <= 6) & top)


def test_live_liver_with_open_sinusoids_is_replaced(stand):
    # only the stretches beside the tube that runs through the lesion have a sinusoid near
    assert shares(stand) == [1.0, 0.0, 0.0]


def test_compressed_sinusoids_are_pushed(stand):
    stand.world.sites["patency"][:] = 0.5
    assert shares(stand) == [0.0, 0.0, 1.0]


def test_a_closed_sinusoid_is_pushed_too(stand):
    tube = TUBES[1] * WIDTH + np.arange(19, 24)
    stand.world.compartment[tube] = 3
    pattern = dict(zip(PATTERNS, shares(stand), strict=True))
    assert pattern["pushing"] == pytest.approx(pattern["replacement"]) == 0.5  # one end closed, one open


def test_activated_stellate_cells_with_collagen_make_a_rim(stand):
    world, around = stand.world, near(stand, "all")
    around = around[~np.isin(around, LESION)]
    world.add_cells(
        len(around), kind=world.code("stellate"), site=around, key=2**60 + around, layer=1, activation=0.9
    )
    assert shares(stand) == [1.0, 0.0, 0.0]  # stellate cells alone are no stroma
    world.sites["collagen"][around] = 0.6
    assert shares(stand) == [0.0, 1.0, 0.0]
    world.cells["activation"][world.cells["kind"] == world.code("stellate")] = 0.1
    world.census.stale = True
    assert shares(stand) == [1.0, 0.0, 0.0]  # nor is collagen alone


def test_half_a_rim_is_a_share(stand):
    world, above = stand.world, near(stand, "above")
    world.add_cells(
        len(above), kind=world.code("stellate"), site=above, key=2**60 + above, layer=1, activation=0.9
    )
    world.sites["collagen"][above] = 0.6
    replaced, desmoplastic, pushed = shares(stand)
    assert 0 < desmoplastic < 1 and pushed == 0 and replaced + desmoplastic == pytest.approx(1.0)


def test_dead_liver_is_no_pattern(stand):
    stand.world.sites["parenchyma"][:] = 0.0
    assert np.isnan(shares(stand)).all()


def test_what_a_lesion_holds(stand):
    world = stand.world
    world.sites["oxygen"][LESION[:27]] = 2.0
    dead = LESION[40]
    world.sites["debris"][dead] = 1.0
    stand.remove([dead])
    far = block(40, 4, 1, 1)
    world.sites["debris"][far] = 3.0  # debris of nobody here
    found = growth_patterns(view_of(world), stand.own, HYPOXIC, world.lesions.n)
    assert found["hypoxic_share"][0] == pytest.approx(27 / 80)
    assert found["necrotic_share"][0] == pytest.approx(1 / 81)
    tubes = 8 if dead // WIDTH == TUBES[1] else 9
    assert found["vessel_density_mm_mm2"][0] == pytest.approx(tubes * 0.01 / (80 * 1e-4))
    assert set(found) == set(COLUMNS)


def test_what_a_lesion_met_is_dated_once(stand):
    lesions = stand.world.lesions
    assert np.isnan(lesions["hypoxic"][0]) and np.isnan(lesions["stellate"][0])
    assert lesions["vessel"][0] > 0 and lesions["vessel_cells"][0] == 81 and np.isnan(lesions["sprout"][0])
    stand.world.sites["oxygen"][LESION[0]] = 1.0
    first = stand.read().world.lesions["hypoxic"][0]
    assert first == stand.read().world.lesions["hypoxic"][0] > 0
    at = LESION[0] - 1
    stand.world.add_cells(1, kind=stand.world.code("stellate"), site=at, key=2**60, layer=1, activation=0.9)
    assert stand.read().world.lesions["stellate"][0] > first


def test_measures_are_plain_numbers_with_units(stand):
    rows = np.flatnonzero(stand.world.cells["kind"] == 0)
    record(stand.world, rows[:1], ENTER, NONE)
    found = measures(Running(stand.world, stand.own, HYPOXIC))
    assert all(type(value) is float for value in found.values())
    assert found["tumour_cells"] == 81 and found["tumour_area_mm2"] == pytest.approx(81e-4)
    assert found["tumour_volume_mm3"] == pytest.approx(81 * 2500e-9)
    assert found["replacement_share"] == 1.0 and found["pushing_share"] == 0.0
    assert found["dead"] == 0 and np.isnan(found["first_growth_h"])
