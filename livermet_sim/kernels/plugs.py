"""Estimate the pressure that would stand across a cell that plugs a tube."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import SINUSOID
from livermet_sim.kernels.jit import inline, kernel

PASCAL = 133.322  # in a mmHg
LONGEST = 1000  # sites
SHARED = 2.0  # plugged over open drop of a tube of full patency


@inline
def _joints(s, neighbours, outflow):
    """Return (tubes that carry blood at a site, slot of the largest outflow, slot of the largest inflow)."""
    number, out, into = 0, -1, -1
    for k in range(neighbours.shape[1]):
        flow = outflow[s, k]
        if neighbours[s, k] < 0 or flow == 0.0:
            continue
        number += 1
        if flow > 0.0 and (out < 0 or flow > outflow[s, out]):
            out = k
        if flow < 0.0 and (into < 0 or flow < outflow[s, into]):
            into = k
    return number, out, into


@inline
def _end_of_tube(s, way, joints, neighbours, compartment, share, patency):
    """Walk to the next fork; return (its site, resistance passed as it is, and with all patency), ends left out.

    ``way`` is the row of ``joints`` that says where to: 1 downstream, 2 upstream.
    """
    resistance, open_ = 0.0, 0.0
    here = s
    for _ in range(LONGEST):
        slot = joints[way, here]
        if slot < 0:
            break
        here = neighbours[here, slot]
        if compartment[here] != SINUSOID or joints[0, here] != 2:
            break
        open_ += share[here]
        resistance += share[here] / patency[here]
    return here, resistance, open_


@inline
def _at_fork(before, behind, share):
    """Return the drop that a plug bars at a fork that takes a share of its site: both tubes', or one after the other."""
    share, least = min(1.0, share), min(before, behind)
    if least <= 0.0:
        return (before + behind) * share
    slowness = share / (before + behind) + 0.5 * (1.0 - share) * (1.0 / before + 1.0 / behind)
    return 1.0 / slowness


@kernel
def list_joints(begin, end, neighbours, outflow, compartment, diameter, joints, share):
    """Write what `plug_drops` needs of the sites ``begin`` to ``end`` - 1.

    Parameters
    ----------
    joints : int8[3, sites]
        Tubes that carry blood at a site, slot of the largest outflow, slot of the largest inflow.
    share : float64[sites], um-4
        Resistance of a tube as wide, but for a factor.
    """
    for s in range(begin, end):
        if compartment[s] == SINUSOID:
            joints[0, s], joints[1, s], joints[2, s] = _joints(s, neighbours, outflow)
            squared = diameter[s] * diameter[s]
            share[s] = 1.0 / (squared * squared)


@kernel
def plug_drops(begin, end, neighbours, compartment, diameter, patency, pressure, site, joints, share, drops):
    """Write the drop over a plug at each of the vessel sites ``begin`` to ``end`` - 1, Pa; 0 where no blood flows.

    The rest of the network is a source in series with a resistance like the tube's own, so an open tube takes half
    of the drop that a plug takes, and one left with a share p of its conductance 1 / (1 + p) of it. Solving anew
    with a plug gives 1.5 / 2.0 / 3.7 times the open drop (5, 50, 95 % of the tubes).

    A fork is as long as its tube is wide: there a plug bars the tubes before and behind it. In what is left of the site
    it bars one, then the other; a cell creeps through all in turn, so the drop is their harmonic mean. So sites may be
    large, and many of them forks, and hold as many cells.

    Parameters
    ----------
    patency : float64[sites]
        Share of each site's conductance that is left in this flow.
    pressure : float64[sites], mmHg
    site : float, um
    joints, share
        Those of `list_joints`, of all sites.
    drops : float64[sites]
        Written.
    """
    for s in range(begin, end):
        drops[s] = 0.0
        if compartment[s] != SINUSOID or joints[0, s] == 0 or joints[1, s] < 0 or joints[2, s] < 0:
            continue
        up, above, above_open = _end_of_tube(s, 2, joints, neighbours, compartment, share, patency)
        down, below, below_open = _end_of_tube(s, 1, joints, neighbours, compartment, share, patency)
        left = (above_open + below_open + share[s]) / (above + below + share[s] / patency[s])
        drop = np.abs(pressure[up] - pressure[down])
        if joints[0, s] != 2:
            drop = _at_fork(
                np.abs(pressure[up] - pressure[s]), np.abs(pressure[s] - pressure[down]), diameter[s] / site
            )
        drops[s] = drop * PASCAL * SHARED * 0.5 * (1.0 + left)
