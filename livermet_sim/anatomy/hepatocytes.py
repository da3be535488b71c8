"""Divide the tissue part of the slab among hepatocytes."""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from livermet_sim.base import threads
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import PARENCHYMA, SINUSOID

TINY = 0.4


def divide(lattice: Lattice, compartment: np.ndarray, area: float, rng: np.random.Generator) -> np.ndarray:
    """Return the hepatocyte of each site, int32[n], -1 where there is none.

    Middles lie on a shaken triangular lattice; a site belongs to the nearest. Pieces that hang together
    by no side become cells of their own; those that are tiny or touch no sinusoid join a better neighbour.

    Parameters
    ----------
    compartment : int8[n]
    area : float, sites
        Mean area of a hepatocyte.
    """
    sites = np.flatnonzero((compartment == SINUSOID) | (compartment == PARENCHYMA))
    middles = _middles(lattice, area * lattice.site**2, rng)
    points = np.stack(lattice.xy(sites), axis=1)
    cell = np.full(lattice.n, -1, dtype=np.int64)
    box = np.array(lattice.extent) if lattice.wrap else None
    cell[sites] = KDTree(middles, boxsize=box).query(points, workers=threads.number(len(points)))[1]
    pairs = _touching(lattice, sites, cell)
    cell[sites] = _pieces(cell, sites, pairs)
    _join(cell, sites, pairs, _served(lattice, compartment, sites), TINY * area)
    cell[sites] = np.unique(cell[sites], return_inverse=True)[1]
    return cell.astype(np.int32)


def _middles(lattice: Lattice, area: float, rng: np.random.Generator) -> np.ndarray:
    """Return points (um) of a shaken triangular lattice, which closes where the lattice's sides join."""
    pitch = np.array([1.0, math.sqrt(0.75)]) * math.sqrt(area / math.sqrt(0.75))
    middles = lattice.staggered(pitch)
    middles += rng.uniform(-0.2 * pitch[0], 0.2 * pitch[0], middles.shape)
    return middles % lattice.extent if lattice.wrap else middles


def _touching(lattice: Lattice, sites: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Return the pairs of sites with cells that share a side, each once."""
    other = lattice.around[sites, 0 : lattice.sides : 2]
    here, slot = np.nonzero((other >= 0) & (cell[other] >= 0))
    return np.stack([sites[here], other[here, slot]], axis=1)


def _pieces(cell: np.ndarray, sites: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return a number for each piece of each cell that hangs together by sides."""
    number = np.zeros(len(cell), dtype=np.int64)
    number[sites] = np.arange(len(sites))
    same = number[pairs[cell[pairs[:, 0]] == cell[pairs[:, 1]]]]
    graph = coo_matrix(
        (np.ones(len(same), dtype=np.int8), (same[:, 0], same[:, 1])), shape=(len(sites), len(sites))
    )
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _served(lattice: Lattice, compartment: np.ndarray, sites: np.ndarray) -> np.ndarray:
    """Say which of ``sites`` hold a sinusoid or touch one."""
    around = lattice.around[sites]
    beside = ((around >= 0) & (compartment[around] == SINUSOID)).any(axis=1)
    return beside | (compartment[sites] == SINUSOID)


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
