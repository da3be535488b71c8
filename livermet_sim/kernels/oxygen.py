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
OMEGA = 1.5
BLOOD_PERIPORTAL = 65.0
BLOOD_PERICENTRAL = 30.0


@kernel
def relax(
    pressure, told, vmax, exchange, blood, neighbours, queue, number, waiting, spare, coupling, km, omega, tolerance,
    most,
):  # fmt: skip
    """Settle the queued sites and all that they upset; return how many are left in the queue.

    Over-relaxed Gauss-Seidel: uptake is taken as vmax p_new / (p_old + Km), no flux where a side has no
    neighbour. A site whose pressure has moved by more than ``tolerance`` since it last told its neighbours
    tells them, and they join the next round; so what stays untold cannot add up over rounds or calls.

    Parameters
    ----------
    pressure : float64[n], mmHg
        Start and result.
    told : float64[n], mmHg
        The pressure that a site's neighbours reckon with.
    vmax, exchange, blood : float64[n], mmHg/s, 1/s, mmHg
        Largest uptake; exchange with the blood (0 where no blood flows); pressure in the blood.
    neighbours : int32[n, 8]
        The first four share a side; -1 for none.
    queue, spare : int32[m]
        The first ``number`` sites are queued, each once; scratch. Both have room for all inside sites.
    waiting : bool[n]
        Whether a site is in the queue; kept up.
    coupling : float
        D / site^2, 1/s.
    km, tolerance : float, mmHg
        Half-saturation, above 0; largest change that stays untold.
    omega : float
        Over-relaxation, above 0 and below 2.
    most : int
        Largest number of rounds.
    """
    current, following = queue, spare
    for _ in range(most):
        if number == 0:
            break
        added = 0
        for i in range(number):
            site = current[i]
            waiting[site] = False
            around, sides = 0.0, 0.0
            for k in range(4):
                j = neighbours[site, k]
                if j >= 0:
                    around += pressure[j]
                    sides += 1.0
            here = pressure[site]
            supply = coupling * around + exchange[site] * blood[site]
            balance = (coupling * sides + exchange[site]) * (here + km) + vmax[site]
            if balance <= 0.0:
                continue
            change = omega * (supply * (here + km) / balance - here)
            pressure[site] = max(here + change, 0.0)
            if abs(change) > tolerance and not waiting[site]:
                waiting[site] = True
                following[added] = site
                added += 1
            if abs(pressure[site] - told[site]) > tolerance:
                told[site] = pressure[site]
                for k in range(4):
                    j = neighbours[site, k]
                    if j >= 0 and not waiting[j]:
                        waiting[j] = True
                        following[added] = j
                        added += 1
        current, following = following, current
        number = added
    # element by element: numba takes seconds to compile a copy between slices
    for i in range(number):
        queue[i] = current[i]
    return number
