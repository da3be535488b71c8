"""Grow liver plates from seeds; sinusoids are left, one site wide, where the plates' fronts meet.

A mesh of the sinusoid network is the hole around one piece of plate. Seeds are thrown apart by an ellipse
that is long along the blood's way, longer and narrower near the central vein, so that meshes are nearly round and
winding periportally and drawn out, with straight sinusoids, pericentrally (Wisse 1983, PMID 6648350). Each
seed floods the sites around it in the order of its elliptic distance; a site reached by a second plate
becomes sinusoid. Borders of a partition branch and rejoin and have no dead ends (watershed by flooding,
Meyer 1994, doi:10.1016/0165-1684(94)90060-4).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from livermet_sim.base.specs import Value
from livermet_sim.kernels.flooding import BORDER, NONE, flood
from livermet_sim.kernels.meshes import throw
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL

# randomly thrown discs jam at 54.7 % of the area: their distance is then 0.83 of the square root of a cell's area
JAMMED = 0.83
SMALL = 4


def grow(
    lattice: Lattice,
    compartment: np.ndarray,
    zone: np.ndarray,
    settings: Mapping[str, Value],
    rng: np.random.Generator,
) -> np.ndarray:
    """Return where sinusoids run, bool[n], in the parenchyma of ``compartment``, int8[n].

    Where the lattice has an edge its outermost sites must be outside the tissue.
    """
    free = compartment == PARENCHYMA
    across = np.full(lattice.n, float(settings["sinusoid_spacing"]) / lattice.site)
    portal, central = float(settings["mesh_periportal"]), float(settings["mesh_pericentral"])
    along = across * (portal + (central - portal) * zone)
    angle = lattice.heading(zone, 1.5)
    seeds = _throw(lattice, free, angle, along, across, rng)
    noise = lattice.smoothed(rng.standard_normal(lattice.n), 0.6)
    noise *= float(settings["waviness"]) * (1.0 - zone) / max(float(noise.std()), 1e-9)
    plate = _flood(lattice, free, seeds, angle, along, across, np.exp(noise))
    plate[free & (plate == NONE)] = BORDER
    _close_rim(lattice, plate, compartment, rng)
    border = plate == BORDER
    _thin(lattice, border, np.isin(compartment, (PORTAL, CENTRAL)))
    return border


def _throw(
    lattice: Lattice,
    free: np.ndarray,
    angle: np.ndarray,
    along: np.ndarray,
    across: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return seeds, sites in random order, each outside the ellipses of those before it."""
    reach = math.ceil(JAMMED * max(float(along.max()), float(across.max())))
    frames = np.stack([np.cos(angle), np.sin(angle), JAMMED * along, JAMMED * across])
    order, steps = rng.permutation(np.flatnonzero(free)), np.array(lattice.side_steps)
    seeds = np.empty(len(order), dtype=np.int64)
    return seeds[: throw(order, ~free, frames, reach, lattice.around, steps, seeds)].copy()


def _flood(
    lattice: Lattice,
    free: np.ndarray,
    seeds: np.ndarray,
    angle: np.ndarray,
    along: np.ndarray,
    across: np.ndarray,
    weight: np.ndarray,
) -> np.ndarray:
    """Return the plate of each site, BORDER where two plates meet, NONE elsewhere; int64[n]."""
    plate = np.full(free.size, NONE)
    parts = (np.cos(angle) / along, np.sin(angle) / along, np.cos(angle) / across, np.sin(angle) / across)
    frames = np.stack([part[seeds] for part in parts], axis=1)
    around = lattice.around[:, : lattice.sides].astype(np.int64)
    flood(plate, free, seeds, frames, weight, around, np.array(lattice.side_steps))
    return plate


def _close_rim(
    lattice: Lattice, plate: np.ndarray, compartment: np.ndarray, rng: np.random.Generator
) -> None:
    """Join sinusoids that end at the tissue's edge by running them along it, past every plate but some.

    A thin plate lies open to the edge where neither plate beside it does; else a dead end would be left.
    """
    outside = compartment == OUTSIDE
    if not outside.any():
        return
    around = lattice.around
    rim = ~outside & (outside[around[:, : lattice.sides]]).any(axis=1)
    beside: dict[int, set[int]] = {int(k): set() for k in np.unique(plate[rim & (plate >= 0)])}
    for at in np.flatnonzero(rim):
        touching = {int(k) for k in plate[[at, *around[at]]] if k >= 0} & beside.keys()
        for k in touching:
            beside[k] |= touching - {k}
    near = (plate == BORDER) | ((around >= 0) & (plate[around] == BORDER)).any(axis=1)
    thick = set(plate[(plate >= 0) & ~near].tolist())
    inner = np.bincount(plate[(plate >= 0) & ~rim], minlength=int(plate.max()) + 1)
    opened: set[int] = set()
    # plates that the edge would swallow are opened first
    for k in sorted(rng.permutation(sorted(beside.keys() - thick)).tolist(), key=lambda k: inner[k] >= SMALL):
        if not beside[k] & opened:
            opened.add(k)
    closed = np.array(sorted(beside.keys() - opened), dtype=np.int64)
    plate[rim & np.isin(plate, closed)] = BORDER


def _thin(lattice: Lattice, border: np.ndarray, wall: np.ndarray) -> None:
    """Take sites out of two-by-two blobs of sinusoid where that neither parts nor joins anything.

    Such a site has the crossing number 1 (Yokoi 1975, doi:10.1016/S0146-664X(75)80008-8).
    """
    around, ring = lattice.around, lattice.ring
    corner = around[:, lattice.square]
    whole = np.flatnonzero(border & ((corner >= 0) & border[corner]).all(axis=1))
    for at in np.unique(np.concatenate([whole, corner[whole].ravel()])):
        near = around[at, ring]
        full = border[near] & (near >= 0)
        # three in a row around a corner make a square with the site
        if not any(full[k] and full[k + 1] and full[(k + 2) % 8] for k in (0, 2, 4, 6)):
            continue
        empty = ~(full | (wall[near] & (near >= 0)))
        crossings = sum(empty[k] and not (empty[k + 1] and empty[(k + 2) % 8]) for k in (0, 2, 4, 6))
        border[at] = crossings != 1
