"""Check crawling: mean squared displacement, chemotaxis, vessels as tracks, staying with a target."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_worlds import assert_share, field, plain_kernels, ragged, random_keys

from livermet_sim.kernels import motility
from livermet_sim.kernels.codes import CYCLING, DORMANT, LUMEN, PARENCHYMA, PORTAL, SINUSOID, TISSUE, TUMOUR
from livermet_sim.processes.crawling import PERSISTENCE
from livermet_sim.processes.crawling import stride as stride_of
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.places import single
from livermet_sim.verification.worlds.crawlers import (
    IMMUNE,
    MIDDLE,
    SPACING,
    TISSUE_CELL,
    VESSEL_CELL,
    WIDTH,
    Crawlers,
)


def test_speed_does_not_depend_on_the_step():
    neighbours, compartment = field(WIDTH, WIDTH)
    spread = []
    for dt in (0.125, 0.25, 1.0):
        crawlers = Crawlers(neighbours, compartment, np.full(4000, MIDDLE), rates=(0.5, 0, 0, 0, 0))
        for tick in range(round(4 / dt)):
            crawlers.step(tick, dt)
        x, y = crawlers.moved()
        spread.append((x**2 + y**2).mean())
    assert max(spread) / min(spread) < 1 + 2 * 5 * 1.1 / np.sqrt(4000)


@pytest.mark.parametrize("sign", [1, -1])
def test_cells_climb_their_attractant(sign):
    neighbours, compartment = field(WIDTH, WIDTH)
    x = np.arange(WIDTH * WIDTH) % WIDTH
    signal = np.exp(sign * 0.02 * (x - WIDTH / 2))
    drift = []
    for chemotaxis in (0.0, 2.0, 50.0):
        crawlers = Crawlers(
            neighbours, compartment, np.full(2000, MIDDLE), rates=(2.0, chemotaxis, 0, 0, 0), signal=signal
        )
        for tick in range(10):
            crawlers.step(tick)
        along, across = crawlers.moved()
        spread = np.sqrt((along**2 + across**2).mean() / 2 / 2000)
        assert abs(across.mean()) < 5 * spread
        drift.append(sign * along.mean() / spread)
    assert abs(drift[0]) < 5 < drift[1] < drift[2]


def vessels() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a field crossed by sinusoids, and their sites."""
    neighbours, compartment = field(31, 31)
    lattice = compartment.reshape(31, 31)
    lattice[::6], lattice[:, ::6] = SINUSOID, SINUSOID
    lattice[12, 12] = PORTAL
    return neighbours, compartment, np.flatnonzero(compartment == SINUSOID)


def test_vessel_cells_stay_on_vessels_unless_they_infiltrate():
    neighbours, compartment, lined = vessels()
    outside = []
    for infiltrate in (0.0, 0.02, 1.0):
        crawlers = Crawlers(
            neighbours, compartment, np.tile(lined, 6), VESSEL_CELL, (4.0, 0, infiltrate, 0, 0)
        )
        for tick in range(6):
            crawlers.step(tick)
        where = compartment[crawlers.site]
        assert np.isin(where, (SINUSOID, PARENCHYMA)).all()
        outside.append((where == PARENCHYMA).mean())
        assert np.array_equal(crawlers.layer == LUMEN, where == SINUSOID)
        assert len(np.unique(crawlers.site)) > len(lined) / 2
    assert outside[0] == 0.0 < outside[1] < outside[2]


def test_tissue_cells_ignore_the_wall_and_keep_their_layer():
    neighbours, compartment, lined = vessels()
    crawlers = Crawlers(neighbours, compartment, np.tile(lined, 6), TISSUE_CELL, (4.0, 0, 0, 0, 0))
    crawlers.step(0)
    where = compartment[crawlers.site]
    assert (where == PARENCHYMA).any() and (where != PORTAL).all()
    assert (crawlers.layer == TISSUE).all()


def test_attackers_stay_with_a_target_on_their_side_of_the_wall():
    neighbours, compartment, lined = vessels()
    for part, stays in ((LUMEN, True), (TISSUE, False)):
        armed = Crawlers(neighbours, compartment, lined, VESSEL_CELL, (4.0, 0, 0, 1.0, 0))
        tame = Crawlers(neighbours, compartment, lined, VESSEL_CELL, (4.0, 0, 0, 0, 0))
        for crawlers in (armed, tame):
            crawlers.near[part, :] = 1
            crawlers.step(0)
        assert np.array_equal(armed.site, lined) == stays
        assert np.mean(tame.site != lined) > 0.5


def test_a_pattern_of_crawling_does_not_depend_on_row_order():
    neighbours, compartment, lined = vessels()
    a, b = (Crawlers(neighbours, compartment, lined, VESSEL_CELL, (3.0, 0, 0.1, 0, 0)) for _ in "ab")
    order = np.random.default_rng(0).permutation(len(lined))
    b.site, b.key = b.site[order], b.key[order]
    plain = plain_kernels().motility
    for tick in range(3):
        a.step(tick)
        b.step(tick, module=plain)
    assert np.array_equal(a.site[order], b.site) and np.array_equal(a.layer[order], b.layer)


LOOSE = np.zeros((300, 1))


