"""Check carried oxygen against a slow twin, analytic solutions, balances, and what is known of clamps and cuts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bodies import Body
from hypothesis import given, settings
from hypothesis import strategies as st
from physics_tissues import strip, tissue_from

from livermet_sim.kernels.codes import TISSUE
from livermet_sim.state.tissue import CENTRAL, PARENCHYMA, PORTAL, SINUSOID


def slab(uptake: float, tension: float, depth: int) -> np.ndarray:
    """Return the tension in tissue up to ``depth`` sites from a vessel whose blood stays at a tension."""
    picture = np.full((2 * depth + 1, 5), PARENCHYMA)
    picture[depth], picture[depth, 0], picture[depth, -1] = SINUSOID, PORTAL, CENTRAL
    body = Body(
        tissue_from(picture),
        portal_tension=tension,
        uptake=uptake,
        wall_conductance=100.0,
        capacity=0.4,
        michaelis=0.5,
    )
    body.network.ports.arterial[:] = 0.0
    body.network.driving = 1e4
    body.settle()
    return body.tissue.image(body.oxygen)[depth:, 2]


def reached(tension: float) -> dict[float, float]:
    """Return how far from a vessel of a tension tumour falls to 10, 5 and 1 mmHg, um."""
    profile = slab(2.5e-4, tension, 20)
    return {p: 10.0 * np.interp(-p, -profile, np.arange(len(profile))) for p in (10.0, 5.0, 1.0)}


def test_tumour_is_emptied_100_to_130_um_from_a_vessel_at_35_mmhg():
    # slabs emptied at 2.5e-4 /s, the vessel at 35 mmHg: 108 um
    at = reached(35.0)
    assert 55.0 < at[10.0] < 80.0 < at[5.0] < 100.0 < at[1.0] < 130.0


@pytest.mark.parametrize("tension", [45.0, 50.0, 55.0])
def test_hypoxia_begins_80_to_110_um_from_vessels_that_carry_what_those_at_lesions_do(tension):
    # median 44-47 mmHg at perfused vessels of lesions on days 17 and 21, nine tenths below 56; published: 80 um in liver
    # metastases (van Laarhoven 2006). A vessel at 35 mmHg, as slabs are often reckoned with, gives 64 um
    assert 80.0 < reached(tension)[10.0] < 110.0


STRESS = {
    "seed": st.integers(0, 2**20), "cut": st.floats(0.0, 0.6), "driving": st.floats(0.0, 3.0), "uptake": st.floats(5e-4, 3e-3),
    "wall": st.floats(0.03, 3.0), "arterial": st.floats(0.0, 1.0),
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(**STRESS)
def test_whatever_happens_oxygen_is_kept_and_stays_in_bounds(seed, cut, driving, uptake, wall, arterial):
    rng = np.random.default_rng(seed)
    body = Body(
        strip(16, 5, every=5),
        tolerance=0.001,
        uptake=uptake,
        wall_conductance=wall,
        upstream=0.9,
        downstream=2.1,
    )
    n = body.tissue.n
    body.network.patency[:] = 10.0 ** (-6.0 * rng.random(n) ** 3)
    body.network.patency[rng.random(n) < cut] = 0.0
    body.network.driving, body.network.ports.arterial[:] = driving, arterial
    body.network.ports.open[:] = np.where(
        body.network.ports.portal, rng.random(body.network.ports.number), 1.0
    )
    body.settle()
    top = body.own.arterial_tension + 1e-6
    for values in (body.oxygen, body.blood):
        assert np.isfinite(values).all() and values.min() >= 0.0 and values.max() <= top
    assert not body.process._awake.any()
    assert body.lost() < 0.01


def test_settling_twice_gives_the_same_bits():
    body = Body(strip(16, 5), tolerance=0.01).settle()
    before = body.oxygen.copy()
    body.wake()
    body.settle(flow=False)
    assert np.array_equal(before, body.oxygen)


def test_small_changes_hour_after_hour_do_not_add_up():
    rng = np.random.default_rng(3)
    body = Body(strip(30, 9), tolerance=0.01).settle()
    inside = body.tissue.inside
    for _ in range(40):
        sites = rng.choice(inside, 6)
        body.world.sites["parenchyma"][sites] = rng.random(6)
        body.network.patency[rng.choice(inside, 2)] *= rng.uniform(0.3, 1.0)
        body.settle()
    kept = body.oxygen.copy()
    body.own = replace(body.own, tolerance=1e-8)
    body.wake()
    body.settle(flow=False)
    assert np.abs(kept - body.oxygen).max() < 0.2 and np.abs(kept - body.oxygen).mean() < 0.03


def test_standing_blood_takes_the_tension_of_tissue_and_flow_brings_it_back():
    body = Body(strip(20, 5)).settle()
    healthy = body.oxygen.copy()
    body.network.driving = 0.0
    body.settle()
    assert not body.network.outflow.any() and body.oxygen.max() < 1e-3 and body.blood.max() < 1e-3
    body.network.driving = 1.0
    body.settle()
    assert np.abs(body.oxygen - healthy).max() < 1e-3


def test_closing_a_tube_starves_what_it_fed_step_by_step():
    tissue = strip(20, 5, every=None)
    body = Body(tissue).settle()
    fed = np.zeros(tissue.n, dtype=np.bool_)
    fed.reshape(tissue.height, -1)[5:8, 8:18] = True  # downstream in the middle channel
    away = np.zeros(tissue.n, dtype=np.bool_)
    away.reshape(tissue.height, -1)[0, 1:19] = True
    means, others = [], []
    for patency in np.geomspace(1.0, 1e-6, 40):
        body.network.patency[6 * tissue.width + 6] = patency
        body.settle()
        means.append(body.oxygen[fed].mean())
        others.append(body.oxygen[away].mean())
        assert body.lost() < 1e-4
    falls = -np.diff(means)
    # never up, never a jump: no threshold below which blood brings nothing
    assert (falls > -1e-6).all() and falls.max() < 0.3 * (means[0] - means[-1])
    assert means[0] - means[-1] > 10.0 * abs(others[0] - others[-1]) > 0.0


def test_tumour_and_hepatocytes_share_a_site_and_new_vessels_pass_less():
    body = Body(strip(8, 2)).settle()
    volume, sites = 2500.0, body.world.sites
    channel, plate = 4, 8 + 4
    assert body.state["uptake"][plate] == 1e-3 * volume
    assert body.state["exchange"][channel] == 0.25 * 10.0 and body.state["exchange"][plate] == 0.0
    assert body.state["uptake"][0] == 0.0 and not body.state["exchange"][0]
    for alive, expected in ((1.0, 6.25e-4), (0.5, 5e-4), (0.0, 2.5e-4)):
        body.world.census.tumour_at[TISSUE, plate], sites["parenchyma"][plate] = 3, alive
        body.settle(flow=False)
        assert body.state["uptake"][plate] == pytest.approx(expected * volume)
    sites["vessel_age"][channel] = 4.0
    body.settle(flow=False)
    assert body.state["exchange"][channel] == 0.125 * 10.0


def test_stopped_blood_empties_as_fast_as_its_store_is_used():
    body = Body(strip(20, 5, gap=3)).settle()
    tissue, net = body.tissue, body.network
    tubes = net.volume * (net.ports.of < 0)
    store = (tubes * body.content(body.blood)).sum() + 3e-5 * 2500.0 * body.oxygen[net.ports.of < 0].sum()
    net.driving = 0.0
    net.solve()
    inner = (
        (net.ports.of < 0)
        & (np.arange(tissue.n) % tissue.width > 4)
        & (np.arange(tissue.n) % tissue.width < 15)
    )
    seconds, used = store / body.state["uptake"].sum(), 0.0
    for second in range(1, 60):
        body.process.advance(body.world, 1.0, 4)
        if body.oxygen[inner].mean() < 1.0:
            used = second
            break
    assert used == pytest.approx(seconds, rel=0.5) and used > 2.0
    body.settle(flow=False)
    assert body.oxygen.max() < 1e-3


def test_following_oxygen_in_time_ends_in_the_steady_state():
    body = Body(strip(16, 3)).settle()
    healthy = body.oxygen.copy()
    body.oxygen[body.tissue.inside], body.blood[:] = 1.0, np.where(body.network.vessel, 1.0, 0.0)
    body.world.carried["oxygen_flow"]["solved"][0] = -1
    body.process.advance(body.world, 0.5, 5)
    early = body.oxygen.copy()
    body.process.advance(body.world, 120.0, 240)
    assert np.abs(body.oxygen - healthy).max() < 0.05
    assert early[body.tissue.inside].mean() < 0.7 * healthy[body.tissue.inside].mean()
