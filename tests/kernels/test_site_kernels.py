"""Check what is bound to sites: matrix, traps, debris, parenchyma, patency, lining, closing."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_worlds import assert_share, field, ragged, random_keys

from livermet_sim.kernels.codes import LUMEN, PARENCHYMA, SINUSOID, TISSUE
from livermet_sim.kernels.lining import LINED, REAL, WHOLE, line_vessels
from livermet_sim.kernels.matrix import SITES, deposit, lay_down, wear
from livermet_sim.kernels.placement import grow_stretches
from livermet_sim.kernels.remodelling import closing, sprouting
from livermet_sim.state.table import Column, Table

SIDE = 7
# losses of matrix, traps, debris; mending, regrowth, death of hepatocytes; the tension below which they die; crushing
RATES = np.array([0.1, 0.3, 0.2, 0.4, 0.05, 0.25, 3.0, 0.0])


class Ground:
    """Hold site arrays of a small field."""

    def __init__(self):
        self.neighbours, self.compartment = field(SIDE, SIDE)
        n = SIDE * SIDE
        self.inside = np.arange(n, dtype=np.int32)
        self.tumour_at = np.full((2, n), -1, dtype=np.int32)
        self.sites = Table([Column(name, "1", "") for name in SITES], n)
        self.sites.append(n, parenchyma=1.0, patency=1.0, oxygen=40.0)

    def __getattr__(self, name: str) -> np.ndarray:
        return self.sites.full(name)

    def wear(self, span: float) -> None:
        wear(
            span, RATES, self.inside, self.compartment, self.neighbours, self.tumour_at, self.sites.real,
            self.sites.at(*SITES),
        )  # fmt: skip


@pytest.mark.parametrize("spans", [[4.0], [1.0] * 4, [0.25] * 16])
def test_losses_are_first_order_whatever_the_step(spans):
    ground = Ground()
    ground.collagen[:], ground.fibronectin[:], ground.net[:], ground.debris[:] = 0.8, 0.5, 3.0, 2.0
    ground.compartment[3], ground.patency[3] = SINUSOID, 0.2
    ground.oxygen[5] = 1.0
    for span in spans:
        ground.wear(span)
    decay = {
        name: np.exp(-rate * 4.0) for name, rate in zip(("matrix", "net", "debris"), RATES, strict=False)
    }
    assert ground.collagen == pytest.approx(0.8 * decay["matrix"]) and ground.fibronectin[0] == pytest.approx(
        0.5 * decay["matrix"]
    )
    assert ground.net == pytest.approx(3.0 * decay["net"])
    assert ground.debris == pytest.approx(2.0 * decay["debris"])
    assert ground.patency[3] == pytest.approx(1.0 - 0.8 * np.exp(-0.4 * 4.0))
    assert ground.parenchyma[5] == pytest.approx(np.exp(-0.25 * 4.0))
    assert np.delete(ground.parenchyma, 5) == pytest.approx(1.0)


def test_traces_of_traps_vanish():
    ground = Ground()
    ground.net[:] = 1.0
    for _ in range(60):
        ground.wear(1.0)
    assert (ground.net == 0.0).all()


def test_tubes_do_not_mend_while_tumour_presses_from_all_sides():
    ground = Ground()
    ground.compartment[[8, 9]], ground.patency[[8, 9]], ground.pressure[8] = SINUSOID, 0.5, 1.0
    ground.wear(2.0)
    assert ground.patency[8] == 0.5 and ground.patency[9] > 0.5


def test_hepatocytes_return_beside_live_ones_where_no_tumour_stands():
    ground = Ground()
    gone = [24, 10]
    ground.parenchyma[gone] = 0.0
    ground.tumour_at[TISSUE, 10] = 0
    ground.wear(1.0)
    assert ground.parenchyma[24] == pytest.approx(1 - np.exp(-0.05))
    assert ground.parenchyma[10] == 0.0
    # nothing grows back where all is dead
    ground.parenchyma[:] = 0.0
    ground.wear(1.0)
    assert not ground.parenchyma.any()


def test_new_vessels_age_and_old_ones_do_not():
    ground = Ground()
    ground.compartment[[3, 4]], ground.vessel_age[3] = SINUSOID, 1.0
    ground.wear(2.5)
    assert ground.vessel_age[3] == 3.5 and ground.vessel_age.sum() == 3.5


def test_deposits_add_up_in_any_order_of_cells():
    random = np.random.default_rng(1)
    n, sites = 400, 30
    site, rates = random.integers(0, sites, n), random.random((n, 2)) * 0.02
    both = []
    for order in (np.arange(n), random.permutation(n)):
        laid = np.zeros((2, sites), dtype=np.int64)
        deposit(n, site[order], rates[order], np.array([0, 1]), 0.5, laid)
        both.append(laid)
    assert np.array_equal(*both)
    expected = np.zeros((sites, 2))
    np.add.at(expected, site, 0.5 * rates)
    assert pytest.approx(expected, abs=1e-6) == both[0].T / 2**30


def test_small_deposits_are_conserved_and_large_ones_saturate():
    ground = Ground()
    matrix, laid = ground.collagen, np.zeros(SIDE * SIDE, dtype=np.int64)
    laid[24] = int(1e-4 * 2**30)
    lay_down(ground.inside, ground.neighbours, laid, matrix)
    assert matrix.sum() == pytest.approx(1e-4, rel=1e-3)
    assert matrix[24] == pytest.approx(4 * matrix[25], rel=1e-3)
    assert not laid.any()
    for _ in range(200):
        laid[24] = 2**30
        lay_down(ground.inside, ground.neighbours, laid, matrix)
        assert matrix.max() <= 1.0
    assert matrix[24] == pytest.approx(1.0) and np.count_nonzero(matrix) == 9


def test_only_compressed_tubes_without_tumour_cells_close():
    n, collapse, span = 6000, 0.5, 2.0
    inside = np.arange(n, dtype=np.int32)
    compartment = np.full(n, SINUSOID, dtype=np.int8)
    patency, segments = np.full(n, 0.3), np.zeros(n, dtype=np.int64)
    tumour_at = np.full((2, n), -1, dtype=np.int32)
    group = inside % 6
    compartment[group == 1] = PARENCHYMA
    patency[group == 2] = 1.0
    tumour_at[LUMEN, group == 3] = 7
    segments[group == 4] = 1
    tumour_at[TISSUE, group == 5] = 8
    out = np.empty(n, dtype=np.int64)
    number = closing(
        inside,
        1,
        3,
        span,
        compartment,
        patency,
        np.where(segments == 1, 0.0, collapse),
        tumour_at,
        out,
    )
    closed = np.bincount(group[out[:number]], minlength=6)
    assert not closed[1:5].any()
    for open_to_it in (0, 5):
        assert_share(int(closed[open_to_it]), n // 6, 1 - np.exp(-collapse * 0.7 * span))


def test_tips_are_sent_out_at_the_set_rate_by_lining_cells_only():
    n, out = 4000, np.empty(4000, dtype=np.int64)
    kind, rates = np.arange(n) % 2 + 1, np.full((n, 1), 0.3)
    number = sprouting(n, 1, 0, 2.0, 2, kind, random_keys(n), rates, 0, out)
    assert (kind[out[:number]] == 2).all() and len(np.unique(out[:number])) == number
    assert_share(number, n // 2, 1 - np.exp(-0.6))
    assert sprouting(n, 1, 0, 2.0, 2, kind, random_keys(n), np.zeros((n, 1)), 0, out) == 0


def test_lining_is_copied_to_its_stretch_and_bare_wall_holds_nothing():
    kind, segment = np.array([2, 0, 2, 1]), np.array([1, -1, 0, -1])
    segments = np.array([0, 0, 1, 2, -1, 1])
    row_of = np.full(3, 99, dtype=np.int64)
    cells = Table(
        [*(Column(name, "1", "", whole=True) for name in WHOLE), *(Column(name, "1", "") for name in REAL)], 4
    )
    cells.append(
        4, kind=kind, segment=segment, activation=[0.1, 0.2, 0.3, 0.4], capillarisation=[0.5, 0.6, 0.7, 0.8]
    )
    sites = Table([Column(name, "1", "") for name in LINED], 6)
    sites.append(6, **dict.fromkeys(LINED, 0.9))
    line_vessels(
        4, 2, cells.whole, cells.at(*WHOLE), cells.real, cells.at(*REAL),
        np.array([[0.01, 0.1, 1.0], [0.02, 0.2, 2.0], [0.03, 0.3, 3.0], [0.04, 0.4, 4.0]]), np.array([0, 1, 2]),
        (segments, row_of), sites.real, sites.at(*LINED), 0.5,
    )  # fmt: skip
    adhesion, tether, grip, capillarised, selectin = (sites[name] for name in LINED)
    assert row_of.tolist() == [2, 0, -1]
    assert adhesion.tolist() == [0.3, 0.3, 0.1, 0.0, 0.9, 0.1]
    assert tether.tolist() == [0.03, 0.03, 0.01, 0.0, 0.9, 0.01]
    assert grip.tolist() == [0.3, 0.3, 0.1, 0.0, 0.9, 0.1]
    assert selectin.tolist() == [1.5, 1.5, 0.5, 0.0, 0.9, 0.5]
    assert capillarised.tolist() == [0.7, 0.7, 0.5, 0.0, 0.9, 0.5]


def test_stretches_cover_all_sinusoids_and_are_connected():
    neighbours, compartment = ragged(25, 25, 1, 0.4)
    compartment[compartment == PARENCHYMA] = SINUSOID
    segment = np.full(625, -1, dtype=np.int64)
    grow_stretches(np.flatnonzero(compartment), compartment, neighbours, np.full(625, 10.0), 60.0, segment)
    assert np.array_equal(segment >= 0, compartment == SINUSOID)
    sizes = np.bincount(segment[segment >= 0])
    # what one lacks the next may have too much, but no more than a whole stretch
    assert sizes.min() >= 1 and 6 <= sizes.max() <= 12
    for stretch in range(len(sizes)):
        sites = set(np.flatnonzero(segment == stretch).tolist())
        reached, todo = set(), [min(sites)]
        while todo:
            s = todo.pop()
            reached.add(s)
            todo += [int(p) for p in neighbours[s] if int(p) in sites - reached]
        assert reached == sites
