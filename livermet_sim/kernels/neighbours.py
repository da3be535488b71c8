"""See who is where: occupants of sites, counts by kind, crowding, and lists of attackers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from livermet_sim.kernels.codes import LUMEN, TISSUE, TUMOUR
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.room import settle

WHOLE = 2**20  # a site full of tumour


class Counts(NamedTuple):
    """Hold what is known of who is where, and of each cell as it was counted.

    Attributes
    ----------
    number : int32[sites, 2 K]
        Cells of each kind, then activated ones of each kind.
    tumour_at : int32[1 + most, sites]
        Row of the tumour cell in the lumen, then those in the tissue part, or -1.
    near : int32[2, sites]
        Tumour cells in lumen and tissue parts at the site and those it touches.
    pressed : int64[sites]
        What presses on a site, in steps of 1 / WHOLE of a site.
    was : int32[2, capacity]
        Where each row was counted, and as 4 kind + 2 layer + (1 where active).
    marked, seen : int32[sites + 1], int8[sites]
        Scratch; ``seen`` is 0 everywhere between two counts.
    """

    number: np.ndarray
    tumour_at: np.ndarray
    near: np.ndarray
    pressed: np.ndarray
    was: np.ndarray
    marked: np.ndarray
    seen: np.ndarray


@inline
def press(site, part, contacts, owner, counts):
    """Add what a site is full of tumour, in steps of 1 / WHOLE, to what presses on those around; no cell presses on itself."""
    for k in range(contacts.shape[1]):
        other = contacts[site, k]
        if other >= 0 and owner[other] != owner[site]:
            counts.pressed[other] += part
            if counts.seen[other] == 0:
                counts.seen[other] = 1
                counts.marked[0] += 1
                counts.marked[counts.marked[0]] = other


@inline
def count_one(one, site, what, contacts, places, counts):
    """Count a cell in (``one`` is 1) or out (-1); ``what`` is its kind, layer and activity as in `Counts`."""
    kind, layer = what >> 2, (what >> 1) & 1
    counts.number[site, kind] += one
    if what & 1:
        counts.number[site, counts.number.shape[1] // 2 + kind] += one
    if kind != TUMOUR:
        return
    counts.near[layer, site] += one
    for k in range(contacts.shape[1]):
        if contacts[site, k] >= 0:
            counts.near[layer, contacts[site, k]] += one
    if layer == TISSUE:
        press(site, one * (WHOLE // max(places.capacity[site], 1)), contacts, places.owner, counts)
        for k in range(places.body.shape[1]):
            if places.body[site, k] >= 0:
                press(np.int64(places.body[site, k]), one * WHOLE, contacts, places.owner, counts)


@kernel
def recount(n, known, cells, contacts, beside, places, counts, pressure):
    """Bring counts up to date with what changed since the last count; return how many tumour cells are in lumen and tissue.

    Counts are whole numbers, so taking out what was and putting in what is leaves the same as counting everybody.

    Parameters
    ----------
    n, known : int
        Living rows, and those counted last time.
    cells : four arrays, int64[capacity] but the last
        Kind, site, layer, activation (float64).
    contacts : int32[sites, m]
        Sites that a cell can touch.
    beside : int64[sites]
        Sites around that no cell here fills, those beyond an edge included.
    places : Places
        Where tissue has room for tumour cells, and what they fill; see ``kernels.room``.
    counts : Counts
    pressure : float64[sites]
        Share of the tissue around that tumour cells fill; kept up like the counts.
    """
    kind, site, layer, activation = cells
    was, marked = counts.was, counts.marked
    for part in range(len(counts.tumour_at)):
        for s in range(counts.tumour_at.shape[1]):
            counts.tumour_at[part, s] = -1
    in_lumen, in_tissue, marked[0] = 0, 0, 0
    alone = len(counts.tumour_at) == 2 and places.body.shape[1] == 0
    for r in range(max(n, known)):
        at, what = -1, -1
        if r < n:
            at, what = site[r], 4 * kind[r] + 2 * layer[r] + (1 if activation[r] > 0.5 else 0)
            if kind[r] == TUMOUR and layer[r] == LUMEN:
                in_lumen += 1
                counts.tumour_at[LUMEN, at] = r
            elif kind[r] == TUMOUR:
                in_tissue += 1
                if alone:
                    counts.tumour_at[TISSUE, at] = r
                else:
                    settle(r, at, counts.tumour_at, places)
        if r < known:
            if was[0, r] == at and was[1, r] == what:
                continue
            count_one(-1, np.int64(was[0, r]), np.int64(was[1, r]), contacts, places, counts)
        if r < n:
            count_one(1, at, what, contacts, places, counts)
            was[0, r], was[1, r] = at, what
    for t in range(1, marked[0] + 1):
        s = marked[t]
        counts.seen[s] = 0
        pressure[s] = counts.pressed[s] / (WHOLE * beside[s])
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
    head : int32[sites]
        -1 everywhere on entry except at the sites in ``listed``; written.
    following : int32[capacity]
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
