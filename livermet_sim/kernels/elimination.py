"""Solve the pressures of a vessel graph exactly, by taking its nodes away one by one.

A node that is taken away leaves its neighbours joined as they were through it: a star of conductances g_i becomes a mesh
of g_i g_j / sum(g). That is Gauss's elimination, and as it only adds, multiplies and divides what is positive, each
pressure comes out to rounding however far the conductances lie apart. The node with the fewest neighbours goes first.
"""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.jit import inline, kernel

FIRST, SIZE, ROOM = range(3)


@inline
def _take_out(node, degree, head, after, before):
    """Take a node out of the chain of those with as many neighbours."""
    if before[node] >= 0:
        after[before[node]] = after[node]
    else:
        head[degree] = after[node]
    if after[node] >= 0:
        before[after[node]] = before[node]


@inline
def _put_in(node, degree, head, after, before):
    """Put a node at the head of the chain of those with as many neighbours."""
    before[node], after[node] = -1, head[degree]
    if head[degree] >= 0:
        before[head[degree]] = node
    head[degree] = node


@inline
def _list_ends(first, other, free, lists, far):
    """List whom each free node is joined to, once where edges run side by side; return the length of all lists."""
    end = 0
    for i in range(len(free)):
        lists[FIRST, i] = end
        for k in range(first[i], first[i + 1] if free[i] else first[i]):
            if end == lists[FIRST, i] or far[end - 1] != other[k]:
                far[end] = other[k]
                end += 1
        lists[SIZE, i] = lists[ROOM, i] = end - lists[FIRST, i]
    return end


@inline
def _mesh(node, star, lists, far, met):
    """Join one end of a star to all its others instead of to its middle; the node's list has room for them."""
    start = lists[FIRST, node]
    last = start + lists[SIZE, node] - 1
    for k in range(start, last + 1):
        met[far[k]] = True
        if far[k] == star:
            # the last neighbour moves into the place of the middle
            met[far[last]], far[k] = True, far[last]
    met[star] = False
    for k in range(lists[FIRST, star], lists[FIRST, star] + lists[SIZE, star]):
        other = far[k]
        if other != node and not met[other]:
            far[last] = other
            last += 1
    lists[SIZE, node] = last - start
    for k in range(start, last):
        met[far[k]] = False


