"""Say what each site takes of oxygen and gets from its vessel."""

from __future__ import annotations

from livermet_sim.kernels.codes import CENTRAL, PORTAL, SINUSOID, TISSUE
from livermet_sim.kernels.jit import kernel


@kernel
def demand(
    inside, compartment, zone, parenchyma, perfused, vessel_age, tumour_at, values, uptake, exchange, blood, queue, number,
    waiting,
):  # fmt: skip
    """Write largest uptake (mmHg/s), exchange (/s) and blood tension (mmHg) of every inside site.

    Parameters
    ----------
    values : float64[7]
        Uptake periportal, pericentral, of tumour; exchange of a sinusoid; a new vessel's share of it; blood
        tension periportal, pericentral.
    queue, number : int32[inside sites], int
        Sites that wait to be settled, and how many; those where anything changed join them.
    waiting : bool[n]
        Whether a site is in the queue.

    Returns
    -------
    int
        How many wait now.
    """
    for i in range(len(inside)):
        s = inside[i]
        z = zone[s]
        c = compartment[s]
        taken = parenchyma[s] * (values[0] + (values[1] - values[0]) * z)
        if tumour_at[TISSUE, s] != -1:
            taken = max(values[2], 0.5 * taken)
        given = 0.0
        if c in (PORTAL, CENTRAL):
            taken = 0.0
            given = values[3]
        elif c == SINUSOID and perfused[s] > 0.0:
            given = values[3] * (values[4] if vessel_age[s] > 0.0 else 1.0)
        tension = values[5] + (values[6] - values[5]) * z
        if taken != uptake[s] or given != exchange[s] or tension != blood[s]:
            uptake[s] = taken
            exchange[s] = given
            blood[s] = tension
            if not waiting[s]:
                waiting[s] = True
                queue[number] = s
                number += 1
    return number
