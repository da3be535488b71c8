"""Say what each site takes of oxygen and gets from its vessel."""

from __future__ import annotations

from livermet_sim.kernels.codes import CENTRAL, PORTAL, SINUSOID, TISSUE
from livermet_sim.kernels.jit import kernel


@kernel
def demand(
    inside, compartment, zone, parenchyma, perfused, vessel_age, tumour_at, values, uptake, exchange, blood
):
    """Write largest uptake (mmHg/s), exchange (/s) and blood tension (mmHg) of every inside site.

    Parameters
    ----------
    values : float64[7]
        Uptake periportal, pericentral, of tumour; exchange of a sinusoid; a new vessel's share of it; blood
        tension periportal, pericentral.
    """
    for i in range(len(inside)):
        s = inside[i]
        z = zone[s]
        c = compartment[s]
        uptake[s] = parenchyma[s] * (values[0] + (values[1] - values[0]) * z)
        if tumour_at[TISSUE, s] != -1:
            uptake[s] = max(values[2], 0.5 * uptake[s])
        exchange[s] = 0.0
        blood[s] = values[5] + (values[6] - values[5]) * z
        if c in (PORTAL, CENTRAL):
            uptake[s] = 0.0
            exchange[s] = values[3]
        elif c == SINUSOID and perfused[s] > 0.0:
            exchange[s] = values[3] * (values[4] if vessel_age[s] > 0.0 else 1.0)
