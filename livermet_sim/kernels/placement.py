"""Draw for sites and divide sinusoids into stretches, at build time."""

from __future__ import annotations

from livermet_sim.kernels.codes import SINUSOID
from livermet_sim.kernels.jit import kernel
from livermet_sim.kernels.rng import child_key, draw


@kernel
def keyed_draws(sites, seed, purpose, out, keys):
    """Write a uniform draw and a cell key for each site, functions of seed, purpose and site alone."""
    for i in range(len(sites)):
        out[i] = draw(seed, purpose, 0, sites[i])
        keys[i] = child_key(seed, purpose + (1 << 16), 0, sites[i])


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
            for k in range(8):
                place = neighbours[here, k]
                if place >= 0 and compartment[place] == SINUSOID and segment[place] < 0:
                    onward = place
                    break
            if onward < 0:
                break
            here = onward
        number += 1
