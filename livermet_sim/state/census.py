"""Know who is where: derived from the cells' columns, never kept beside them."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.neighbours import census
from livermet_sim.state.places import Places, single
from livermet_sim.state.table import Table
from livermet_sim.state.tissue import Tissue


class Census:
    """Hold what is counted from the cells.

    Attributes
    ----------
    count : int32[n, 2 K]
        Cells of each kind at a site, then the activated ones.
    tumour_at : int64[1 + most, n]
        Row of the tumour cell in the lumen of a site, then those in its tissue part, the first ones filled first; -1 for
        none. A cell that is larger than a site is at all sites that it fills.
    places : Places
        Where tissue has room for tumour cells.
    in_lumen, in_tissue : int
        Tumour cells in vessels and in tissue.
    near : int32[2, n]
        Tumour cells in the lumen and the tissue parts of a site and those it touches.
    """

    def __init__(self, tissue: Tissue, kinds: int, places: Places | None = None):
        n = tissue.n
        self.places = single(n, np.nan) if places is None else places
        self.kinds = kinds
        self.contacts = tissue.contacts
        self.count = np.zeros((n, 2 * kinds), dtype=np.int32)
        self.tumour_at = np.full((1 + self.places.most, n), -1, dtype=np.int64)
        self.near = np.zeros((2, n), dtype=np.int32)
        self._touched = np.zeros(n + 1, dtype=np.int32)
        mine = (self.contacts >= 0) & (self.places.owner[self.contacts] == self.places.owner[:, None])
        self._beside = np.maximum(self.contacts.shape[1] - mine.sum(axis=1), 1)
        self._pressed = np.zeros(n, dtype=np.int64)
        self._seen = np.zeros(n, dtype=np.int8)
        self._marked: np.ndarray | None = None
        self.in_lumen = self.in_tissue = 0
        self.stale = True

    def update(self, cells: Table, sites: Table) -> None:
        """Count anew if anything moved since the last count; writes the sites' ``pressure``."""
        if not self.stale:
            return
        if self._marked is None:
            # pressure may have been restored, and nobody knows where
            sites.full("pressure")[:] = 0.0
            self._marked = np.zeros(3 * len(self._seen) + 1, dtype=np.int32)
        self.in_lumen, self.in_tissue = census(
            cells.n, cells.full("kind"), cells.full("site"), cells.full("layer"), cells.full("activation"),
            self.kinds, self.contacts, self._beside, self.places, self.count, self.tumour_at, sites.full("pressure"), self._pressed, self.near,
            self._touched, self._seen, self._marked,
        )  # fmt: skip
        self.stale = False
