"""Check that a lesion keeps its identity through growth, merging, splitting and loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lesion_worlds import WIDTH, Stand, block

from livermet_sim.processes.staging.identity import _owners

LEFT, RIGHT = block(5, 4, 3, 3), block(16, 4, 4, 3)
BRIDGE = block(8, 5, 8, 1)


@pytest.fixture
def stand(monkeypatch) -> Stand:
    return Stand(monkeypatch)


def two(stand: Stand) -> Stand:
    stand.add(LEFT, lesion=0)
    stand.add(RIGHT, lesion=1)
    return stand.read()


def test_separate_clones_keep_their_numbers(stand):
    lesions = two(stand).world.lesions
    assert lesions["cells"].tolist() == [9, 12] and stand.of(LEFT) == {0} and stand.of(RIGHT) == {1}
    assert (lesions["parent"] == -1).all() and (lesions["merged_into"] == -1).all()
    assert np.allclose(lesions["x"], [65.0, 180.0]) and np.allclose(lesions["y"], 55.0)
    cells = stand.world.cells
    mine = cells["lesion"] == 1
    assert (cells["lesion_size"][mine] == 12).all()


def test_growing_together_makes_one_lesion_that_of_the_largest_part(stand):
    two(stand).add(BRIDGE, lesion=1)
    lesions = stand.read().world.lesions
    lost = lesions["lost"].copy()
    assert stand.of(LEFT + RIGHT + BRIDGE) == {1}
    assert lesions.n == 2 and lesions["cells"].tolist() == [0, 29]
    assert lesions["merged_into"].tolist() == [1, -1]
    assert np.isnan(lesions["lost"][1]) and lesions["lost"][0] > lesions["began"][0]
    assert lesions["phase"][0] == 0 and lesions["peak"].tolist() == [9, 29]
    stand.read()
    assert lesions["cells"].tolist() == [0, 29] and np.array_equal(lesions["lost"], lost, equal_nan=True)


def test_a_lone_cell_that_a_clone_grows_around_does_not_inherit_it(stand):
    stand.add([RIGHT[0] - 1], lesion=0)
    stand.add(RIGHT, lesion=1)
    stand.read()
    assert stand.of(RIGHT) == {1} and stand.world.lesions["merged_into"].tolist() == [1, -1]


def test_nor_a_part_of_a_clone_that_passes_by(stand):
    # the part beside the lone cell is not the largest of the clone, but the largest there
    stand.add(RIGHT + LEFT, lesion=1)
    stand.add([LEFT[0] - 1], lesion=0)
    stand.read()
    assert stand.of(RIGHT + LEFT) == {1} and stand.world.lesions["merged_into"].tolist() == [1, -1]


def test_falling_apart_makes_a_lesion_only_with_distance_and_time(stand):
    two(stand).add(BRIDGE, lesion=1)
    stand.read().remove(BRIDGE)
    lesions = stand.read().world.lesions
    stand.hours(stand.own.apart_time - stand.own.interval)
    assert lesions.n == 2 and stand.of(LEFT + RIGHT) == {1} and lesions["cells"].tolist() == [0, 21]
    # far and long enough: the smaller part goes, and is its founder's own lesion again
    stand.read()
    assert stand.of(RIGHT) == {1} and stand.of(LEFT) == {0}
    assert lesions["cells"].tolist() == [9, 12] and (lesions["merged_into"] == -1).all()
    assert np.isnan(lesions["lost"]).all()


def test_a_part_of_one_founder_becomes_a_new_lesion_of_that_founder(stand):
    stand.add(LEFT + RIGHT, lesion=0)
    lesions = stand.hours(stand.own.apart_time + 2 * stand.own.interval).world.lesions
    assert stand.of(RIGHT) == {0} and stand.of(LEFT) == {1}
    assert lesions["parent"].tolist() == [-1, 0] and lesions["founder"].tolist() == [0, 0]
    assert lesions["cells"].tolist() == [12, 9] and lesions["began"][1] > lesions["began"][0]


def test_a_part_that_stays_near_never_becomes_a_lesion(stand):
    near = block(12, 4, 1, 3)
    stand.add(RIGHT + near, lesion=0)
    lesions = stand.hours(4 * stand.own.apart_time).world.lesions
    assert lesions.n == 1 and lesions["cells"][0] == 15


def test_coming_near_again_begins_the_time_anew(stand):
    stand.add(LEFT + RIGHT, lesion=0)
    stand.hours(stand.own.apart_time - stand.own.interval)
    between = [RIGHT[0] - 2, RIGHT[0] - 4, RIGHT[0] - 6]  # which leaves 30 um
    stand.add(between, lesion=0)
    stand.read().remove(between)
    stand.hours(stand.own.apart_time - stand.own.interval)
    assert stand.world.lesions.n == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 30)), min_size=1, max_size=40, unique_by=lambda c: c[1]
    )
)
def test_every_cell_has_one_lesion_and_the_largest_part_keeps_its_number(cells):
    """Scatter cells of some lesions over some groups, and compare with the rule said slowly."""
    group = np.array([g for g, _ in cells])
    former = np.array([number % 7 for _, number in cells])
    _, group = np.unique(group, return_inverse=True)
    with pytest.MonkeyPatch.context() as patch:
        world = Stand(patch).world
    world.lesions.append(7 - world.lesions.n)
    owner = _owners(world, former, group, group.max() + 1)
    for g in range(group.max() + 1):
        numbers, many = np.unique(former[group == g], return_counts=True)
        lesion = int(numbers[np.argmax(many)])
        while True:
            places, parts = np.unique(group[former == lesion], return_counts=True)
            numbers, many = np.unique(former[group == places[np.argmax(parts)]], return_counts=True)
            leader = int(numbers[np.argmax(many)])
            if leader == lesion:
                break
            lesion = leader
        assert owner[g] == lesion


def test_a_lesion_without_cells_is_lost_at_that_reading(stand):
    two(stand).remove(LEFT)
    now = stand.world.clock.hours + stand.world.clock.dt
    lesions = stand.read().world.lesions
    assert lesions["lost"][0] == now and np.isnan(lesions["lost"][1])
    assert lesions["phase"][0] == 0 and lesions["peak"][0] == 9 and lesions["cells"][0] == 0
    assert stand.read().world.lesions["lost"][0] == now


def test_founders_still_to_come_are_not_lost(stand):
    stand.add(LEFT, lesion=0)
    stand.world.lesions.append(2, founder=[1, 2])
    lesions = stand.read().world.lesions
    assert np.isnan(lesions["lost"]).all() and np.isnan(lesions["began"][1:]).all()


def test_a_lesion_has_woken_when_a_cell_has_divided(stand):
    stand.add(LEFT, lesion=0)
    assert np.isnan(stand.read().world.lesions["woke"][0])
    stand.add([LEFT[0] - WIDTH], lesion=0, generation=1)
    assert stand.read().world.lesions["woke"][0] > 0


def test_row_order_does_not_show_in_lesions(monkeypatch):
    tables = []
    for shuffled in (False, True):
        stand = two(Stand(monkeypatch))
        stand.add(BRIDGE, lesion=1)
        stand.read().remove(BRIDGE[2:5])
        cells = stand.world.cells
        if shuffled:
            cells.reorder(np.random.default_rng(1).permutation(cells.n))
            stand.world.census.stale = True
        stand.read()
        order = np.argsort(cells["key"])
        lesions = stand.world.lesions
        tables.append((
            lesions.real[:, : lesions.n].copy(), lesions.whole[:, : lesions.n].copy(),
            cells["lesion"][order], cells["phase"][order],
        ))  # fmt: skip
    for a, b in zip(*tables, strict=True):
        assert np.array_equal(a, b, equal_nan=a.dtype == float)


def test_a_founder_counts_by_its_own_progeny(stand):
    """Nine cells of one founder in the lesion of another have not made a micrometastasis; twelve of the other have."""
    two(stand).add(BRIDGE, lesion=1)
    lesions = stand.read().world.lesions
    assert stand.own.micrometastasis == 10
    assert np.isnan(lesions["own_micrometastasis"][0]) and lesions["own_micrometastasis"][1] > 0
    stand.add([LEFT[0] - 1], lesion=0)
    stand.world.cells["lesion"][stand.world.cells["founder"] == 0] = 1
    assert stand.read().world.lesions["own_micrometastasis"][0] > 0


def test_remembered_sizes_go_with_the_cells(stand):
    two(stand)
    lesions = stand.world.lesions
    lesions["window_cells"][:], lesions["earlier_cells"][:] = (8, 10), (4, 6)
    stand.world.clock.tick += 1
    stand.add(BRIDGE, lesion=1)
    stand.world.clock.tick += stand.interval - 1
    stand.read()
    assert (lesions["window_cells"].tolist(), lesions["earlier_cells"].tolist()) == ([0, 18], [0, 10])
