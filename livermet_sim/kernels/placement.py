"""Divide sinusoids into stretches, at build time."""

from __future__ import annotations

from livermet_sim.kernels.codes import SINUSOID
from livermet_sim.kernels.jit import kernel


@kernel
def grow_stretches(sites, compartment, neighbours, size, segment):
    """Number stretches by walking from each unclaimed sinusoid site to unclaimed neighbours, ``size`` at most."""
    number = 0
    for i in range(len(sites)):
        here = sites[i]
        if segment[here] >= 0:
            continue
        for _ in range(size):
            segment[here] = number
            onward = -1
            for k in range(neighbours.shape[1]):
                place = neighbours[here, k]
                if place >= 0 and compartment[place] == SINUSOID and segment[place] < 0:
                    onward = place
                    break
            if onward < 0:
                break
            here = onward
        number += 1
