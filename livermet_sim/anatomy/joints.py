"""Join vessel sites by tubes, and keep only those on a way from portal tract to central vein."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix

from livermet_sim.kernels.meshes import through
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CENTRAL, PORTAL, SINUSOID


def joints(lattice: Lattice, compartment: np.ndarray) -> np.ndarray:
    """Return the tubes between touching vessel sites, int32[m, 2], sorted.

    Sites that share a side are joined; sites that share a corner only where neither of the two sites beside
    both is a vessel. Inside a portal tract or vein there are no tubes, nor straight from one to the other.

    Parameters
    ----------
    compartment : int8[n]
    """
    vessel, sinusoid = np.isin(compartment, (PORTAL, SINUSOID, CENTRAL)), compartment == SINUSOID
    around = lattice.around
    near = (around >= 0) & vessel[around]
    pairs = []
    for slot, detours in enumerate(lattice.detours):
        here = np.flatnonzero(vessel & near[:, slot])
        other = around[here, slot]
        joined = (here < other) & (sinusoid[here] | sinusoid[other])
        for detour in detours:
            joined &= ~near[here, detour]
        pairs.append(np.stack([here[joined], other[joined]], axis=1))
    return np.unique(np.concatenate(pairs), axis=0).astype(np.int32)


def carrying(compartment: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the sinusoid sites on a way from a portal to a central site that meets no site twice.

    With all portal sites as one node, all central sites as another, and a tube between the two, these are the
    sites of the biconnected component of that tube (Hopcroft & Tarjan 1973, doi:10.1145/362248.362272).
    """
    sites = np.flatnonzero(compartment == SINUSOID)
    number = np.zeros(compartment.size, dtype=np.int64)
    number[sites] = np.arange(2, 2 + len(sites))
    number[compartment == CENTRAL] = 1
    ends = number[edges]
    count = len(sites) + 2
    both = np.concatenate([ends, ends[:, ::-1]])
    graph = coo_matrix(
        (np.ones(len(both), dtype=np.int8), (both[:, 0], both[:, 1])), shape=(count, count)
    ).tocsr()
    start, other = np.asarray(graph.indptr, dtype=np.int64), np.asarray(graph.indices, dtype=np.int64)
    kept = through(start, other)
    return sites[np.sort(kept[kept >= 2]) - 2]
