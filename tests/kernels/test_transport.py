"""Check arrest: how far cells get in a uniform channel, who blocks whom, and that nobody is lost."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_worlds import assert_share, neighbours, random_keys

from livermet_sim.kernels.codes import (
    ADHESIVE,
    BLOCKED,
    CENTRAL,
    LUMEN,
    MECHANICAL,
    NONE,
    OUTSIDE,
    PORTAL,
    SINUSOID,
)
from livermet_sim.kernels.transport import carry, mechanical_hold

EAST = 0


class Channels:
    """Hold parallel channels, a row each, with blood running east from a portal to a central site."""

    def __init__(self, length: int, channels: int = 1):
        self.width = length + 2
        lattice = np.full((2 * channels - 1, self.width), OUTSIDE, dtype=np.int8)
        lattice[::2] = SINUSOID
        lattice[::2, 0], lattice[::2, -1] = PORTAL, CENTRAL
        self.compartment = lattice.ravel()
        self.neighbours = neighbours(self.width, len(lattice), self.compartment)
        n = len(self.compartment)
        self.outflow = np.zeros((n, 8))
        self.outflow[self.neighbours[:, EAST] >= 0, EAST] = 1.0
        self.inlets = np.flatnonzero(self.compartment == PORTAL)
        self.share = np.arange(1, len(self.inlets) + 1) / len(self.inlets)
        self.tube, self.capture = np.full(n, 8.0), np.zeros(n)
        self.tumour_at = np.full((2, n), -1, dtype=np.int64)

    def carry(self, rows, keys, site, arrest, diameter=8.0, hops=4000, tick=0) -> np.ndarray:
        """Carry rows and return how they were held."""
        held = np.full(len(keys), -5, dtype=np.int64)
        carry(
            np.asarray(rows, dtype=np.int64), 3, tick, keys, site, np.full(len(keys), diameter), held, self.tumour_at,
            self.neighbours, self.outflow, self.compartment, self.tube, self.capture,
            np.asarray(arrest, dtype=np.float64), self.inlets, self.share, hops,
        )  # fmt: skip
        return held


NEVER, ALWAYS = (0.0, 1.0, 12.0, 0.0), (1.0, 0.01, 12.0, 0.0)


def one_by_one(
    world: Channels, n: int, arrest: tuple[float, ...], **options: float
) -> tuple[np.ndarray, np.ndarray]:
    """Carry cells through an empty channel; return (sites passed before and at rest, how held)."""
    keys, site = random_keys(n), np.zeros(n, dtype=np.int64)
    held = np.empty(n, dtype=np.int64)
    for r in range(n):
        world.tumour_at[:] = -1
        held[r] = world.carry([r], keys, site, arrest, **options)[r]
    return site, held


def test_hold_is_half_at_the_ratio_and_rises_with_cell_size():
    assert mechanical_hold(9.6, 8.0, 0.3, 1.2, 12.0) == pytest.approx(0.15)
    holds = [mechanical_hold(d, 8.0, 0.3, 1.2, 12.0) for d in (4.0, 8.0, 9.6, 12.0, 30.0)]
    assert holds == sorted(holds)
    assert holds[0] < 1e-3 and holds[-1] == pytest.approx(0.3, abs=1e-3)


def test_mechanical_arrest_is_geometric_in_a_uniform_channel():
    world, n = Channels(150), 3000
    chance = 0.3 * 0.5
    site, held = one_by_one(world, n, (0.3, 1.0, 12.0, 0.0))
    assert set(held.tolist()) == {MECHANICAL}
    for j in range(1, 13):
        assert_share(np.count_nonzero(site == j), n, chance * (1 - chance) ** (j - 1))
    assert abs(site.mean() - 1 / chance) < 5 * np.sqrt(1 - chance) / chance / np.sqrt(n)


def test_adhesive_arrest_is_told_from_mechanical_arrest():
    world, n = Channels(150), 3000
    world.capture[:] = 0.08
    by_size, by_adhesion = 0.1 * 0.5, 0.08 * 1.5
    site, held = one_by_one(world, n, (0.1, 1.0, 12.0, 1.5))
    chance = by_size + (1 - by_size) * by_adhesion
    assert_share(np.count_nonzero(held == MECHANICAL), n, by_size / chance)
    assert_share(np.count_nonzero(held == ADHESIVE), n, 1 - by_size / chance)
    assert_share(np.count_nonzero(site <= 4), n, 1 - (1 - chance) ** 4)


def test_cells_that_nothing_holds_are_washed_out():
    site, held = one_by_one(Channels(20), 20, NEVER)
    assert (held == NONE).all() and (site == 21).all()


def test_a_cell_rests_behind_one_that_plugs_the_tube():
    world = Channels(10)
    world.tumour_at[LUMEN, 6] = 1
    site = np.array([0, 6])
    held = world.carry([0], random_keys(2), site, NEVER)
    assert held[0] == BLOCKED and site[0] == 5
    assert world.tumour_at[LUMEN, 5] == 0 and world.tumour_at[LUMEN, 6] == 1


def test_a_cell_whose_entrance_is_blocked_takes_another():
    world = Channels(10, channels=2)
    world.tumour_at[LUMEN, 1] = 1
    site = np.array([0, 1])
    held = world.carry([0], random_keys(2), site, ALWAYS)
    assert held[0] == MECHANICAL and site[0] == world.inlets[1] + 1


def test_branches_are_taken_by_their_share_of_the_flow():
    lattice = np.array([[PORTAL, SINUSOID], [SINUSOID, OUTSIDE]], dtype=np.int8)
    world, n = Channels(1), 3000
    world.compartment = lattice.ravel()
    world.neighbours = neighbours(2, 2, world.compartment)
    world.outflow = np.zeros((4, 8))
    world.outflow[0, 0], world.outflow[0, 2] = 3.0, 1.0
    world.tube, world.capture = np.full(4, 8.0), np.zeros(4)
    world.tumour_at = np.full((2, 4), -1, dtype=np.int64)
    site, _ = one_by_one(world, n, ALWAYS)
    assert_share(np.count_nonzero(site == 1), n, 0.75)


def test_every_cell_is_accounted_for_in_a_crowd():
    world, n = Channels(12, channels=6), 200
    random = np.random.default_rng(2)
    keys, site = random_keys(n), random.choice(world.inlets, n)
    held = world.carry(random.permutation(n), keys, site, (0.2, 1.0, 12.0, 0.0), hops=200)
    rests = held != NONE
    assert set(held.tolist()) <= {MECHANICAL, BLOCKED, NONE}
    assert rests.any() and (~rests).any()
    assert (world.compartment[site[rests]] == SINUSOID).all()
    assert len(np.unique(site[rests])) == rests.sum()
    assert np.array_equal(world.tumour_at[LUMEN, site[rests]], np.flatnonzero(rests))
    assert np.count_nonzero(world.tumour_at[LUMEN] >= 0) == rests.sum()


def test_two_cells_that_lose_hold_together_never_share_a_lumen():
    # the cell upstream comes to rest where the other stood; the other then finds no way on
    world = Channels(4)
    site = np.array([1, 2, 3])
    world.tumour_at[LUMEN, site] = [0, 1, 2]
    world.carry([0, 1], random_keys(3), site, ALWAYS)
    assert len(np.unique(site)) == 3, site
