"""Find each site's place between portal tract and central vein, and the way blood runs there."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from livermet_sim.anatomy.distance import distance, spread
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PORTAL


def zones(compartment: np.ndarray, convex: bool) -> np.ndarray:
    """Return d_portal / (d_portal + d_central), float64[height, width], continued beyond the tissue.

    Distances run straight where the tissue is ``convex`` and around its gaps where it is not; infinite
    where no way leads there.
    """
    portal, central = _distance(compartment, PORTAL, convex), _distance(compartment, CENTRAL, convex)
    total = portal + central
    with np.errstate(invalid="ignore"):
        zone = np.where(np.isfinite(total), portal / np.maximum(total, 1e-9), np.nan)
    zone[compartment == PORTAL], zone[compartment == CENTRAL] = 0.0, 1.0
    return spread(zone, ~np.isnan(zone))


def heading(zone: np.ndarray, smooth: float) -> np.ndarray:
    """Return the direction of rising zone, radians, float64[height, width]; ``smooth`` is in sites."""
    slope_y, slope_x = np.gradient(ndimage.gaussian_filter(zone, smooth, mode="nearest"))
    return np.arctan2(slope_y, slope_x)


def _distance(compartment: np.ndarray, vessel: int, convex: bool) -> np.ndarray:
    if convex:
        return distance(compartment == vessel)
    inside = compartment != OUTSIDE
    number = np.full(inside.shape, -1)
    number[inside] = np.arange(np.count_nonzero(inside))
    starts, ends, lengths = [], [], []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here, there = number, np.roll(number, (-dy, -dx), axis=(0, 1))
        joined = (here >= 0) & (there >= 0)
        starts.append(here[joined])
        ends.append(there[joined])
        lengths.append(np.full(len(starts[-1]), np.hypot(dy, dx)))
    count = np.count_nonzero(inside)
    ways = (np.concatenate(lengths), (np.concatenate(starts), np.concatenate(ends)))
    graph = coo_matrix(ways, shape=(count, count)).tocsr()
    found = dijkstra(graph, directed=False, indices=number[compartment == vessel], min_only=True)
    far = np.full(inside.shape, np.inf)
    far[inside] = found
    return far
