"""Describe the liver slab that cells live in: compartments, vessel tubes, zones, neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

OUTSIDE, PORTAL, SINUSOID, PARENCHYMA, CENTRAL = 0, 1, 2, 3, 4
# which neighbour of its neighbour a site is: the way back for each of the eight
BACK = np.array([1, 0, 3, 2, 7, 6, 5, 4], dtype=np.int32)
COMPARTMENTS = ("outside", "portal tract", "sinusoid", "parenchyma", "central vein")


@dataclass(frozen=True)
class Tissue:
    """Hold an immutable slab of liver on a lattice with flat site indices (``y * width + x`` in 2-D).

    A *sinusoid site* carries a tube of its own diameter and, around the tube, plate tissue: it has a lumen
    part and a tissue part. Parenchyma sites have a tissue part only. Portal tracts and central veins let
    blood in and out.

    Attributes
    ----------
    kind : str
        lobule, patch, strip, tiling or mask.
    width, height : int
        Lattice size in sites.
    site, thickness : float, um
        Side of a site; thickness of the slab.
    compartment : int8[n]
        OUTSIDE, PORTAL, SINUSOID, PARENCHYMA or CENTRAL.
    diameter : float64[n], um
        Diameter of the tube at sinusoid sites (and the vessel's at portal and central sites), 0 elsewhere.
    zone : float64[n]
        Place between portal tract (0) and central vein (1), by path; 0 outside.
    lobule, hepatocyte : int32[n]
        Which lobule, which hepatocyte a site belongs to; -1 for none.
    neighbours : int32[n, 8]
        Sites around: four that share a side, then four that share a corner; -1 at the tissue's edge.
    edges : int32[m, 2]
        Pairs of neighbouring vessel sites joined by a tube (sinusoid, portal and central sites), each once,
        the lower index first, in lexicographic order.
    """

    kind: str
    width: int
    height: int
    site: float
    thickness: float
    compartment: np.ndarray
    diameter: np.ndarray
    zone: np.ndarray
    lobule: np.ndarray
    hepatocyte: np.ndarray
    neighbours: np.ndarray
    edges: np.ndarray

    @property
    def n(self) -> int:
        """Return the number of lattice sites, outside ones included."""
        return len(self.compartment)

    @cached_property
    def inside(self) -> np.ndarray:
        """Return the sites of the tissue, ascending, int32[m]."""
        return np.flatnonzero(self.compartment != OUTSIDE).astype(np.int32)

    @cached_property
    def lobules(self) -> int:
        """Return how many lobules there are."""
        return int(self.lobule.max()) + 1

    @cached_property
    def area(self) -> float:
        """Return the area of the tissue in um2."""
        return len(self.inside) * self.site**2

    @cached_property
    def volume(self) -> float:
        """Return the volume of the slab in mm3."""
        return self.area * self.thickness * 1e-9

    def xy(self, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the centres of ``sites`` in um."""
        return (sites % self.width + 0.5) * self.site, (sites // self.width + 0.5) * self.site

    def image(self, values: np.ndarray) -> np.ndarray:
        """Return a site array as a picture, shape [height, width]."""
        return values.reshape(self.height, self.width)


def moore_neighbours(width: int, height: int, compartment: np.ndarray) -> np.ndarray:
    """Return int32[n, 8]: E, W, S, N, then the corners; -1 beyond the lattice, outside sites included.

    Parameters
    ----------
    compartment : int8[n]
        Outside sites get no neighbours and are nobody's neighbour.
    """
    y, x = np.divmod(np.arange(width * height), width)
    table = np.full((width * height, 8), -1, dtype=np.int32)
    inside = compartment != OUTSIDE
    steps = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
    for k, (dx, dy) in enumerate(steps):
        ok = (x + dx >= 0) & (x + dx < width) & (y + dy >= 0) & (y + dy < height) & inside
        target = (y + dy) * width + x + dx
        ok[ok] &= inside[target[ok]]
        table[ok, k] = target[ok]
    return table
