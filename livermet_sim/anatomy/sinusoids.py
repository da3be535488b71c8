"""Grow liver plates from seeds; sinusoids are left, one site wide, where the plates' fronts meet.

A mesh of the sinusoid network is the hole around one piece of plate. Seeds are thrown apart by an ellipse
that is long along the blood's way, longer and narrower near the central vein, so that meshes are nearly round and
winding periportally and drawn out, with straight sinusoids, pericentrally (Wisse 1983, PMID 6648350). Each
seed floods the sites around it in the order of its elliptic distance; a site reached by a second plate
becomes sinusoid. Borders of a partition branch and rejoin and have no dead ends (watershed by flooding,
Meyer 1994, doi:10.1016/0165-1684(94)90060-4).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from livermet_sim.anatomy.zonation import heading
from livermet_sim.base.specs import Value
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL

# randomly thrown discs jam at 54.7 % of the area: their distance is then 0.83 of the square root of a cell's area
JAMMED = 0.83
NONE, BORDER = -1, -2
SMALL = 4
RING = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))


def grow(
    compartment: np.ndarray, zone: np.ndarray, settings: Mapping[str, Value], rng: np.random.Generator
) -> np.ndarray:
    """Return where sinusoids run, bool[height, width], in the parenchyma of ``compartment``.

    The outermost row of sites must be outside the tissue.
    """
    site = float(settings["site"])
    free = compartment == PARENCHYMA
    across = np.full(zone.shape, float(settings["sinusoid_spacing"]) / site)
    portal, central = float(settings["mesh_periportal"]), float(settings["mesh_pericentral"])
    along = across * (portal + (central - portal) * zone)
    angle = heading(zone, 1.5)
    seeds = _throw(free, angle, along, across, rng)
    noise = ndimage.gaussian_filter(rng.standard_normal(zone.shape), 0.6)
    noise *= float(settings["waviness"]) * (1.0 - zone) / max(float(noise.std()), 1e-9)
    plate = _flood(free, seeds, angle, along, across, np.exp(noise))
    plate[free & (plate == NONE)] = BORDER
    _close_rim(plate, compartment, rng)
    border = plate == BORDER
    _thin(border, np.isin(compartment, (PORTAL, CENTRAL)))
    return border


def _throw(
    free: np.ndarray, angle: np.ndarray, along: np.ndarray, across: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return seeds, flat sites, in random order, each outside the ellipses of those before it."""
    height, width = free.shape
    reach = math.ceil(JAMMED * max(float(along.max()), float(across.max())))
    dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    taken, seeds = ~free, []
    cosine, sine = np.cos(angle).ravel(), np.sin(angle).ravel()
    long, short = JAMMED * along.ravel(), JAMMED * across.ravel()
    for at in rng.permutation(np.flatnonzero(free)):
        y, x = divmod(int(at), width)
        if taken[y, x]:
            continue
        seeds.append(at)
        top, left = max(0, y - reach), max(0, x - reach)
        window = np.s_[top - y + reach : height - y + reach, left - x + reach : width - x + reach]
        ahead = dx[window] * cosine[at] + dy[window] * sine[at]
        aside = dy[window] * cosine[at] - dx[window] * sine[at]
        ellipse = (ahead / long[at]) ** 2 + (aside / short[at]) ** 2 < 1.0
        taken[top : y + reach + 1, left : x + reach + 1] |= ellipse
    return np.array(seeds, dtype=np.int64)


