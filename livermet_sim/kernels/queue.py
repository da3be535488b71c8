"""Keep who is next: a tree of winners over (time, key), so that equal times do not depend on order."""

from __future__ import annotations

import math

import numpy as np

from livermet_sim.kernels.jit import inline, kernel


@kernel
def make(members):
    """Return an empty queue for members 0 to ``members`` - 1: (times, keys, tree)."""
    leaves = 1
    while leaves < max(members, 1):
        leaves *= 2
    return np.full(leaves, np.inf), np.zeros(leaves, dtype=np.int64), np.full(2 * leaves, -1, dtype=np.int64)


@inline
def put(queue, member, time, key):
    """Set when a member is due; never is inf."""
    times, keys, tree = queue
    times[member], keys[member] = time, key
    at = len(times) + member
    tree[at] = member
    while at > 1:
        at >>= 1
        a, b = tree[2 * at], tree[2 * at + 1]
        if a < 0 or (b >= 0 and (times[b] < times[a] or (times[b] == times[a] and keys[b] < keys[a]))):
            a = b
        tree[at] = a


@inline
def first(queue):
    """Return (member, time) of who is due first; member -1 where nobody ever is."""
    times, _, tree = queue
    member = tree[1]
    if member < 0 or times[member] == math.inf:
        return -1, math.inf
    return member, times[member]
