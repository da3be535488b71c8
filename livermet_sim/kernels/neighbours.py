"""See who is where: occupants of sites, counts by kind, crowding, and lists of attackers."""

from __future__ import annotations

from livermet_sim.kernels.codes import LUMEN, TISSUE, TUMOUR
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.room import settle

WHOLE = 2**20  # a site full of tumour


@inline
def press(site, part, contacts, owner, pressed, marked):
    """Add what a site is full of tumour, in steps of 1 / WHOLE, to what presses on those around; no cell presses on itself."""
    for k in range(contacts.shape[1]):
        other = contacts[site, k]
        if other >= 0 and owner[other] != owner[site]:
            if pressed[other] == 0:
                mark(other, marked)
            pressed[other] += part


@inline
def stand(row, site, contacts, tumour_at, places, pressed, marked):
    """Let a cell stand in the tissue part of a site and press on what lies around what it fills."""
    settle(row, site, tumour_at, places)
    press(site, WHOLE // max(places.capacity[site], 1), contacts, places.owner, pressed, marked)
    for k in range(places.body.shape[1]):
        if places.body[site, k] >= 0:
            press(places.body[site, k], WHOLE, contacts, places.owner, pressed, marked)


@inline
def mark(site, marked):
    """Put a site on the list whose length comes first."""
    marked[0] += 1
    marked[marked[0]] = site


@inline
def meet(part, site, near, marked):
    """Count a tumour cell in contact with a site."""
    if near[part, site] == 0:
        mark(site, marked)
    near[part, site] += 1


@inline
def clear(touched, seen, count, marked, near, pressed, pressure):
    """Take away what was counted last time, and no more: most of a tissue has no tumour around."""
    for t in range(1, touched[0] + 1):
        s = touched[t]
        seen[s] = 0
        for k in range(count.shape[1]):
            count[s, k] = 0
    for t in range(1, marked[0] + 1):
        s = marked[t]
        near[LUMEN, s] = near[TISSUE, s] = 0
        pressed[s] = 0
        pressure[s] = 0.0
    touched[0] = marked[0] = 0


@kernel
def census(
    n, kind, site, layer, activation, kinds, contacts, beside, places, count, tumour_at, pressure, pressed, near, touched, seen, marked
):  # fmt: skip
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
    beside : int64[sites]
        Sites around that no cell here fills, those beyond an edge included.
    places : Places
        Where tissue has room for tumour cells, and what they fill; see ``kernels.room``.
    tumour_at : int64[1 + most, sites]
        Written: row of the tumour cell in the lumen, then those in the tissue part, or -1.
    pressure : float64[sites]
        Written: share of the tissue around that tumour cells fill.
    pressed : int64[sites]
        Scratch for it.
    near : int32[2, sites]
        Written: tumour cells in lumen and tissue parts at the site and those it touches.
    touched : int32[sites + 1]
        Sites counted last time, their number first; replaced. Only their counts are cleared.
    seen : int8[sites]
        1 at those sites; replaced.
    marked : int32[3 sites + 1]
        Sites with tumour around, their number first; some stand there twice. Replaced.
    """
    clear(touched, seen, count, marked, near, pressed, pressure)
    for part in range(len(tumour_at)):
        for s in range(tumour_at.shape[1]):
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
                tumour_at[LUMEN, s] = r
            else:
                in_tissue += 1
                stand(r, s, contacts, tumour_at, places, pressed, marked)
            meet(part, s, near, marked)
            for k in range(contacts.shape[1]):
                other = contacts[s, k]
                if other >= 0:
                    meet(part, other, near, marked)
    touched[0] = listed
    for t in range(1, marked[0] + 1):
        pressure[marked[t]] = pressed[marked[t]] / (WHOLE * beside[marked[t]])
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
