"""Lead from a site to all places within a radius on nearly straight ways, step by step over neighbours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Rays(NamedTuple):
    """Hold the places within a radius as a tree of nearly straight ways from the middle, nearest first.

    Attributes
    ----------
    parent, slot : int32[m]
        The place before, and which of its neighbours this one is; place 0 is the middle.
    length : float64[m], um
        Straight distance from the middle.
    """

    parent: np.ndarray
    slot: np.ndarray
    length: np.ndarray

    def follow(self, table: np.ndarray, sites: np.ndarray | None = None) -> np.ndarray:
        """Return the places of some sites, the middle left out, int32[sites, m - 1]; -1 where no way leads.

        Parameters
        ----------
        table : int32[n, k]
            Neighbours of each site, -1 for none.
        sites : int[sites], optional
            All by default.
        """
        middle = np.arange(len(table)) if sites is None else sites
        places = np.full((len(self.parent), len(middle)), -1, dtype=np.int32)
        places[0] = middle
        for j in range(1, len(places)):
            before = places[self.parent[j]]
            places[j] = np.where(before >= 0, table[before, self.slot[j]], np.int32(-1))
        return np.ascontiguousarray(places[1:].T)


def rays(steps: np.ndarray, site: float, reach: float) -> Rays:
    """Return the rays on a lattice whose neighbours lie at ``steps``, int[k, 2], times ``site`` um."""
    most = int(reach / site + 1e-9)
    offsets = np.array([(x, y) for y in range(-most, most + 1) for x in range(-most, most + 1)]).reshape(
        -1, 2
    )
    far = np.hypot(*offsets.T) * site
    order = np.argsort(far, kind="stable")
    order = order[far[order] <= reach + 1e-9]
    offsets, far = offsets[order], far[order]
    index = {tuple(offset): i for i, offset in enumerate(offsets.tolist())}
    # one step less along the longer axis, on the straight line; halves round towards the axes, in every octant alike
    longer = np.maximum(np.abs(offsets).max(axis=1), 1)[:, None]
    before = np.sign(offsets) * np.floor(np.abs(offsets) * (longer - 1) / longer + 0.5 - 1e-9).astype(int)
    parent = np.array([index[tuple(p)] for p in before.tolist()], dtype=np.int32)
    slots = {tuple(step): k for k, step in enumerate(steps.tolist())}
    slot = np.array([slots.get(tuple(s), -1) for s in (offsets - before).tolist()], dtype=np.int32)
    return Rays(parent, slot, far)
