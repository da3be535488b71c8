"""Copy what an LSEC does to the sites of the stretch it lines, and tell what touches it there."""

from __future__ import annotations

from livermet_sim.kernels.jit import inline, kernel

# what line_vessels needs of the cells' tables and rates, and writes to the sites' table, in this order
WHOLE, REAL, LIGANDS = ("kind", "segment"), ("activation", "capillarisation"), ("tether", "grip", "selectin")
LINED = ("adhesion", "tether", "grip", "capillarised", "selectin")


@kernel
def line_vessels(
    n, lining, whole, at_whole, real, at_real, rates, ligands, stretches, site_real, at_sites, matching
):
    """Write each vessel site's adhesion, ligands and capillarisation from the LSEC that lines it.

    Parameters
    ----------
    whole, real : int64[., capacity], float64[., capacity]
        The cells' tables; ``at_whole`` and ``at_real`` say where the columns WHOLE and REAL stand in them, ``ligands``
        which columns of ``rates`` LIGANDS are.
    stretches : segments, segment_row
        Number of the stretch at each vessel site, int64[sites], -1 elsewhere; written: row of each stretch's LSEC,
        int64[stretches], -1 where it has none (bare wall).
    site_real : float64[., sites]
        The sites' table; written are the columns LINED, where ``at_sites`` says.
    matching : float
        Ligand for E-selectin that the tumour line carries.
    """
    segments, segment_row = stretches
    kind, segment = whole[at_whole[0]], whole[at_whole[1]]
    activation, capillarisation = real[at_real[0]], real[at_real[1]]
    adhesion, tether = site_real[at_sites[0]], site_real[at_sites[1]]
    grip, capillarised, selectin = site_real[at_sites[2]], site_real[at_sites[3]], site_real[at_sites[4]]
    for i in range(len(segment_row)):
        segment_row[i] = -1
    for r in range(n):
        if kind[r] == lining:
            segment_row[segment[r]] = r
    for s in range(len(segments)):
        if segments[s] >= 0:
            r = segment_row[segments[s]]
            if r >= 0:
                adhesion[s] = activation[r]
                tether[s] = rates[r, ligands[0]]
                grip[s] = rates[r, ligands[1]]
                capillarised[s] = capillarisation[r]
                selectin[s] = matching * rates[r, ligands[2]]
            else:
                adhesion[s] = 0.0
                tether[s] = 0.0
                grip[s] = 0.0
                capillarised[s] = 0.0
                selectin[s] = 0.0


@inline
def stretch_at(site, k, contacts, segments):
    """Return the stretch that a cell at a site touches by its contact ``k``, -1 being the site; -1 if none or met before."""
    place = contacts[site, k] if k >= 0 else site
    if place < 0 or segments[place] < 0:
        return -1
    for q in range(-1, k):
        other = contacts[site, q] if q >= 0 else site
        if other >= 0 and segments[other] == segments[place]:
            return -1
    return segments[place]


@inline
def linings(site, own, active, contacts, segments, segment_row, activation):
    """Return how many stretches of lining other than ``own`` a cell at a site touches, those of activated cells alone or all."""
    total = 0
    for k in range(-1, contacts.shape[1]):
        stretch = stretch_at(site, k, contacts, segments)
        row = segment_row[stretch] if stretch >= 0 and stretch != own else -1
        if row >= 0 and (not active or activation[row] > 0.5):
            total += 1
    return total


@kernel
def count_stretches(begin, end, contacts, segments, number):
    """Write how many stretches a cell touches at each of the sites ``begin`` to ``end`` - 1: ``number``, int32[sites]."""
    for s in range(begin, end):
        number[s] = 0
        for k in range(-1, contacts.shape[1]):
            if stretch_at(s, k, contacts, segments) >= 0:
                number[s] += 1


@kernel
def list_stretches(begin, end, contacts, segments, start, stretch):
    """List the stretches that a cell touches at each of the sites ``begin`` to ``end`` - 1.

    Parameters
    ----------
    start : int32[sites + 1]
        Where the list of each site begins: what `count_stretches` finds, added up.
    stretch : int32[k]
        Written.
    """
    for s in range(begin, end):
        following = start[s]
        for k in range(-1, contacts.shape[1]):
            found = stretch_at(s, k, contacts, segments)
            if found >= 0:
                stretch[following] = found
                following += 1


@kernel
def touch(n, kind, site, activation, counted, site_real, columns, lists, touching, around):
    """Count along each stretch of lining the cells at its sites and on those they touch, each of them once.

    Parameters
    ----------
    counted : int8[2 K]
        1 for kinds to be counted, then for those of which activated cells are.
    columns : int64[m]
        Rows of ``site_real`` to be summed over the sites of a stretch and those they touch, each of them once.
    lists : start, stretch
        Those of `list_stretches`.
    touching, around : int32[stretches, 2 K], float64[columns, stretches]
        Written where asked for.
    """
    start, stretch = lists
    kinds = len(counted) // 2
    touching[:] = 0
    for r in range(n):
        plain, active = kind[r], kinds + kind[r]
        if counted[plain] == 0 and (counted[active] == 0 or activation[r] <= 0.5):
            continue
        for k in range(start[site[r]], start[site[r] + 1]):
            touching[stretch[k], plain] += counted[plain]
            if activation[r] > 0.5:
                touching[stretch[k], active] += counted[active]
    for i in columns:
        around[i] = 0.0
        for s in range(len(start) - 1):
            if site_real[i, s] != 0.0:
                for k in range(start[s], start[s + 1]):
                    around[i, stretch[k]] += site_real[i, s]