def tumour(neighbours, compartment, sites):
    """Return (site, key, tumour_at) of tumour cells in tissue."""
    tumour_at = np.full((2, len(neighbours)), -1, dtype=np.int32)
    tumour_at[TISSUE, sites] = np.arange(len(sites))
    return np.array(sites, dtype=np.int64), random_keys(len(sites)), tumour_at


def test_lone_tumour_cells_wander_as_far_as_their_hops():
    neighbours, compartment = field(WIDTH, WIDTH)
    ends = []
    for seed in range(1500):
        site, key, tumour_at = tumour(neighbours, compartment, [MIDDLE])
        motility.crawl_tumour(
            np.array([0]),
            seed,
            0,
            np.array([8]),
            key,
            site,
            LOOSE,
            0,
            tumour_at,
            single(len(neighbours), 2500.0),
            compartment,
            neighbours,
        )
        assert tumour_at[TISSUE, site[0]] == 0 and np.count_nonzero(tumour_at != -1) == 1
        ends.append(site[0])
    x, y = np.array(ends) % WIDTH - MIDDLE % WIDTH, np.array(ends) // WIDTH - MIDDLE // WIDTH
    assert (x**2 + y**2).mean() == pytest.approx(12.0, rel=5 / np.sqrt(1500))


def test_crowded_tumour_cells_are_neither_lost_nor_doubled():
    neighbours, compartment = ragged(30, 30, 3)
    start = np.random.default_rng(1).choice(np.flatnonzero(compartment), 300, replace=False)
    site, key, tumour_at = tumour(neighbours, compartment, start)
    rows = np.random.default_rng(2).permutation(300)
    for tick in range(5):
        motility.crawl_tumour(
            rows,
            3,
            tick,
            np.full(300, 3),
            key,
            site,
            LOOSE,
            0,
            tumour_at,
            single(len(neighbours), 2500.0),
            compartment,
            neighbours,
        )
        assert np.array_equal(tumour_at[TISSUE, site], np.arange(300))
        assert np.count_nonzero(tumour_at != -1) == 300
        assert (compartment[site] == PARENCHYMA).all()
    assert np.mean(site != start) > 0.2


def test_a_touching_pair_stays_in_touch():
    # an odd cell is left over: it is alone, and wanders off
    neighbours, compartment = field(41, 41)
    for seed in range(20):
        site, key, tumour_at = tumour(neighbours, compartment, [840, 841, 400])
        for tick in range(20):
            motility.crawl_tumour(
                np.arange(3),
                seed,
                tick,
                np.full(3, 2),
                key,
                site,
                LOOSE,
                0,
                tumour_at,
                single(len(neighbours), 2500.0),
                compartment,
                neighbours,
            )
            assert site[1] in neighbours[site[0]]


def test_a_cohesive_clone_grows_compact_and_a_loose_one_does_not():
    neighbours, compartment = field(41, 41)
    start = [840 + 41 * (i // 6) * 2 + (i % 6) * 2 for i in range(24)]
    start = sorted({s + d for s in start[:12] for d in (0, 1)})
    contacts = {}
    for cohesion in (0.0, 1.0):
        site, key, tumour_at = tumour(neighbours, compartment, start)
        rates = np.full((len(start), 1), cohesion)
        for tick in range(60):
            motility.crawl_tumour(
                np.arange(len(start)), 5, tick, np.full(len(start), 2), key, site, rates, 0, tumour_at,
                single(len(neighbours), 2500.0), compartment, neighbours,
            )  # fmt: skip
        beside = neighbours[site]
        contacts[cohesion] = np.mean((tumour_at[TISSUE, beside] >= 0).sum(axis=1))
    assert contacts[1.0] > contacts[0.0] + 1.0


def test_expected_hops_follow_speed_and_crowded_dormant_or_lumen_cells_stay():
    n = 8000
    kind, layer, state = np.full(n, TUMOUR), np.full(n, TISSUE), np.full(n, CYCLING)
    crowding = np.full(n, 0.875)
    kind[:1000], layer[1000:2000], state[2000:3000], crowding[3000:4000] = IMMUNE, LUMEN, DORMANT, 1.0
    hops = np.empty(n, dtype=np.int64)
    movers = motility.tumour_hops(
        0,
        n,
        1,
        0,
        0.25,
        SPACING,
        (kind, layer, state, random_keys(n), crowding),
        np.full((n, 1), 0.2),
        0,
        hops,
    )
    assert not hops[:4000].any()
    assert set(hops.tolist()) == {0, 1} and movers == hops.sum()
    assert_share(movers, 4000, 0.3)


def test_cells_spread_alike_whatever_the_size_of_a_site():
    spread = []
    for site in (8.0, 10.0, 12.5):
        stride = stride_of(Lattice(WIDTH, WIDTH, site))
        neighbours, compartment = field(WIDTH, WIDTH)
        crawlers = Crawlers(neighbours, compartment, np.full(4000, MIDDLE), rates=(0.5, 0, 0, 0, 0))
        for tick in range(16):
            crawlers.step(tick, stride=stride)
        x, y = crawlers.moved()
        spread.append(site**2 * (x**2 + y**2).mean())
    assert max(spread) / min(spread) < 1 + 2 * 5 * 1.1 / np.sqrt(4000)
    # free paths of a persistence each: the mean square is speed times time times persistence
    assert np.mean(spread) == pytest.approx(0.5 * 60 * 4 * PERSISTENCE, rel=0.08)
