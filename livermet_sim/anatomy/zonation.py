"""Find each site's place between portal tract and central vein, and the way blood runs there."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PORTAL


def zones(lattice: Lattice, compartment: np.ndarray, convex: bool) -> np.ndarray:
    """Return d_portal / (d_portal + d_central), float64[n], continued beyond the tissue.

    Distances run straight where the tissue is ``convex`` and around its gaps where it is not; infinite
    where no way leads there.
    """
    way = _straight if convex else _around_gaps
    portal, central = (way(lattice, compartment, vessel) for vessel in (PORTAL, CENTRAL))
    total = portal + central
    with np.errstate(invalid="ignore"):
        zone = np.where(np.isfinite(total), portal / np.maximum(total, 1e-9), np.nan)
    zone[compartment == PORTAL], zone[compartment == CENTRAL] = 0.0, 1.0
    return zone[lattice.nearest(~np.isnan(zone))]


def _straight(lattice: Lattice, compartment: np.ndarray, vessel: int) -> np.ndarray:
    return lattice.distances(compartment == vessel)


def _around_gaps(lattice: Lattice, compartment: np.ndarray, vessel: int) -> np.ndarray:
    table = lattice.neighbours(compartment != OUTSIDE)
    here, slot = np.nonzero(table >= 0)
    graph = coo_matrix((lattice.length[slot], (here, table[here, slot])), shape=(lattice.n, lattice.n))
    return dijkstra(graph.tocsr(), indices=np.flatnonzero(compartment == vessel), min_only=True)
