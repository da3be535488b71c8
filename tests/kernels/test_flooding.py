"""Check the growth of plates against a slow twin and what a partition must be."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from livermet_sim.kernels.flooding import BORDER, NONE, flood
from livermet_sim.state.lattice import Lattice


def slow_flood(free, seeds, frames, factor, around, steps):
    """Take the nearest front first, with the heap of the standard library on plain tuples."""
    plate = np.full(len(free), NONE)
    front = [(0.0, int(at), k, 0, 0) for k, at in enumerate(seeds)]
    heapq.heapify(front)
    while front:
        _, here, k, x, y = heapq.heappop(front)
        if plate[here] != NONE:
            continue
        if any(plate[other] >= 0 and plate[other] != k for other in around[here]):
            plate[here] = BORDER
            continue
        plate[here] = k
        for other, (step_x, step_y) in zip(around[here], steps, strict=True):
            if free[other] and plate[other] == NONE:
                dx, dy = x + int(step_x), y + int(step_y)
                ahead, aside = dx * frames[k, 0] + dy * frames[k, 1], dy * frames[k, 2] - dx * frames[k, 3]
                heapq.heappush(
                    front, ((ahead * ahead + aside * aside) * factor[other], int(other), k, dx, dy)
                )
    return plate


@pytest.mark.parametrize("seed", range(4))
def test_plates_are_those_of_the_twin_and_nowhere_touch(seed):
    random = np.random.default_rng(seed)
    lattice = Lattice(31, 24, 10.0, wrap=True)
    free = random.random(lattice.n) < 0.95
    seeds = random.choice(np.flatnonzero(free), 40, replace=False)
    angle = random.random(40) * np.pi
    frames = np.stack([np.cos(angle) / 3, np.sin(angle) / 3, np.cos(angle), np.sin(angle)], axis=1)
    factor = np.exp(0.3 * random.standard_normal(lattice.n))
    around = lattice.around[:, : lattice.sides].astype(np.int64)
    steps = np.array(lattice.side_steps)
    plate = np.full(lattice.n, NONE)
    flood(plate, free, seeds, frames, factor, around, steps)
    assert np.array_equal(plate, slow_flood(free, seeds, frames, factor, around, steps))
    # plates of two seeds thrown side by side touch; all others are parted by a border
    grown = np.setdiff1d(np.flatnonzero(plate >= 0), seeds)
    beside = plate[around[grown]]
    apart = (beside < 0) | (beside == plate[grown][:, None]) | np.isin(around[grown], seeds)
    assert apart.all()
