"""Throw the seeds of liver plates apart, and find the vessels that lie on a way through."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.jit import inline, kernel


@inline
def _within(dx, dy, cosine, sine, long, short):
    """Say whether a step leads to a place inside an ellipse."""
    ahead, aside = (dx * cosine + dy * sine) / long, (dy * cosine - dx * sine) / short
    return ahead * ahead + aside * aside < 1.0


@kernel
def throw(order, taken, frames, reach, around, steps, seeds):
    """Write seeds, each outside the ellipses of those before it; return how many there are.

    Parameters
    ----------
    order : int64[m]
        Sites in the order in which they are tried.
    taken : bool[n]
        Where there can be none; sites in ellipses are marked.
    frames : float64[4, n]
        Cosine and sine of the direction of the ellipse of a seed at each site, its length and its breadth in sites.
    reach : int
        How far the longest goes, in sites.
    around, steps : int32[n, m], int64[4, 2]
        Sites beside, and the steps along x and y to the first four: there and back along x, then along y.
    """
    number = 0
    for i in range(len(order)):
        at = order[i]
        if taken[at]:
            continue
        seeds[number] = at
        number += 1
        cosine, sine, long, short = frames[0, at], frames[1, at], frames[2, at], frames[3, at]
        for up in (2, 3):
            row = at
            for y in range(reach + 1):
                for along in (0, 1):
                    here = row
                    for x in range(reach + 1):
                        if _within(x * steps[along, 0], y * steps[up, 1], cosine, sine, long, short):
                            taken[here] = True
                        here = around[here, along]
                        if here < 0:
                            break
                row = around[row, up]
                if row < 0:
                    break
    return number


@kernel
def through(start, other):
    """Return the nodes that share a simple cycle with the edge from node 0 to node 1, by depth-first search, int64[k]; node 0 is left out.

    ``start``, ``other`` list the far ends of each node's edges (Hopcroft & Tarjan 1973, doi:10.1145/362248.362272).
    """
    count = len(start) - 1
    order, low = np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64)
    cursor, parent = start[:count].copy(), np.zeros(count, dtype=np.int64)
    way, held = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    order[0], order[1], way[0], held[0] = 0, 1, 1, 1
    clock, deep, kept = 2, 1, 1
    while deep > 0:
        node = way[deep - 1]
        if cursor[node] < start[node + 1]:
            after = other[cursor[node]]
            cursor[node] += 1
            if order[after] < 0:
                order[after] = low[after] = clock
                parent[after] = node
                clock += 1
                way[deep] = held[kept] = after
                deep, kept = deep + 1, kept + 1
            elif after != parent[node]:
                low[node] = min(low[node], order[after])
            continue
        deep -= 1
        above = parent[node]
        if node != 1 and low[node] >= order[above]:
            kept -= 1
            while held[kept] != node:
                kept -= 1
        elif node != 1:
            low[above] = min(low[above], low[node])
    return held[:kept].copy()
