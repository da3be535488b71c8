"""Solve many sparse symmetric systems of one pattern directly: factor each once, then sweep down and up.

A system is A = M D M', with M below the diagonal held by columns. Four systems lie side by side as lanes, so that the
pattern is read once for the four. Davis 2006, doi:10.1137/1.9780898718881, chapter 4.
"""

from __future__ import annotations

from livermet_sim.kernels.jit import kernel

LANES = 4


@kernel
def factor(starts, rows, below, pivots):
    """Turn the systems, as they stand in ``below`` and ``pivots``, into their factors, in place.

    Parameters
    ----------
    starts, rows : uint32[n + 1], uint32[k]
        The pattern of M by columns, rows rising: where a column starts, and the row of each entry. Where rows p < q
        stand in one column, q stands in column p too.
    below : float64[groups, k, 4]
        A below the diagonal, 0 where M alone has an entry; then M.
    pivots : float64[groups, n, 4]
        The diagonal of A; then 1 / D.
    """
    for group in range(len(below)):
        entries, diagonal = below[group], pivots[group]
        for column in range(len(starts) - 1):
            for lane in range(LANES):
                diagonal[column, lane] = 1.0 / diagonal[column, lane]
            for p in range(starts[column], starts[column + 1]):
                row = rows[p]
                at = starts[row]
                for q in range(p, starts[column + 1]):
                    if q > p:
                        while rows[at] != rows[q]:
                            at += 1
                    for lane in range(LANES):
                        change = entries[p, lane] * diagonal[column, lane] * entries[q, lane]
                        if q > p:
                            entries[at, lane] -= change
                        else:
                            diagonal[row, lane] -= change
            for p in range(starts[column], starts[column + 1]):
                for lane in range(LANES):
                    entries[p, lane] *= diagonal[column, lane]


@kernel
def solve(starts, rows, below, pivots, value):
    """Replace the right-hand sides ``value``, float64[groups, n, 4], by the solutions; a group without any is left as it is.

    Where A has no positive entry off its diagonal and no right-hand side is negative, neither is a solution: nothing
    is ever taken away.
    """
    last = len(starts) - 2
    for group in range(len(below)):
        entries, diagonal, v = below[group], pivots[group], value[group]
        if not v.any():
            continue
        # written out, as a loop over four lanes costs more than their arithmetic
        for column in range(last + 1):
            a, b, c, d = v[column, 0], v[column, 1], v[column, 2], v[column, 3]
            for p in range(starts[column], starts[column + 1]):
                row = rows[p]
                e, f = v[row, 0] - entries[p, 0] * a, v[row, 1] - entries[p, 1] * b
                g, h = v[row, 2] - entries[p, 2] * c, v[row, 3] - entries[p, 3] * d
                v[row, 0], v[row, 1], v[row, 2], v[row, 3] = e, f, g, h
        for back in range(last + 1):
            column = last - back
            a, b = v[column, 0] * diagonal[column, 0], v[column, 1] * diagonal[column, 1]
            c, d = v[column, 2] * diagonal[column, 2], v[column, 3] * diagonal[column, 3]
            for p in range(starts[column], starts[column + 1]):
                row = rows[p]
                a, b = a - entries[p, 0] * v[row, 0], b - entries[p, 1] * v[row, 1]
                c, d = c - entries[p, 2] * v[row, 2], d - entries[p, 3] * v[row, 3]
            v[column, 0], v[column, 1], v[column, 2], v[column, 3] = a, b, c, d


@kernel
def hand_in(places, source, unit, value):
    """Write the sources, int64[n, F], times ``unit`` to the lanes of the places, float64[groups, m, 4]."""
    for place in range(len(places)):
        for f in range(source.shape[1]):
            value[f // LANES, place, f % LANES] = source[places[place], f] * unit


@kernel
def hand_out(places, value, concentration):
    """Write the lanes of the places to the concentrations, float64[n, F]."""
    for place in range(len(places)):
        for f in range(concentration.shape[1]):
            concentration[places[place], f] = value[f // LANES, place, f % LANES]
