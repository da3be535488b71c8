"""Cross the vessel wall and divide, taking room from hepatocytes or pushing cells aside."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import (
    CROSS,
    DAUGHTER,
    DIVISION,
    INTRAVASATION,
    LUMEN,
    NONE,
    NOTHING,
    PUSHING,
    REPLACEMENT,
    SINUSOID,
    TISSUE,
)
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.rng import child_key, draw4
from livermet_sim.kernels.room import filled, leave, nearest_room, place_beside, settle, standing, tube_beside

# columns of cells that `divide` takes
MOTHERS = ("event", "cause", "key", "site", "layer")


@kernel
def cross_wall(
    rows, seed, tick, key, site, layer, sojourn, event, tumour_at, places, neighbours, compartment
):
    """Move each row, in order, from the lumen into tissue with room at its site or beside it.

    Rows that find no room keep their place; their ``event`` becomes NOTHING.
    """
    for i in range(len(rows)):
        r = rows[i]
        here = site[r]
        u = draw4(seed, CROSS, tick, key[r])[0]
        place = place_beside(here, True, neighbours, compartment, tumour_at, places, u)
        if place < 0:
            event[r] = NOTHING
            continue
        tumour_at[LUMEN, here] = -1
        settle(r, place, tumour_at, places)
        site[r] = place
        layer[r] = TISSUE
        sojourn[r] = 0.0


@kernel
def enter_vessel(
    rows, seed, tick, key, site, layer, event, tumour_at, places, neighbours, compartment, perfused
):
    """Move each row, in order, from tissue into the free lumen of a perfused tube at its site, else beside it.

    Rows that find none keep their place; their ``event`` becomes NOTHING.
    """
    for i in range(len(rows)):
        r = rows[i]
        here = place = site[r]
        if compartment[here] != SINUSOID or tumour_at[LUMEN, here] != -1:
            u = draw4(seed, INTRAVASATION, tick, key[r])[0]
            place = tube_beside(here, neighbours, compartment, tumour_at, u)
        if place < 0 or perfused[place] <= 0.0:
            event[r] = NOTHING
            continue
        leave(r, here, tumour_at, places)
        tumour_at[LUMEN, place] = r
        site[r] = place
        layer[r] = LUMEN


@kernel
def bury(rows, site, layer, tumour_at, places, debris, remains):
    """Take dead rows from where they stand; each of the ``remains`` that is 1 becomes debris, spread over what it filled."""
    for i in range(len(rows)):
        r = rows[i]
        here = site[r]
        if layer[r] == LUMEN:
            tumour_at[LUMEN, here] = -1
            continue
        leave(r, here, tumour_at, places)
        if remains[i] == 0:
            continue
        sites = 1
        for k in range(places.body.shape[1]):
            sites += 1 if places.body[here, k] >= 0 else 0
        debris[here] += 1.0 / sites
        for k in range(places.body.shape[1]):
            if places.body[here, k] >= 0:
                debris[places.body[here, k]] += 1.0 / sites


@inline
def swallow(site, parenchyma, tumour_at, places):
    """Leave only as much live hepatocyte tissue at a place as the tumour cells there have room for."""
    parenchyma[site] = min(parenchyma[site], 1.0 - filled(site, tumour_at, places))
    for k in range(places.body.shape[1]):
        if places.body[site, k] >= 0:
            parenchyma[places.body[site, k]] = 0.0


@inline
def hand_on(before, after, site, key, born_at, born_key, tumour_at, places):
    """Shift one cell, that of the smallest key, from one site to another that has room."""
    moved, smallest = -1, 0
    for slot in range(standing(before, tumour_at)):
        r = tumour_at[TISSUE + slot, before]
        own = key[r] if r >= 0 else born_key[-2 - r]
        if slot == 0 or own < smallest:
            moved, smallest = r, own
    leave(moved, before, tumour_at, places)
    settle(moved, after, tumour_at, places)
    if moved >= 0:
        site[moved] = after
    else:
        born_at[-2 - moved] = after


@kernel
def divide(rows, seed, tick, rates, coopt, rays, compress, born, cells, room, ground, sites):
    """Let each row, in order, place a daughter beside itself, pushing cells aside where none is free.

    Order is a drawn priority, so this is random sequential updating whatever the order of rows.

    Parameters
    ----------
    rows : int64[m]
    rates, coopt : float64[capacity, B], int
        Column of the probability that new room is taken by replacing a hepatocyte, the vessels spared;
        otherwise it is pushed, which compresses the vessels around. Where no hepatocyte is left neither happens.
    rays : Rays
        As far as cells can be shifted; see ``state.rays``.
    compress : float
        Share of its patency that a vessel site that a cell beside a push touches loses.
    born : born_at, born_key, int64[m]
        Written: the daughter's site (-1 where there was no room) and key.
    cells : the columns MOTHERS, int64[capacity]
        Written: event, NOTHING where there was no room; REPLACEMENT or PUSHING as the cause of a division; site of the shifted.
    room : tumour_at, places
        Until daughters have rows, ``tumour_at`` holds -2 - i for the i-th.
    ground : neighbours, contacts, compartment
        Sites beside, and sites that a cell can touch, int32[sites, m]; what each site is.
    sites : parenchyma, patency, float64[sites]
        Updated.
    """
    parent, slot, length = rays
    born_at, born_key = born
    event, cause, key, site, layer = cells
    tumour_at, places = room
    neighbours, contacts, compartment = ground
    parenchyma, patency = sites
    way = np.empty(len(parent), np.int64)
    for i in range(len(rows)):
        r = rows[i]
        here = site[r]
        u0, u1, _, _ = draw4(seed, DIVISION, tick, key[r])
        born_at[i] = -1
        born_key[i] = child_key(seed, DAUGHTER, tick, key[r])
        cause[r] = NONE
        if layer[r] == LUMEN:
            place = tube_beside(here, neighbours, compartment, tumour_at, u0)
            if place >= 0:
                tumour_at[LUMEN, place] = -2 - i
                born_at[i] = place
            else:
                event[r] = NOTHING
            continue
        end = nearest_room(here, neighbours, compartment, tumour_at, places, parent, slot, length, way, u0)
        if end < 0:
            event[r] = NOTHING
            continue
        last = way[end]
        # shift the row on the way outwards, the far end first
        j = end
        while j != 0 and parent[j] != 0:
            j = parent[j]
            if places.capacity[way[j]] > 0:
                hand_on(way[j], way[end], site, key, born_at, born_key, tumour_at, places)
                end = j
        born_at[i] = way[end]
        settle(-2 - i, way[end], tumour_at, places)
        swallow(here, parenchyma, tumour_at, places)
        void = parenchyma[last] < 0.05
        replaces = not void and u1 < rates[r, coopt]
        if not void:
            cause[r] = REPLACEMENT if replaces else PUSHING
        swallow(last, parenchyma, tumour_at, places)
        if not void and not replaces:
            patency[last] *= 1.0 - compress
            for k in range(contacts.shape[1]):
                if contacts[last, k] >= 0:
                    patency[contacts[last, k]] *= 1.0 - compress


@kernel
def name_daughters(born_at, rows, layer, tumour_at, places):
    """Let daughters that ``divide`` placed stand there under their rows, -1 for those that were not born."""
    for i in range(len(born_at)):
        here = born_at[i]
        if here < 0:
            continue
        if layer[i] == LUMEN:
            tumour_at[LUMEN, here] = rows[i]
            continue
        for slot in range(standing(here, tumour_at)):
            if tumour_at[TISSUE + slot, here] == -2 - i:
                tumour_at[TISSUE + slot, here] = rows[i]
        for k in range(places.body.shape[1]):
            if places.body[here, k] >= 0:
                tumour_at[TISSUE, places.body[here, k]] = rows[i]
