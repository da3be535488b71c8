"""Divide the tissue part of the slab among hepatocytes."""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from livermet_sim.state.tissue import PARENCHYMA, SINUSOID

TINY = 0.4


def divide(compartment: np.ndarray, area: float, rng: np.random.Generator) -> np.ndarray:
    """Return the hepatocyte of each site, int32[n], -1 where there is none.

    Middles lie on a shaken triangular lattice; a site belongs to the nearest. Pieces that hang together
    by no side become cells of their own; those that are tiny or touch no sinusoid join a better neighbour.

    Parameters
    ----------
    compartment : int8[height, width]
    area : float, sites
        Mean area of a hepatocyte.
    """
    flat, width = compartment.ravel(), compartment.shape[1]
    sites = np.flatnonzero((flat == SINUSOID) | (flat == PARENCHYMA))
    middles = _lattice(compartment.shape, area, rng)
    points = np.stack([sites % width, sites // width], axis=1).astype(np.float64)
    cell = np.full(flat.size, -1, dtype=np.int64)
    cell[sites] = KDTree(middles).query(points)[1]
    pairs = np.concatenate([_touching(sites, cell, step) for step in (1, width)])
    cell[sites] = _pieces(cell, sites, pairs)
    _join(cell, sites, pairs, _served(flat, sites, width), TINY * area)
    cell[sites] = np.unique(cell[sites], return_inverse=True)[1]
    return cell.astype(np.int32)


def _lattice(shape: tuple[int, ...], area: float, rng: np.random.Generator) -> np.ndarray:
    step = math.sqrt(area / math.sqrt(0.75))
    rise = step * math.sqrt(0.75)
    row, column = np.mgrid[-1 : shape[0] / rise + 1, -1 : shape[1] / step + 1]
    middles = np.stack([(column + 0.5 * (row % 2)) * step, row * rise], axis=-1).reshape(-1, 2)
    return middles + rng.uniform(-0.2 * step, 0.2 * step, middles.shape)


def _touching(sites: np.ndarray, cell: np.ndarray, step: int) -> np.ndarray:
    other = sites + step
    joined = cell[other] >= 0
    return np.stack([sites[joined], other[joined]], axis=1)


def _pieces(cell: np.ndarray, sites: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return a number for each piece of each cell that hangs together by sides."""
    number = np.zeros(len(cell), dtype=np.int64)
    number[sites] = np.arange(len(sites))
    same = number[pairs[cell[pairs[:, 0]] == cell[pairs[:, 1]]]]
    graph = coo_matrix(
        (np.ones(len(same), dtype=np.int8), (same[:, 0], same[:, 1])), shape=(len(sites), len(sites))
    )
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _served(flat: np.ndarray, sites: np.ndarray, width: int) -> np.ndarray:
    """Say which of ``sites`` hold a sinusoid or touch one."""
    around = [0, 1, -1, width, -width, width + 1, width - 1, 1 - width, -width - 1]
    return np.any([flat[sites + step] == SINUSOID for step in around], axis=0)


def _join(cell: np.ndarray, sites: np.ndarray, pairs: np.ndarray, served: np.ndarray, least: float) -> None:
    """Join each cell below ``least`` sites or apart from sinusoids to its smallest neighbour that is neither."""
    while True:
        size = np.bincount(cell[sites])
        good = np.zeros(len(size), dtype=bool)
        good[cell[sites[served]]] = True
        good &= size >= least
        ends = cell[pairs]
        ends = np.concatenate([ends, ends[:, ::-1]])
        ends = ends[~good[ends[:, 0]] & good[ends[:, 1]]]
        if len(ends) == 0:
            return
        ends = ends[np.lexsort((ends[:, 1], size[ends[:, 1]], ends[:, 0]))]
        lost, first = np.unique(ends[:, 0], return_index=True)
        into = np.arange(len(size))
        into[lost] = ends[first, 1]
        cell[sites] = into[cell[sites]]
