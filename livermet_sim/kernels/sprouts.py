"""Let the tips of sprouts grow hop by hop: join a vessel through which blood would run, or climb the guide."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from livermet_sim.kernels.codes import PARENCHYMA, SINUSOID, SPROUT_STEP
from livermet_sim.kernels.jit import inline, kernel
from livermet_sim.kernels.rng import child_key, draw

# columns of the sprouts that are read and written, whole ones first
SPROUT = ("number", "key", "root", "tip", "before", "segment", "sites", "tube", "travelled", "due", "age")
# columns of the sites that are written, then those that are only read
LAID, READ = ("sprout", "diameter", "patency", "vessel_age", "sleeve"), ("perfused",)


class Tips(NamedTuple):
    """Hold whose turn it is, and what is known of each sprout, by row.

    Attributes
    ----------
    order : int64[m]
        Sprouts in their turn.
    pace : float64[m], um/h
        Of the tip; below 0 where its LSEC is gone.
    whole : bool[m]
        False for sprouts that have lost a site: they are cut off.
    offset : int64[m, 2]
        Way from the root to the tip, in sites; kept up.
    over : bool[m]
        Written: True for sprouts whose way is over.
    """

    order: np.ndarray
    pace: np.ndarray
    whole: np.ndarray
    offset: np.ndarray
    over: np.ndarray


class Manner(NamedTuple):
    """Hold how tips choose their way; see ``processes.collapse.Vessels`` for the weights.

    Attributes
    ----------
    reach, home, drop : float, um, um, mmHg
        Longest way; nearness to the root within which no branch joins, until it has gone twice as far; least difference in pressure.
    straight, wander, follow : float
        Weights of going straight on, of chance and of an empty sleeve, against the guide.
    crowd, stretch : int
        Most tubes around a site that is entered; sites of a new stretch of lining.
    site : float, um
    steps : int64[k, 2]
        Way to each neighbour, in sites.
    turn : float64[k, k]
        Cosine between a hop to one neighbour and the next to another.
    """

    reach: float
    home: float
    drop: float
    straight: float
    wander: float
    follow: float
    crowd: int
    stretch: int
    site: float
    steps: np.ndarray
    turn: np.ndarray


class Ground(NamedTuple):
    """Hold where tips grow: ``compartment``, ``segments`` and the columns LAID are written, the rest is read.

    ``guide``, ``perfused``, ``pressure`` are float64[sites], ``fed`` bool[sites], ``neighbours`` int32[sites, k]; ``row_of``,
    int64, is the row of a sprout by its number.
    """

    compartment: np.ndarray
    segments: np.ndarray
    sprout: np.ndarray
    diameter: np.ndarray
    patency: np.ndarray
    vessel_age: np.ndarray
    sleeve: np.ndarray
    perfused: np.ndarray
    guide: np.ndarray
    fed: np.ndarray
    pressure: np.ndarray
    neighbours: np.ndarray
    row_of: np.ndarray


class Made(NamedTuple):
    """Hold what is made, and how much of it there is: ``number`` of tubes and of LSEC, int64[2].

    ``tubes``, int32[m, 2], are pairs of sites, ``width``, float64[m], their diameters. LSEC number i lines ``place[i]`` and
    has the key ``key[i]``; its stretch is ``stretches + i``. ``mother[i]`` is the row of the cell that it comes from, -1 - j
    for the LSEC j made in this step.
    """

    number: np.ndarray
    tubes: np.ndarray
    width: np.ndarray
    place: np.ndarray
    key: np.ndarray
    mother: np.ndarray
    stretches: int


@inline
def _has_room(site, crowd, ground):
    """Say whether a site has room for one more tube: not beside several already."""
    tubes = 0
    for k in range(ground.neighbours.shape[1]):
        p = ground.neighbours[site, k]
        if p >= 0 and ground.compartment[p] == SINUSOID:
            tubes += 1
    return tubes <= crowd


@inline
def _joins(row, site, away, sprouts, manner, ground):
    """Say whether blood would run through the sprout if it joined the vessel at ``site``, ``away`` um from its root.

    So it does between two vessels at different pressures: a tube without blood that hangs on one has the pressure of
    what it hangs on.
    """
    root, travelled = sprouts[2], sprouts[8]
    number = int(ground.sprout[site])
    other = ground.row_of[number] if number > 0 else -1
    hangs = ground.fed[site] and ground.vessel_age[site] > 0.0
    if not (other >= 0 or ground.perfused[site] > 0.0 or hangs):
        return False
    # a branch must not come back at once; the open end of a cut vessel may find the other
    branch = ground.perfused[root[row]] > 0.0 and travelled[row] <= 2.0 * manner.home
    if branch and away <= manner.home:
        return False
    end = root[other] if other >= 0 else site
    return abs(ground.pressure[end] - ground.pressure[root[row]]) >= manner.drop


@inline
def _lay(row, site, seed, tick, lined, sprouts, manner, ground, made):
    """Make ``site`` a tube; a full stretch gets an LSEC of its own. ``lined`` is the row of each stretch's LSEC."""
    key, segment, sites, tube = sprouts[1], sprouts[5], sprouts[6], sprouts[7]
    ground.compartment[site] = SINUSOID
    ground.diameter[site], ground.patency[site], ground.vessel_age[site] = tube[row], 1.0, 1e-6
    ground.sleeve[site] = 0.0
    if sites[row] % manner.stretch == 0:
        new, mine = made.number[1], segment[row]
        made.mother[new] = lined[mine] if mine < made.stretches else -1 - (mine - made.stretches)
        made.place[new] = site
        made.key[new] = child_key(seed, SPROUT_STEP + (1 << 16), tick, key[row] ^ site)
        made.number[1] += 1
        segment[row] = made.stretches + new
    ground.segments[site] = segment[row]


