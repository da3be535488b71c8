"""Find room for a tumour cell, take it and leave it: places beside it, or behind the cells that it can push.

``tumour_at``, int32[1 + most, sites], holds the row of the tumour cell in each lumen, then those in each tissue part, the
first ones filled first; -1 is free. ``places`` (``state.places``) says how many there can be and what they fill.
"""

from __future__ import annotations

from livermet_sim.kernels.codes import LUMEN, PARENCHYMA, SINUSOID, TISSUE
from livermet_sim.kernels.jit import inline


@inline
def habitable(compartment):
    """Say whether a compartment has a tissue part that tumour cells can take."""
    return compartment in (SINUSOID, PARENCHYMA)


@inline
def has_room(site, compartment, tumour_at, places):
    """Say whether one more tumour cell can stand in the tissue part of a site."""
    most = places.capacity[site]
    return most > 0 and habitable(compartment[site]) and tumour_at[TISSUE + most - 1, site] == -1


@inline
def standing(site, tumour_at):
    """Return how many tumour cells stand in the tissue part of a site."""
    number = 0
    while TISSUE + number < len(tumour_at) and tumour_at[TISSUE + number, site] != -1:
        number += 1
    return number


@inline
def settle(row, site, tumour_at, places):
    """Let a cell stand in the tissue part of a site and fill what it owns."""
    slot = min(standing(site, tumour_at), max(places.capacity[site], 1) - 1)
    tumour_at[TISSUE + slot, site] = row
    for k in range(places.body.shape[1]):
        if places.body[site, k] >= 0:
            tumour_at[TISSUE, places.body[site, k]] = row


@inline
def leave(row, site, tumour_at, places):
    """Take a cell out of the tissue part of a site; the last one there gets its slot."""
    last = standing(site, tumour_at) - 1
    for slot in range(last + 1):
        if tumour_at[TISSUE + slot, site] == row:
            tumour_at[TISSUE + slot, site] = tumour_at[TISSUE + last, site]
            tumour_at[TISSUE + last, site] = -1
            break
    for k in range(places.body.shape[1]):
        other = places.body[site, k]
        if other >= 0 and tumour_at[TISSUE, other] == row:
            tumour_at[TISSUE, other] = -1


@inline
def filled(site, tumour_at, places):
    """Return the share of a site's tissue part that tumour cells fill."""
    number = standing(site, tumour_at)
    return 1.0 if number >= places.capacity[site] and number > 0 else number / max(places.capacity[site], 1)


@inline
def tube_beside(here, neighbours, compartment, tumour_at, u):
    """Return a neighbouring tube without a tumour cell, drawn uniformly by ``u``, or -1."""
    free = 0
    for k in range(neighbours.shape[1]):
        place = neighbours[here, k]
        if place >= 0 and compartment[place] == SINUSOID and tumour_at[LUMEN, place] == -1:
            free += 1
    pick = int(u * free)
    found = -1
    for k in range(neighbours.shape[1]):
        place = neighbours[here, k]
        if place >= 0 and compartment[place] == SINUSOID and tumour_at[LUMEN, place] == -1:
            if pick == 0:
                found = place
                break
            pick -= 1
    return found


@inline
def place_beside(here, itself, neighbours, compartment, tumour_at, places, u):
    """Return a place with room among the neighbours, and ``itself`` if true, drawn uniformly by ``u``, or -1."""
    around = neighbours.shape[1]
    free = 0
    for k in range(around + 1):
        beside = here if k == around else neighbours[here, k]
        place = places.owner[beside] if beside >= 0 else -1
        if place >= 0 and (itself or place != here) and has_room(place, compartment, tumour_at, places):
            free += 1
    pick = int(u * free)
    found = -1
    for k in range(around + 1):
        beside = here if k == around else neighbours[here, k]
        place = places.owner[beside] if beside >= 0 else -1
        if place >= 0 and (itself or place != here) and has_room(place, compartment, tumour_at, places):
            if pick == 0:
                found = place
                break
            pick -= 1
    return found


@inline
def nearest_room(here, neighbours, compartment, tumour_at, places, parent, slot, length, way, u):
    """Return the place on the rays from ``here`` (``state.lattice.Rays``) that has room and is nearest, or -1.

    Ways lead straight through habitable sites only. ``way`` is written: the site of each place so far, -1 where no
    way leads. Of several that are equally near one is drawn by ``u``.
    """
    way[0] = here
    free, reached = 0, 0
    if has_room(here, compartment, tumour_at, places):
        return 0
    for j in range(1, len(parent)):
        if free > 0 and length[j] > length[reached] + 1e-9:
            break
        before = way[parent[j]]
        place = neighbours[before, slot[j]] if before >= 0 else -1
        if place >= 0 and not habitable(compartment[place]):
            place = -1
        way[j] = place
        if place >= 0 and has_room(place, compartment, tumour_at, places):
            free += 1
            reached = j
    if free == 0:
        return -1
    pick = int(u * free)
    for j in range(reached, 0, -1):
        if way[j] >= 0 and has_room(way[j], compartment, tumour_at, places):
            if pick == 0:
                reached = j
                break
            pick -= 1
    return reached
