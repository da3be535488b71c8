"""Check oxygen against a fine 1-D solution, a Newton twin and the measured diffusion limit."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from physics_tissues import disc, tissue_from
from scipy.linalg import solve_banded
from scipy.sparse.linalg import spsolve

from livermet_sim.kernels import oxygen
from livermet_sim.state.tissue import PARENCHYMA, Tissue


class Settling:
    """Keep what the kernel needs from one call to the next."""

    def __init__(self, tissue: Tissue, pressure: np.ndarray):
        self.tissue, self.pressure = tissue, pressure
        self.told = np.full(tissue.n, np.inf)
        self.queues = np.zeros((2, tissue.n), dtype=np.int32)
        self.waiting = np.zeros(tissue.n, dtype=np.bool_)
        self.left = 0

    def settle(self, sites, vmax, exchange, blood, omega=oxygen.OMEGA, tolerance=1e-9, most=5000) -> int:
        """Queue some sites besides those left over, settle, and return how many were queued."""
        fresh = sites[~self.waiting[sites]]
        queued = self.left + len(fresh)
        self.queues[0, self.left : queued] = fresh
        self.waiting[fresh] = True
        self.left = oxygen.relax(
            self.pressure, self.told, vmax, exchange, blood, self.tissue.neighbours, self.queues[0], queued,
            self.waiting, self.queues[1], oxygen.DIFFUSION / self.tissue.site**2, oxygen.KM, omega, tolerance, most,
        )  # fmt: skip
        assert self.waiting.sum() == self.left == len(set(self.queues[0, : self.left]))
        return queued


def relaxed(tissue: Tissue, vmax, exchange, blood, sites=None, omega=oxygen.OMEGA) -> np.ndarray:
    settling = Settling(tissue, np.where(tissue.compartment > 0, 30.0, 0.0))
    settling.settle(tissue.inside if sites is None else sites, vmax, exchange, blood, omega)
    assert settling.left == 0
    return settling.pressure


def newton(tissue: Tissue, vmax, exchange, blood) -> np.ndarray:
    """Solve the same equations with sparse Newton steps."""
    inside = tissue.inside
    compact = np.full(tissue.n, -1)
    compact[inside] = np.arange(len(inside))
    sides = tissue.neighbours[inside, :4]
    row, k = np.nonzero(sides >= 0)
    lap = sp.csr_matrix((np.ones(len(row)), (row, compact[sides[row, k]])), shape=(len(inside),) * 2)
    lap = oxygen.DIFFUSION / tissue.site**2 * (lap - sp.diags(np.asarray(lap.sum(axis=1)).ravel()))
    v, e, b, p = vmax[inside], exchange[inside], blood[inside], np.full(len(inside), 30.0)
    for _ in range(60):
        rest = lap @ p - v * p / (p + oxygen.KM) + e * (b - p)
        slope = lap - sp.diags(v * oxygen.KM / (p + oxygen.KM) ** 2 + e)
        p = np.maximum(p - spsolve(slope.tocsc(), rest), 0.0)
    out = np.zeros(tissue.n)
    out[inside] = p
    return out


def sheet(pressure: float, vmax: float, depth: float, step: float = 0.25) -> np.ndarray:
    """Return p on a fine grid of a sheet held at ``pressure`` on one side and closed on the other."""
    n = round(depth / step) + 1
    p = np.full(n, pressure)
    for _ in range(100):
        k = oxygen.DIFFUSION / step**2
        bands = np.zeros((3, n))
        bands[0, 2:], bands[2, :-1] = k, k
        bands[1] = -2 * k - vmax / (p + oxygen.KM)
        bands[2, -2], bands[1, 0] = 2 * k, 1.0
        right = np.zeros(n)
        right[0] = pressure
        p = solve_banded((1, 1), bands, right)
    return p


@pytest.mark.parametrize("seed", [0, 1])
def test_equals_newton_twin(seed: int):
    tissue, rng = disc(26, 31, 0.1, seed), np.random.default_rng(seed)
    vmax = rng.uniform(8.0, 28.0, tissue.n)
    exchange = np.where(rng.random(tissue.n) < 0.15, oxygen.EXCHANGE, 0.0)
    blood = rng.uniform(30.0, 65.0, tissue.n)
    twin = newton(tissue, vmax, exchange, blood)
    found = relaxed(tissue, vmax, exchange, blood)
    assert np.allclose(found, twin, atol=1e-5)
    # supply equals uptake, whatever diffuses in between
    supply = (exchange * (blood - found))[tissue.inside].sum()
    uptake = (vmax * found / (found + oxygen.KM))[tissue.inside].sum()
    assert supply == pytest.approx(uptake, rel=1e-6)
    shuffled = relaxed(tissue, vmax, exchange, blood, rng.permutation(tissue.inside), 1.2)
    assert np.allclose(found, shuffled, atol=1e-5)


def test_small_changes_hour_after_hour_do_not_add_up():
    tissue, rng = disc(40, 36), np.random.default_rng(3)
    vmax = rng.uniform(8.0, 28.0, tissue.n)
    exchange = np.where(rng.random(tissue.n) < 0.3, oxygen.EXCHANGE, 0.0)
    blood = rng.uniform(30.0, 65.0, tissue.n)
    settling = Settling(tissue, relaxed(tissue, vmax, exchange, blood))
    settling.told[:] = settling.pressure
    for hour in range(60):
        sites = np.unique(rng.choice(tissue.inside, 12)).astype(np.int32)
        vmax[sites] *= rng.uniform(0.9, 1.1, len(sites))
        # a few hours in which vessels close, so that the rounds do not suffice at once
        if hour % 20 == 5:
            exchange[sites] = 0.0
        settling.settle(sites, vmax, exchange, blood, tolerance=0.05, most=40 if hour % 20 != 5 else 3)
    error = np.abs(settling.pressure - newton(tissue, vmax, exchange, blood))[tissue.inside]
    assert error.max() < 0.5 and error.mean() < 0.1
    still = settling.pressure.copy()
    assert settling.settle(tissue.inside[:0], vmax, exchange, blood, tolerance=0.05) == 0
    assert np.array_equal(still, settling.pressure)


def test_sheet_equals_fine_solution():
    tissue = tissue_from(np.full((3, 21), PARENCHYMA))
    first = np.arange(tissue.n) % 21 == 0
    exchange, blood = np.where(first, 1e7, 0.0), np.full(tissue.n, 40.0)
    found = tissue.image(relaxed(tissue, np.full(tissue.n, 8.0), exchange, blood))[1]
    fine = sheet(40.0, 8.0, 205.0)
    assert np.allclose(found, fine[:801:40], atol=0.4)


def test_avascular_tumour_is_empty_at_100_to_150_um():
    tissue = tissue_from(np.full((3, 40), PARENCHYMA))
    first = np.arange(tissue.n) % 40 == 0
    reached = []
    for p0 in (30.0, 40.0):
        exchange, blood = np.where(first, 1e7, 0.0), np.full(tissue.n, p0)
        vmax = np.full(tissue.n, oxygen.UPTAKE_TUMOUR)
        profile = tissue.image(relaxed(tissue, vmax, exchange, blood))[1]
        # severe hypoxia, where cells next to necrosis are found: 5 mmHg
        reached.append(10.0 * np.interp(-5.0, -profile, np.arange(40)))
        assert profile[25:].max() < 2.0
    assert 100.0 < reached[0] < reached[1] < 150.0


def test_healthy_plate_loses_about_five_mmhg_to_the_sinusoid():
    tissue = tissue_from(np.full((12, 12), PARENCHYMA))
    vessel = np.arange(tissue.n) % 12 % 3 == 1
    vmax = np.full(tissue.n, 0.5 * (oxygen.UPTAKE_PERIPORTAL + oxygen.UPTAKE_PERICENTRAL))
    blood = np.full(tissue.n, 45.0)
    found = relaxed(tissue, vmax, np.where(vessel, oxygen.EXCHANGE, 0.0), blood)
    assert 3.5 < 45.0 - found[~vessel].mean() < 6.0


def test_nothing_supplied_and_nothing_taken_stays():
    tissue = disc(8, 8)
    zero = np.zeros(tissue.n)
    alone = relaxed(tissue, zero, zero, zero)
    assert np.all(np.isfinite(alone)) and np.allclose(alone[tissue.inside], 30.0)
