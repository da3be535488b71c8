"""Check division: free growth, contention in a crowd, pushing, replacing, and crossing the wall."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_worlds import assert_share, field, plain_kernels, ragged, random_keys

from livermet_sim.kernels import growth
from livermet_sim.kernels.codes import (
    CENTRAL,
    DIVIDE,
    LUMEN,
    NOTHING,
    PARENCHYMA,
    PORTAL,
    PUSHING,
    REPLACEMENT,
    SINUSOID,
    TISSUE,
)
from livermet_sim.kernels.rng import draws
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.places import single

RAYS = Lattice(3, 3, 10.0)


class Colony:
    """Hold tumour cells of one part of the sites and let chosen rows divide."""

    def __init__(
        self, neighbours, compartment, sites, layer: int = TISSUE, capacity: int = 400, seed: int = 1
    ):
        self.neighbours, self.compartment, self.seed = neighbours, compartment, seed
        self.n, self.tick = len(sites), 0
        self.site, self.key = np.zeros(capacity, dtype=np.int64), np.zeros(capacity, dtype=np.int64)
        self.layer, self.event = np.full(capacity, layer), np.full(capacity, NOTHING)
        self.cause, self.family = np.zeros(capacity, dtype=np.int64), np.zeros(capacity, dtype=np.int64)
        self.site[: self.n], self.key[: self.n] = sites, random_keys(self.n, seed)
        self.family[: self.n] = np.arange(self.n)
        self.tumour_at = np.full((2, len(neighbours)), -1, dtype=np.int32)
        self.tumour_at[layer, sites] = np.arange(self.n)
        self.places = single(len(neighbours), 2500.0)
        self.parenchyma, self.patency = np.ones(len(neighbours)), np.ones(len(neighbours))

    def draws(self) -> np.ndarray:
        """Return a fresh number in (0, 1) for each cell."""
        return draws(self.seed, 50, self.tick, self.key[: self.n])

    def divide(self, rows, coopt=0.5, reach=1, compress=0.2, module=growth) -> np.ndarray:
        """Let rows divide in the given order; return the daughters' sites (-1 where there was no room)."""
        rows = np.asarray(rows, dtype=np.int64)
        at, keys = np.empty(len(rows), dtype=np.int64), np.empty(len(rows), dtype=np.int64)
        self.event[rows] = DIVIDE
        rates = np.full((len(self.site), 1), coopt)
        module.divide(
            rows, self.seed, self.tick, rates, 0, RAYS.rays(10.0 * max(reach, np.sqrt(2.0))), compress, (at, keys),
            (self.event, self.cause, self.key, self.site, self.layer), (self.tumour_at, self.places),
            (self.neighbours, self.neighbours, self.compartment), (self.parenchyma, self.patency),
        )  # fmt: skip
        made = at >= 0
        assert np.array_equal(self.event[rows] == DIVIDE, made)
        assert np.array_equal(self.tumour_at[self.layer[rows[made]], at[made]], -2 - np.flatnonzero(made))
        born = np.arange(self.n, self.n + made.sum())
        self.site[born], self.key[born] = at[made], keys[made]
        self.layer[born], self.family[born] = self.layer[rows[made]], self.family[rows[made]]
        names = np.full(len(rows), -1, dtype=np.int64)
        names[made] = born
        module.name_daughters(at, names, self.layer[rows], self.tumour_at, self.places)
        self.n += len(born)
        self.tick += 1
        return at

    def by_draw(self, rows: np.ndarray) -> np.ndarray:
        """Return rows in a drawn order, as the processes serve them."""
        return rows[np.argsort(draws(self.seed, 51, self.tick, self.key[rows]))]

    def check(self) -> None:
        """Check that every cell stands on one site and every occupied site holds one cell."""
        rows = np.arange(self.n)
        assert np.array_equal(self.tumour_at[self.layer[: self.n], self.site[: self.n]], rows)
        assert np.count_nonzero(self.tumour_at != -1) == self.n
        assert len(np.unique(self.key[: self.n])) == self.n


def test_free_growth_is_a_yule_process_at_the_set_rate():
    # clones far apart in empty tissue; whoever has no free neighbour pushes
    side, apart, rate, dt, hours = 25, 24, 0.04, 0.25, 50.0
    width = side * apart
    neighbours, compartment = field(width, width)
    y, x = np.divmod(np.arange(side * side), side)
    colony = Colony(neighbours, compartment, (y * apart + 12) * width + x * apart + 12, capacity=20_000)
    clones = colony.n
    for _ in range(round(hours / dt)):
        rows = np.flatnonzero(colony.draws() < 1 - np.exp(-rate * dt))
        at = colony.divide(colony.by_draw(rows), reach=10)
        assert (at >= 0).all()
    colony.check()
    sizes = np.bincount(colony.family[: colony.n], minlength=clones)
    mean = np.exp(rate * hours)
    variance = mean * (mean - 1)
    assert abs(sizes.mean() - mean) < 5 * np.sqrt(variance / clones)
    assert sizes.var() == pytest.approx(variance, rel=0.5)
    # a geometric distribution: as many clones stay single as waited all the time
    assert_share(np.count_nonzero(sizes == 1), clones, np.exp(-rate * hours))


