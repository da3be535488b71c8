"""Place the resident cells of a resting liver, by draws keyed to sites so that livers share their luck."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import LUMEN, PARENCHYMA, PLACE, SINUSOID, TISSUE
from livermet_sim.kernels.placement import grow_stretches
from livermet_sim.kernels.rng import child_keys, draws
from livermet_sim.state.tissue import Tissue


def keys_at(sites: np.ndarray, seed: int, purpose: int) -> np.ndarray:
    """Return the keys, int64[m], of cells placed at sites."""
    return child_keys(seed, purpose + (1 << 16), 0, sites)


def scatter(
    tissue: Tissue, seed: int, code: int, density: float, shares: tuple[float, float], habitat: str
) -> tuple[np.ndarray, np.ndarray, int]:
    """Choose sites for a kind at a density (per mm3) with given shares in the portal and middle thirds.

    Returns
    -------
    sites, keys : int64[m]
    layer : int
        LUMEN for vessel cells, TISSUE for stellate cells.
    """
    on_vessel = habitat == "vessel"
    if on_vessel:
        candidates = np.flatnonzero(tissue.compartment == SINUSOID)
    else:
        # the space of Disse: tissue sites beside a sinusoid
        beside = (tissue.neighbours >= 0) & (tissue.compartment[tissue.neighbours] == SINUSOID)
        candidates = np.flatnonzero((tissue.compartment == PARENCHYMA) & beside.any(axis=1))
    third = np.minimum((tissue.zone[candidates] * 3).astype(int), 2)
    wanted = density * tissue.volume
    portions = (shares[0], shares[1], max(0.0, 1.0 - shares[0] - shares[1]))
    present = [third == part for part in range(3)]
    purpose = PLACE + code * 64
    chance = draws(seed, purpose, 1, np.arange(3))
    sites = []
    for part in range(3):
        here = candidates[present[part]]
        exact = wanted * portions[part]
        number = min(len(here), int(exact + chance[part]))
        chosen = np.argsort(draws(seed, purpose, 0, here), kind="stable")[:number]
        sites.append(here[chosen])
    # rows in the order of space: neighbours in memory are neighbours in the tissue
    at = np.sort(np.concatenate(sites))
    return at, keys_at(at, seed, purpose), LUMEN if on_vessel else TISSUE


def stretches(tissue: Tissue, length: float) -> np.ndarray:
    """Divide the sinusoids into connected stretches of ``length`` um on average, one for each LSEC.

    Returns
    -------
    segment : int64[n]
        Number of the stretch at sinusoid sites, -1 elsewhere.
    """
    # half of every tube belongs to the site at its end
    half = 0.5 * tissue.lattice.distance(*tissue.edges.T)
    wall = np.bincount(tissue.edges.ravel(), np.repeat(half, 2), tissue.n)
    segment = np.full(tissue.n, -1, dtype=np.int64)
    sinusoids = np.flatnonzero(tissue.compartment == SINUSOID)
    grow_stretches(sinusoids, tissue.compartment, tissue.neighbours, wall, length, segment)
    return segment
