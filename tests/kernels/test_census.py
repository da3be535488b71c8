"""Check the census and the attackers' lists against slow twins, and that row order does not matter."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_worlds import plain_kernels, ragged

from livermet_sim.kernels.codes import PARENCHYMA, TUMOUR
from livermet_sim.kernels.neighbours import list_attackers
from livermet_sim.state.census import Census
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.places import places
from livermet_sim.state.tissue import Tissue
from livermet_sim.verification.twins.census import slow_census
from livermet_sim.verification.worlds.crowds import KINDS, Columns, Counted, crowd, shuffled

WIDTH, HEIGHT = 14, 11


def test_census_matches_its_twin_and_leaves_no_traces_of_the_last_one():
    neighbours, compartment = ragged(WIDTH, HEIGHT, 1)
    counted = Counted(neighbours)
    for seed in range(3):
        cells = crowd(compartment, seed)
        counted.take(cells)
        for name, expected in slow_census(cells, neighbours).items():
            assert np.array_equal(getattr(counted, name), expected), name


def changed(cells: dict[str, np.ndarray], compartment: np.ndarray, random: np.random.Generator):
    """Let some cells move, change their kind or activity, some come, some go, and rows change places now and then."""
    n = len(cells["kind"])
    kept = np.flatnonzero(random.random(n) > 0.05)
    new = crowd(compartment, int(random.integers(1 << 30)))
    joined = {name: np.concatenate([column[kept], new[name][:9]]) for name, column in cells.items()}
    n = len(joined["kind"])
    some = random.random((4, n)) < 0.05
    for name, values in (
        ("site", random.choice(np.flatnonzero(compartment), n)), ("kind", random.integers(0, KINDS, n)),
        ("layer", random.integers(0, 2, n)), ("activation", random.random(n)),
    ):  # fmt: skip
        joined[name] = np.where(some[0], values, joined[name])
        some = np.roll(some, 1, axis=0)
    return shuffled(joined, random.permutation(n)) if random.random() < 0.2 else joined


@pytest.mark.parametrize(("site", "capacities"), [(5.0, {0, 1}), (10.0, {0, 1}), (25.0, {5, 6})])
def test_what_changed_since_the_last_count_leaves_the_same_as_counting_everybody(site, capacities):
    side = 12
    compartment = np.full(side * side, PARENCHYMA, dtype=np.int8)
    lattice = Lattice(side, side, site, wrap=True)
    none = np.zeros(lattice.n)
    tissue = Tissue(
        "patch", lattice, 25.0, compartment, none, none, none, none, lattice.neighbours(compartment > 0), np.zeros((0, 2), np.int32)
    )  # fmt: skip
    room = places(tissue, 2800.0)
    assert set(room.capacity.tolist()) == capacities
    random = np.random.default_rng(11)
    kept, told = Census(tissue, KINDS, room), Columns({"pressure": np.full(tissue.n, 0.7)})
    cells = crowd(room.capacity, 3)
    for turn in range(60):
        cells = changed(cells, room.capacity, random)
        if turn == 40:
            told.columns["pressure"][:] = 0.3
            kept.forget()
        kept.stale = True
        kept.update(Columns(cells), told)
        anew, fresh = Census(tissue, KINDS, room), Columns({"pressure": np.zeros(tissue.n)})
        anew.update(Columns(cells), fresh)
        for name in ("count", "near", "tumour_at", "in_lumen", "in_tissue"):
            assert np.array_equal(getattr(kept, name), getattr(anew, name)), (turn, name)
        assert np.array_equal(told.full("pressure"), fresh.full("pressure")), turn


def test_only_who_changed_is_counted(monkeypatch):
    kernels = plain_kernels()
    neighbours, compartment = ragged(WIDTH, HEIGHT, 1)
    counted, cells, seen = Counted(neighbours), crowd(compartment, 2), []
    one = kernels.neighbours.count_one
    monkeypatch.setattr(
        kernels.neighbours, "count_one", lambda *given: (seen.append(given[:2]), one(*given))[1]
    )
    monkeypatch.setattr("livermet_sim.state.census.recount", kernels.neighbours.recount)
    counted.take(cells)
    assert len(seen) == len(cells["kind"])
    seen.clear()
    counted.take(cells)
    assert seen == []
    before, cells["site"][5] = cells["site"][5], np.flatnonzero(compartment)[0]
    counted.take(cells)
    assert seen == [(-1, before), (1, cells["site"][5])]


def test_an_empty_tissue_counts_nobody():
    neighbours, compartment = ragged(WIDTH, HEIGHT, 1)
    counted = Counted(neighbours).take(crowd(compartment, 0))
    nobody = {name: column[:0] for name, column in crowd(compartment, 0).items()}
    counted.take(nobody)
    assert not counted.count.any() and not counted.near.any() and not counted.pressure.any()
    assert (counted.tumour_at == -1).all()


def test_the_first_count_leaves_no_pressure_of_a_state_that_was_put_there():
    neighbours, compartment = ragged(WIDTH, HEIGHT, 1)
    counted = Counted(neighbours)
    counted.pressure[:] = 0.7
    cells = crowd(compartment, 4)
    assert np.array_equal(counted.take(cells).pressure, slow_census(cells, neighbours)["pressure"])


def test_row_order_does_not_show():
    neighbours, compartment = ragged(WIDTH, HEIGHT, 2)
    cells = crowd(compartment, 5)
    order = np.random.default_rng(9).permutation(len(cells["kind"]))
    other = shuffled(cells, order)
    a, b = Counted(neighbours).take(cells), Counted(neighbours).take(other)
    for name in ("count", "pressure", "near"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    who = [
        np.where(counted.tumour_at >= 0, group["key"][counted.tumour_at], -1)
        for counted, group in ((a, cells), (b, other))
    ]
    assert np.array_equal(*who)


def test_attackers_are_listed_at_their_sites():
    neighbours, compartment = ragged(WIDTH, HEIGHT, 3)
    sites = len(neighbours)
    head, listed = np.full(sites, -1, dtype=np.int32), np.zeros(sites + 1, dtype=np.int32)
    inactive = np.array([0.0, 0.0, 0.5, 0.2])
    for seed in range(3):
        cells = crowd(compartment, seed)
        n = len(cells["kind"])
        random = np.random.default_rng(seed)
        rates = random.random((n, 3)) * (random.random((n, 3)) < 0.5)
        following = np.full(n, -7, dtype=np.int32)
        list_attackers(
            n, cells["kind"], cells["site"], cells["aptitude"], rates, 1, 2, inactive, head, following, listed
        )
        for s in range(sites):
            chain, row = [], head[s]
            while row >= 0:
                chain.append(row)
                row = following[row]
            expected = [
                r
                for r in range(n)
                if cells["site"][r] == s
                and cells["kind"][r] != TUMOUR
                and cells["aptitude"][r] >= inactive[cells["kind"][r]]
                and rates[r, 1] + rates[r, 2] > 0
            ]
            assert sorted(chain) == expected
        assert sorted(listed[1 : listed[0] + 1]) == sorted(np.flatnonzero(head >= 0))
