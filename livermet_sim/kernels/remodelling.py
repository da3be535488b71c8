"""Draw which tubes close and which LSEC send out a tip."""

from __future__ import annotations

import math

import numpy as np

from livermet_sim.kernels.codes import COLLAPSE, LUMEN, SINUSOID, SPROUT
from livermet_sim.kernels.jit import kernel
from livermet_sim.kernels.rng import draw


@kernel
def closing(inside, seed, tick, span, compartment, patency, collapse, tumour_at, out):
    """Write the vessel sites that close within ``span`` hours; returns their number.

    The hazard is the lining's rate there, ``collapse``, float64[sites], times the patency lost; a tube that holds a tumour
    cell stays.
    """
    number = 0
    for i in range(len(inside)):
        s = inside[i]
        if compartment[s] != SINUSOID or patency[s] >= 0.9 or tumour_at[LUMEN, s] != -1:
            continue
        hazard = collapse[s] * (1.0 - patency[s])
        if hazard > 0.0 and draw(seed, COLLAPSE, tick, np.int64(s)) < 1.0 - math.exp(-hazard * span):
            out[number] = s
            number += 1
    return number


@kernel
def sprouting(n, seed, tick, span, lsec, kind, key, rates, sprout, out):
    """Write the rows of LSEC that send out a tip within ``span`` hours; returns their number."""
    number = 0
    for r in range(n):
        if kind[r] != lsec or rates[r, sprout] <= 0.0:
            continue
        if draw(seed, SPROUT, tick, key[r]) < 1.0 - math.exp(-rates[r, sprout] * span):
            out[number] = r
            number += 1
    return number
