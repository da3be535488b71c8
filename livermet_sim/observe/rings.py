"""Divide a tissue into the inside of lesions, their rim, and the rest; count who is where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.state.lattice import Lattice

RINGS = ("inside", "rim", "outside")
INSIDE, RIM, OUTSIDE = range(3)


@dataclass(frozen=True, slots=True)
class Rings:
    """Hold where each site lies; arrays by site.

    Attributes
    ----------
    ring : int8[n]
        0 inside a lesion, 1 in its rim, 2 outside; -1 beyond the tissue.
    lesion : int64[n]
        The lesion whose inside or rim it is; -1 elsewhere.
    """

    ring: np.ndarray
    lesion: np.ndarray

    def areas(self, site: float) -> np.ndarray:
        """Return the area of each ring in mm2, float64[3]; ``site`` in um."""
        return np.bincount(self.ring[self.ring >= 0], minlength=3) * (site * 1e-3) ** 2

    def counts(self, kind: np.ndarray, site: np.ndarray, kinds: int) -> np.ndarray:
        """Return cells by kind and ring, int64[kinds, 3]."""
        ring = self.ring[site]
        known = ring >= 0
        return np.bincount(3 * kind[known] + ring[known], minlength=3 * kinds).reshape(kinds, 3)


def rings(held: np.ndarray, inside: np.ndarray, lattice: Lattice, rim: float, least: float) -> Rings:
    """Return the rings around the lesions of at least ``least`` um2.

    The inside is every site whose tissue part the lesion holds, and what it surrounds on all sides: vessels and
    necrosis. The rim reaches ``rim`` um outwards, and belongs to the nearest lesion.

    Parameters
    ----------
    held : int64[n]
        Lesion of the tumour cell in the tissue part of a site, -1 for none.
    inside : bool[n]
        Sites of the tissue.
    rim : float, um
    """
    ring = np.where(inside, OUTSIDE, -1).astype(np.int8)
    lesion = np.full(len(held), -1, dtype=np.int64)
    sizes = np.bincount(held[held >= 0]) * lattice.site**2
    large = np.flatnonzero(sizes >= least - 1e-6)
    if not len(large):
        return Rings(ring, lesion)
    mine = np.isin(held, large)
    owner = held[lattice.nearest(mine)]
    within = lattice.filled(mine) & inside
    beside = ~within & inside & (lattice.distances(mine) <= rim + 1e-9)
    ring[within], ring[beside] = INSIDE, RIM
    lesion[within | beside] = owner[within | beside]
    return Rings(ring, lesion)