@kernel
def order_nodes(first, other, free):
    """Find an order in which to take the free nodes away, and who is joined to each when its turn comes.

    Parameters
    ----------
    first, other : int32[n + 1], int32[2 e]
        Edges of each node: where its list starts, the far ends in ascending order.
    free : bool[n]
        Nodes that are taken away.

    Returns
    -------
    order, begin, far : int32[n], int32[m + 1], int32[k]
        The m free nodes in turn, then the others; where the list of each free one starts; the places in the order of
        those that it is joined to, ascending.
    """
    n = len(free)
    lists, met, far = (
        np.zeros((3, n), np.int32),
        np.zeros(n, np.bool_),
        np.empty(4 * len(other) + 16, np.int32),
    )
    head, after, before = np.full(n + 1, -1, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    end = _list_ends(first, other, free, lists, far)
    for i in range(n - 1, -1, -1):
        if free[i]:
            _put_in(i, lists[SIZE, i], head, after, before)
    order, done, degree = np.empty(n, np.int32), 0, 0
    while degree <= n:
        star = np.int64(head[degree])
        if star < 0:
            degree += 1
            continue
        _take_out(star, degree, head, after, before)
        order[done] = star
        done += 1
        for k in range(lists[FIRST, star], lists[FIRST, star] + lists[SIZE, star]):
            node = np.int64(far[k])
            if not free[node]:
                continue
            had, wanted = np.int64(lists[SIZE, node]), 2 * (lists[SIZE, node] + lists[SIZE, star])
            _take_out(node, had, head, after, before)
            if 2 * lists[ROOM, node] < wanted:
                if end + wanted > len(far):
                    far = _longer(far, wanted)
                _copy(far, np.int64(lists[FIRST, node]), had, far, end)
                lists[FIRST, node], lists[ROOM, node] = end, wanted
                end += wanted
            _mesh(node, star, lists, far, met)
            _put_in(node, lists[SIZE, node], head, after, before)
            degree = min(degree, lists[SIZE, node])
    last = done
    for i in range(n):
        if not free[i]:
            order[last] = i
            last += 1
    begin, ascending = _by_turn(order[:done], order, lists, far)
    return order, begin, ascending


@inline
def _copy(values, first, number, into, at):
    """Copy some values one by one: numba compiles a message for slices for two seconds."""
    for i in range(number):
        into[at + i] = values[first + i]


@kernel
def _longer(values, room):
    """Return an array at least twice as long that begins with these values."""
    grown = np.empty(2 * len(values) + room, values.dtype)
    _copy(values, 0, len(values), grown, 0)
    return grown


@kernel
def _by_turn(stars, order, lists, far):
    """Return where the list of each star starts, and the lists, each in the order of turns: two transpositions sort them."""
    begin = np.zeros(len(stars) + 1, np.int32)
    for r in range(len(stars)):
        begin[r + 1] = begin[r] + lists[SIZE, stars[r]]
    chain, owner = np.empty(begin[-1], np.int32), np.empty(begin[-1], np.int32)
    head, following = np.full(len(order), -1, np.int32), begin.copy()
    for r in range(len(stars)):
        start = lists[FIRST, stars[r]]
        for k in range(begin[r], begin[r + 1]):
            node = far[start + k - begin[r]]
            chain[k], owner[k], head[node] = head[node], r, k
    ascending = np.empty(begin[-1], np.int32)
    for turn in range(len(order)):
        k = head[order[turn]]
        while k >= 0:
            ascending[following[owner[k]]] = turn
            following[owner[k]] += 1
            k = chain[k]
    return begin, ascending


@kernel
def eliminate(plan, first, other, edge, conductance, pressure):
    """Write the pressures at which no free node gains or loses.

    Parameters
    ----------
    plan : tuple
        What `order_nodes` found.
    first, other, edge : int32[n + 1], int32[2 e], int32[2 e]
        Edges of each node: where its list starts, the far ends, the numbers of the edges.
    conductance : float64[e], um3/(h mmHg)
        Above 0.
    pressure : float64[n], mmHg
        Those given, and written. Each free node is joined by edges to one whose pressure is given.
    """
    order, begin, far = plan
    n, m = len(order), len(begin) - 1
    turn, level, gathered = np.empty(n, np.int32), np.empty(n), np.zeros(n)
    for i in range(n):
        turn[order[i]], level[i] = i, pressure[order[i]]
    share, total = np.empty(len(far)), np.empty(m)
    # chains of the stars of which a node is the next end to be taken away
    head, chain, at = np.full(n, -1, np.int32), np.empty(m, np.int32), begin[:-1].copy()
    for r in range(m):
        node = order[r]
        for k in range(first[node], first[node + 1]):
            if turn[other[k]] > r:
                gathered[turn[other[k]]] += conductance[edge[k]]
        star = head[r]
        while star >= 0:
            k, following = at[star], chain[star]
            part = share[k] / total[star]
            for j in range(k + 1, begin[star + 1]):
                gathered[far[j]] += part * share[j]
            if k + 1 < begin[star + 1]:
                at[star], chain[star], head[far[k + 1]] = k + 1, head[far[k + 1]], star
            star = following
        total[r] = 0.0
        for k in range(begin[r], begin[r + 1]):
            share[k], gathered[far[k]] = gathered[far[k]], 0.0
            total[r] += share[k]
        if begin[r] < begin[r + 1]:
            chain[r], head[far[begin[r]]] = head[far[begin[r]]], r
    for r in range(m - 1, -1, -1):
        level[r] = 0.0
        for k in range(begin[r], begin[r + 1]):
            level[r] += share[k] * level[far[k]]
        level[r] /= total[r]
        pressure[order[r]] = level[r]
