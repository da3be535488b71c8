"""Say what holds one tumour cell in a vessel: the tension of its cortex against the blood, and bonds against the pull.

A cell wider than its tube creeps in while the pressure across it exceeds 2 T (1 / Rp - 1 / Rr), the tension of its
cortex times the change of curvature from its rear to its front; it remembers its squeezed shape, so only a tube
narrower than those under its own length costs anything. Evans & Yeung 1989, Biophys J 56:151.
"""

from __future__ import annotations

import math

from livermet_sim.kernels.codes import PORTAL, STIFFNESS
from livermet_sim.kernels.jit import inline
from livermet_sim.kernels.rng import draw4

# a cell's way is kept as steps of three bits behind a leading 1
STEPS, ROUND = 20, 1
FULL = 1 << (3 * STEPS)
TOUCH = 60.0  # s, life of a bond whose force is at its threshold
SOFTNESS, STEEPEST = 100.0, 10.0  # pN, 1


@inline
def stiffness(seed, key, tension, viscosity, spread):
    """Return a cell's tension and viscosity: lognormal, the medians and the spread of the logarithm given."""
    u0, u1, _, _ = draw4(seed, STIFFNESS, 0, key)
    radius = spread * math.sqrt(-2.0 * math.log(u0))
    return tension * math.exp(radius * math.cos(2 * math.pi * u1)), viscosity * math.exp(
        radius * math.sin(2 * math.pi * u1)
    )


@inline
def step_on(trail, slot):
    """Return the trail longer by a step through a site's neighbour ``slot``; only the last 20 are kept."""
    if trail >= FULL:
        trail = (FULL >> 3) | (trail & ((FULL >> 3) - 1))
    return (trail << 3) | slot


@inline
def rear_radius(here, trail, cell, tube, neighbours, back, length, compartment):
    """Return the widest radius under a cell's length, um: its own while its tail is in the portal vessel."""
    radius = 0.5 * tube[here]
    if radius >= cell:
        return cell
    left = 4.0 / 3.0 * (cell * (cell * cell)) / (radius * radius)
    widest, at = radius, here
    known = trail >= FULL
    while trail > ROUND:
        slot = trail & 7
        trail >>= 3
        left -= length[slot]
        # the tail lies on the last site that it reaches into, so that on average it is as long as the cell
        if left <= -0.5 * length[slot]:
            break
        at = neighbours[at, back[slot]]
        if at < 0 or compartment[at] == PORTAL:
            return cell
        widest = max(widest, 0.5 * tube[at])
    return min(widest, cell) if left <= 0.0 or known else cell


@inline
def threshold(tension, front, rear):
    """Return the pressure that a cell must have across it to go on, Pa, from Pa um and um."""
    return max(0.0, 2.0 * tension * (1.0 / front - 1.0 / rear))


@inline
def work_of_entry(viscosity, front, rear, span):
    """Return what a cell must spend to be squeezed into ``span`` um of tube, Pa s."""
    return max(0.0, 6.0 * viscosity * (1.0 - front / rear) * span / front)


@inline
def loosening(force, hold):
    """Return the rate at which a cell that bonds hold comes loose, /s; force and hold in pN."""
    return math.exp(min(STEEPEST, (force - hold) / SOFTNESS)) / TOUCH


@inline
def pull(drop, limit, cell, tube, shear):
    """Return the force on a cell, pN: the pressure on a plug beyond its threshold, else the drag of the stream.

    The drag is that on a sphere at a wall, 32 a^2 tau (1 dyn/cm2 is 0.1 Pa).
    """
    if 2.0 * cell >= tube:
        return max(0.0, drop - limit) * math.pi * 0.25 * (tube * tube)
    return 3.2 * (cell * cell) * shear
