"""The lattice: every answer against a plain one, and on a joined lattice the same from wherever one looks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.state.lattice import Lattice

KINDS = [Lattice(9, 7, 10.0), Lattice(9, 7, 10.0, wrap=True), Lattice(8, 12, 12.5, wrap=True)]
SHIFTS = st.tuples(st.integers(-20, 20), st.integers(-20, 20))
lattices = pytest.mark.parametrize("lattice", KINDS, ids=str)
torus = Lattice(11, 8, 10.0, wrap=True)


def masks(lattice):
    return st.lists(st.booleans(), min_size=lattice.n, max_size=lattice.n).map(np.array)


@lattices
def test_neighbours_lie_at_their_length_and_know_the_way_back(lattice):
    here, slot = np.nonzero(lattice.around >= 0)
    there = lattice.around[here, slot]
    assert np.allclose(lattice.distance(here, there), lattice.length[slot])
    assert np.array_equal(lattice.around[there, lattice.back[slot]], here)
    assert len(here) == 8 * lattice.n if lattice.wrap else len(here) == 4 * 9 * 7 * 2 - 6 * (9 + 7) + 4
    assert (lattice.length[: lattice.sides] == lattice.site).all()
    for k in range(0, lattice.sides, 2):
        assert lattice.back[k] == k + 1


@lattices
def test_sites_outside_are_nobodys_neighbours(lattice):
    inside = np.random.default_rng(1).random(lattice.n) < 0.6
    table = lattice.neighbours(inside)
    assert (table[~inside] == -1).all() and inside[table[table >= 0]].all()
    assert np.array_equal(table[inside] >= 0, (lattice.around[inside] >= 0) & inside[lattice.around[inside]])


@lattices
def test_distance_is_the_shortest_over_all_images(lattice):
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(lattice.n), np.arange(lattice.n)))
    (xa, ya), (xb, yb) = lattice.xy(a), lattice.xy(b)
    turns = (-1, 0, 1) if lattice.wrap else (0,)
    wide, high = lattice.extent
    slow = np.min([np.hypot(xb - xa + i * wide, yb - ya + j * high) for i in turns for j in turns], axis=0)
    assert np.allclose(lattice.distance(a, b), slow)
    dx, dy = lattice.steps(a, b)
    assert np.array_equal(lattice.moved(a, dx, dy), b)


@lattices
def test_points_belong_to_the_site_that_holds_them(lattice):
    x, y = lattice.xy(np.arange(lattice.n))
    assert np.array_equal(lattice.at(x + 0.49 * lattice.site, y - 0.49 * lattice.site), np.arange(lattice.n))
    beyond = lattice.at(np.array([-1.0]), np.array([5.0]))
    assert beyond[0] == (lattice.width - 1 if lattice.wrap else -1)


@lattices
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_distance_to_the_nearest_is_the_least_of_all(lattice, data):
    target = data.draw(masks(lattice))
    found, nearest = lattice.distances(target), lattice.nearest(target)
    if not target.any():
        assert np.isinf(found).all() and (nearest == -1).all()
        return
    all_sites = np.arange(lattice.n)
    slow = np.stack([lattice.distance(all_sites, s) for s in np.flatnonzero(target)]).min(axis=0)
    assert np.allclose(found, slow)
    assert target[nearest].all() and np.allclose(lattice.distance(all_sites, nearest), slow)


def flood(lattice, mask, slots):
    """Number pieces one after another, by walking."""
    piece, number = np.zeros(lattice.n, dtype=int), 0
    for start in np.flatnonzero(mask):
        if piece[start]:
            continue
        number += 1
        todo = [start]
        while todo:
            here = todo.pop()
            if here < 0 or not mask[here] or piece[here]:
                continue
            piece[here] = number
            todo.extend(lattice.around[here, :slots].tolist())
    return piece, number


@lattices
@settings(max_examples=25, deadline=None)
@given(data=st.data(), corners=st.booleans())
def test_pieces_are_those_that_one_can_walk_through(lattice, data, corners):
    mask = data.draw(masks(lattice))
    found, number = lattice.pieces(mask, corners)
    slow, count = flood(lattice, mask, 8 if corners else 4)
    assert number == count and np.array_equal(found > 0, mask)
    pairs = np.unique(np.stack([found, slow]), axis=1)
    assert pairs.shape[1] == len(np.unique(found)) == len(np.unique(slow))
    assert set(np.unique(found[mask])) == set(range(1, number + 1))


@settings(max_examples=40, deadline=None)
@given(mask=masks(torus), shift=SHIFTS, corners=st.booleans())
def test_what_a_joined_lattice_answers_does_not_hang_on_where_one_looks(mask, shift, corners):
    rolled = torus.rolled(mask, *shift)
    assert np.allclose(torus.distances(rolled), torus.rolled(torus.distances(mask), *shift))
    assert torus.pieces(rolled, corners)[1] == torus.pieces(mask, corners)[1]
    values = np.random.default_rng(3).random(torus.n)
    for here, there in zip(torus.slope(values), torus.slope(torus.rolled(values, *shift)), strict=True):
        assert np.allclose(torus.rolled(here, *shift), there)
    blurred = torus.smoothed(torus.rolled(values, *shift), 1.0)
    assert np.allclose(blurred, torus.rolled(torus.smoothed(values, 1.0), *shift))


@settings(max_examples=60, deadline=None)
@given(
    shift=SHIFTS,
    cells=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), min_size=1, max_size=12),
    seed=st.integers(0, 99),
)
def test_the_middle_of_a_group_moves_with_it_across_the_sides(shift, cells, seed):
    lattice = Lattice(20, 16, 10.0, wrap=True)
    at = np.array([y * 20 + x for x, y in cells])
    order = np.random.default_rng(seed).permutation(len(at))
    group = np.zeros(len(at), dtype=int)
    moved = lattice.moved(at, *shift)
    x, y = lattice.middles(group, moved[order], 1)
    px, py = lattice.xy(at)
    expected = (px.mean() + 10.0 * shift[0]) % 200.0, (py.mean() + 10.0 * shift[1]) % 160.0
    off = np.array([x[0] - expected[0], y[0] - expected[1]])
    half = np.array([100.0, 80.0])
    assert np.allclose((off + half) % (2.0 * half), half)
    assert np.array_equal(lattice.middles(group, moved, 1), (x, y))


def test_the_middle_of_nothing_is_not_a_number():
    x, y = Lattice(5, 4, 10.0).middles(np.array([1, 1]), np.array([0, 3]), 3)
    assert np.isnan(x[[0, 2]]).all() and (x[1], y[1]) == (20.0, 5.0)


def test_what_a_ring_surrounds_is_filled_also_across_the_sides():
    lattice = Lattice(10, 9, 10.0, wrap=True)
    ring = [lattice.moved(np.array(0), x, y) for x, y in ((1, 0), (0, 1), (-1, 0), (0, -1))]
    mask = np.zeros(lattice.n, dtype=bool)
    mask[ring] = True
    filled = lattice.filled(mask)
    assert filled.sum() == 5 and filled[0] and not Lattice(10, 9, 10.0).filled(mask)[0]
    assert lattice.filled(np.zeros(90, bool)).sum() == 0 and lattice.filled(np.ones(90, bool)).all()


@pytest.mark.parametrize("reach", [5.0, 10.0, 15.0, 42.0])
def test_rays_reach_every_place_within_their_radius_by_neighbours(reach):
    lattice = Lattice(31, 31, 10.0)
    middle, rays = 15 * 31 + 15, lattice.rays(reach)
    places = [middle]
    for parent, slot in zip(rays.parent[1:], rays.slot[1:], strict=True):
        places.append(int(lattice.around[places[parent], slot]))
    far = lattice.distance(middle, np.arange(lattice.n))
    assert sorted(places) == np.flatnonzero(far <= reach + 1e-9).tolist()
    assert np.allclose(far[places], rays.length) and (np.diff(rays.length) >= 0).all()
    # in every direction alike: what is turned or mirrored has turned or mirrored parents
    x, y = lattice.steps(middle, np.array(places))
    parents = {(a, b): (x[p], y[p]) for a, b, p in zip(x.tolist(), y.tolist(), rays.parent, strict=True)}
    for (a, b), (c, d) in parents.items():
        assert parents[(b, a)] == (d, c) and parents[(-a, b)] == (-c, d)


def test_sizes_give_the_same_lattice_again_and_old_ones_an_edge():
    for lattice in KINDS:
        assert Lattice.of(lattice.sizes) == lattice
    assert not Lattice.of({"width": 3, "height": 2, "site_um": 10.0}).wrap


def test_gaps_asked_for_in_turns_are_those_asked_for_at_once():
    random = np.random.default_rng(3)
    others, sites = random.choice(torus.n, 9), random.choice(torus.n, 30)
    ask = torus.gaps_to(others)
    assert np.concatenate([ask(sites[:4]), ask(sites[4:])]).tolist() == torus.gaps(sites, others).tolist()


@pytest.mark.parametrize("wrap", [False, True])
def test_places_of_some_sites_are_theirs_in_the_table_of_all(wrap):
    lattice = Lattice(14, 12, 10.0, wrap)
    sites = np.array([0, 30, 30, 7])
    table = lattice.within(25.0, lattice.around)
    assert np.array_equal(lattice.within(25.0, lattice.around, sites), table[sites])


def test_a_tissue_without_an_edge_has_one_table_of_neighbours():
    lattice = Lattice(14, 12, 10.0, wrap=True)
    assert lattice.neighbours(np.ones(lattice.n, dtype=bool)) is lattice.around
