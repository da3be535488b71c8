"""Find lesions: connected groups of tumour cells."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.jit import inline, kernel


@inline
def _root(parent, i):
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@kernel
def label(rows, site, near, first, parent):
    """Write the group of each tumour row: cells no further apart than a cell's breadth are one lesion.

    So a loose clone, whose cells stand that far apart, is one lesion.

    Parameters
    ----------
    rows : int64[m]
        Tumour rows.
    near : int32[m, k]
        Sites so near to that of each row that their cells belong together, -1 for none.
    first : int32[sites]
        -1 everywhere on entry and on return.
    parent : int64[m]
        Written: index (in ``rows``) of a representative of the group.
    """
    for i in range(len(rows)):
        parent[i] = i
        s = site[rows[i]]
        if first[s] < 0:
            first[s] = i
        else:
            parent[i] = first[s]
    for i in range(len(rows)):
        s = site[rows[i]]
        if first[s] != i:
            continue
        for k in range(near.shape[1]):
            place = near[i, k]
            if place < 0 or first[place] < 0:
                continue
            a, b = _root(parent, i), _root(parent, np.int64(first[place]))
            if a < b:
                parent[b] = a
            elif b < a:
                parent[a] = b
    for i in range(len(rows)):
        parent[i] = _root(parent, i)
        first[site[rows[i]]] = -1
