"""Measure straight distances on the lattice."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def distance(target: np.ndarray) -> np.ndarray:
    """Return each site's distance to the nearest site of ``target``, in sites, float64[height, width]."""
    return np.asarray(ndimage.distance_transform_edt(~target))


def spread(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return ``values`` with each site outside ``known`` taking the value of the nearest known site."""
    place = np.asarray(ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True))
    return values[tuple(place)]
