"""Lay out lobules, portal tracts and central veins on the lattice, before any sinusoid exists."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree, Voronoi

from livermet_sim.base import threads
from livermet_sim.base.errors import TissueError
from livermet_sim.base.specs import Value
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL

MOST_SITES = 12_000_000


@dataclass(frozen=True)
class Layout:
    """Hold a lattice with compartment and lobule of its sites; one with an edge has a rim of outside sites.

    Attributes
    ----------
    compartment, lobule : int8[n], int32[n]
    """

    lattice: Lattice
    compartment: np.ndarray
    lobule: np.ndarray

    @classmethod
    def of_picture(cls, compartment: np.ndarray, lobule: np.ndarray, site: float) -> Layout:
        """Return the layout of pictures, int[height, width], whose outermost sites are outside."""
        height, width = compartment.shape
        return cls(Lattice(width, height, site), compartment.ravel(), lobule.ravel().astype(np.int32))


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
    """Lay out ``count`` lobules around the first, with an edge; every site belongs to the nearest lobule centre.

    Portal tracts stand where three lobules meet, whole even at the tissue's edge. A ring of lobules that is
    not part of the tissue closes its outline.
    """
    site, across = float(settings["site"]), float(settings["lobule_diameter"])
    check_size(count * round(math.sqrt(0.75) * (across / site) ** 2))
    axial = spiral(count)
    radius = int(np.abs(axial @ [[1, 0, 1], [0, 1, 1]]).max()) + 1
    axial = spiral(1 + 3 * radius * (radius + 1))
    centres = across * (axial @ np.array([[1.0, 0.0], [0.5, math.sqrt(0.75)]]))
    centres += float(settings["lobule_irregularity"]) * across * disc(rng, len(centres))
    corners = _corners(centres, count)
    reach = 0.75 * float(settings["portal_diameter"]) + 2 * site
    low = corners.min(axis=0) - reach
    shape = np.ceil((corners.max(axis=0) + reach - low) / site).astype(int)
    lattice = Lattice(int(shape[0]) + 2, int(shape[1]) + 2, site)
    points = np.stack(lattice.xy(np.arange(lattice.n)), axis=1) + low - site
    owner = np.asarray(KDTree(centres).query(points)[1], dtype=np.int32)
    compartment = np.where(owner < count, PARENCHYMA, OUTSIDE).astype(np.int8)
    shift = low - site
    vessels(lattice, compartment, (corners - shift, centres[:count] - shift), settings, rng)
    # portal sites beyond the outline belong to the nearest lobule that is part of the tissue
    owner = np.where(compartment == OUTSIDE, -1, owner[lattice.nearest(owner < count)])
    return _crop(lattice, compartment, owner)


def vessels(
    lattice: Lattice,
    compartment: np.ndarray,
    middles: tuple[np.ndarray, np.ndarray],
    settings: Mapping[str, Value],
    rng: np.random.Generator,
) -> None:
    """Write portal tracts and central veins around their ``middles``, float64[k, 2] in um each."""
    for vessel, places, name in ((PORTAL, middles[0], "portal"), (CENTRAL, middles[1], "central")):
        blobs = _blobs(lattice, places, float(settings[f"{name}_diameter"]), rng)
        compartment[_opened(lattice, blobs)] = vessel


def strip(settings: Mapping[str, Value]) -> Layout:
    """Lay out a rectangle with a portal edge on the left and a central edge on the right."""
    site = float(settings["site"])
    columns, rows = (max(4, round(float(settings[name]) / site)) for name in ("length", "width"))
    check_size((columns + 6) * (rows + 2))
    compartment = np.full((rows + 2, columns + 6), OUTSIDE, dtype=np.int8)
    compartment[1:-1, 1:-1] = PARENCHYMA
    compartment[1:-1, 1:3] = PORTAL
    compartment[1:-1, -3:-1] = CENTRAL
    return Layout.of_picture(compartment, np.where(compartment == OUTSIDE, -1, 0), site)


def nearest_vein(compartment: np.ndarray, site: float) -> Layout:
    """Give every inside site to its nearest central vein, the veins numbered along the lattice."""
    layout = Layout.of_picture(compartment, np.full(compartment.shape, -1), site)
    veins, _ = layout.lattice.pieces(layout.compartment == CENTRAL)
    owner = veins[layout.lattice.nearest(veins > 0)] - 1
    layout.lobule[:] = np.where(layout.compartment == OUTSIDE, -1, owner)
    return layout


def disc(rng: np.random.Generator, count: int) -> np.ndarray:
    angle, distance = 2 * math.pi * rng.random(count), np.sqrt(rng.random(count))
    return np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=1)


def _corners(centres: np.ndarray, count: int) -> np.ndarray:
    diagram = Voronoi(centres)
    used = {v for i in range(count) for v in diagram.regions[diagram.point_region[i]] if v >= 0}
    return diagram.vertices[sorted(used)]


def _blobs(lattice: Lattice, middles: np.ndarray, diameter: float, rng: np.random.Generator) -> np.ndarray:
    """Say which sites lie in a roundish vessel of its own size and shape around one of ``middles``, bool[n]."""
    size = 0.5 * diameter * rng.uniform(0.85, 1.15, len(middles))
    dent, turn = rng.uniform(0.0, 0.08, len(middles)), rng.uniform(0.0, 2 * math.pi, len(middles))
    points = np.stack(lattice.xy(np.arange(lattice.n)), axis=1)
    box = np.array(lattice.extent) if lattice.wrap else None
    distance, owner = KDTree(middles, boxsize=box).query(
        points, distance_upper_bound=0.75 * diameter, workers=threads.number(len(points))
    )
    inside = np.zeros(lattice.n, dtype=bool)
    near = np.flatnonzero(np.isfinite(distance))
    who = np.asarray(owner)[near]
    off = points[near] - middles[who]
    if box is not None:
        off -= box * np.round(off / box)
    angle = np.arctan2(off[:, 1], off[:, 0])
    inside[near] = np.asarray(distance)[near] <= size[who] * (
        1.0 + dent[who] * np.cos(3.0 * (angle - turn[who]))
    )
    return inside


def _opened(lattice: Lattice, mask: np.ndarray) -> np.ndarray:
    """Return a mask without spikes one site wide: the squares of 2 x 2 sites that lie in it."""
    corner = lattice.around[:, lattice.square]
    whole = mask & np.where(corner >= 0, mask[corner], False).all(axis=1)
    out = whole.copy()
    for k in range(corner.shape[1]):
        out[corner[whole, k]] = True
    return out


def _crop(lattice: Lattice, compartment: np.ndarray, lobule: np.ndarray) -> Layout:
    pictures = lattice.picture(compartment), lattice.picture(lobule)
    y, x = np.nonzero(pictures[0])
    window = np.s_[y.min() : y.max() + 1, x.min() : x.max() + 1]
    padded = np.pad(pictures[0][window], 1, constant_values=OUTSIDE)
    return Layout.of_picture(padded, np.pad(pictures[1][window], 1, constant_values=-1), lattice.site)


def check_size(sites: int) -> None:
    if sites > MOST_SITES:
        raise TissueError("tissue", f"{sites} sites are too many; at most {MOST_SITES} can be built")
