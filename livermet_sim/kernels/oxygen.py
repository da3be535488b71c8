"""Relax oxygen to its steady state: D lap(p) - vmax p / (p + Km) + exchange (p_blood - p) = 0.

Defaults and where they come from (pressures in mmHg, rates per second):

- diffusion 2000 um2/s in tissue; Km 5 mmHg (6.8 uM in perfused liver at 1.35 uM/mmHg).
- hepatocytes take up 28 (periportal) to 12 (pericentral) mmHg/s: 131 and 56 umol/g/h, Matsumura &
  Thurman 1983 (PMID 6859274), divided by the solubility.
- tumour 8 mmHg/s. A plane sheet fed with p0 is emptied at sqrt(2 D p0 / vmax): 140 um at 40 mmHg, the
  diffusion limit seen in tumours (Cancer Res 2006 66:2219).
- exchange 15 /s. A third of the sites carry a vessel, so each feeds three at 20 mmHg/s on average:
  60 mmHg/s. A sinusoid-to-cell drop of 5 mmHg, of which 1 is diffusion over one site, leaves
  60 / (5 - 1) = 15 /s. The plasma layer alone would pass pi D Sh / (side thickness) = 63 /s (Sh = 2.5).
"""

from __future__ import annotations

from livermet_sim.kernels.jit import kernel

DIFFUSION = 2000.0
KM = 5.0
UPTAKE_PERIPORTAL = 28.0
UPTAKE_PERICENTRAL = 12.0
UPTAKE_TUMOUR = 8.0
EXCHANGE = 15.0
OMEGA = 1.8
BLOOD_PERIPORTAL = 65.0
BLOOD_PERICENTRAL = 30.0


@kernel
def relax(pressure, vmax, exchange, blood, neighbours, order, coupling, km, omega, tolerance, most):
    """Sweep over the sites until none changes by more than ``tolerance``; return the number of sweeps.

    Over-relaxed Gauss-Seidel, uptake taken as vmax p_new / (p_old + Km), no flux where a side has no
    neighbour. The result depends on ``order`` only within the tolerance, and not at all on threads.

    Parameters
    ----------
    pressure : float64[n], mmHg
        Start and result.
    vmax, exchange, blood : float64[n], mmHg/s, 1/s, mmHg
        Largest uptake; exchange with the blood (0 where no blood flows); pressure in the blood.
    neighbours : int32[n, 8]
        The first four share a side; -1 for none.
    order : int32[m]
        The inside sites in the order of a sweep; one colour of a chessboard after the other is fastest.
    coupling : float
        D / site^2, 1/s.
    km, tolerance : float, mmHg
        Half-saturation, above 0; largest change allowed in the last sweep.
    omega : float
        Over-relaxation, above 0 and below 2.
    most : int
        Largest number of sweeps.
    """
    for sweep in range(most):
        worst = 0.0
        for i in range(len(order)):
            site = order[i]
            around, sides = 0.0, 0.0
            for k in range(4):
                j = neighbours[site, k]
                if j >= 0:
                    around += pressure[j]
                    sides += 1.0
            here = pressure[site]
            supply = coupling * around + exchange[site] * blood[site]
            loss = coupling * sides + exchange[site]
            balance = loss * (here + km) + vmax[site]
            if balance <= 0.0:
                continue
            change = omega * (supply * (here + km) / balance - here)
            pressure[site] = max(here + change, 0.0)
            worst = max(worst, abs(change))
        if worst < tolerance:
            return sweep + 1
    return most
