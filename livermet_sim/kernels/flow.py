"""Solve pressures on the vessel graph and turn them into flow, speed and shear.

Nodes obey sum over edges of g (p_i - p_j) = 0 except where the pressure is given. Conjugate gradients
with an incomplete Cholesky preconditioner of the graph's own pattern; on a network with few loops that is
nearly the exact factor.
"""

from __future__ import annotations

import math

import numpy as np

from livermet_sim.kernels.jit import inline, kernel


@inline
def _factorise(first, upper, other, weight, free, diagonal, pivot):
    """Fill ``diagonal`` with the diagonal and ``pivot`` with the inverse pivots of the IC(0) factor."""
    for i in range(len(free)):
        total = 0.0
        for k in range(first[i], first[i + 1]):
            total += weight[k]
        diagonal[i] = total
        if free[i]:
            rest = total
            for k in range(first[i], upper[i]):
                rest -= weight[k] * weight[k] * pivot[other[k]]
            # rounding can leave nothing where a chain of nodes hangs on one weak edge
            pivot[i] = 1.0 / max(rest, 1e-12 * total)


@inline
def _precondition(first, upper, other, weight, rows, pivot, residual, out):
    """Solve with the incomplete factor, forwards, then backwards; ``out`` stays 0 where pressure is given."""
    for r in range(len(rows)):
        i = rows[r]
        total = residual[i]
        for k in range(first[i], upper[i]):
            total += weight[k] * out[other[k]]
        out[i] = total * pivot[i]
    for r in range(len(rows) - 1, -1, -1):
        i = rows[r]
        total = 0.0
        for k in range(upper[i], first[i + 1]):
            total += weight[k] * out[other[k]]
        out[i] += total * pivot[i]


@inline
def _imbalance(first, other, weight, free, pressure, residual):
    """Fill the net flow into each free node; return its largest size and the mean throughput of the nodes."""
    worst, through, nodes = 0.0, 0.0, 0
    for i in range(len(free)):
        residual[i] = 0.0
        if free[i]:
            net, gross = 0.0, 0.0
            for k in range(first[i], first[i + 1]):
                flow = weight[k] * (pressure[other[k]] - pressure[i])
                net += flow
                gross += abs(flow)
            residual[i] = net
            worst = max(worst, abs(net))
            through += 0.5 * gross
            nodes += 1
    return worst, through / max(nodes, 1)


@kernel
def solve(first, upper, other, edge, conductance, free, pressure, tolerance, most):
    """Relax ``pressure`` until no node gains more than ``tolerance`` of the mean throughput.

    Parameters
    ----------
    first, upper, other, edge : int32[n + 1], int32[n], int32[2 e], int32[2 e]
        Edges of each node: where its list starts, where in it the far ends exceed the node, the far ends in
        ascending order, the numbers of the edges.
    conductance : float64[e], um3/(h mmHg)
        Above 0.
    free : bool[n]
        Nodes whose pressure is sought; each joined by edges to one whose pressure is given.
    pressure : float64[n], mmHg
        Start and result.
    tolerance, most : float, int
        Largest imbalance over mean throughput; largest number of iterations.

    Returns
    -------
    int
        Iterations done.
    """
    n = len(free)
    diagonal, pivot = np.zeros(n), np.zeros(n)
    residual, search, image, scaled = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    weight = conductance[edge]
    rows = np.flatnonzero(free)
    _factorise(first, upper, other, weight, free, diagonal, pivot)
    done = 0
    while done < most:
        worst, through = _imbalance(first, other, weight, free, pressure, residual)
        if worst <= tolerance * through:
            break
        search[:] = 0.0
        old = 1.0
        # restarting from the true imbalance removes what rounding has added to the running one
        for _ in range(most - done):
            _precondition(first, upper, other, weight, rows, pivot, residual, scaled)
            new = 0.0
            for i in range(n):
                new += residual[i] * scaled[i]
            for i in range(n):
                search[i] = scaled[i] + new / old * search[i]
            bend = 0.0
            for r in range(len(rows)):
                i = rows[r]
                total = diagonal[i] * search[i]
                for k in range(first[i], first[i + 1]):
                    total -= weight[k] * search[other[k]]
                image[i] = total
                bend += total * search[i]
            length = new / max(bend, 1e-300)
            worst = 0.0
            for i in range(n):
                pressure[i] += length * search[i]
                residual[i] -= length * image[i]
                worst = max(worst, abs(residual[i]))
            old = max(new, 1e-300)
            done += 1
            if worst <= 0.5 * tolerance * through:
                break
    return done


@kernel
def distribute(
    first,
    other,
    edge,
    slot,
    conductance,
    pressure,
    sites,
    diameter,
    viscosity,
    outflow,
    throughput,
    speed,
    shear,
):
    """Write the flow of every node to the site arrays.

    Parameters
    ----------
    slot : int32[2 e]
        Which of a site's eight neighbours is at the edge's far end.
    sites, diameter : int32[n], float64[n] (um)
        Site and tube diameter of each node.
    viscosity : float, mmHg h
    outflow : float64[sites, 8], um3/h
        Set, positive when leaving.
    throughput, speed, shear : float64[sites], um3/h, um/s, dyn/cm2
        Set: the larger of inflow and outflow; mean speed 4 Q / (pi d^2); wall shear 32 mu Q / (pi d^3).
    """
    for i in range(len(sites)):
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
        shear[site] = 32.0 * viscosity * through / (math.pi * wide * wide * wide) * 1333.22
