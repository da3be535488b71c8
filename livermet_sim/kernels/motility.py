"""Let cells crawl: immune cells along vessels and into tissue, stellate and tumour cells through tissue."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from livermet_sim.kernels.codes import (
    CRAWL,
    CYCLING,
    LUMEN,
    PARENCHYMA,
    SINUSOID,
    TISSUE,
    TUMOUR,
)
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.rng import draw4
from livermet_sim.kernels.room import leave, place_beside, settle


@kernel
def lay_ways(compartment, neighbours, ways):
    """Write into ``ways``, int32[2, n], which neighbours are vessels, and which are vessels or parenchyma: a bit for each."""
    for s in range(len(neighbours)):
        vessels, all_ways = 0, 0
        for k in range(neighbours.shape[1]):
            place = neighbours[s, k]
            if place >= 0 and compartment[place] == SINUSOID:
                vessels |= 1 << k
            if place >= 0 and compartment[place] in (SINUSOID, PARENCHYMA):
                all_ways |= 1 << k
        ways[0, s], ways[1, s] = vessels, all_ways


@inline
def _choose(here, neighbours, ways, u):
    """Return the neighbouring site behind one of the bits of ``ways``, drawn uniformly, or -1."""
    number, rest = 0, ways
    while rest != 0:
        rest &= rest - 1
        number += 1
    if number == 0:
        return -1
    rest = ways
    for _ in range(int(u * number)):
        rest &= rest - 1
    k = 0
    while (rest >> k) & 1 == 0:
        k += 1
    return neighbours[here, k]


@inline
def another(site, row, tumour_at):
    """Say whether another tumour cell than ``row`` fills the tissue part of a site, or some of it."""
    first = tumour_at[TISSUE, site]
    return first != -1 and (first != row or (len(tumour_at) > 2 and tumour_at[TISSUE + 1, site] != -1))


@inline
def touching(site, row, neighbours, tumour_at):
    """Return on how many sites around, and at the site itself, another tumour cell than ``row`` stands."""
    number = 1 if another(site, row, tumour_at) else 0
    for k in range(neighbours.shape[1]):
        other = neighbours[site, k]
        if other >= 0 and another(np.int64(other), row, tumour_at):
            number += 1
    return number


# behaviours of a cell that crawls, and where each stands among them
CRAWLING = ("crawl", "chemotaxis", "infiltrate", "attack", "engulf")
PACE, CHEMOTAXIS, INFILTRATE, ATTACK, ENGULF = range(len(CRAWLING))
# columns of cells that `crawl` takes, and `tumour_hops`
CELLS = ("kind", "site", "layer", "key", "aptitude")
TUMOUR_CELLS = ("kind", "layer", "state", "key", "crowding")


class Habits(NamedTuple):
    """Hold how each kind moves.

    Attributes
    ----------
    mobile : int64[K]
        0 stays, 1 vessel cell (leaves the vessel with probability ``infiltrate``), 2 tissue cell.
    motile_share : float64[K]
        Share of the time in which a kind crawls, times how much farther than others it goes before it turns.
    attractant : int64[K]
        Signal index, or -1.
    heed : float64[K]
        Share of the attractant's pull that a kind feels: 1, unless an intervention blocks its receptor.
    trace : float64[K], relative
        Sum of the concentrations at both ends of a hop at which a kind's bias is half of what it is in plenty.
    inactive_share : float64[K]
        Cells of a kind whose ``aptitude`` lies below it never attack.
    """

    mobile: np.ndarray
    motile_share: np.ndarray
    attractant: np.ndarray
    heed: np.ndarray
    trace: np.ndarray
    inactive_share: np.ndarray


class Ground(NamedTuple):
    """Hold what cells crawl on.

    Attributes
    ----------
    concentration : float64[sites, F], relative
    compartment, neighbours : int8[sites], int32[sites, m]
    ways : int32[2, sites]
        Where cells can go from a site, see `lay_ways`.
    near : int32[2, sites]
        Tumour cells in contact with a site, in lumen and tissue parts.
    """

    concentration: np.ndarray
    compartment: np.ndarray
    neighbours: np.ndarray
    ways: np.ndarray
    near: np.ndarray


@kernel
def crawl(first, stop, seed, tick, dt, stride, cells, rates, columns, habits, ground):
    """Let every mobile cell but tumour cells in rows ``first`` to ``stop`` - 1 make its hops of one site; none blocks another.

    A hop up the attractant is always made, one down it with odds exp(chemotaxis * relative difference), which fades
    where the attractant is no more than a trace that receptors hardly bind.
    A cell that can attack stays beside a tumour cell that it touches with no wall between them.

    Parameters
    ----------
    dt, stride : float, h, um
        Step; path that a hop to a site beside stands for, see ``processes.crawling``.
    cells : the columns CELLS, int64[capacity] but the last
        Site and layer are written; aptitude is float64.
    columns : int64[5]
        Columns of CRAWLING (crawl in um/min) in ``rates``, float64[capacity, B]; -1 is not allowed.
    habits, ground : Habits, Ground
    """
    kind, site, layer, key, aptitude = cells
    concentration, compartment, near = ground.concentration, ground.compartment, ground.near
    for r in range(first, stop):
        k = kind[r]
        way = habits.mobile[k]
        if way == 0:
            continue
        expected = rates[r, columns[PACE]] * habits.motile_share[k] * 60.0 * dt / stride
        if expected <= 0.0:
            continue
        u0, u1, u2, u3 = draw4(seed, CRAWL, tick, key[r])
        hops = int(expected + u0)
        if hops == 0:
            continue
        armed = rates[r, columns[ATTACK]] + rates[r, columns[ENGULF]] > 0.0
        attacker = aptitude[r] >= habits.inactive_share[k] and armed
        signal = habits.attractant[k]
        here = site[r]
        for hop in range(hops):
            if attacker and (
                near[LUMEN, here] > 0 or (compartment[here] != SINUSOID and near[TISSUE, here] > 0)
            ):
                break
            if hop > 0:
                u1, u2, u3, _ = draw4(seed, CRAWL + (hop << 16), tick, key[r])
            vessels_only = way == 1 and compartment[here] == SINUSOID and u3 >= rates[r, columns[INFILTRATE]]
            onward = _choose(here, ground.neighbours, ground.ways[0 if vessels_only else 1, here], u1)
            if onward < 0:
                continue
            if signal >= 0:
                there, now = concentration[onward, signal], concentration[here, signal]
                if there < now:
                    relative = (there - now) / (there + now + habits.trace[k])
                    if u2 >= math.exp(rates[r, columns[CHEMOTAXIS]] * habits.heed[k] * relative * 10.0):
                        continue
            here = onward
        site[r] = here
        if way == 1:
            layer[r] = LUMEN if compartment[here] == SINUSOID else TISSUE


@kernel
def crawl_tumour(
    rows, seed, tick, hops, key, site, rates, cohesion, tumour_at, places, compartment, neighbours
):
    """Move tumour cells in tissue, in order, to places with room around them, ``hops[i]`` times.

    A cell that touches others hops only to where it still touches one (E-cadherin): clones are loose, but
    do not scatter. With the probability in the column ``cohesion`` of ``rates`` it does not hop to where it
    touches fewer: clones grow compact.
    """
    for i in range(len(rows)):
        r = rows[i]
        for hop in range(hops[i]):
            here = site[r]
            u, v, _, _ = draw4(seed, CRAWL + ((hop + 1) << 16), tick, key[r])
            place = place_beside(here, False, neighbours, compartment, tumour_at, places, u)
            if place < 0:
                break
            held = touching(here, r, neighbours, tumour_at)
            then = touching(place, r, neighbours, tumour_at)
            if held > 0 and (then == 0 or (then < held and v < rates[r, cohesion])):
                continue
            leave(r, here, tumour_at, places)
            settle(r, place, tumour_at, places)
            site[r] = place


@kernel
def tumour_hops(first, stop, seed, tick, dt, stride, cells, rates, pace, hops):
    """Write how many hops each cycling tumour cell in tissue among rows ``first`` to ``stop`` - 1 makes; return how many move at all.

    ``cells`` are the columns TUMOUR_CELLS, ``pace`` the column of crawl. Dormant cells are solitary and still (Naumov 2002).
    """
    kind, layer, state, key, crowding = cells
    movers = 0
    for r in range(first, stop):
        hops[r] = 0
        if kind[r] != TUMOUR or layer[r] != TISSUE or state[r] != CYCLING:
            continue
        expected = rates[r, pace] * 60.0 * dt / stride
        if expected > 0.0 and crowding[r] < 1.0:
            hops[r] = int(expected + draw4(seed, CRAWL, tick, key[r])[0])
            if hops[r] > 0:
                movers += 1
    return movers