def _flood(
    free: np.ndarray,
    seeds: np.ndarray,
    angle: np.ndarray,
    along: np.ndarray,
    across: np.ndarray,
    weight: np.ndarray,
) -> np.ndarray:
    """Return the plate of each site, BORDER where two plates meet, NONE elsewhere; int64[height, width]."""
    width = free.shape[1]
    plate = np.full(free.size, NONE).tolist()
    open_site, factor = free.ravel().tolist(), weight.ravel().tolist()
    frames = [
        (at % width, at // width, math.cos(turn) / a, math.sin(turn) / a, math.cos(turn) / b, math.sin(turn) / b)
        for at, turn, a, b in zip(
            seeds.tolist(), angle.flat[seeds].tolist(), along.flat[seeds].tolist(), across.flat[seeds].tolist(),
            strict=True,
        )
    ]  # fmt: skip
    front = [(0.0, at, k) for k, at in enumerate(seeds.tolist())]
    heapq.heapify(front)
    while front:
        _, here, k = heapq.heappop(front)
        if plate[here] != NONE:
            continue
        around = (here + 1, here - 1, here + width, here - width)
        for other in around:
            if plate[other] >= 0 and plate[other] != k:
                plate[here] = BORDER
                break
        if plate[here] == BORDER:
            continue
        plate[here] = k
        x0, y0, ca, sa, cb, sb = frames[k]
        for other in around:
            if open_site[other] and plate[other] == NONE:
                dx, dy = other % width - x0, other // width - y0
                far = ((dx * ca + dy * sa) ** 2 + (dy * cb - dx * sb) ** 2) * factor[other]
                heapq.heappush(front, (far, other, k))
    return np.array(plate).reshape(free.shape)


def _close_rim(plate: np.ndarray, compartment: np.ndarray, rng: np.random.Generator) -> None:
    """Join sinusoids that end at the tissue's edge by running them along it, past every plate but some.

    A thin plate lies open to the edge where neither plate beside it does; else a dead end would be left.
    """
    outside = compartment == OUTSIDE
    rim = np.asarray(ndimage.binary_dilation(outside), dtype=bool) & ~outside
    beside: dict[int, set[int]] = {int(k): set() for k in np.unique(plate[rim & (plate >= 0)])}
    for y, x in np.argwhere(rim):
        touching = {int(k) for k in plate[y - 1 : y + 2, x - 1 : x + 2].flat if k >= 0} & beside.keys()
        for k in touching:
            beside[k] |= touching - {k}
    near = np.asarray(ndimage.binary_dilation(plate == BORDER, np.ones((3, 3))), dtype=bool)
    thick = set(plate[(plate >= 0) & ~near].tolist())
    inner = np.bincount(plate[(plate >= 0) & ~rim], minlength=int(plate.max()) + 1)
    opened: set[int] = set()
    # plates that the edge would swallow are opened first
    for k in sorted(rng.permutation(sorted(beside.keys() - thick)).tolist(), key=lambda k: inner[k] >= SMALL):
        if not beside[k] & opened:
            opened.add(k)
    closed = np.array(sorted(beside.keys() - opened), dtype=np.int64)
    plate[rim & np.isin(plate, closed)] = BORDER


def _thin(border: np.ndarray, wall: np.ndarray) -> None:
    """Take sites out of two-by-two blobs of sinusoid where that neither parts nor joins anything.

    Such a site has the crossing number 1 (Yokoi 1975, doi:10.1016/S0146-664X(75)80008-8).
    """
    square = border[1:, 1:] & border[1:, :-1] & border[:-1, 1:] & border[:-1, :-1]
    blob = np.zeros_like(border)
    for window in (np.s_[1:, 1:], np.s_[1:, :-1], np.s_[:-1, 1:], np.s_[:-1, :-1]):
        blob[window] |= square
    for y, x in np.argwhere(blob):
        block = border[y - 1 : y + 2, x - 1 : x + 2]
        pairs = block[1:] & block[:-1]
        if not np.any(pairs[:, 1:] & pairs[:, :-1]):
            continue
        empty = ~(block | wall[y - 1 : y + 2, x - 1 : x + 2])
        ring = [bool(empty[1 + dy, 1 + dx]) for dy, dx in RING]
        crossings = sum(ring[k] and not (ring[k + 1] and ring[(k + 2) % 8]) for k in (0, 2, 4, 6))
        border[y, x] = crossings != 1
