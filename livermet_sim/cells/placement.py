"""Place the resident cells of a resting liver, by draws keyed to sites so that livers share their luck."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import LUMEN, PARENCHYMA, PLACE, SINUSOID, TISSUE
from livermet_sim.kernels.placement import grow_stretches, keyed_draws
from livermet_sim.kernels.rng import draw
from livermet_sim.state.tissue import Tissue


def draws_at(sites: np.ndarray, seed: int, purpose: int) -> tuple[np.ndarray, np.ndarray]:
    """Return float64[m] draws in (0, 1) and int64[m] keys for sites."""
    out, keys = np.empty(len(sites)), np.empty(len(sites), dtype=np.int64)
    keyed_draws(np.asarray(sites, dtype=np.int64), seed, purpose, out, keys)
    return out, keys


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
    sites, keys = [], []
    for part in range(3):
        here = candidates[present[part]]
        draws, cell_keys = draws_at(here, seed, PLACE + code * 64)
        exact = wanted * portions[part]
        number = min(len(here), int(exact + draw(seed, PLACE + code * 64, 1, part)))
        chosen = np.argsort(draws, kind="stable")[:number]
        sites.append(here[chosen])
        keys.append(cell_keys[chosen])
    # rows in the order of space: neighbours in memory are neighbours in the tissue
    order = np.argsort(np.concatenate(sites), kind="stable")
    return np.concatenate(sites)[order], np.concatenate(keys)[order], LUMEN if on_vessel else TISSUE


def stretches(tissue: Tissue, length: float) -> np.ndarray:
    """Divide the sinusoids into connected stretches of about ``length`` um, one for each LSEC.

    Returns
    -------
    segment : int64[n]
        Number of the stretch at sinusoid sites, -1 elsewhere.
    """
    size = max(1, round(length / (1.15 * tissue.site)))
    segment = np.full(tissue.n, -1, dtype=np.int64)
    grow_stretches(
        np.flatnonzero(tissue.compartment == SINUSOID), tissue.compartment, tissue.neighbours, size, segment
    )
    return segment
