"""Check that the four phases are read from the state of hand-made lesions, forwards and backwards."""

from __future__ import annotations

import numpy as np
import pytest
from lesion_worlds import TUBES, WIDTH, Stand, block

from livermet_sim.kernels.codes import LUMEN
from livermet_sim.phases.definitions import ANGIOGENIC, GROWTH, MICROVASCULAR, PRE_ANGIOGENIC

# a solid lesion over a tube, and what it grows into
SMALL, LARGE = block(10, TUBES[1] - 4, 9, 9), block(8, TUBES[1] - 7, 15, 15)


@pytest.fixture
def stand(monkeypatch) -> Stand:
    return Stand(monkeypatch)


def grown(stand: Stand) -> Stand:
    """Return a stand with a lesion that grew over a window and holds vessels."""
    stand.add(SMALL)
    stand.wait(1.2)
    stand.add([s for s in LARGE if s not in SMALL])
    return stand.wait(0.3)


def test_cells_in_vessels_are_microvascular(stand):
    stand.add([TUBES[0] * WIDTH + 5, TUBES[0] * WIDTH + 6], layer=LUMEN)
    assert stand.read().phase() == MICROVASCULAR
    assert np.isnan(stand.world.lesions["pre_angiogenic"][0])


def test_one_cell_in_tissue_makes_a_lesion_pre_angiogenic(stand):
    tube = TUBES[0] * WIDTH + 5
    stand.add([tube], layer=LUMEN)
    stand.add([tube + WIDTH])
    assert stand.read().phase() == PRE_ANGIOGENIC
    assert stand.world.lesions["pre_angiogenic"][0] == stand.world.clock.dt


def test_a_large_lesion_between_vessels_stays_pre_angiogenic(stand):
    stand.add(block(10, TUBES[0] + 2, 12, 9))
    assert stand.wait(2.5).phase() == PRE_ANGIOGENIC
    assert stand.world.lesions["micrometastasis"][0] > 0 and stand.world.lesions["vessels"][0] == 0


def test_enclosed_perfused_vessels_make_a_lesion_angiogenic(stand):
    stand.add(SMALL)
    assert stand.read().phase() == ANGIOGENIC
    # the two ends of the tube inside have three empty sites on one side
    full = 9 if stand.own.enclosed <= 5 / 8 else 7
    assert stand.world.lesions["vessels"][0] == full


def test_vessels_beside_a_lesion_do_not_count(stand):
    stand.add(block(10, TUBES[1] + 1, 9, 9))
    assert stand.read().phase() == PRE_ANGIOGENIC


def test_a_few_cells_around_a_tube_are_no_angiogenic_lesion(stand):
    few = int(stand.own.micrometastasis) - 1
    sites = block(10, TUBES[1] - 1, 3, 3)[:few]
    stand.add(sites)
    assert stand.read().phase() == PRE_ANGIOGENIC


def test_losing_blood_steps_back_and_regaining_it_forward(stand):
    stand.add(SMALL)
    assert stand.read().phase() == ANGIOGENIC
    first = stand.world.lesions["angiogenic"][0]
    stand.world.sites["perfused"][:] = 0.0
    assert stand.read().phase() == PRE_ANGIOGENIC
    stand.world.sites["perfused"][:] = stand.world.network.vessel
    assert stand.read().phase() == ANGIOGENIC
    assert stand.world.lesions["angiogenic"][0] == first


def test_sprouts_inside_make_a_lesion_angiogenic_before_blood_comes(stand):
    stand.add(SMALL)
    stand.world.sites["perfused"][:] = 0.0
    need = int(stand.own.vessels)
    at = TUBES[1] * WIDTH + 12
    stand.world.sites["vessel_age"][at : at + need - 1] = 1.0
    assert stand.read().phase() == PRE_ANGIOGENIC
    stand.world.sites["vessel_age"][at + need - 1] = 1.0
    assert stand.read().phase() == ANGIOGENIC


def test_sustained_growth_with_blood_is_the_growth_phase_and_ends_with_it(stand):
    assert grown(stand).phase() == GROWTH
    assert stand.world.lesions["growth"][0] > stand.world.lesions["angiogenic"][0]
    # no longer growing
    assert stand.wait(2.2).phase() == ANGIOGENIC


def test_a_growing_lesion_that_loses_its_vessels_steps_back(stand):
    assert grown(stand).phase() == GROWTH
    stand.world.sites["perfused"][:] = 0.0
    assert stand.read().phase() == PRE_ANGIOGENIC


def test_growth_without_blood_is_not_the_growth_phase(stand):
    stand.world.sites["perfused"][:] = 0.0
    assert grown(stand).phase() == PRE_ANGIOGENIC


@pytest.mark.parametrize("day", [0, 3, 40])
def test_phases_do_not_depend_on_the_clock(stand, day):
    stand.world.clock.tick = round(day * 24 / stand.world.clock.dt)
    stand.add([TUBES[0] * WIDTH + 5], lesion=0, layer=LUMEN)
    stand.add(block(30, 2, 2, 2), lesion=1)
    stand.add(SMALL, lesion=2)
    stand.add(block(30, TUBES[1] + 2, 8, 8), lesion=3)
    stand.read()
    assert [stand.phase(i) for i in range(4)] == [MICROVASCULAR, PRE_ANGIOGENIC, ANGIOGENIC, PRE_ANGIOGENIC]


def test_time_alone_changes_no_phase(stand):
    stand.add([TUBES[0] * WIDTH + 5], lesion=0, layer=LUMEN)
    stand.add(block(30, 2, 2, 2), lesion=1)
    stand.add(SMALL, lesion=2)
    stand.wait(5)
    assert [stand.phase(i) for i in range(3)] == [MICROVASCULAR, PRE_ANGIOGENIC, ANGIOGENIC]
