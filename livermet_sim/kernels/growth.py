"""Cross the vessel wall and divide: one cell a site, taking room from hepatocytes or pushing cells aside."""

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
from livermet_sim.kernels.jit import kernel
from livermet_sim.kernels.rng import child_key, draw4
from livermet_sim.kernels.room import free_beside, habitable, nearest_free


@kernel
def cross_wall(rows, seed, tick, key, site, layer, sojourn, event, tumour_at, neighbours, compartment):
    """Move each row, in order, from the lumen into free tissue at its site or one beside it.

    Rows that find no room keep their place; their ``event`` becomes NOTHING.
    """
    for i in range(len(rows)):
        r = rows[i]
        here = site[r]
        free = 0
        for k in range(neighbours.shape[1] + 1):
            place = here if k == neighbours.shape[1] else neighbours[here, k]
            if place >= 0 and habitable(compartment[place]) and tumour_at[TISSUE, place] < 0:
                free += 1
        if free == 0:
            event[r] = NOTHING
            continue
        pick = int(draw4(seed, CROSS, tick, key[r])[0] * free)
        for k in range(neighbours.shape[1] + 1):
            place = here if k == neighbours.shape[1] else neighbours[here, k]
            if place >= 0 and habitable(compartment[place]) and tumour_at[TISSUE, place] < 0:
                if pick == 0:
                    tumour_at[LUMEN, here] = -1
                    tumour_at[TISSUE, place] = r
                    site[r] = place
                    layer[r] = TISSUE
                    sojourn[r] = 0.0
                    break
                pick -= 1


@kernel
def enter_vessel(rows, seed, tick, key, site, layer, event, tumour_at, neighbours, compartment, perfused):
    """Move each row, in order, from tissue into the free lumen of a perfused tube at its site, else beside it.

    Rows that find none keep their place; their ``event`` becomes NOTHING.
    """
    for i in range(len(rows)):
        r = rows[i]
        here = place = site[r]
        if compartment[here] != SINUSOID or tumour_at[LUMEN, here] != -1:
            u = draw4(seed, INTRAVASATION, tick, key[r])[0]
            place = free_beside(here, neighbours, compartment, tumour_at[LUMEN], True, u)
        if place < 0 or perfused[place] <= 0.0:
            event[r] = NOTHING
            continue
        tumour_at[TISSUE, here] = -1
        tumour_at[LUMEN, place] = r
        site[r] = place
        layer[r] = LUMEN


@kernel
def divide(
    rows, seed, tick, rates, coopt, parent, slot, length, compress, born_at, born_key, event, cause, key, site, layer, tumour_at,
    neighbours, compartment, parenchyma, patency,
):  # fmt: skip
    """Let each row, in order, place a daughter beside itself, pushing cells aside where none is free.

    Order is a drawn priority, so this is random sequential updating whatever the order of rows.

    Parameters
    ----------
    rows : int64[m]
    rates, coopt : float64[capacity, B], int
        Column of the probability that new room is taken by replacing a hepatocyte, the vessels spared;
        otherwise it is pushed, which compresses the vessels around. Where no hepatocyte is left neither happens.
    parent, slot, length : int32[m], int32[m], float64[m]
        Rays (``state.lattice.Rays``) as far as cells can be shifted.
    compress : float
        Share of its patency that a vessel site beside a push loses.
    born_at, born_key : int64[m]
        Written: the daughter's site (-1 where there was no room) and key. Until daughters have rows,
        ``tumour_at`` holds -2 - i for the i-th.
    event, cause : int64[capacity]
        NOTHING where there was no room; REPLACEMENT or PUSHING as the cause of a division.
    parenchyma, patency : float64[sites]
        Updated.
    """
    places = np.empty(len(parent), np.int64)
    for i in range(len(rows)):
        r = rows[i]
        here = site[r]
        u0, u1, _, _ = draw4(seed, DIVISION, tick, key[r])
        born_at[i] = -1
        born_key[i] = child_key(seed, DAUGHTER, tick, key[r])
        cause[r] = NONE
        if layer[r] == LUMEN:
            place = free_beside(here, neighbours, compartment, tumour_at[LUMEN], True, u0)
            if place >= 0:
                tumour_at[LUMEN, place] = -2 - i
                born_at[i] = place
            else:
                event[r] = NOTHING
            continue
        free = nearest_free(
            here, neighbours, compartment, tumour_at[TISSUE], parent, slot, length, places, u0
        )
        if free < 0:
            event[r] = NOTHING
            continue
        last = places[free]
        # shift the row on the way outwards, the far end first
        while parent[free] != 0:
            before, spot = places[parent[free]], places[free]
            moved = tumour_at[TISSUE, before]
            tumour_at[TISSUE, spot] = moved
            if moved >= 0:
                site[moved] = spot
            else:
                born_at[-2 - moved] = spot
            free = parent[free]
        place = places[free]
        tumour_at[TISSUE, place] = -2 - i
        born_at[i] = place
        parenchyma[here] = 0.0
        void = parenchyma[last] < 0.05
        replaces = not void and u1 < rates[r, coopt]
        if not void:
            cause[r] = REPLACEMENT if replaces else PUSHING
        parenchyma[last] = 0.0
        if not void and not replaces:
            patency[last] *= 1.0 - compress
            for k in range(neighbours.shape[1]):
                if neighbours[last, k] >= 0:
                    patency[neighbours[last, k]] *= 1.0 - compress
