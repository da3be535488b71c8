"""Divide sinusoids into stretches, at build time."""

from __future__ import annotations

from livermet_sim.kernels.codes import SINUSOID
from livermet_sim.kernels.jit import inline, kernel


@inline
def _unclaimed(here, compartment, neighbours, segment):
    """Return the first neighbouring sinusoid site that belongs to no stretch, or -1."""
    for k in range(neighbours.shape[1]):
        place = neighbours[here, k]
        if place >= 0 and compartment[place] == SINUSOID and segment[place] < 0:
            return place
    return -1


@kernel
def grow_stretches(sites, compartment, neighbours, wall, length, segment):
    """Number stretches by walking from each unclaimed sinusoid site to unclaimed neighbours.

    A stretch that meets claimed ones early, or ends between two sites, leaves to the next what it lacks or has too much,
    at most a whole stretch, so that they are ``length`` um long on average whatever the size of a site.

    Parameters
    ----------
    wall : float64[n], um
        Length of the tubes at a site.
    """
    number, lacking = 0, 0.0
    for i in range(len(sites)):
        here = sites[i]
        if segment[here] >= 0:
            continue
        wanted, covered = length + lacking, wall[here]
        segment[here] = number
        onward = _unclaimed(here, compartment, neighbours, segment)
        while onward >= 0 and covered + 0.5 * wall[onward] <= wanted:
            here = onward
            segment[here] = number
            covered += wall[here]
            onward = _unclaimed(here, compartment, neighbours, segment)
        lacking = max(-length, min(length, wanted - covered))
        number += 1
