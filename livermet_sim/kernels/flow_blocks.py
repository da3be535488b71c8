"""Do the steps of conjugate gradients on the vessel graph for one block of nodes, so that blocks can be worked on at once.

The preconditioner is an incomplete Cholesky factor of the graph's own pattern that leaves out what joins nodes of different
blocks.
``system`` holds ``first`` (int32[n + 1]), ``lower``, ``upper``, ``above`` (int32[n]; where in a node's list of ends its own
block begins, the far ends exceed the node, its own block ends), ``other`` (int32[2 e]), ``weight`` (float64[2 e]), ``free``
(bool[n]), ``diagonal``, ``pivot`` (float64[n]); ``vectors`` holds pressure, residual, search, the search before, image, scaled, float64[n].
"""

from __future__ import annotations

from livermet_sim.kernels.jit import inline, kernel


@inline
def balance(i, first, other, weight, pressure):
    """Return the net flow into a node and the sum of the sizes of its flows."""
    net, gross = 0.0, 0.0
    for k in range(first[i], first[i + 1]):
        flow = weight[k] * (pressure[other[k]] - pressure[i])
        net += flow
        gross += abs(flow)
    return net, gross


@kernel
def begin_block(begin, end, system, pressure):
    """Factorise a block; return the largest imbalance that rounding alone leaves in it."""
    first, lower, upper, above, other, weight, free, diagonal, pivot = system
    rounding = 0.0
    for i in range(begin, end):
        total = 0.0
        lower[i], above[i] = upper[i], upper[i]
        for k in range(first[i], first[i + 1]):
            total += weight[k]
            if begin <= other[k] < i and k < lower[i]:
                lower[i] = k
            if i < other[k] < end:
                above[i] = k + 1
        diagonal[i], pivot[i] = total, 0.0
        if free[i]:
            rest = total
            for k in range(lower[i], upper[i]):
                rest -= weight[k] * weight[k] * pivot[other[k]]
            # rounding can leave nothing where a chain of nodes hangs on one weak edge
            pivot[i] = 1.0 / max(rest, 1e-12 * total)
        rounding = max(rounding, 1e-13 * total * abs(pressure[i]))
    return rounding


@kernel
def imbalance(begin, end, system, vectors):
    """Write the net flow into each free node; return its largest size, the sum of what flows through, and the nodes."""
    first, _, _, _, other, weight, free, _, _ = system
    pressure, residual, search, former, _, _ = vectors
    worst, through, nodes = 0.0, 0.0, 0
    for i in range(begin, end):
        residual[i] = search[i] = former[i] = 0.0
        if free[i]:
            net, gross = balance(i, first, other, weight, pressure)
            residual[i] = net
            worst = max(worst, abs(net))
            through += 0.5 * gross
            nodes += 1
    return worst, through, nodes


@kernel
def correct(begin, end, length, system, vectors):
    """Go ``length`` along the search, then solve with the incomplete factor; return the largest residual, and its product with that."""
    _, lower, upper, above, other, weight, free, _, pivot = system
    pressure, residual, search, _, image, scaled = vectors
    worst, product = 0.0, 0.0
    for i in range(begin, end):
        if free[i]:
            pressure[i] += length * search[i]
            residual[i] -= length * image[i]
            worst = max(worst, abs(residual[i]))
            total = residual[i]
            for k in range(lower[i], upper[i]):
                total += weight[k] * scaled[other[k]]
            scaled[i] = total * pivot[i]
    for i in range(end - 1, begin - 1, -1):
        if free[i]:
            total = 0.0
            for k in range(upper[i], above[i]):
                total += weight[k] * scaled[other[k]]
            scaled[i] += total * pivot[i]
    for i in range(begin, end):
        product += residual[i] * scaled[i]
    return worst, product


@inline
def turned(i, share, former, scaled):
    """Return the search at a node: what the factor gave and a share of the search before."""
    return scaled[i] + share * former[i]


@kernel
def bend(begin, end, share, system, vectors):
    """Turn the search and write what it does to the imbalance; return the product of both.

    What other blocks search is worked out anew, as they are at work themselves.
    """
    first, lower, _, above, other, weight, free, diagonal, _ = system
    _, _, search, former, image, scaled = vectors
    product = 0.0
    for i in range(begin, end):
        search[i] = turned(i, share, former, scaled)
    for i in range(begin, end):
        if free[i]:
            total = diagonal[i] * search[i]
            for k in range(first[i], first[i + 1]):
                j = other[k]
                here = lower[i] <= k < above[i]
                total -= weight[k] * (search[j] if here else turned(j, share, former, scaled))
            image[i] = total
            product += total * search[i]
    return product
