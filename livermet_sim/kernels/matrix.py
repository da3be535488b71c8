"""Lay down matrix and wear away what is bound to sites."""

from __future__ import annotations

import math

from livermet_sim.kernels.codes import CENTRAL, PARENCHYMA, PORTAL, SINUSOID, TISSUE
from livermet_sim.kernels.jit import inline, kernel

# what wear needs of the sites' table, and the rates that it is given, in this order
SITES = (
    "collagen", "fibronectin", "net", "debris", "parenchyma", "patency", "pressure", "oxygen", "vessel_age",
)  # fmt: skip
RATES = (
    "collagen_loss", "net_loss", "debris_loss", "patency_recovery", "hepatocyte_regrowth", "hepatocyte_death",
    "hepatocyte_limit", "hepatocyte_crush",
)  # fmt: skip
MATRIX_LOSS, NET_LOSS, DEBRIS_LOSS, RECOVERY, REGROWTH, DEATH, LIMIT, CRUSH = range(len(RATES))


@kernel
def deposit(n, site, rates, columns, span, laid):
    """Add every cell's collagen and fibronectin of ``span`` hours to ``laid``, int64[2, sites], in 2**-30."""
    for r in range(n):
        for j in range(2):
            rate = rates[r, columns[j]]
            if rate > 0.0:
                laid[j, site[r]] += int(rate * span * 1073741824.0)


@inline
def faded(amount, keep):
    """Return what is left of a site-bound amount; traces vanish."""
    return amount * keep if amount > 1e-3 else 0.0


@inline
def live_beside(site, contacts, parenchyma, compartment):
    """Return how much live hepatocyte tissue stands on the sites around."""
    total = 0.0
    for k in range(contacts.shape[1]):
        other = contacts[site, k]
        if other >= 0 and compartment[other] != PORTAL and compartment[other] != CENTRAL:
            total += parenchyma[other]
    return total


@kernel
def wear(span, rates, inside, compartment, contacts, tumour_at, real, at):
    """Advance what is bound to sites by ``span`` hours; losses are first order.

    Parameters
    ----------
    rates : float64[8]
        RATES: losses, recovery of patency, regrowth and death of hepatocytes (per h), the oxygen tension (mmHg) below which
        they die, and their loss under full pressure (per h).
    real : float64[., sites]
        The sites' table; ``at`` says where the columns SITES stand in it.
    """
    collagen, fibronectin, net, debris = real[at[0]], real[at[1]], real[at[2]], real[at[3]]
    parenchyma, patency, pressure = real[at[4]], real[at[5]], real[at[6]]
    oxygen, vessel_age = real[at[7]], real[at[8]]
    keep_matrix, keep_net = math.exp(-rates[MATRIX_LOSS] * span), math.exp(-rates[NET_LOSS] * span)
    keep_debris, mend = math.exp(-rates[DEBRIS_LOSS] * span), 1.0 - math.exp(-rates[RECOVERY] * span)
    regrow, die = 1.0 - math.exp(-rates[REGROWTH] * span), 1.0 - math.exp(-rates[DEATH] * span)
    crush = 1.0 - math.exp(-rates[CRUSH] * span)
    for i in range(len(inside)):
        s = inside[i]
        collagen[s] *= keep_matrix
        fibronectin[s] *= keep_matrix
        net[s] = faded(net[s], keep_net)
        debris[s] = faded(debris[s], keep_debris)
        c = compartment[s]
        if c == SINUSOID:
            if vessel_age[s] > 0.0:
                vessel_age[s] += span
            if patency[s] < 1.0:
                patency[s] += (1.0 - patency[s]) * mend * (1.0 - pressure[s])
        if c != SINUSOID and c != PARENCHYMA:
            continue
        if oxygen[s] < rates[LIMIT]:
            parenchyma[s] *= 1.0 - die
        elif pressure[s] > 0.0 and tumour_at[TISSUE, s] == -1:
            parenchyma[s] *= 1.0 - crush * pressure[s]
        elif parenchyma[s] < 1.0 and tumour_at[TISSUE, s] == -1:
            beside = live_beside(s, contacts, parenchyma, compartment)
            parenchyma[s] += (1.0 - parenchyma[s]) * regrow * min(1.0, 2.0 * beside / contacts.shape[1])


@kernel
def lay_down(inside, contacts, laid, matrix):
    """Add deposits to the matrix, which saturates at 1, and empty ``laid``, int64[sites] in 2**-30.

    A third stays at the site and two thirds go to those around, as a stellate cell's processes reach
    about 20 um.
    """
    around = contacts.shape[1]
    for i in range(len(inside)):
        s = inside[i]
        if laid[s] == 0:
            continue
        amount = laid[s] / 1073741824.0
        laid[s] = 0
        here, beside = 1.0 - math.exp(-(amount / 3.0)), 1.0 - math.exp(-(amount / (1.5 * around)))
        for k in range(around + 1):
            place = s if k == around else contacts[s, k]
            if place >= 0:
                matrix[place] += (1.0 - matrix[place]) * (here if k == around else beside)
