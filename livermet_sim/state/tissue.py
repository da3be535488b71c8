"""Describe the liver slab that cells live in: compartments, vessel tubes, zones, neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from livermet_sim.state.lattice import Lattice

CONTACT = 16.5  # um between the middles of two cells that touch: areas alike with sites of 8, 10 and 12.5 um
REFERENCE = 2500.0  # um3
OUTSIDE, PORTAL, SINUSOID, PARENCHYMA, CENTRAL = 0, 1, 2, 3, 4
COMPARTMENTS = ("outside", "portal tract", "sinusoid", "parenchyma", "central vein")


@dataclass(frozen=True)
class Tissue:
    """Hold an immutable slab of liver on a lattice.

    A *sinusoid site* carries a tube of its own diameter and, around the tube, plate tissue: it has a lumen
    part and a tissue part. Parenchyma sites have a tissue part only. Portal tracts and central veins let
    blood in and out.

    Attributes
    ----------
    kind : str
        lobule, patch, strip or mask.
    lattice : Lattice
        Where sites lie, how far they are apart, whether opposite sides join.
    thickness : float, um
        Thickness of the slab.
    compartment : int8[n]
        OUTSIDE, PORTAL, SINUSOID, PARENCHYMA or CENTRAL.
    diameter : float64[n], um
        Diameter of the tube at sinusoid sites (and the vessel's at portal and central sites), 0 elsewhere.
    zone : float64[n]
        Place between portal tract (0) and central vein (1), by path; 0 outside.
    lobule, hepatocyte : int32[n]
        Which lobule, which hepatocyte a site belongs to; -1 for none.
    neighbours : int32[n, 8]
        Sites around, in the order of the lattice (those that share a side first); -1 at the tissue's edge.
    edges : int32[m, 2]
        Pairs of neighbouring vessel sites joined by a tube (sinusoid, portal and central sites), each once,
        the lower index first, in lexicographic order.
    dropped : int32[k]
        Sites that an image draws as sinusoid and that are parenchyma, because no blood can pass them.
    """

    kind: str
    lattice: Lattice
    thickness: float
    compartment: np.ndarray
    diameter: np.ndarray
    zone: np.ndarray
    lobule: np.ndarray
    hepatocyte: np.ndarray
    neighbours: np.ndarray
    edges: np.ndarray
    dropped: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int32))

    def __post_init__(self) -> None:
        # wherever a tissue comes from: a kernel is compiled anew for arrays that can be written
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def n(self) -> int:
        """Return the number of lattice sites, outside ones included."""
        return len(self.compartment)

    @cached_property
    def inside(self) -> np.ndarray:
        """Return the sites of the tissue, ascending, int32[m]."""
        return np.flatnonzero(self.compartment != OUTSIDE).astype(np.int32)

    @property
    def note(self) -> str:
        """Say what of a drawing was left out, in a sentence; empty where nothing was."""
        if not len(self.dropped):
            return ""
        drawn = len(self.dropped) + int(np.count_nonzero(self.compartment == SINUSOID))
        return (
            f"{len(self.dropped)} of {drawn} drawn sinusoid sites ({len(self.dropped) / drawn:.0%}) lie on no way from a "
            "portal tract to a central vein; they carry no blood and are parenchyma here."
        )

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

    @property
    def dilution(self) -> float:
        """Return how many times denser what one cell makes is in a site than in one of 10 x 10 x 25 um, for which it is declared."""
        return REFERENCE / (self.site**2 * self.thickness)

    @property
    def width(self) -> int:
        """Return the width of a picture of the tissue, in sites."""
        return self.lattice.width

    @property
    def height(self) -> int:
        """Return the height of a picture of the tissue, in sites."""
        return self.lattice.height

    @property
    def site(self) -> float:
        """Return the side of a site in um."""
        return self.lattice.site

    @cached_property
    def sides(self) -> np.ndarray:
        """Return the sites that share a side with each site, int32[n, 4], -1 for none."""
        return np.ascontiguousarray(self.neighbours[:, : self.lattice.sides])

    @cached_property
    def contacts(self) -> np.ndarray:
        """Return the sites whose cells a cell at each site can touch, int32[n, m], -1 for none: those within CONTACT."""
        return self.lattice.within(CONTACT, self.neighbours)

    @cached_property
    def edge_distance(self) -> np.ndarray:
        """Return how far each site is from where the tissue ends, um, float64[n]; infinite where it never does."""
        return self.lattice.distances(self.compartment == OUTSIDE)

    def xy(self, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the centres of ``sites`` in um."""
        return self.lattice.xy(sites)

    def image(self, values: np.ndarray) -> np.ndarray:
        """Return a site array as a picture, shape [height, width]."""
        return self.lattice.picture(values)
