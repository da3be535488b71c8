"""Check that a lesion keeps its identity through growth, merging, splitting and loss."""

from __future__ import annotations

import numpy as np
import pytest
from lesion_worlds import WIDTH, Stand, block

from livermet_sim.kernels.codes import TUMOUR

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


def test_growing_together_makes_one_lesion_under_the_smaller_number(stand):
    two(stand).add(BRIDGE, lesion=1)
    lesions = stand.read().world.lesions
    lost = lesions["lost"].copy()
    assert stand.of(LEFT + RIGHT + BRIDGE) == {0}
    assert lesions.n == 2 and lesions["cells"].tolist() == [29, 0]
    assert lesions["merged_into"].tolist() == [-1, 0]
    assert np.isnan(lesions["lost"][0]) and lesions["lost"][1] > lesions["began"][1]
    assert lesions["phase"][1] == 0 and lesions["peak"].tolist() == [29, 12]
    stand.read()
    assert lesions["cells"].tolist() == [29, 0] and np.array_equal(lesions["lost"], lost, equal_nan=True)


def test_falling_apart_leaves_the_number_to_the_larger_part(stand):
    two(stand).add(BRIDGE, lesion=1)
    stand.read().remove(BRIDGE)
    lesions = stand.read().world.lesions
    assert lesions.n == 3
    assert stand.of(RIGHT) == {0} and stand.of(LEFT) == {2}
    assert lesions["parent"].tolist() == [-1, -1, 0] and lesions["founder"].tolist() == [0, 1, 0]
    assert lesions["cells"].tolist() == [12, 0, 9]
    assert lesions["began"][2] > lesions["began"][0]


def test_merging_again_gives_the_fragment_back(stand):
    two(stand).add(BRIDGE, lesion=1)
    stand.read().remove(BRIDGE)
    stand.read().add(BRIDGE, lesion=2)
    lesions = stand.read().world.lesions
    assert lesions.n == 3 and stand.of(LEFT + RIGHT) == {0}
    assert lesions["merged_into"].tolist() == [-1, 0, 0]


def test_cells_of_two_lesions_swapping_places_are_followed(stand):
    # most of lesion 1's cells stand with lesion 0 now; what is left of it is a fragment of it
    two(stand)
    cells = stand.world.cells
    left = np.flatnonzero((cells["kind"] == TUMOUR) & np.isin(cells["site"], LEFT))
    cells["lesion"][left] = 1
    lesions = stand.read().world.lesions
    assert stand.of(RIGHT) == {1} and lesions["parent"][2] == 1 and stand.of(LEFT) == {2}
    assert lesions["cells"].tolist() == [0, 12, 9]


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
