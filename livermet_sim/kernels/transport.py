"""Carry tumour cells with the blood until the vessel holds them or they leave by the central vein."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import (
    ADHESIVE,
    BLOCKED,
    CENTRAL,
    FLOW,
    LUMEN,
    MECHANICAL,
    NONE,
    SINUSOID,
)
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.rng import draw4


@inline
def mechanical_hold(diameter, tube, most, ratio, power):
    """Return the probability that a site holds a cell by size: a steep sigmoid in cell over tube diameter.

    Half of ``most`` where the ratio of diameters equals ``ratio`` (Mook 2003; half-maximum assumed).
    """
    x = (diameter / tube / ratio) ** power
    return most * x / (1.0 + x)


@inline
def _next_site(here, neighbours, outflow, compartment, lumen, u):
    """Pick a downstream neighbour by its share of the outflow, occupied sites left out; -1 if none."""
    total = 0.0
    for k in range(neighbours.shape[1]):
        other = neighbours[here, k]
        if other >= 0 and outflow[here, k] > 0.0 and lumen[other] < 0:
            total += outflow[here, k]
    if total <= 0.0:
        return -1
    x = u * total
    found = -1
    for k in range(neighbours.shape[1]):
        other = neighbours[here, k]
        if other >= 0 and outflow[here, k] > 0.0 and lumen[other] < 0:
            found = other
            x -= outflow[here, k]
            if x <= 0.0:
                break
    return found


@kernel
def carry(
    rows, seed, tick, key, site, diameter, held, tumour_at, neighbours, outflow, compartment, tube, capture,
    arrest, inlets, share, hops,
):  # fmt: skip
    """Move each row downstream, one after another in the given order, until it is held or washed out.

    Parameters
    ----------
    rows : int64[m]
        Rows that flow, in order of their drawn priority; their ``site`` is where they start.
    held : int64[capacity]
        Written: MECHANICAL, ADHESIVE or BLOCKED where a row came to rest, NONE where it washed out.
    tumour_at : int64[2, sites]
        A site's lumen holds one tumour cell; updated.
    outflow : float64[sites, m], um3/h
        Flow from a site to each neighbour, positive when leaving.
    tube, capture : float64[sites]
        Tube diameter in um; probability of tethering per site for a cell of adhesion 1.
    arrest : float64[4]
        Mechanical maximum, ratio, power; adhesion of the line.
    inlets, share : int64[m], float64[m]
        Portal sites and the running share of the blood that enters by each: where a cell goes that finds
        its own entrance blocked.
    hops : int
        Most sites a cell may pass.
    """
    for i in range(len(rows)):
        r = rows[i]
        here = site[r]
        held[r] = NONE
        for hop in range(hops):
            u0, u1, u2, u3 = draw4(seed, FLOW + ((hop + 1) << 16), tick, key[r])
            onward = _next_site(here, neighbours, outflow, compartment, tumour_at[LUMEN], u0)
            if onward < 0:
                if compartment[here] == SINUSOID:
                    held[r] = BLOCKED
                    break
                here = inlets[min(np.searchsorted(share, u3), len(inlets) - 1)]
                continue
            # its place stays taken until it leaves, so that nobody can close the way behind it
            if tumour_at[LUMEN, here] == r:
                tumour_at[LUMEN, here] = -1
            here = onward
            if compartment[here] == CENTRAL:
                break
            if compartment[here] != SINUSOID:
                continue
            if u1 < mechanical_hold(diameter[r], tube[here], arrest[0], arrest[1], arrest[2]):
                held[r] = MECHANICAL
                break
            if u2 < min(1.0, capture[here] * arrest[3]):
                held[r] = ADHESIVE
                break
        site[r] = here
        if held[r] != NONE:
            tumour_at[LUMEN, here] = r
