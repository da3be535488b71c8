"""Find lesions: connected groups of tumour cells."""

from __future__ import annotations

from livermet_sim.kernels.jit import inline, kernel


@inline
def _root(parent, i):
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@kernel
def label(rows, site, neighbours, claimed, parent):
    """Write the group of each tumour row: cells up to two sites apart are one lesion.

    Each cell claims its site and the eight around; cells whose claims meet are joined. So a loose clone,
    whose cells stand a cell's breadth apart, is one lesion.

    Parameters
    ----------
    rows : int64[m]
        Tumour rows.
    claimed : int64[sites]
        -1 everywhere on entry and on return.
    parent : int64[m]
        Written: index (in ``rows``) of a representative of the group.
    """
    for i in range(len(rows)):
        parent[i] = i
    for i in range(len(rows)):
        s = site[rows[i]]
        for k in range(neighbours.shape[1] + 1):
            place = s if k == neighbours.shape[1] else neighbours[s, k]
            if place < 0:
                continue
            if claimed[place] < 0:
                claimed[place] = i
                continue
            a, b = _root(parent, i), _root(parent, claimed[place])
            if a < b:
                parent[b] = a
            elif b < a:
                parent[a] = b
    for i in range(len(rows)):
        parent[i] = _root(parent, i)
        s = site[rows[i]]
        claimed[s] = -1
        for k in range(neighbours.shape[1]):
            if neighbours[s, k] >= 0:
                claimed[neighbours[s, k]] = -1
