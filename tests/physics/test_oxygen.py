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


def chessboard(tissue: Tissue) -> np.ndarray:
    """Return the inside sites, black ones first."""
    colour = (tissue.inside % tissue.width + tissue.inside // tissue.width) % 2
    return tissue.inside[np.argsort(colour, kind="stable")]


def relaxed(
    tissue: Tissue, vmax, exchange, blood, order=None, omega=oxygen.OMEGA, tolerance=1e-9
) -> np.ndarray:
    pressure = np.where(tissue.compartment > 0, 30.0, 0.0)
    order = chessboard(tissue) if order is None else order
    coupling = oxygen.DIFFUSION / tissue.site**2
    sweeps = oxygen.relax(
        pressure, vmax, exchange, blood, tissue.neighbours, order, coupling, oxygen.KM, omega, tolerance, 5000
    )
    assert sweeps < 5000
    return pressure


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
    by_row = relaxed(tissue, vmax, exchange, blood, tissue.inside, 1.3)
    assert np.allclose(found, by_row, atol=1e-5)


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
