"""Trace the outline of a group of sites as closed rings along their sides."""

from __future__ import annotations

import numpy as np


def rings(mask: np.ndarray) -> list[np.ndarray]:
    """Return the outline of one connected piece, float64[m, 2] (x, y) in sites each: outer ring first, then holes.

    Rings are closed (the first point comes again at the end) and run along the borders of the sites.
    """
    padded = np.pad(mask, 1)
    following: dict[tuple[int, int], list[tuple[int, int]]] = {}
    # each side of a site that has no neighbour of the piece, with the site on its left (y points down)
    for dy, dx, start, end in ((-1, 0, (1, 0), (0, 0)), (1, 0, (0, 1), (1, 1)),
                               (0, -1, (0, 0), (0, 1)), (0, 1, (1, 1), (1, 0))):  # fmt: skip
        for y, x in np.argwhere(padded & ~np.roll(padded, (-dy, -dx), (0, 1))).tolist():
            here, there = (x + start[0] - 1, y + start[1] - 1), (x + end[0] - 1, y + end[1] - 1)
            following.setdefault(here, []).append(there)
    found = []
    while following:
        first = next(iter(following))
        ring, way = [first], (0, 0)
        while len(ring) == 1 or ring[-1] != first:
            ways = following[ring[-1]]
            # where two corners touch, turning left keeps to the same site
            step = max(ways, key=lambda to, at=ring[-1], v=way: _left(v, (to[0] - at[0], to[1] - at[1])))
            ways.remove(step)
            if not ways:
                del following[ring[-1]]
            way = (step[0] - ring[-1][0], step[1] - ring[-1][1])
            ring.append(step)
        found.append(_corners(np.array(ring, dtype=float)))
    return sorted(found, key=lambda ring: -_area(ring))


def _left(before: tuple[int, int], after: tuple[int, int]) -> int:
    return before[1] * after[0] - before[0] * after[1]


def _corners(ring: np.ndarray) -> np.ndarray:
    """Return a closed ring without the points in the middle of a straight side."""
    step = np.diff(ring, axis=0)
    turns = (step != np.roll(step, 1, axis=0)).any(axis=1)
    kept = ring[:-1][turns]
    return np.concatenate([kept, kept[:1]])


def _area(ring: np.ndarray) -> float:
    return float(abs(np.dot(ring[:-1, 0], ring[1:, 1]) - np.dot(ring[1:, 0], ring[:-1, 1]))) / 2