class RandomSequential:
    """Divide cells one after another in random order, in plain Python: the twin of contention."""

    def __init__(self, width: int, founders: np.ndarray, random: np.random.Generator):
        self.width, self.random = width, random
        self.cells = {(int(s) % width, int(s) // width) for s in founders}

    def inside(self, x: int, y: int) -> bool:
        return 0 <= x < self.width and 0 <= y < self.width

    def step(self, chance: float, reach: int) -> None:
        chosen = [c for c in sorted(self.cells) if self.random.random() < chance]
        # a label follows each mother, as pushing may move her before her turn
        where, owner = dict(enumerate(chosen)), {c: i for i, c in enumerate(chosen)}
        for i in self.random.permutation(len(chosen)):
            self.divide(where, owner, int(i), reach)

    def divide(self, where: dict, owner: dict, i: int, reach: int) -> None:
        x, y = where[i]
        reach = max(reach, 1.5)
        steps = range(-int(reach), int(reach) + 1)
        free = [
            (dx * dx + dy * dy, self.random.random(), dx, dy)
            for dx in steps
            for dy in steps
            if 0 < dx * dx + dy * dy <= reach**2
            and self.inside(x + dx, y + dy)
            and (x + dx, y + dy) not in self.cells
        ]
        if not free:
            return
        _, _, dx, dy = min(free)
        self.cells.add((x + dx, y + dy))
        while max(abs(dx), abs(dy)) > 1:
            before = straight(dx, dy)
            old, new = (x + before[0], y + before[1]), (x + dx, y + dy)
            if old in owner:
                owner[new] = owner.pop(old)
                where[owner[new]] = new
            dx, dy = before


def straight(dx: int, dy: int) -> tuple[int, int]:
    """Return the place before (dx, dy) on the straight way from the middle."""
    n = max(abs(dx), abs(dy))
    return tuple(int(np.copysign(np.ceil(abs(d) * (n - 1) / n - 0.5), d)) for d in (dx, dy))


@pytest.mark.parametrize("reach", [1, 3])
def test_contention_is_random_sequential_updating(reach):
    width, founders, steps, chance, runs = 8, 12, 5, 0.35, 250
    neighbours, compartment = field(width, width)
    random = np.random.default_rng(7)
    ours, twins = [], []
    for run in range(runs):
        start = random.choice(width * width, founders, replace=False)
        colony = Colony(neighbours, compartment, start, seed=run)
        twin = RandomSequential(width, start, random)
        for _ in range(steps):
            colony.divide(colony.by_draw(np.flatnonzero(colony.draws() < chance)), reach=reach)
            twin.step(chance, reach)
        colony.check()
        ours.append(colony.n)
        twins.append(len(twin.cells))
    ours, twins = np.array(ours), np.array(twins)
    assert founders * 2 < ours.mean() < width * width
    error = np.sqrt((ours.var() + twins.var()) / runs)
    assert abs(ours.mean() - twins.mean()) < 4.5 * error
    assert 0.6 < ours.var() / twins.var() < 1.6


@pytest.mark.parametrize("taken", [(11, 6), (7, 11, 13, 17, 6)])
def test_daughters_take_the_nearest_free_places_with_equal_chance(taken):
    neighbours, compartment = field(5, 5)
    found, n = np.zeros(25), 2400
    for seed in range(n):
        colony = Colony(neighbours, compartment, [12, *taken], capacity=8)
        colony.key[0], colony.tick = seed, seed
        found[colony.divide([0])[0]] += 1
    # sides as long as one is free, then corners, which are further away
    sides = [p for p in (7, 11, 13, 17) if p not in taken]
    free = sides or [p for p in (6, 8, 16, 18) if p not in taken]
    assert found[free].sum() == n
    for place in free:
        assert_share(int(found[place]), n, 1 / len(free))


def test_nobody_is_born_where_there_is_no_room():
    neighbours, compartment = field(5, 5)
    colony = Colony(neighbours, compartment, np.arange(25))
    before = colony.site[:25].copy()
    assert (colony.divide(np.arange(25), reach=9) == -1).all()
    assert colony.n == 25 and np.array_equal(colony.site[:25], before)
    assert (colony.parenchyma == 1).all() and (colony.patency == 1).all()


def test_pushing_shifts_the_row_towards_the_nearest_gap():
    width, middle = 11, 5 * 11 + 5
    neighbours, compartment = field(width, width)
    for k, step in enumerate((1, -1, width, -width, width + 1, width - 1, -width + 1, -width - 1)):
        gap, far = middle + 3 * step, 3.0 if k < 4 else 3.0 * np.sqrt(2.0)
        sites = np.array([middle, *(s for s in range(width * width) if s not in (middle, gap))])
        colony = Colony(neighbours, compartment, sites)
        row_of = {int(s): r for r, s in enumerate(sites)}
        first, second = row_of[middle + step], row_of[middle + 2 * step]
        at = colony.divide([0], coopt=1.0, reach=far)
        assert at[0] == middle + step, k
        assert colony.site[first] == middle + 2 * step and colony.site[second] == gap
        others = np.setdiff1d(np.arange(len(sites)), [first, second])
        assert np.array_equal(colony.site[others], sites[others])
        colony.check()
        # too far for a shorter reach: a corner is further than a side
        assert Colony(neighbours, compartment, sites).divide([0], reach=far - 0.1)[0] == -1


def test_the_way_to_a_gap_aside_is_nearly_straight():
    width, middle = 15, 7 * 15 + 7
    neighbours, compartment = field(width, width)
    gap = middle + 5 + 2 * width
    sites = np.array([middle, *(s for s in range(width * width) if s not in (middle, gap))])
    colony = Colony(neighbours, compartment, sites)
    before = colony.site.copy()
    colony.divide([0], reach=6)
    y, x = np.divmod(
        np.setdiff1d(before[: colony.n - 1][before[: colony.n - 1] != colony.site[: colony.n - 1]], []), width
    )
    assert len(x) == 4 and (np.abs((y - 7) * 5 - (x - 7) * 2) <= 0.75 * np.hypot(5, 2)).all()
    colony.check()


def test_pushing_goes_the_shortest_way_whatever_the_draw():
    width, middle = 11, 5 * 11 + 5
    neighbours, compartment = field(width, width)
    far = [middle + 4, middle - 3 * width, middle + 2 * (width - 1)]
    near = [middle - 2, middle + 2 * width]
    sites = np.array([middle, *(s for s in range(width * width) if s not in (middle, *far, *near))])
    taken = []
    for seed in range(60):
        colony = Colony(neighbours, compartment, sites)
        colony.key[0] = seed
        colony.divide([0], reach=5)
        taken += [s for s in (*far, *near) if colony.tumour_at[TISSUE, s] >= 0]
    assert len(taken) == 60 and set(taken) == set(near)


def reach_of(colony: Colony, width: int) -> float:
    """Return how far cells lie along the diagonals over how far along the axes, from the middle of the clone."""
    y, x = np.divmod(colony.site[: colony.n], width)
    x, y = x - x.mean(), y - y.mean()
    far, angle = np.hypot(x, y), np.degrees(np.arctan2(y, x)) % 90
    return far[np.abs(angle - 45) < 11.25].mean() / far[np.abs(angle - 45) > 33.75].mean()


@pytest.mark.parametrize("reach", [1.0, 3.2, 4.0, 5.0])
def test_an_unimpeded_clone_grows_alike_in_all_directions(reach):
    # the distances of pushing (40 um) in sites of 12.5, 10 and 8 um, and a clone that only takes free places
    width, seeds = 81, 20
    neighbours, compartment = field(width, width)
    ratios = []
    for seed in range(seeds):
        colony = Colony(neighbours, compartment, [width * width // 2], capacity=2600, seed=seed)
        while colony.n < 2000:
            colony.divide(colony.by_draw(np.flatnonzero(colony.draws() < 0.1)), reach=reach)
        ratios.append(reach_of(colony, width))
    assert abs(np.mean(ratios) - 1.0) <= 0.05


def test_pushing_never_loses_or_doubles_a_cell():
    # ragged tissue, many mothers a step, daughters of the same step pushed on
    neighbours, compartment = ragged(16, 16, 4, 0.15)
    inside = np.flatnonzero(compartment)
    for seed in range(6):
        start = np.random.default_rng(seed).choice(inside, len(inside) // 2, replace=False)
        colony = Colony(neighbours, compartment, start, seed=seed)
        for _ in range(4):
            before = colony.n
            at = colony.divide(colony.by_draw(np.arange(colony.n)), reach=5)
            assert colony.n == before + np.count_nonzero(at >= 0)
            colony.check()
            assert (compartment[colony.site[: colony.n]] == PARENCHYMA).all()


def test_compiled_and_plain_division_are_the_same():
    neighbours, compartment = ragged(12, 12, 4, 0.15)
    start = np.flatnonzero(compartment)[::3]
    colonies = [Colony(neighbours, compartment, start) for _ in range(2)]
    for _ in range(3):
        for colony, module in zip(colonies, (growth, plain_kernels().growth), strict=True):
            colony.divide(colony.by_draw(np.arange(colony.n)), reach=4, module=module)
    for name in ("n", "site", "key", "cause", "tumour_at", "parenchyma", "patency"):
        assert np.array_equal(*(getattr(colony, name) for colony in colonies)), name


def test_replacing_spares_vessels_and_pushing_compresses_them():
    neighbours, compartment = field(9, 9)
    for coopt, cause, patency in ((1.0, REPLACEMENT, 1.0), (0.0, PUSHING, 0.8)):
        colony = Colony(neighbours, compartment, [40], capacity=4)
        place = colony.divide([0], coopt=coopt, compress=0.2)[0]
        assert colony.cause[0] == cause
        assert colony.parenchyma[40] == 0 and colony.parenchyma[place] == 0
        assert colony.parenchyma.sum() == 79
        touched = [place, *neighbours[place]]
        assert np.allclose(colony.patency[touched], patency)
        assert np.delete(colony.patency, touched).min() == 1.0


def test_replacement_happens_with_the_set_probability():
    neighbours, compartment = field(3, 3)
    causes, n = [], 3000
    for seed in range(n):
        colony = Colony(neighbours, compartment, [4], capacity=4)
        colony.key[0] = seed
        colony.divide([0], coopt=0.3)
        causes.append(int(colony.cause[0]))
    assert_share(causes.count(REPLACEMENT), n, 0.3)
    assert_share(causes.count(PUSHING), n, 0.7)


def test_cells_in_the_lumen_divide_along_vessels_only():
    neighbours, compartment = field(5, 5)
    compartment[[11, 12, 13, 7]] = SINUSOID, SINUSOID, PORTAL, CENTRAL
    colony = Colony(neighbours, compartment, [12], LUMEN)
    assert colony.divide([0], reach=4)[0] == 11
    assert colony.divide([0], reach=4)[0] == -1
    assert (colony.parenchyma == 1).all() and (colony.patency == 1).all()


def test_tissue_cells_stay_out_of_portal_tracts_and_central_veins():
    neighbours, compartment = field(3, 3)
    compartment[:] = np.array(
        [PORTAL, CENTRAL, PORTAL, CENTRAL, PARENCHYMA, PORTAL, CENTRAL, PORTAL, CENTRAL]
    )
    assert Colony(neighbours, compartment, [4]).divide([0], reach=5)[0] == -1
    compartment[8] = SINUSOID
    assert Colony(neighbours, compartment, [4]).divide([0], reach=5)[0] == 8


def cross(sites, tissue_cells=(), portal=(), seed=0):
    """Let lumen cells of a 5 x 5 field cross; return (site, layer, event, tumour_at)."""
    neighbours, compartment = field(5, 5)
    compartment[list(portal)] = PORTAL
    n = len(sites) + len(tissue_cells)
    site = np.array([*sites, *tissue_cells], dtype=np.int64)
    layer = np.array([LUMEN] * len(sites) + [TISSUE] * len(tissue_cells))
    tumour_at = np.full((2, 25), -1, dtype=np.int64)
    tumour_at[layer, site] = np.arange(n)
    sojourn, event = np.full(n, 9.0), np.zeros(n, dtype=np.int64)
    growth.cross_wall(
        np.arange(len(sites)), seed, 0, random_keys(n, seed), site, layer, sojourn, event, tumour_at,
        single(25, 2500.0), neighbours, compartment,
    )  # fmt: skip
    assert np.array_equal(
        sojourn == 0.0, np.arange(n) < np.count_nonzero(layer == TISSUE) - len(tissue_cells)
    )
    return site, layer, event, tumour_at


def test_crossing_takes_each_free_place_with_equal_chance():
    taken = np.zeros(25)
    for seed in range(2000):
        site, layer, _, tumour_at = cross([12], [6, 7], seed=seed)
        taken[site[0]] += 1
        assert layer[0] == TISSUE and tumour_at[LUMEN, 12] == -1 and tumour_at[TISSUE, site[0]] == 0
    around = [8, 11, 12, 13, 16, 17, 18]
    assert taken[around].sum() == 2000
    for place in around:
        assert_share(int(taken[place]), 2000, 1 / 7)


def test_crossing_needs_room():
    around = [6, 7, 8, 11, 12, 13, 16, 17]
    site, layer, event, tumour_at = cross([12], around, portal=[18])
    assert (site[0], layer[0], event[0], tumour_at[LUMEN, 12]) == (12, LUMEN, NOTHING, 0)


def test_one_free_place_is_taken_once():
    around = [6, 7, 8, 11, 12, 13, 16, 17]
    _, layer, event, tumour_at = cross([12, 18], [*around, 14, 19, 22, 23, 24])
    assert layer[0] == TISSUE and layer[1] == LUMEN and event[1] == NOTHING
    assert tumour_at[TISSUE, 18] == 0
