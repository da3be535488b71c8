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
def label(rows, site, tumour_at, neighbours, slot, parent):
    """Write the group of each tumour row: cells that share a site or touch by side or corner are one.

    Parameters
    ----------
    rows : int64[m]
        Tumour rows.
    slot : int64[capacity]
        Written: index of a row in ``rows``.
    parent : int64[m]
        Written: index (in ``rows``) of a representative of the group.
    """
    for i in range(len(rows)):
        slot[rows[i]] = i
        parent[i] = i
    for i in range(len(rows)):
        s = site[rows[i]]
        for k in range(9):
            place = s if k == 8 else neighbours[s, k]
            if place < 0:
                continue
            for part in range(2):
                other = tumour_at[part, place]
                if other >= 0:
                    a, b = _root(parent, i), _root(parent, slot[other])
                    if a < b:
                        parent[b] = a
                    elif b < a:
                        parent[a] = b
    for i in range(len(rows)):
        parent[i] = _root(parent, i)
