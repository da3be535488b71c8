"""Check that the four phases are read from the state of hand-made lesions, forwards and backwards."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lesion_worlds import TUBES, WIDTH, Stand, block

from livermet_sim.kernels.codes import LUMEN
from livermet_sim.observe.readouts.cascade import ANGIOGENIC_H
from livermet_sim.observe.readouts.tables import read
from livermet_sim.observe.readouts.view import Running
from livermet_sim.processes.staging import phases
from livermet_sim.state.lesions import ANGIOGENIC, GROWTH, MICROVASCULAR, PRE_ANGIOGENIC

# a solid lesion over a tube, and what it grows into
SMALL, LARGE = block(10, TUBES[1] - 4, 9, 9), block(8, TUBES[1] - 5, 15, 11)


@pytest.fixture
def stand(monkeypatch) -> Stand:
    return Stand(monkeypatch)


def seen(stand: Stand, name: str) -> float:
    return read(Running(stand.world, stand.own), name)


def grown(stand: Stand) -> Stand:
    """Return a stand with a lesion that grew over a window and has vessels throughout."""
    stand.add(SMALL)
    stand.wait(1.2)
    stand.add([s for s in LARGE if s not in SMALL])
    return stand.wait(0.3).settle()


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


def test_own_perfused_vessels_make_a_lesion_angiogenic_once_they_persist(stand):
    stand.add(SMALL)
    stand.hours(stand.own.persistence)
    assert stand.phase() == PRE_ANGIOGENIC and stand.world.lesions["fresh"][0] == ANGIOGENIC
    assert stand.read().phase() == ANGIOGENIC
    # the two ends of the tube inside have three empty sites on one side
    full = 9 if stand.own.enclosed <= 5 / 8 else 7
    assert stand.world.lesions["vessels"][0] == full
    assert stand.world.lesions["angiogenic"][0] == stand.own.persistence + stand.world.clock.dt


def test_a_lesion_narrower_than_the_reach_of_vessels_around_is_fed_by_these(stand):
    """Sinusoids that a lesion of 49 cells has grown over are no supply of its own; a lesion of 81 needs one."""
    stand.add(block(11, TUBES[1] - 3, 7, 7))
    assert stand.settle().phase() == PRE_ANGIOGENIC and stand.world.lesions["vessels"][0] > 0
    stand.add([s for s in SMALL if not stand.of([s])])
    assert stand.settle().phase() == ANGIOGENIC


def test_vessels_beside_a_lesion_do_not_count(stand):
    stand.add(block(10, TUBES[1] + 1, 9, 9))
    assert stand.settle().phase() == PRE_ANGIOGENIC


def test_a_few_cells_around_a_tube_are_no_angiogenic_lesion(stand):
    few = int(stand.own.micrometastasis) - 1
    stand.add(block(10, TUBES[1] - 1, 3, 3)[:few])
    assert stand.settle().phase() == PRE_ANGIOGENIC


@pytest.mark.parametrize(("sites", "phase"), [(SMALL, ANGIOGENIC), (LARGE, PRE_ANGIOGENIC)])
def test_vessels_count_by_area(stand, sites, phase):
    """Three sites of a vessel are a supply for 81 cells and not for 165."""
    stand.world.sites["perfused"][:] = 0.0
    stand.world.sites["perfused"][block(12, TUBES[1], 3, 1)] = 1.0
    stand.add(sites)
    assert stand.settle().phase() == phase and stand.world.lesions["vessels"][0] == 3


def test_new_vessels_count_when_they_carry_blood(stand):
    stand.add(SMALL)
    stand.world.sites["perfused"][:] = 0.0
    at = TUBES[1] * WIDTH + np.arange(10, 13)
    stand.world.sites["vessel_age"][at] = 1.0
    assert stand.settle().phase() == PRE_ANGIOGENIC and stand.world.lesions["sprout"][0] > 0
    stand.world.sites["perfused"][at] = 1.0
    assert stand.settle().phase() == ANGIOGENIC


def test_losing_blood_steps_back_and_regaining_it_forward_once_it_persists(stand):
    stand.add(SMALL)
    assert stand.settle().phase() == ANGIOGENIC
    first = stand.world.lesions["angiogenic"][0]
    stand.world.sites["perfused"][:] = 0.0
    assert stand.hours(stand.own.persistence_back).phase() == ANGIOGENIC
    assert stand.read().phase() == PRE_ANGIOGENIC and stand.world.lesions["steps_back"][0] == 1
    stand.world.sites["perfused"][:] = stand.world.network.vessel
    assert stand.settle().phase() == ANGIOGENIC
    assert stand.world.lesions["angiogenic"][0] == first and stand.world.lesions["steps_back"][0] == 1
    assert seen(stand, "stepped_back_twice_share") == 0.0
    stand.world.sites["perfused"][:] = 0.0
    assert stand.settle().phase() == PRE_ANGIOGENIC
    assert stand.world.lesions["steps_back"][0] == 2 and seen(stand, "stepped_back_twice_share") == 1.0


def test_lesions_that_grew_are_counted_by_how_long_they_were_angiogenic(stand):
    assert np.isnan(seen(stand, "grown_through_angiogenic_share"))
    assert grown(stand).phase() == GROWTH
    lesions = stand.world.lesions
    for hours, share in ((ANGIOGENIC_H, 1.0), (ANGIOGENIC_H - 1, 0.0)):
        lesions["angiogenic"][0] = lesions["growth"][0] - hours
        assert seen(stand, "grown_through_angiogenic_share") == share


def test_a_flickering_supply_changes_no_phase(stand):
    stand.add(SMALL)
    stand.settle()
    for flicker in range(40):
        stand.world.sites["perfused"][:] = stand.world.network.vessel * (flicker % 3 > 1)
        assert stand.read().phase() == ANGIOGENIC


def test_what_keeps_a_supply_is_less_than_what_begins_it(stand):
    """Between the two thresholds a lesion is what it was."""
    perfused = stand.world.sites["perfused"]
    middle = 0.5 * (stand.own.supply_begins + stand.own.supply_ends)
    between = block(8, TUBES[1], round(middle * len(LARGE) * 1e-2), 1)
    between = [s + 2 for s in between]
    stand.add(LARGE)
    perfused[:] = 0.0
    perfused[between] = 1.0
    assert stand.wait(1.0).phase() == PRE_ANGIOGENIC
    perfused[:] = stand.world.network.vessel
    assert stand.settle().phase() == ANGIOGENIC
    perfused[:] = 0.0
    perfused[between] = 1.0
    assert stand.wait(1.0).phase() == ANGIOGENIC


def test_sustained_growth_with_blood_is_the_growth_phase_and_ends_with_it(stand):
    assert grown(stand).phase() == GROWTH
    own = stand.world.lesions
    assert own["growth"][0] - own["angiogenic"][0] >= stand.own.persistence
    # no longer growing
    assert stand.wait(2.2).phase() == ANGIOGENIC


def test_growth_is_entered_through_the_angiogenic_phase(stand):
    """A lesion that has grown all the while and is cut into by vessels everywhere at once still takes one phase after another."""
    stand.world.sites["perfused"][:] = 0.0
    seen = []
    for size in range(9, 26):
        stand.add([s for s in block(20 - size // 2, TUBES[1] - 4, size, 9) if not stand.of([s])])
        if size == 15:
            stand.world.sites["perfused"][:] = stand.world.network.vessel
        for _ in range(3):
            seen.append(stand.read().phase())
    steps = [seen[0], *(b for a, b in pairwise(seen) if a != b)]
    assert steps == [PRE_ANGIOGENIC, ANGIOGENIC, GROWTH]


def test_a_large_lesion_with_vessels_at_one_side_is_not_supplied_throughout(stand):
    """Cells beyond the reach of vessels keep a lesion angiogenic, however it grows."""
    stand.world.sites["perfused"][block(0, TUBES[2], WIDTH, 1)] = 0.0
    wide = [s for s in block(8, TUBES[1] - 2, 20, 21) if s // WIDTH != TUBES[2]]
    stand.add(block(8, TUBES[1] - 2, 12, 12))
    stand.wait(1.2)
    stand.add([s for s in wide if not stand.of([s])])
    stand.wait(0.3).settle()
    lesions = stand.world.lesions
    near = sum(s // WIDTH <= TUBES[1] + 5 for s in wide) / len(wide)
    assert lesions["supplied"][0] == pytest.approx(near, abs=0.05) and near < stand.own.supplied_begins
    assert stand.phase() == ANGIOGENIC


def test_a_growing_lesion_that_is_cut_off_steps_back(stand):
    assert grown(stand).phase() == GROWTH
    stand.world.sites["perfused"][:] = 0.0
    # twice, as it may have stopped growing just before
    assert stand.settle().settle().phase() == PRE_ANGIOGENIC


def test_growth_without_blood_is_not_the_growth_phase(stand):
    stand.world.sites["perfused"][:] = 0.0
    assert grown(stand).phase() == PRE_ANGIOGENIC


def test_growing_by_taking_in_another_is_not_growth(stand):
    """Two lesions that join have not grown."""
    stand.add(SMALL, lesion=0)
    stand.add(block(30, TUBES[1] - 4, 9, 9), lesion=1)
    stand.wait(2.2).add(block(19, TUBES[1], 11, 1), lesion=0)
    seen = {stand.read().phase(0) for _ in range(30)}
    assert seen == {ANGIOGENIC} and stand.world.lesions["cells"][0] == 173


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from([MICROVASCULAR, PRE_ANGIOGENIC, ANGIOGENIC, GROWTH]), min_size=1, max_size=60)
)
def test_any_course_of_readings_is_followed_as_defined(readings):
    """Follow a lesion through readings, and compare with the rule said slowly."""
    with pytest.MonkeyPatch.context() as patch:
        stand = Stand(patch)
        stand.add(block(30, 2, 2, 2))
        given_now = iter(max(PRE_ANGIOGENIC, r) for r in readings)
        patch.setattr(phases, "_readings", lambda *_: np.array([next(given_now)]))
        seen = [stand.read().phase() for _ in readings]
    rise, fall = (round(h / stand.own.interval) for h in (stand.own.persistence, stand.own.persistence_back))
    phase, spell, expected = 2, [], []
    for reading in (max(PRE_ANGIOGENIC, r) for r in readings):
        side = np.sign(reading - phase)
        spell = (
            [*spell, reading]
            if side and spell and np.sign(spell[0] - phase) == side
            else [reading] * bool(side)
        )
        if len(spell) > (rise if side > 0 else fall):
            phase, spell = phase + 1 if side > 0 else max(spell), []
        expected.append(phase)
    assert seen == expected


@pytest.mark.parametrize("day", [0, 3, 40])
def test_phases_do_not_depend_on_the_clock(stand, day):
    stand.world.clock.tick = round(day * 24 / stand.world.clock.dt)
    stand.add([TUBES[0] * WIDTH + 5], lesion=0, layer=LUMEN)
    stand.add(block(30, 2, 2, 2), lesion=1)
    stand.add(SMALL, lesion=2)
    stand.add(block(30, TUBES[1] + 2, 8, 8), lesion=3)
    stand.settle()
    assert [stand.phase(i) for i in range(4)] == [MICROVASCULAR, PRE_ANGIOGENIC, ANGIOGENIC, PRE_ANGIOGENIC]


def test_time_alone_changes_no_phase(stand):
    stand.add([TUBES[0] * WIDTH + 5], lesion=0, layer=LUMEN)
    stand.add(block(30, 2, 2, 2), lesion=1)
    stand.add(SMALL, lesion=2)
    stand.wait(5)
    assert [stand.phase(i) for i in range(3)] == [MICROVASCULAR, PRE_ANGIOGENIC, ANGIOGENIC]