@inline
def _choose(row, hop, seed, tick, free, last, sprouts, manner, ground):
    """Return the slot of the free neighbour to which guide, empty sleeves, the way so far and chance draw the tip, or -1.

    ``free``, int8[k], is 1 for vessels without blood, which are looked at first, and 2 for tissue.
    """
    key, tip, sites = sprouts[1], sprouts[3], sprouts[6]
    highest = 0.0
    for k in range(len(free)):
        if free[k] > 0:
            highest = max(highest, ground.guide[ground.neighbours[tip[row], k]])
    scale = max(highest, 1e-9)
    best, most = -1, -np.inf
    for what in (1, 2):
        for k in range(len(free)):
            if free[k] != what:
                continue
            p = ground.neighbours[tip[row], k]
            ahead = manner.turn[last, k] if sites[row] > 0 else 0.0
            noise = draw(seed, SPROUT_STEP + ((hop + 1) << 16), tick, key[row] ^ p)
            drawn = ground.guide[p] / scale + manner.straight * ahead + manner.wander * noise
            drawn += manner.follow * ground.sleeve[p]
            if drawn > most:
                best, most = k, drawn
    return best


@inline
def _tube(row, site, sprouts, made):
    """Write down a tube from the tip to ``site``."""
    at = made.number[0]
    made.tubes[at, 0], made.tubes[at, 1], made.width[at] = sprouts[3][row], site, sprouts[7][row]
    made.number[0] += 1


@inline
def _hop(row, hop, seed, tick, offset, free, lined, sprouts, manner, ground, made):
    """Grow by one site; return its slot, or -1 when the sprout has met a vessel or has no way."""
    number, _, root, tip, before, _, sites = sprouts[:7]
    here, found, last = tip[row], False, 0
    for k in range(len(free)):
        p, free[k] = ground.neighbours[here, k], 0
        if sites[row] > 0 and ground.neighbours[before[row], k] == here:
            last = k
        if p < 0 or p == root[row] or ground.sprout[p] == number[row]:
            continue
        if ground.compartment[p] == SINUSOID:
            x, y = offset[row, 0] + manner.steps[k, 0], offset[row, 1] + manner.steps[k, 1]
            away = np.hypot(x * manner.site, y * manner.site)
            if not found and sites[row] > 0 and _joins(row, p, away, sprouts, manner, ground):
                _tube(row, p, sprouts, made)
                found = True
            # the remains of a vessel without blood are a way like any other, and are used again
            if ground.perfused[p] == 0.0 and ground.sprout[p] == 0.0:
                free[k] = 1
        elif ground.compartment[p] == PARENCHYMA and _has_room(p, manner.crowd, ground):
            free[k] = 2
    slot = -1 if found else _choose(row, hop, seed, tick, free, last, sprouts, manner, ground)
    if slot >= 0:
        best = ground.neighbours[here, slot]
        if ground.compartment[best] != SINUSOID:
            _lay(row, best, seed, tick, lined, sprouts, manner, ground, made)
        _tube(row, best, sprouts, made)
        ground.sprout[best] = number[row]
        before[row], tip[row] = here, best
        sites[row] += 1
        offset[row, 0] += manner.steps[slot, 0]
        offset[row, 1] += manner.steps[slot, 1]
    return slot


@kernel
def advance(tips, seed, tick, span, lined, sprouts, manner, ground, made):
    """Let tips go as far as their time allows, one after the other.

    Parameters
    ----------
    lined : int64[stretches]
        Row of each stretch's LSEC, or -1.
    sprouts : the columns SPROUT
        Written.
    """
    root, travelled, due, age = sprouts[2], sprouts[8], sprouts[9], sprouts[10]
    free, over = np.zeros(ground.neighbours.shape[1], np.int8), tips.over
    for i in range(len(tips.order)):
        row, hop = tips.order[i], 0
        over[row] = tips.pace[row] < 0.0 or not tips.whole[row] or ground.compartment[root[row]] != SINUSOID
        if over[row]:
            continue
        age[row] += span
        due[row] += tips.pace[row] * span
        while due[row] > 0.0 and not over[row]:
            slot = _hop(row, hop, seed, tick, tips.offset, free, lined, sprouts, manner, ground, made)
            if slot < 0:
                over[row] = True
                continue
            far = np.hypot(manner.steps[slot, 0] * manner.site, manner.steps[slot, 1] * manner.site)
            travelled[row] += far
            due[row] -= far
            over[row] = travelled[row] > manner.reach
            hop += 1
