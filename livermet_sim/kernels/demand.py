"""Say what each site takes of oxygen and how well its vessel passes it."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import CENTRAL, PORTAL
from livermet_sim.kernels.jit import kernel
from livermet_sim.kernels.room import filled


@kernel
def demand(
    inside, compartment, parenchyma, wall, vessel_age, tumour_at, places, values, uptake, exchange, awake
):
    """Write largest uptake (um3/s) and wall exchange (um3/s/mmHg) of every inside site; wake those that changed.

    Hepatocytes and tumour cells share a site that both would fill in proportion.

    Parameters
    ----------
    wall : float64[n], um
        Length of the tubes at a site.
    values : float64[4]
        Uptake of a site full of hepatocytes, of one full of tumour (um3/s); exchange per length of a sinusoid
        (um3/s/mmHg/um); a new vessel's share of that.
    awake : bool[n] or longer
    """
    for i in range(len(inside)):
        s = inside[i]
        c = compartment[s]
        taken, given = parenchyma[s] * values[0], 0.0
        full = filled(np.int64(s), tumour_at, places)
        if full > 0.0:
            taken = (full * values[1] + taken) / max(1.0, full + parenchyma[s])
        if c in (PORTAL, CENTRAL):
            uptake[s] = exchange[s] = 0.0
            continue
        if wall[s] > 0.0:
            given = values[2] * wall[s] * (values[3] if vessel_age[s] > 0.0 else 1.0)
        if taken != uptake[s] or given != exchange[s]:
            uptake[s] = taken
            exchange[s] = given
            awake[s] = True
