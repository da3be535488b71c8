"""Lay hexagonal lobules on a rectangle that joins itself at its sides: liver without an edge."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.fft import next_fast_len
from scipy.spatial import KDTree, Voronoi

from livermet_sim.anatomy.layout import Layout, check_size, disc, vessels
from livermet_sim.base import threads
from livermet_sim.base.errors import TissueError
from livermet_sim.base.specs import Value
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import PARENCHYMA

RISE = math.sqrt(0.75)  # distance of two rows of hexagons over that of two in a row
LONGEST = 2.1  # longer over shorter side of a rectangle, at most
MOST_STRETCH = 0.02  # by how much a lobule may grow so that sides have lengths that a Fourier transform likes


def grid(lobules: int) -> tuple[int, int] | None:
    """Return columns and rows of the least oblong rectangle of so many whole lobules, or None.

    Every second row is shifted by half a lobule, so the number of rows is even.
    """
    found = [(lobules // rows, rows) for rows in range(2, lobules + 1, 2) if lobules % rows == 0]
    if not found:
        return None
    best = min(found, key=_oblong)
    return best if _oblong(best) <= LONGEST else None


def _oblong(shape: tuple[int, int]) -> float:
    ratio = shape[0] / (shape[1] * RISE)
    return max(ratio, 1.0 / ratio)


def tiling(settings: Mapping[str, Value], rng: np.random.Generator) -> Layout:
    """Lay out ``lobules`` lobules; every site belongs to the nearest lobule centre, across the sides too.

    Raises
    ------
    TissueError
        When so many lobules do not tile a rectangle.
    """
    wanted = int(settings["lobules"])
    site, across = float(settings["site"]), float(settings["lobule_diameter"])
    check_size(wanted * round(RISE * (across / site) ** 2))
    shape = grid(wanted)
    if shape is None:
        raise TissueError("tissue.lobules", _refusal(wanted))
    columns, rows = shape
    size = [_length(columns * across / site), _length(rows * RISE * across / site)]
    lattice = Lattice(size[0], size[1], site, wrap=True)
    box = np.array(lattice.extent)
    centres = lattice.staggered(box / shape, shape) + box / shape * (0.25, 0.5)
    centres += float(settings["lobule_irregularity"]) * across * disc(rng, wanted)
    centres = _within(centres, box)
    points = np.stack(lattice.xy(np.arange(lattice.n)), axis=1)
    owner = np.asarray(
        KDTree(centres, boxsize=box).query(points, workers=threads.number(len(points)))[1], dtype=np.int32
    )
    compartment = np.full(lattice.n, PARENCHYMA, dtype=np.int8)
    vessels(lattice, compartment, (_corners(centres, box), centres), settings, rng)
    return Layout(lattice, compartment, owner)


def _length(sites: float) -> int:
    """Return a whole number of sites near ``sites`` that a Fourier transform likes."""
    least, most = math.ceil(sites * (1.0 - MOST_STRETCH)), math.floor(sites * (1.0 + MOST_STRETCH))
    fast = [n for n in range(least, most + 1) if next_fast_len(n) == n]
    return min(fast or [round(sites)], key=lambda n: abs(n - sites))


def _within(points: np.ndarray, box: np.ndarray) -> np.ndarray:
    points = points % box
    # a tiny negative number gives the box itself
    return np.where(points >= box, 0.0, points)


def _corners(centres: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Return the places where three lobules meet, each once."""
    shifts = np.array([(i, j) for i in (0, 1, -1) for j in (0, 1, -1)]) * box
    diagram = Voronoi((centres + shifts[:, None]).reshape(-1, 2))
    mine = {v for i in range(len(centres)) for v in diagram.regions[diagram.point_region[i]] if v >= 0}
    corners = _within(diagram.vertices[sorted(mine)], box)
    double = KDTree(corners, boxsize=box).query_pairs(1e-6 * box.min(), output_type="ndarray")
    return np.delete(corners, np.unique(double[:, 1]), axis=0)


def _refusal(wanted: int) -> str:
    fitting = [n for n in range(2, 2 * wanted + 4) if grid(n)]
    below, above = [n for n in fitting if n < wanted][-1:], [n for n in fitting if n > wanted][:1]
    near = " or ".join(str(n) for n in below + above)
    return (
        f"{wanted} hexagons do not tile a rectangle that joins itself at its sides (whole lobules, an even number "
        f"of rows, no side more than twice the other); the nearest that do: {near}"
    )
