"""List the cells whose rates are to be written, kind by kind."""

from __future__ import annotations

from livermet_sim.kernels.codes import LUMEN
from livermet_sim.kernels.jit import inline


@inline
def _is_due(due, kind, layer):
    """Say whether a cell's rates are to be written: 1 for all of its kind, 2 for those in vessels alone."""
    return due[kind] == 1 or (due[kind] == 2 and layer == LUMEN)


@inline
def list_due(first, stop, due, kind, layer, start, rows):
    """List the rows ``first`` to ``stop`` - 1 that are due by kind, in their order.

    Parameters
    ----------
    due : int64[K]
        As `kernels.response.evaluate` takes it.
    kind, layer : int64[capacity]
    start : int64[K + 1]
        0 everywhere; written: where each kind's rows begin, and where the last one's end.
    rows : int64[stop - first]
        Written.
    """
    for row in range(first, stop):
        if _is_due(due, kind[row], layer[row]):
            start[kind[row] + 1] += 1
    for k in range(len(due)):
        start[k + 1] += start[k]
    for row in range(first, stop):
        if _is_due(due, kind[row], layer[row]):
            rows[start[kind[row]]] = row
            start[kind[row]] += 1
    # each start has come to the next one's
    for k in range(len(due), 0, -1):
        start[k] = start[k - 1]
    start[0] = 0
