"""Say how many tumour cells a site has room for, or which sites one cell fills: cells have a size, sites only a resolution."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from livermet_sim.state.tissue import PARENCHYMA, SINUSOID, Tissue

GOLDEN = 0.6180339887498949


class Places(NamedTuple):
    """Hold where the tissue part of sites has room for tumour cells.

    Sites that are larger than a cell hold several; where they are smaller, a cell stands at one site and fills those
    that it owns too. Either way there is a cell to every ``volume`` of a full tissue, whatever the size of a site.

    Attributes
    ----------
    capacity : int32[n]
        Tumour cells that can stand at a site; 0 where none can stand by itself.
    owner : int32[n]
        Site at which the cell stands that fills this site; the site itself where cells stand.
    body : int32[n, m]
        Further sites that a cell standing at a site fills, -1 for none.
    volume : float, um3
        Room that a cell takes, with its share of the space between cells.
    """

    capacity: np.ndarray
    owner: np.ndarray
    body: np.ndarray
    volume: float

    @property
    def most(self) -> int:
        """Return how many cells the roomiest site holds."""
        return int(self.capacity.max(initial=1))


def places(tissue: Tissue, volume: float) -> Places:
    """Return the places of a tissue for cells of ``volume`` um3, spread evenly over its sites."""
    lattice = tissue.lattice
    habitable = (tissue.compartment == SINUSOID) | (tissue.compartment == PARENCHYMA)
    share = tissue.site**2 * tissue.thickness / volume
    capacity = np.where(habitable, np.floor(share + lattice.dither()), 0.0).astype(np.int32)
    owner = np.arange(tissue.n, dtype=np.int32)
    filled = np.flatnonzero(habitable & (capacity == 0))
    if len(filled) and capacity.any():
        owner[filled] = _owners(tissue, filled, capacity > 0)
    return Places(capacity, owner, _bodies(owner), volume)


def _owners(tissue: Tissue, filled: np.ndarray, stands: np.ndarray) -> np.ndarray:
    """Return the nearest place of each site; equally near ones take turns, so that bodies lie on no side by preference."""
    lattice = tissue.lattice
    around = tissue.neighbours[filled]
    far = np.where((around >= 0) & stands[around], lattice.length, np.inf)
    nearest = far <= far.min(axis=1, keepdims=True) + 1e-9
    turn = np.floor(nearest.sum(axis=1) * (filled * GOLDEN % 1.0)).astype(np.int64)
    slot = (np.cumsum(nearest, axis=1) > turn[:, None]).argmax(axis=1)
    beside = np.isfinite(far.min(axis=1))
    return np.where(beside, around[np.arange(len(filled)), slot], lattice.nearest(stands)[filled])


def single(sites: int, volume: float) -> Places:
    """Return the places where every site has room for one cell."""
    owner = np.arange(sites, dtype=np.int32)
    return Places(np.ones(sites, dtype=np.int32), owner, _bodies(owner), volume)


def _bodies(owner: np.ndarray) -> np.ndarray:
    """Return the sites that each site owns beside itself, int32[n, m]."""
    owned = np.flatnonzero(owner != np.arange(len(owner)))
    owned = owned[np.argsort(owner[owned], kind="stable")]
    first = np.searchsorted(owner[owned], owner[owned])
    number = np.arange(len(owned)) - first
    body = np.full((len(owner), int(number.max(initial=-1)) + 1), -1, dtype=np.int32)
    body[owner[owned], number] = owned
    return body
