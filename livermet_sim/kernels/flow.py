"""Solve pressures on the vessel graph and turn them into flow, speed and shear.

Nodes obey sum over edges of g (p_i - p_j) = 0 except where the pressure is given. Nodes on one or two edges are
eliminated once for a graph, which leaves the forks: see ``kernels.elimination``, and ``kernels.flow_blocks`` for wide tissues.
"""

from __future__ import annotations

import math

import numpy as np

from livermet_sim.kernels.jit import inline, kernel


@kernel
def sort_ends(near, far, nodes):
    """Return each node's list of ends: where lists start, where in them the far ends exceed the node, the order.

    Parameters
    ----------
    near, far : int32[m]
        The node whose list an end belongs to, and the node at the edge's other end. Lists are sorted by the
        latter, the ends of one pair of nodes left in their order.

    Returns
    -------
    first, upper, order : int32[nodes + 1], int32[nodes], int32[m]
    """
    first, upper = np.zeros(nodes + 1, np.int32), np.zeros(nodes, np.int32)
    order, by_far = np.empty(len(near), np.int32), np.empty(len(near), np.int32)
    # two counting sorts, the less significant number first
    following = np.zeros(nodes + 1, np.int32)
    for k in range(len(near)):
        following[far[k] + 1] += 1
        first[near[k] + 1] += 1
        if far[k] < near[k]:
            upper[near[k]] += 1
    for i in range(nodes):
        following[i + 1] += following[i]
        first[i + 1] += first[i]
        upper[i] += first[i]
    for k in range(len(near)):
        by_far[following[far[k]]] = k
        following[far[k]] += 1
    for i in range(nodes):
        following[i] = first[i]
    for t in range(len(near)):
        i = near[by_far[t]]
        order[following[i]] = by_far[t]
        following[i] += 1
    return first, upper, order


@kernel
def parts(first, other, part):
    """Number the parts of a graph that hang together, in ``part``, int32[n]; return how many there are."""
    number, stack = 0, np.empty(len(part), np.int32)
    for i in range(len(part)):
        part[i] = -1
    for i in range(len(part)):
        if part[i] >= 0:
            continue
        part[i] = number
        stack[0] = i
        top = 1
        while top > 0:
            top -= 1
            node = stack[top]
            for k in range(first[node], first[node + 1]):
                if part[other[k]] < 0:
                    part[other[k]] = number
                    stack[top] = other[k]
                    top += 1
        number += 1
    return number


@kernel
def contract(ends, edges, first, edge, free, incident, degree, steps, stack):
    """Eliminate free nodes on one or two edges until none is left; return how many.

    Parameters
    ----------
    ends : int32[edges + nodes, 2]
        Nodes of each edge; edges that stand for two in series are added behind the first ``edges``, and edges
        that are gone have -1.
    first, edge : int32[n + 1], int32[2 e]
        Where the list of a node's edges starts, and the edges.
    incident, degree : int32[n, 8], int32[n]
        Set: edges of each node that are left, and their number.
    steps : int32[n, 6]
        Set, one row for each node eliminated: the node, its edges, their far ends, the edge that replaces
        them. An edge or node that there is not is -1.
    stack : int32[2 n]
        Scratch.
    """
    n, done, top = len(free), 0, 0
    for i in range(n):
        degree[i] = first[i + 1] - first[i]
        for k in range(degree[i]):
            incident[i, k] = edge[first[i] + k]
    for i in range(n - 1, -1, -1):
        if free[i] and degree[i] <= 2:
            stack[top] = i
            top += 1
    while top > 0:
        top -= 1
        i = stack[top]
        if degree[i] < 1 or degree[i] > 2:
            continue
        one, two = incident[i, 0], incident[i, 1] if degree[i] == 2 else -1
        a = ends[one, 0] + ends[one, 1] - i
        b = ends[two, 0] + ends[two, 1] - i if two >= 0 else -1
        new = edges + done if two >= 0 and a != b else -1
        steps[done, 0], steps[done, 1], steps[done, 2] = i, one, two
        steps[done, 3], steps[done, 4], steps[done, 5] = a, b, new
        done += 1
        degree[i] = 0
        ends[one] = -1
        if two >= 0:
            ends[two] = -1
        if new >= 0:
            ends[new, 0], ends[new, 1] = a, b
        _replace(incident, degree, a, one, new)
        if b >= 0:
            _replace(incident, degree, b, two, new)
        for j in (a, b):
            if j >= 0 and new < 0 and free[j] and 0 < degree[j] <= 2:
                stack[top] = j
                top += 1
    return done


@inline
def _replace(incident, degree, node, old, new):
    """Put one edge of a node in the place of another, or take it away where ``new`` is -1."""
    last = degree[node] - 1
    for k in range(last + 1):
        if incident[node, k] == old:
            incident[node, k] = new if new >= 0 else incident[node, last]
            break
    if new < 0:
        degree[node] = last


@kernel
def join(steps, conductance):
    """Write the conductance of the edges that replace two in series."""
    for s in range(len(steps)):
        if steps[s, 5] >= 0:
            g, h = conductance[steps[s, 1]], conductance[steps[s, 2]]
            conductance[steps[s, 5]] = g * h / (g + h)


@kernel
def fill(steps, conductance, pressure):
    """Write the pressures of the eliminated nodes, the last one first."""
    for s in range(len(steps) - 1, -1, -1):
        a, b = steps[s, 3], steps[s, 4]
        if b < 0:
            pressure[steps[s, 0]] = pressure[a]
        else:
            g, h = conductance[steps[s, 1]], conductance[steps[s, 2]]
            pressure[steps[s, 0]] = pressure[a] + h / (g + h) * (pressure[b] - pressure[a])


@kernel
def distribute(begin, end, edges, conductance, pressure, tubes, outflow, passing):
    """Write the flow of the nodes ``begin`` to ``end`` - 1 to the site arrays.

    Parameters
    ----------
    edges : first, other, edge, slot
        Where each node's list of edges starts, int32[n + 1]; far ends and numbers of the edges, int32[2 e]; slot,
        int32[2 e], is which of a site's eight neighbours is at the edge's far end.
    tubes : sites, diameter, viscosity
        Site, int32[n], and tube diameter (um) of each node, viscosity of the blood in it (mmHg h), float64[n].
    outflow : float64[sites, 8], um3/h
        Set, positive when leaving.
    passing : throughput, speed, shear, float64[sites], um3/h, um/s, dyn/cm2
        Set: the larger of inflow and outflow; mean speed 4 Q / (pi d^2); wall shear 32 mu Q / (pi d^3).
    """
    first, other, edge, slot = edges
    sites, diameter, viscosity = tubes
    throughput, speed, shear = passing
    for i in range(begin, end):
        site, wide = sites[i], diameter[i]
        leaving, entering = 0.0, 0.0
        for k in range(first[i], first[i + 1]):
            flow = conductance[edge[k]] * (pressure[i] - pressure[other[k]])
            outflow[site, slot[k]] = flow
            if flow > 0.0:
                leaving += flow
            else:
                entering -= flow
        through = max(leaving, entering)
        throughput[site] = through
        speed[site] = 4.0 * through / (math.pi * wide * wide) / 3600.0
        # 1 mmHg = 1333.22 dyn/cm2
        shear[site] = 32.0 * viscosity[i] * through / (math.pi * wide * wide * wide) * 1333.22
