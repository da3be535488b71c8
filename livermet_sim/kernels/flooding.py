"""Let plates grow from their seeds, each site taken by the front that reaches it first."""

from __future__ import annotations

import heapq

from livermet_sim.kernels.jit import kernel

NONE, BORDER = -1, -2


@kernel
def flood(plate, free, seeds, frames, factor, around, steps):
    """Write the plate of each site, BORDER where two plates meet.

    Parameters
    ----------
    plate : int64[n]
        NONE everywhere on entry.
    free : bool[n]
        Where plates can grow.
    seeds : int64[k]
    frames : float64[k, 4]
        Direction along a seed's ellipse over its length, x and y, then over its breadth, x and y.
    factor : float64[n]
        By which the elliptic distance of a site counts.
    around : int64[n, m]
        Sites beside, -1 beyond an edge.
    steps : int64[m, 2]
        The step along x and y to each of them.
    """
    # the way from its seed travels with the front, so that it may run across the lattice's sides
    front = [(0.0, seeds[k], k, 0, 0) for k in range(len(seeds))]
    heapq.heapify(front)
    while len(front) > 0:
        _, here, k, x, y = heapq.heappop(front)
        if plate[here] != NONE:
            continue
        for slot in range(around.shape[1]):
            other = around[here, slot]
            if plate[other] >= 0 and plate[other] != k:
                plate[here] = BORDER
        if plate[here] == BORDER:
            continue
        plate[here] = k
        for slot in range(around.shape[1]):
            other = around[here, slot]
            if free[other] and plate[other] == NONE:
                dx, dy = x + steps[slot, 0], y + steps[slot, 1]
                ahead, aside = dx * frames[k, 0] + dy * frames[k, 1], dy * frames[k, 2] - dx * frames[k, 3]
                heapq.heappush(front, ((ahead * ahead + aside * aside) * factor[other], other, k, dx, dy))
