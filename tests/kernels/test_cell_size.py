"""Cells have a size of their own: whatever the size of a site, as many stand in a tissue, and a clone reaches as far."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_worlds import ragged, random_keys

from livermet_sim.kernels import growth, motility
from livermet_sim.kernels.codes import CENTRAL, DIVIDE, NOTHING, OUTSIDE, PARENCHYMA, PORTAL, TISSUE
from livermet_sim.kernels.demand import demand
from livermet_sim.kernels.rng import draws
from livermet_sim.processes.crawling import PERSISTENCE, stride
from livermet_sim.processes.fate import PRESSED
from livermet_sim.state.census import Census
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.places import Places, places
from livermet_sim.state.table import Column, Table
from livermet_sim.state.tissue import Tissue

COLUMNS = [Column(name, "", "", whole=True) for name in ("kind", "site", "layer")] + [
    Column("activation", "", "")
]


def slab(width: int, height: int, site: float, compartment: np.ndarray, thickness: float = 25.0) -> Tissue:
    """Return a joined tissue without vessels."""
    lattice = Lattice(width, height, site, wrap=True)
    none = np.zeros(lattice.n)
    return Tissue(
        "patch", lattice, thickness, compartment, none, none, none, none, lattice.neighbours(compartment != OUTSIDE),
        np.zeros((0, 2), dtype=np.int32),
    )  # fmt: skip


def open_field(extent: float, site: float) -> Tissue:
    side = round(extent / site)
    return slab(side, side, site, np.full(side * side, PARENCHYMA, dtype=np.int8))


class Clone:
    """Let cells of a volume divide, crawl and die in a tissue."""

    def __init__(self, tissue: Tissue, volume: float, sites: np.ndarray, seed: int = 1, capacity: int = 4000):
        self.tissue, self.seed, self.tick, self.n = tissue, seed, 0, len(sites)
        self.census = Census(tissue, 1, places(tissue, volume))
        self.site, self.key = np.zeros(capacity, dtype=np.int64), np.zeros(capacity, dtype=np.int64)
        self.layer, self.event = np.full(capacity, TISSUE), np.full(capacity, NOTHING)
        self.cause, self.rates = np.zeros(capacity, dtype=np.int64), np.full((capacity, 1), 0.5)
        self.parenchyma, self.patency = np.ones(tissue.n), np.ones(tissue.n)
        self.site[: self.n], self.key[: self.n] = sites, random_keys(self.n, seed)
        self.count()

    @property
    def compress(self) -> float:
        beside = (1 + self.tissue.contacts.shape[1]) * self.tissue.site**2
        return 1.0 - 0.9 ** (PRESSED / beside)

    @property
    def places(self) -> Places:
        return self.census.places

    def count(self) -> Table:
        """Count anew and return the sites."""
        cells, self.sites = Table(COLUMNS), Table([Column("pressure", "", "")], self.tissue.n)
        cells.append(self.n, site=self.site[: self.n], layer=self.layer[: self.n])
        self.sites.append(self.tissue.n)
        self.census.stale = True
        self.census.update(cells, self.sites)
        return self.sites

    def by_draw(self, chance: float) -> np.ndarray:
        self.tick += 1
        u = draws(self.seed, 50, self.tick, self.key[: self.n])
        rows = np.flatnonzero(u < chance)
        return rows[np.argsort(u[rows])]

    def divide(self, chance: float, reach: float) -> None:
        rows = self.by_draw(chance)
        at, keys = np.empty(len(rows), dtype=np.int64), np.empty(len(rows), dtype=np.int64)
        self.event[rows] = DIVIDE
        t, c = self.tissue, self.census
        growth.divide(
            rows, self.seed, self.tick, self.rates, 0, t.lattice.rays(reach), self.compress, (at, keys),
            (self.event, self.cause, self.key, self.site, self.layer), (c.tumour_at, c.places),
            (t.neighbours, t.contacts, t.compartment), (self.parenchyma, self.patency),
        )  # fmt: skip
        made = at >= 0
        names = np.full(len(rows), -1, dtype=np.int64)
        names[made] = born = np.arange(self.n, self.n + made.sum())
        self.site[born], self.key[born] = at[made], keys[made]
        growth.name_daughters(at, names, self.layer[rows], c.tumour_at, c.places)
        self.n += len(born)

    def crawl(self, chance: float, hops: int) -> None:
        rows = self.by_draw(chance)
        motility.crawl_tumour(
            rows, self.seed, self.tick, np.full(len(rows), hops), self.key, self.site, self.rates, 0, self.census.tumour_at,
            self.places, self.tissue.compartment, self.tissue.neighbours,
        )  # fmt: skip

    def die(self, chance: float, debris: np.ndarray) -> int:
        rows = self.by_draw(chance)
        growth.bury(
            rows,
            self.site,
            self.layer,
            self.census.tumour_at,
            self.places,
            debris,
            np.ones(len(rows), dtype=np.int64),
        )
        left = np.setdiff1d(np.arange(self.n), rows)
        new = np.full(self.n + 1, -1)
        new[left] = np.arange(len(left))
        at = self.census.tumour_at
        assert not np.isin(at[TISSUE:], rows).any()
        at[:] = new[at]
        for column in (self.site, self.key):
            column[: len(left)] = column[left]
        self.n = len(left)
        return len(rows)

    def check(self) -> None:
        """Check what kernels keep against the plain reading of where cells are."""
        table = [tuple(sorted(column[column >= 0].tolist())) for column in self.census.tumour_at.T]
        p = self.places
        for s in range(self.tissue.n):
            stands = np.flatnonzero(self.site[: self.n] == (s if p.capacity[s] else p.owner[s]))
            assert table[s] == tuple(stands.tolist())
            assert len(stands) <= max(p.capacity[s], 1)


def tissue_of(width: int, seed: int, site: float) -> Tissue:
    """Return a small joined tissue with a portal tract, a vein and holes."""
    compartment = ragged(width, width, seed, 0.1)[1]
    compartment[:3], compartment[-3:] = PORTAL, CENTRAL
    return slab(width, width, site, compartment)


@settings(max_examples=40, deadline=None)
@given(
    site=st.floats(5.0, 20.0),
    volume=st.floats(200.0, 20_000.0),
    thickness=st.floats(10.0, 60.0),
    seed=st.integers(0, 99),
)
def test_a_full_tissue_holds_a_cell_to_every_volume_whatever_the_site(site, volume, thickness, seed):
    width = 40
    tissue = slab(width, width, site, tissue_of(width, seed, site).compartment, thickness)
    found = places(tissue, volume)
    room = np.count_nonzero(tissue.compartment == PARENCHYMA) * site**2 * thickness
    # even over a ragged tissue; over one without gaps nearly exact
    holes = np.count_nonzero(tissue.compartment != PARENCHYMA)
    assert found.capacity.sum() == pytest.approx(room / volume, abs=4 + 2 * np.sqrt(holes))
    whole = places(slab(width, width, site, np.full(width**2, PARENCHYMA, dtype=np.int8), thickness), volume)
    assert whole.capacity.sum() == pytest.approx(width**2 * site**2 * thickness / volume, abs=5)
    # every habitable site belongs to one place, and no other site to any
    habitable = tissue.compartment == PARENCHYMA
    assert not found.capacity[~habitable].any()
    if found.capacity.any():
        assert (found.capacity[found.owner[habitable]] > 0).all()
    body = found.body[found.body >= 0]
    assert len(np.unique(body)) == len(body)
    assert np.array_equal(np.sort(body), np.flatnonzero(found.owner != np.arange(tissue.n)))
    rows, columns = np.nonzero(found.body >= 0)
    assert np.array_equal(found.owner[found.body[rows, columns]], rows)


def test_a_site_of_the_size_of_a_cell_holds_one():
    tissue = open_field(400.0, 10.0)
    found = places(tissue, 2500.0)
    assert (found.capacity == 1).all() and found.body.shape[1] == 0 and found.most == 1


@pytest.mark.parametrize(
    ("site", "volume"), [(10.0, 2500.0), (8.0, 2500.0), (12.5, 2500.0), (10.0, 9000.0), (10.0, 400.0)]
)
def test_moving_dividing_and_dying_cells_stay_where_they_say(site, volume):
    for seed in range(3):
        tissue = tissue_of(18, seed, site)
        room = places(tissue, volume)
        start = np.flatnonzero(room.capacity > 0)
        start = np.random.default_rng(seed).choice(start, max(2, len(start) // 4), replace=False)
        clone, debris, dead = Clone(tissue, volume, start, seed), np.zeros(tissue.n), 0
        for _ in range(12):
            clone.divide(0.4, 45.0)
            clone.check()
            clone.crawl(0.5, 3)
            clone.check()
            dead += clone.die(0.15, debris)
            clone.check()
        assert debris.sum() == pytest.approx(dead)
        before = clone.census.tumour_at.copy()
        clone.count()
        assert np.array_equal(np.sort(before, axis=0), np.sort(clone.census.tumour_at, axis=0))


def test_a_full_tissue_presses_alike_whatever_the_site():
    for site, volume in ((10.0, 2500.0), (8.0, 2500.0), (12.5, 2500.0), (10.0, 700.0)):
        tissue = open_field(400.0, site)
        room = places(tissue, volume)
        clone = Clone(tissue, volume, np.repeat(np.arange(tissue.n), room.capacity), capacity=8000)
        assert np.allclose(clone.sites["pressure"], 1.0, atol=1e-5)
        lone = Clone(tissue, volume, np.flatnonzero(room.capacity == 1)[:1])
        assert lone.sites["pressure"][lone.site[0]] == 0.0
        assert clone.n * volume == pytest.approx(400.0**2 * 25.0, rel=0.01)


def spread_of(clone: Clone) -> tuple[float, float]:
    """Return the mean distance from the middle of the clone, and that along the diagonals over that along the axes."""
    x, y = clone.tissue.xy(clone.site[: clone.n])
    x, y = x - x.mean(), y - y.mean()
    far, angle = np.hypot(x, y), np.degrees(np.arctan2(y, x)) % 90
    return far.mean(), far[np.abs(angle - 45) < 11.25].mean() / far[np.abs(angle - 45) > 33.75].mean()


@pytest.mark.parametrize("reach", [15.0, 40.0])
def test_a_clone_of_so_many_cells_reaches_as_far_and_alike_in_all_directions(reach):
    extent, cells, found = 800.0, 1500, {}
    for site in (8.0, 10.0, 12.5):
        runs = []
        for seed in range(8):
            tissue = open_field(extent, site)
            middle = tissue.lattice.at(extent / 2, extent / 2)
            start = places(tissue, 2500.0).owner[middle]
            clone = Clone(tissue, 2500.0, np.array([start]), seed)
            while clone.n < cells:
                clone.divide(0.15, reach)
            far, ratio = spread_of(clone)
            # a disc of n cells of 100 um2: the mean distance from its middle is 2/3 of its radius
            runs.append((far / (2 / 3 * np.sqrt(clone.n * 100.0 / np.pi)), ratio))
        found[site] = np.mean(runs, axis=0)
        assert abs(found[site][1] - 1.0) <= 0.05, site
    compact = {site: mean[0] for site, mean in found.items()}
    for site, mean in compact.items():
        assert mean == pytest.approx(compact[10.0], rel=0.05), site


def test_cells_of_a_clone_have_as_much_of_their_kind_around_them_whatever_the_site():
    # what cohesion and crawling hang on; neighbours counted one by one are up to a sixth fewer on other sites than 10 um
    around = {}
    for site in (8.0, 10.0, 12.5):
        runs = []
        for seed in range(8):
            tissue = open_field(800.0, site)
            start = places(tissue, 2500.0).owner[tissue.lattice.at(400.0, 400.0)]
            clone = Clone(tissue, 2500.0, np.array([start]), seed)
            while clone.n < 100:
                clone.divide(0.15, 100.0)
            share = clone.count()["pressure"][clone.site[: clone.n]]
            runs.append((share.mean(), (share < 0.625).mean()))
        around[site] = np.mean(runs, axis=0)
    for mean, loose in around.values():
        assert mean == pytest.approx(around[10.0][0], rel=0.05)
        assert loose == pytest.approx(around[10.0][1], abs=0.08)


@pytest.mark.parametrize("volume", [2500.0, 6000.0])
def test_cells_spread_alike_by_crawling_whatever_the_site(volume):
    path, spread = 250.0, {}
    for site in (8.0, 10.0, 12.5):
        tissue = open_field(1000.0, site)
        room = places(tissue, volume)
        hops = round(path / stride(tissue.lattice, room))
        start = np.random.default_rng(1).choice(np.flatnonzero(room.capacity > 0), 40, replace=False)
        at = np.repeat(start, 15)
        ends = np.array([walked(tissue, room, s, hops, i) for i, s in enumerate(at)])
        spread[site] = np.mean(tissue.lattice.distance(at, ends) ** 2)
    for far in spread.values():
        assert far == pytest.approx(PERSISTENCE * path, rel=0.2)


def walked(tissue: Tissue, room: Places, start: int, hops: int, seed: int) -> int:
    """Return where a lone cell is after so many hops."""
    tumour_at = np.full((1 + room.most, tissue.n), -1, dtype=np.int64)
    site = np.array([start])
    tumour_at[TISSUE, [start, *room.body[start][room.body[start] >= 0]]] = 0
    motility.crawl_tumour(
        np.array([0]), seed, 0, np.array([hops]), random_keys(1, seed), site, np.zeros((1, 1)), 0, tumour_at, room,
        tissue.compartment, tissue.neighbours,
    )  # fmt: skip
    return int(site[0])


def test_oxygen_is_taken_by_what_is_there_of_a_cell():
    # a tumour of 3000 cells takes as much whatever the site, and hepatocytes share what is left of one
    for site in (8.0, 10.0, 12.5):
        tissue = open_field(800.0, site)
        room = places(tissue, 2500.0)
        stand = np.repeat(np.arange(tissue.n), room.capacity)[:3000]
        clone = Clone(tissue, 2500.0, stand)
        uptake, exchange = np.zeros(tissue.n), np.zeros(tissue.n)
        clone.parenchyma[:] = 0.0
        volume = site**2 * 25.0
        demand(
            tissue.inside, tissue.compartment, clone.parenchyma, np.zeros(tissue.n), np.zeros(tissue.n),
            clone.census.tumour_at, room, np.array([1e-3 * volume, 2.5e-4 * volume, 0.0, 0.0]), uptake, exchange,
            np.zeros(tissue.n, dtype=np.bool_),
        )  # fmt: skip
        assert uptake.sum() == pytest.approx(3000 * 2500.0 * 2.5e-4, rel=0.02)


def test_a_cell_clears_the_hepatocytes_that_it_has_no_room_beside():
    for site in (8.0, 10.0, 12.5):
        tissue = open_field(800.0, site)
        middle = places(tissue, 2500.0).owner[tissue.lattice.at(400.0, 400.0)]
        clone = Clone(tissue, 2500.0, np.array([middle]))
        while clone.n < 400:
            clone.divide(0.2, 40.0)
        gone = (1.0 - clone.parenchyma).sum() * site**2
        assert gone == pytest.approx(clone.n * 100.0, rel=0.05), site


def test_pushing_compresses_tubes_alike_whatever_the_site():
    lost = {}
    for site in (8.0, 10.0, 12.5):
        tissue, runs = open_field(800.0, site), []
        middle = places(tissue, 2500.0).owner[tissue.lattice.at(400.0, 400.0)]
        for seed in range(6):
            clone = Clone(tissue, 2500.0, np.array([middle]), seed)
            clone.rates[:] = 0.0
            while clone.n < 400:
                clone.divide(0.2, 40.0)
            runs.append(-np.log(clone.patency).sum() * site**2 / clone.n)
        lost[site] = np.mean(runs)
    for found in lost.values():
        assert found == pytest.approx(lost[10.0], rel=0.15)
