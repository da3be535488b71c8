"""See who is where: occupants of sites, counts by kind, crowding, and lists of attackers."""

from __future__ import annotations

from livermet_sim.kernels.codes import LUMEN, TISSUE, TUMOUR
from livermet_sim.kernels.jit import kernel


@kernel
def census(
    n, kind, site, layer, activation, kinds, contacts, count, tumour_at, pressure, near, touched, seen
):
    """Count cells by site and kind, say where tumour cells stand, and return how many are in lumen and tissue.

    Parameters
    ----------
    n : int
        Living rows.
    kind, site, layer : int64[capacity]
    activation : float64[capacity]
    kinds : int
        Number of kinds, K.
    contacts : int32[sites, m]
        Sites that a cell can touch.
    count : int32[sites, 2 K]
        Written: cells of each kind, then activated ones of each kind.
    tumour_at : int64[2, sites]
        Written: row of the tumour cell in lumen and tissue part, or -1.
    pressure : float64[sites]
        Written: share of the sites around whose tissue part holds a tumour cell.
    near : int32[2, sites]
        Written: tumour cells in lumen and tissue parts at the site and those it touches.
    touched : int32[sites + 1]
        Sites counted last time, their number first; replaced. Only their counts are cleared.
    seen : int8[sites]
        1 at those sites; replaced.
    """
    for t in range(1, touched[0] + 1):
        s = touched[t]
        seen[s] = 0
        for k in range(2 * kinds):
            count[s, k] = 0
    for s in range(len(pressure)):
        for part in range(2):
            near[part, s] = 0
            tumour_at[part, s] = -1
    listed, in_lumen, in_tissue = 0, 0, 0
    for r in range(n):
        s = site[r]
        if seen[s] == 0:
            seen[s] = 1
            listed += 1
            touched[listed] = s
        count[s, kind[r]] += 1
        if activation[r] > 0.5:
            count[s, kinds + kind[r]] += 1
        if kind[r] == TUMOUR:
            part = layer[r]
            if part == LUMEN:
                in_lumen += 1
            else:
                in_tissue += 1
            tumour_at[part, s] = r
            near[part, s] += 1
            for k in range(contacts.shape[1]):
                other = contacts[s, k]
                if other >= 0:
                    near[part, other] += 1
    touched[0] = listed
    for s in range(len(pressure)):
        own = 1 if tumour_at[TISSUE, s] >= 0 else 0
        pressure[s] = (near[TISSUE, s] - own) / contacts.shape[1]
    return in_lumen, in_tissue


@kernel
def list_attackers(n, kind, site, aptitude, rates, attack, engulf, inactive_share, head, following, listed):
    """Chain the cells that can kill, by site: ``head[site]`` is the first row, ``following[row]`` the next.

    Parameters
    ----------
    rates : float64[capacity, B]
    attack, engulf : int
        Columns of those behaviours.
    inactive_share : float64[K]
        Cells of a kind whose ``aptitude`` lies below it never attack.
    head : int64[sites]
        -1 everywhere on entry except at the sites in ``listed``; written.
    following : int64[capacity]
    listed : int32[sites + 1]
        Sites with a chain, their number first; replaced.
    """
    for t in range(1, listed[0] + 1):
        head[listed[t]] = -1
    number = 0
    for r in range(n):
        k = kind[r]
        if k == TUMOUR or aptitude[r] < inactive_share[k]:
            continue
        if rates[r, attack] + rates[r, engulf] <= 0.0:
            continue
        s = site[r]
        if head[s] < 0:
            number += 1
            listed[number] = s
        following[r] = head[s]
        head[s] = r
    listed[0] = number
