"""Hold portal tracts and central veins, through which blood enters and leaves the tissue."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels import flow
from livermet_sim.state.tissue import CENTRAL, PORTAL, Tissue

LEAST_OPEN = 1e-6


class Ports:
    """Hold each portal tract and each central vein as one well mixed vessel of many sites.

    Attributes
    ----------
    number : int
        How many there are.
    of : int32[n]
        Which one a site belongs to; -1 elsewhere.
    portal : bool[number]
        Whether it is a portal tract.
    first, member : int32[number + 1], int32[m]
        Where the list of its sites starts, and the sites.
    inlets : float64[number]
        Sites of it at which tubes ended when the tissue was laid out.
    resting : float64[number], um3/h
        Blood that it lets in or out in health; 0 until that is known.
    open : float64[number]
        Share of that which its feeding vessels can still bring; write it, then solve the network.
    arterial : float64[number]
        Share of what they bring that is arterial blood.
    supply : float64[number], um3/h
        Blood that comes from outside the tissue; below 0 where it leaves.
    """

    def __init__(self, tissue: Tissue):
        self.of = _together(tissue)
        self.number = int(self.of.max(initial=-1)) + 1
        member = np.flatnonzero(self.of >= 0)
        self.member = member[np.argsort(self.of[member], kind="stable")].astype(np.int32)
        self.first = np.searchsorted(self.of[self.member], np.arange(self.number + 1)).astype(np.int32)
        self.portal = tissue.compartment[self.member[self.first[:-1]]] == PORTAL
        self.inlets, self.resting, self.supply = np.zeros((3, self.number))
        self.open, self.arterial = np.ones(self.number), np.zeros(self.number)

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of a site array, float64[n], over the sites of each."""
        return np.bincount(self.of[self.member], values[self.member], self.number)

    def conductance(self, upstream: float, drop: float, downstream: float) -> np.ndarray:
        """Return the conductance between each and the vessels outside, um3/(h mmHg); 1 where no blood passed in health.

        Parameters
        ----------
        upstream, drop, downstream : float, mmHg
            Pressure lost in health before the tissue, in it and behind it. An inlet that can bring a share s only
            is given the resistance with which it would bring that share, were it alone to feed its part: the
            pressure in it falls with what it brings, and neighbours help out.
        """
        share = np.maximum(self.open, LEAST_OPEN)
        lost = np.where(self.portal, upstream + (1.0 - share) * drop, downstream)
        passed = np.where(self.portal, share, 1.0) * self.resting
        known = (passed > 0.0) & (lost > 0.0)
        return np.divide(passed, lost, out=np.ones(self.number), where=known)


def _together(tissue: Tissue) -> np.ndarray:
    """Return int32[n]: numbers of the tracts and veins that sites which touch make up; -1 elsewhere."""
    kind, of = tissue.compartment, np.full(tissue.n, -1, dtype=np.int32)
    sites = np.flatnonzero((kind == PORTAL) | (kind == CENTRAL))
    place = np.full(tissue.n, -1, dtype=np.int32)
    place[sites] = np.arange(len(sites), dtype=np.int32)
    beside = tissue.neighbours[sites]
    near, slot = np.nonzero((beside >= 0) & (kind[beside] == kind[sites][:, None]))
    far = place[beside[near, slot]]
    first, _, order = flow.sort_ends(near.astype(np.int32), far, len(sites))
    part = np.empty(len(sites), dtype=np.int32)
    flow.parts(first, far[order], part)
    of[sites] = part
    return of
