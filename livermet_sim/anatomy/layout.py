"""Lay out lobules, portal tracts and central veins on the lattice, before any sinusoid exists."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import KDTree, Voronoi

from livermet_sim.anatomy.distance import spread
from livermet_sim.base.errors import TissueError
from livermet_sim.base.specs import Value
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL

MOST_SITES = 12_000_000


@dataclass(frozen=True)
class Layout:
    """Hold compartment and lobule as pictures, int[height, width], with a rim of outside sites around."""

    compartment: np.ndarray
    lobule: np.ndarray


def spiral(count: int) -> np.ndarray:
    """Return axial hexagon coordinates, int[count, 2]: the middle, then ring after ring."""
    cells, radius = [(0, 0)], 0
    steps = ((-1, 1), (-1, 0), (0, -1), (1, -1), (1, 0), (0, 1))
    while len(cells) < count:
        radius += 1
        q, r = radius, 0
        for dq, dr in steps:
            for _ in range(radius):
                cells.append((q, r))
                q, r = q + dq, r + dr
    return np.array(cells[:count])


def hexagons(settings: Mapping[str, Value], count: int, rng: np.random.Generator) -> Layout:
    """Lay out ``count`` lobules around the first; every site belongs to the nearest lobule centre.

    Portal tracts stand where three lobules meet, whole even at the tissue's edge. A ring of lobules that is
    not part of the tissue closes its outline.
    """
    site, across = float(settings["site"]), float(settings["lobule_diameter"])
    _check_size(count * round(math.sqrt(0.75) * (across / site) ** 2))
    axial = spiral(count)
    radius = int(np.abs(axial @ [[1, 0, 1], [0, 1, 1]]).max()) + 1
    axial = spiral(1 + 3 * radius * (radius + 1))
    centres = across * (axial @ np.array([[1.0, 0.0], [0.5, math.sqrt(0.75)]]))
    centres += float(settings["lobule_irregularity"]) * across * _disc(rng, len(centres))
    corners = _corners(centres, count)
    reach = 0.75 * float(settings["portal_diameter"]) + 2 * site
    low = corners.min(axis=0) - reach
    shape = np.ceil((corners.max(axis=0) + reach - low) / site).astype(int)
    y, x = np.mgrid[: shape[1], : shape[0]]
    points = np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=1) * site + low
    owner = KDTree(centres).query(points)[1].reshape(x.shape)
    compartment = np.where(owner < count, PARENCHYMA, OUTSIDE).astype(np.int8)
    for vessel, middles, name in ((PORTAL, corners, "portal"), (CENTRAL, centres[:count], "central")):
        blobs = _blobs(points, middles, float(settings[f"{name}_diameter"]), rng).reshape(x.shape)
        # no spikes one site wide
        compartment[np.asarray(ndimage.binary_opening(blobs, np.ones((2, 2))), dtype=bool)] = vessel
    return Layout(*_crop(compartment, _own(owner, compartment, count)))


def strip(settings: Mapping[str, Value]) -> Layout:
    """Lay out a rectangle with a portal edge on the left and a central edge on the right."""
    site = float(settings["site"])
    columns, rows = (max(4, round(float(settings[name]) / site)) for name in ("length", "width"))
    _check_size((columns + 6) * (rows + 2))
    compartment = np.full((rows + 2, columns + 6), OUTSIDE, dtype=np.int8)
    compartment[1:-1, 1:-1] = PARENCHYMA
    compartment[1:-1, 1:3] = PORTAL
    compartment[1:-1, -3:-1] = CENTRAL
    return Layout(compartment, np.where(compartment == OUTSIDE, -1, 0).astype(np.int32))


def nearest_vein(compartment: np.ndarray) -> Layout:
    """Give every inside site to its nearest central vein, the veins numbered along the lattice."""
    veins = np.zeros(compartment.shape, dtype=np.int32)
    ndimage.label(compartment == CENTRAL, structure=np.ones((3, 3)), output=veins)
    owner = spread(veins, veins > 0) - 1
    return Layout(compartment, np.where(compartment == OUTSIDE, -1, owner).astype(np.int32))


def _disc(rng: np.random.Generator, count: int) -> np.ndarray:
    angle, distance = 2 * math.pi * rng.random(count), np.sqrt(rng.random(count))
    return np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=1)


def _corners(centres: np.ndarray, count: int) -> np.ndarray:
    diagram = Voronoi(centres)
    used = {v for i in range(count) for v in diagram.regions[diagram.point_region[i]] if v >= 0}
    return diagram.vertices[sorted(used)]


def _blobs(points: np.ndarray, middles: np.ndarray, diameter: float, rng: np.random.Generator) -> np.ndarray:
    """Say which points lie in a roundish vessel of its own size and shape around one of ``middles``."""
    size = 0.5 * diameter * rng.uniform(0.85, 1.15, len(middles))
    dent, turn = rng.uniform(0.0, 0.08, len(middles)), rng.uniform(0.0, 2 * math.pi, len(middles))
    distance, owner = KDTree(middles).query(points, distance_upper_bound=0.75 * diameter)
    inside = np.zeros(len(points), dtype=bool)
    near = np.flatnonzero(np.isfinite(distance))
    who = np.asarray(owner)[near]
    off = points[near] - middles[who]
    angle = np.arctan2(off[:, 1], off[:, 0])
    inside[near] = distance[near] <= size[who] * (1.0 + dent[who] * np.cos(3.0 * (angle - turn[who])))
    return inside


def _own(owner: np.ndarray, compartment: np.ndarray, count: int) -> np.ndarray:
    """Give portal sites beyond the outline to the nearest lobule that is part of the tissue."""
    return np.where(compartment == OUTSIDE, -1, spread(owner, owner < count)).astype(np.int32)


def _crop(compartment: np.ndarray, lobule: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.nonzero(compartment)
    window = np.s_[y.min() : y.max() + 1, x.min() : x.max() + 1]
    padded = np.pad(compartment[window], 1, constant_values=OUTSIDE)
    return padded, np.pad(lobule[window], 1, constant_values=-1)


def _check_size(sites: int) -> None:
    if sites > MOST_SITES:
        raise TissueError("tissue", f"{sites} sites are too many; at most {MOST_SITES} can be built")
