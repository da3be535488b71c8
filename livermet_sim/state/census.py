"""Know who is where: derived from the cells' columns, never kept beside them."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.neighbours import WHOLE, Counts, recount
from livermet_sim.state.places import Places, single
from livermet_sim.state.table import Table
from livermet_sim.state.tissue import Tissue


class Census:
    """Hold what is counted from the cells.

    Attributes
    ----------
    count : int32[n, 2 K]
        Cells of each kind at a site, then the activated ones.
    tumour_at : int32[1 + most, n]
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
        self.contacts = tissue.contacts
        self.count = np.zeros((n, 2 * kinds), dtype=np.int32)
        self.tumour_at = np.full((1 + self.places.most, n), -1, dtype=np.int32)
        self.near = np.zeros((2, n), dtype=np.int32)
        mine = (self.contacts >= 0) & (self.places.owner[self.contacts] == self.places.owner[:, None])
        self._beside = np.maximum(self.contacts.shape[1] - mine.sum(axis=1), 1)
        self._counts = Counts(
            self.count, self.tumour_at, self.near, np.zeros(n, dtype=np.int64), np.zeros((2, 0), dtype=np.int32),
            np.zeros(n + 1, dtype=np.int32), np.zeros(n, dtype=np.int8),
        )  # fmt: skip
        self._known, self._told = 0, np.zeros(0)
        self.in_lumen = self.in_tissue = 0
        self.stale = True

    def update(self, cells: Table, sites: Table) -> None:
        """Count whoever is new, gone or elsewhere since the last count; writes the sites' ``pressure``."""
        if not self.stale:
            return
        columns = tuple(cells.full(name) for name in ("kind", "site", "layer", "activation"))
        self._reserve(len(columns[0]))
        pressure = sites.full("pressure")
        self.in_lumen, self.in_tissue = recount(
            cells.n, self._known, columns, self.contacts, self._beside, self.places, self._counts, pressure
        )
        if pressure is not self._told:
            # others may have been told before, or nobody knows what stands there
            pressure[:] = self._counts.pressed / (WHOLE * self._beside)
            self._told = pressure
        self._known, self.stale = cells.n, False

    def forget(self) -> None:
        """Take for unknown what the sites were told: their columns were overwritten."""
        self._told, self.stale = np.zeros(0), True

    def _reserve(self, rows: int) -> None:
        """Make room to remember so many rows."""
        was = self._counts.was
        if was.shape[1] < rows:
            grown = np.zeros((2, rows), dtype=np.int32)
            grown[:, : self._known] = was[:, : self._known]
            self._counts = self._counts._replace(was=grown)
