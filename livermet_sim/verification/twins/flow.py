"""Solve the pressures of a network of tubes with a sparse direct solver."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

from livermet_sim.kernels.rheology import relative_viscosity
from livermet_sim.state.network import Network
from livermet_sim.state.tissue import CENTRAL, PORTAL, SINUSOID

ENTERS, LEAVES = 5.7, 4.7  # mmHg, of a network without vessels outside


def pressures(network: Network, viscosity: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the free sites and their pressures (mmHg) where all tubes are 8 um wide.

    Parameters
    ----------
    viscosity : float, mmHg h
        Of blood in such a tube.
    """
    tissue = network.tissue
    a, b = tissue.edges.T
    g = np.pi * 8.0**4 / (128 * viscosity * tissue.site) * np.minimum(network.patency[a], network.patency[b])
    matrix = sp.coo_matrix((np.concatenate([g, g]), (np.r_[a, b], np.r_[b, a])), (tissue.n, tissue.n)).tocsr()
    balance: Any = (sp.diags(np.asarray(matrix.sum(axis=1)).ravel()) - matrix).tocsr()
    free = np.flatnonzero(tissue.compartment == SINUSOID)
    given = np.flatnonzero(np.isin(tissue.compartment, (PORTAL, CENTRAL)))
    held = np.where(tissue.compartment[given] == PORTAL, ENTERS, LEAVES)
    return free, np.asarray(spsolve(balance[free][:, free].tocsc(), -balance[free][:, given] @ held))


def viscosity_of(diameter: float, plasma: float) -> float:
    """Return the viscosity (mmHg h) of blood in a tube of a diameter (um)."""
    return float(relative_viscosity(np.array([diameter]), 0.3)[0]) * plasma
