"""Know the lattice: where sites lie, who is beside whom and how far, and whether opposite sides join.

Everything above asks this file; a lattice in space would be another class with the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from livermet_sim.base.types import Reals
from livermet_sim.state.rays import Rays, rays

# steps (x, y) to the sites around, in pairs of opposites along an axis; those that share a side come first
STEPS = np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)])
SIDES = 4
FINE = 2.0**20
FEW = 16  # places that are sooner asked one by one than put into a tree


@cache
def _pictures() -> Any:
    """Return what works on pictures, loaded by those who need it: that takes as long as a day of a lobule."""
    from scipy import ndimage

    return ndimage


@dataclass(frozen=True)
class Lattice:
    """Hold a square lattice of flat site indices, whose sides may be joined.

    Attributes
    ----------
    width, height : int
        Sites along x and y.
    site : float, um
        Distance of two sites that share a side.
    wrap : bool
        Whether the lattice goes on at the opposite side (a torus): no site has an edge then.
    """

    width: int
    height: int
    site: float
    wrap: bool = False

    @classmethod
    def of(cls, sizes: Mapping[str, Any]) -> Lattice:
        """Return the lattice that ``sizes`` (of a snapshot, for instance) describe; without ``wrap`` it has an edge."""
        width, height, site = int(sizes["width"]), int(sizes["height"]), float(sizes["site_um"])
        return cls(width, height, site, bool(sizes.get("wrap", False)))

    @property
    def sizes(self) -> dict[str, Any]:
        """Return what ``of`` makes the lattice from."""
        return {"width": self.width, "height": self.height, "site_um": self.site, "wrap": self.wrap}

    @property
    def n(self) -> int:
        """Return the number of sites."""
        return self.width * self.height

    @property
    def sides(self) -> int:
        """Return how many of a site's neighbours share a side with it; these come first, in pairs of opposites."""
        return SIDES

    @cached_property
    def length(self) -> np.ndarray:
        """Return the distance to each neighbour in um, float64[8]."""
        return self.site * np.hypot(*STEPS.T)

    @cached_property
    def back(self) -> np.ndarray:
        """Return which neighbour of its neighbour a site is: the way back for each slot, int32[8]."""
        same = (STEPS[:, None] == -STEPS[None]).all(axis=2)
        return same.argmax(axis=1).astype(np.int32)

    @cached_property
    def detours(self) -> list[tuple[int, ...]]:
        """Return for each slot the slots of the sites that share a side with both ends; none for sides."""
        return [
            tuple(k for k in range(SIDES) if (STEPS[slot] * STEPS[k]).sum() > 0) if slot >= SIDES else ()
            for slot in range(len(STEPS))
        ]

    @property
    def side_steps(self) -> list[tuple[int, int]]:
        """Return the step (x, y) to each neighbour that shares a side."""
        return [(x, y) for x, y in STEPS[:SIDES].tolist()]

    @property
    def hops(self) -> np.ndarray:
        """Return the way to each neighbour in whole sites, int64[8, 2]."""
        return STEPS

    @cached_property
    def turns(self) -> np.ndarray:
        """Return the cosine between the ways to each neighbour and to each other one, float64[8, 8]."""
        x, y = self.site * STEPS.T
        far = np.hypot(x, y)
        return (x[:, None] * x + y[:, None] * y) / (far[:, None] * far)

    @property
    def ring(self) -> list[int]:
        """Return the slots in the order in which they lie around a site, from a side on."""
        angle = np.arctan2(*STEPS.T[::-1]) % (2.0 * np.pi)
        return np.argsort(angle).tolist()

    @property
    def square(self) -> list[int]:
        """Return the slots that make a square of 2 x 2 sites together with the site itself."""
        return [0, 2, 4]

    def staggered(self, pitch: np.ndarray, whole: tuple[int, int] | None = None) -> np.ndarray:
        """Return points (um) in rows ``pitch[1]`` apart, every second one shifted by half of ``pitch[0]``; float64[k, 2].

        Where sides join, ``whole`` columns and rows, an even number, are fitted to the lattice; by default the nearest
        whole numbers. Elsewhere points lie beyond the sides too.
        """
        extent = np.array(self.extent)
        if self.wrap:
            fit = max(1, round(extent[0] / pitch[0])), max(2, 2 * round(0.5 * extent[1] / pitch[1]))
            columns, rows = whole or fit
            pitch, first = extent / (columns, rows), 0
        else:
            columns, rows, first = *(int(n) + 2 for n in np.ceil(extent / pitch)), -1
        row, column = np.divmod(np.arange(columns * rows), columns) + np.array([[first], [first]])
        return np.stack([(column + 0.5 * (row % 2)) * pitch[0], row * pitch[1]], axis=1)

    @cached_property
    def around(self) -> np.ndarray:
        """Return every site's neighbours, int32[n, 8], -1 beyond the lattice."""
        sites = np.arange(self.n)
        return np.stack([self.moved(sites, dx, dy) for dx, dy in STEPS.tolist()], axis=1).astype(np.int32)

    def neighbours(self, inside: np.ndarray) -> np.ndarray:
        """Return the neighbours among the sites ``inside``, bool[n]; sites outside have none and are nobody's."""
        around = self.around
        if self.wrap and inside.all():
            return around  # one table of 32 bytes a site less
        return np.where((around >= 0) & inside[around] & inside[:, None], around, np.int32(-1))

    def moved(self, sites: np.ndarray, dx: np.ndarray | int, dy: np.ndarray | int) -> np.ndarray:
        """Return the sites so many sites away along x and y, -1 beyond the lattice."""
        y, x = self.pixels(sites)
        x, y = x + dx, y + dy
        if self.wrap:
            return y % self.height * self.width + x % self.width
        within = (x >= 0) & (x < self.width) & (y >= 0) & (y < self.height)
        return np.where(within, y * self.width + x, -1)

    def pixels(self, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return row and column of sites in a picture."""
        return np.divmod(sites, self.width)

    def picture(self, values: np.ndarray) -> np.ndarray:
        """Return site arrays as pictures: the last axis becomes [height, width]."""
        return values.reshape(*values.shape[:-1], self.height, self.width)

    def xy(self, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the middles of sites in um."""
        y, x = self.pixels(sites)
        return (x + 0.5) * self.site, (y + 0.5) * self.site

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the sites that hold points (um), -1 beyond the lattice."""
        x, y = (np.floor(np.asarray(v) / self.site).astype(np.int64) for v in (x, y))
        return self.moved(np.zeros_like(x), x, y)

    @property
    def extent(self) -> tuple[float, float]:
        """Return the lengths along x and y in um."""
        return self.width * self.site, self.height * self.site

    def square_around(self, reach: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the steps along x and y to all sites at most ``reach`` sites away along both."""
        dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        return dx.ravel(), dy.ravel()

    def steps(self, a: np.ndarray | int, b: np.ndarray | int) -> tuple[np.ndarray, np.ndarray]:
        """Return the shortest way from ``a`` to ``b`` along x and y in whole sites."""
        (ya, xa), (yb, xb) = self.pixels(np.asarray(a)), self.pixels(np.asarray(b))
        dx, dy = xb - xa, yb - ya
        if self.wrap:
            dx = (dx + self.width // 2) % self.width - self.width // 2
            dy = (dy + self.height // 2) % self.height - self.height // 2
        return dx, dy

    def displacement(self, a: np.ndarray | int, b: np.ndarray | int) -> tuple[np.ndarray, np.ndarray]:
        """Return the shortest way from ``a`` to ``b`` along x and y in um."""
        dx, dy = self.steps(a, b)
        return dx * self.site, dy * self.site

    def distance(self, a: np.ndarray | int, b: np.ndarray | int) -> np.ndarray:
        """Return the straight distance of sites in um, across the sides where that is shorter."""
        return np.hypot(*self.displacement(a, b))

    def middles(self, group: np.ndarray, sites: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the middle of each group of sites in um, float64[number] twice; NaN for an empty group.

        Exact sums of whole numbers, so that the order of sites cannot show. A group across a side has its
        middle there and not in the middle of the lattice.

        Parameters
        ----------
        group, sites : int[m]
            The group of each site, from 0 to ``number`` - 1.
        """
        count = np.bincount(group, minlength=number)
        anchor = self._anchors(group, sites, number)
        out: list[np.ndarray] = []
        for start, step, size in zip(
            self.pixels(anchor)[::-1],
            self.steps(anchor[group], sites),
            (self.width, self.height),
            strict=True,
        ):
            total = np.bincount(group, weights=step, minlength=number)
            with np.errstate(invalid="ignore", divide="ignore"):
                middle = start + total / count + 0.5
            out.append((middle % size if self.wrap else middle) * self.site)
        return out[0], out[1]

    def _anchors(self, group: np.ndarray, sites: np.ndarray, number: int) -> np.ndarray:
        """Return a site near the middle of each group: the mean direction around the torus, or site 0."""
        if not self.wrap:
            return np.zeros(number, dtype=np.int64)
        places: list[np.ndarray] = []
        for place, size in zip(self.pixels(sites), (self.height, self.width), strict=True):
            angle = 2.0 * np.pi * np.arange(size) / size
            parts = [
                np.bincount(group, weights=np.rint(wave(angle) * FINE)[place], minlength=number)
                for wave in (np.sin, np.cos)
            ]
            places.append(np.rint(np.arctan2(*parts) / (2.0 * np.pi) * size).astype(np.int64) % size)
        return places[0] * self.width + places[1]

    def distances(self, target: np.ndarray) -> np.ndarray:
        """Return each site's straight distance to the nearest of the sites ``target``, um, float64[n]."""
        return self._transform(target)[0]

    def nearest(self, target: np.ndarray) -> np.ndarray:
        """Return for each site the nearest of the sites ``target``, bool[n]; int64[n]."""
        return self._transform(target)[1]

    def gaps(self, sites: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the straight distance of each of some sites to the nearest of ``others``, um."""
        return self.gaps_to(others)(sites)

    def gaps_to(self, others: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """Return what says of sites how far the nearest of ``others`` is, for those who ask several times."""
        if len(others) <= FEW:
            return lambda sites: self._gaps(sites, others)
        from scipy.spatial import KDTree  # which takes long to load

        box = np.array(self.extent) if self.wrap else None
        tree = KDTree(np.stack(self.xy(others), axis=1), boxsize=box)
        return lambda sites: np.asarray(tree.query(np.stack(self.xy(sites), axis=1))[0])

    def _gaps(self, sites: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return what `gaps` does, site by site of the others."""
        far = np.full(len(sites), np.inf)
        for other in others:
            dx, dy = self.displacement(sites, other)
            far = np.minimum(far, np.sqrt(dx * dx + dy * dy))
        return far

    def _transform(self, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return distance and nearest site; a joined lattice is repeated as far around as distances reach."""
        if not target.any():
            return np.full(self.n, np.inf), np.full(self.n, -1, dtype=np.int64)
        picture, number = self.picture(~target), self.picture(np.arange(self.n))
        most = (self.height // 2 + 1, self.width // 2 + 1)
        reach = 16 if self.wrap else 0
        while True:
            pad = [(min(reach, m), min(reach, m)) for m in most]
            far, place = _pictures().distance_transform_edt(np.pad(picture, pad, "wrap"), return_indices=True)
            inner = tuple(slice(p, p + size) for (p, _), size in zip(pad, picture.shape, strict=True))
            if not self.wrap or far[inner].max() <= reach or reach >= max(most):
                break
            reach *= 2
        nearest = np.pad(number, pad, "wrap")[tuple(place)][inner]
        return far[inner].ravel() * self.site, nearest.ravel()

    def pieces(self, mask: np.ndarray, corners: bool = True) -> tuple[np.ndarray, int]:
        """Return the piece of each site of ``mask``, from 1 on, 0 elsewhere, and how many pieces there are.

        Sites hang together by sides, and by corners where ``corners`` is true.
        """
        found, number = _pictures().label(self.picture(mask), np.ones((3, 3)) if corners else None)
        piece = found.ravel()
        if not self.wrap:
            return piece, number
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        slots = range(len(STEPS) if corners else SIDES)
        seam = np.unique(np.concatenate([found[[0, -1]].ravel(), found[:, [0, -1]].ravel()]))
        at = np.flatnonzero(np.isin(piece, seam[seam > 0]))
        ends = np.concatenate([np.stack([piece[at], piece[self.around[at, k]]], axis=1) for k in slots])
        ends = ends[ends[:, 1] > 0]
        graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(number + 1, number + 1))
        joined = connected_components(graph, directed=False)[1]
        first = np.unique(joined[piece], return_index=True)[1]
        rank = np.zeros(joined.max() + 1, dtype=np.int64)
        own = joined[piece[np.sort(first)]]
        own = own[own != joined[0]]
        rank[own] = np.arange(1, len(own) + 1)
        return rank[joined[piece]], len(own)

    def filled(self, mask: np.ndarray) -> np.ndarray:
        """Return ``mask`` with what it surrounds on all sides; the largest rest of a joined lattice is outside."""
        if not self.wrap:
            return np.asarray(_pictures().binary_fill_holes(self.picture(mask))).ravel()
        piece, number = self.pieces(~mask, corners=False)
        if number < 2:
            return mask.copy()
        return piece != np.bincount(piece)[1:].argmax() + 1

    def smoothed(self, values: np.ndarray, width: float) -> np.ndarray:
        """Return site values blurred by a Gaussian of ``width`` sites, float64[n]."""
        mode = "wrap" if self.wrap else "nearest"
        picture: Reals = self.picture(values)
        return _pictures().gaussian_filter(picture, width, mode=mode).ravel()

    def slope(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the slope of site values along x and y per um, by central differences."""
        out: list[np.ndarray] = []
        for axis in (0, 1):
            ahead, behind = self.around[:, 2 * axis], self.around[:, 2 * axis + 1]
            span = np.where(ahead >= 0, 1, 0) + np.where(behind >= 0, 1, 0)
            rise = np.where(ahead >= 0, values[ahead], values) - np.where(behind >= 0, values[behind], values)
            out.append(rise / (np.maximum(span, 1) * self.site))
        return out[0], out[1]

    def heading(self, values: np.ndarray, smooth: float) -> np.ndarray:
        """Return the direction in which blurred values rise, radians, float64[n]; ``smooth`` is in sites."""
        slope_x, slope_y = self.slope(self.smoothed(values, smooth))
        return np.arctan2(slope_y, slope_x)

    def dither(self) -> np.ndarray:
        """Return numbers in [0, 1) that any share of the sites lies below, evenly spread, float64[n].

        Multiples of two powers of the plastic number: the plane's most even sequence of this form.
        """
        y, x = self.pixels(np.arange(self.n))
        return (0.7548776662466927 * x + 0.5698402909980532 * y) % 1.0

    def rays(self, reach: float) -> Rays:
        """Return the places within ``reach`` um of a site, as a tree of nearly straight ways."""
        return rays(STEPS, self.site, reach)

    def within(self, reach: float, table: np.ndarray, sites: np.ndarray | None = None) -> np.ndarray:
        """Return the sites within ``reach`` um of each site, or of some, itself left out, int32[n, m], -1 for none.

        Ways lead through ``table``, int32[n, 8], as ``neighbours`` gives it.
        """
        return self.rays(reach).follow(table, sites)

    def rolled(self, values: np.ndarray, dx: int, dy: int) -> np.ndarray:
        """Return site values, [n, ...], moved by whole sites around a joined lattice."""
        out = np.empty_like(values)
        out[self.moved(np.arange(self.n), dx, dy)] = values
        return out
