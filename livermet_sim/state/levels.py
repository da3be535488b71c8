"""Group the sites of a tissue in ever coarser blocks, as tables for the solver of the signals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.kernels import diffusion as column
from livermet_sim.state.tissue import Tissue


@dataclass
class Level:
    """Hold the places of one level, row by row: the sites, or blocks of 2 x 2 places of the level below.

    Attributes
    ----------
    xy : int64[2, m]
    mass : float64[m]
        Sites in a place.
    after, before : int64[2, m]
        Place to the east and north, to the west and south; -1 for none.
    tie : float64[2, m]
        Strength of the tie to the places after; 0 for none.
    """

    xy: np.ndarray
    mass: np.ndarray
    after: np.ndarray
    tie: np.ndarray

    def __post_init__(self) -> None:
        self.before = np.full_like(self.after, -1)
        for axis in range(2):
            near = np.flatnonzero(self.after[axis] >= 0)
            self.before[axis, self.after[axis, near]] = near

    def coarser(self) -> tuple[Level, np.ndarray]:
        """Return the level of the blocks, and the block of each place.

        Blocks are tied by half the sum of their parts' ties, as they lie twice as far apart.
        """
        x, y = self.xy // 2
        wide = int(x.max()) + 1
        key, block = np.unique(y * wide + x, return_inverse=True)
        after, tie = np.full((2, len(key)), -1), np.zeros((2, len(key)))
        for axis in range(2):
            near = np.flatnonzero(self.after[axis] >= 0)
            near = near[block[self.after[axis, near]] != block[near]]
            after[axis, block[near]] = block[self.after[axis, near]]
            tie[axis] = 0.5 * np.bincount(block[near], self.tie[axis, near], minlength=len(key))
        xy = np.stack([key % wide, key // wide])
        return Level(xy, np.bincount(block, self.mass), after, tie), block

    def form(self) -> np.ndarray:
        """Return mass and ties to the east, west, north and south of each place, float64[m, 5]."""
        back = [np.where(b >= 0, t[b], 0.0) for b, t in zip(self.before, self.tie, strict=True)]
        return np.column_stack([self.mass, self.tie[0], back[0], self.tie[1], back[1]])


class Levels:
    """Hold the tables of all levels, from the sites to blocks as wide as the longest reach.

    Attributes
    ----------
    sites : int64[m]
        The sites inside the tissue.
    blocks : int
        Blocks of all coarse levels together.
    starts, links, form : arrays
        As the kernel ``diffusion.relax`` takes them.
    """

    def __init__(self, tissue: Tissue, widest: float):
        self.sites = tissue.inside.astype(np.int64)
        levels, owners = _levels(tissue, self.sites, widest)
        sizes = np.array([len(level.mass) for level in levels])
        self.starts = np.concatenate([[0], np.cumsum(sizes)])
        self.blocks = int(sizes[1:].sum())
        rows = [self.sites] + [np.arange(a, b) - sizes[0] for a, b in zip(self.starts[1:], self.starts[2:], strict=False)]
        self.links = np.concatenate([
            _links(level, rows[k], self.starts[k], owners[k], levels[k + 1], rows[k + 1])
            if k + 1 < len(levels)
            else _last_links(level, rows[k], self.starts[k], self.blocks)
            for k, level in enumerate(levels)
        ]).astype(np.int32)  # fmt: skip
        self.form, which = np.unique(
            np.concatenate([level.form() for level in levels]), axis=0, return_inverse=True
        )
        self.links[:, column.FORM] = which.ravel()


def _levels(tissue: Tissue, sites: np.ndarray, widest: float) -> tuple[list[Level], list[np.ndarray]]:
    """Return the levels, until a block is ``widest`` sites wide, and the block of each place of each."""
    compact = np.full(tissue.n + 1, -1)
    compact[sites] = np.arange(len(sites))
    # a missing neighbour, -1, reads the extra last entry
    after = compact[tissue.neighbours[sites][:, [0, 2]].T]
    xy = np.stack([sites % tissue.width, sites // tissue.width])
    levels = [Level(xy, np.ones(len(sites)), after, np.where(after >= 0, 1.0, 0.0))]
    owners = []
    while 2.0 ** (len(levels) - 1) < widest and len(levels[-1].mass) > 1:
        level, owner = levels[-1].coarser()
        levels.append(level)
        owners.append(owner)
    return levels, owners


def _last_links(level: Level, rows: np.ndarray, start: int, spare: int) -> np.ndarray:
    """Return the links of a level without coarser blocks, which hands what is left to the ``spare`` row."""
    m = len(rows)
    own = np.arange(m)
    links = np.full((m, 12), spare)
    links[:, column.ROW] = rows
    for axis, columns in enumerate(((column.EAST, column.WEST), (column.NORTH, column.SOUTH))):
        for place, side in zip(columns, (level.after[axis], level.before[axis]), strict=True):
            links[:, place] = rows[np.where(side >= 0, side, own)]
    links[:, column.AHEAD] = start + np.maximum(np.minimum(own + 1, m - 1), level.after[1])
    return links


def _links(
    level: Level, rows: np.ndarray, start: int, owner: np.ndarray, coarse: Level, blocks: np.ndarray
) -> np.ndarray:
    """Return the links of a level to its places and to the ``blocks`` of the next."""
    links = _last_links(level, rows, start, 0)
    links[:, column.PARENT] = blocks[owner]
    for axis, place in enumerate((column.WEST_PARENT, column.SOUTH_PARENT)):
        behind = level.before[axis]
        links[:, place] = blocks[owner[np.where(behind >= 0, behind, np.arange(len(rows)))]]
    for axis, place in enumerate((column.SIDE_X, column.SIDE_Y)):
        odd = level.xy[axis] % 2 == 1
        side = np.where(odd, coarse.after[axis, owner], coarse.before[axis, owner])
        links[:, place] = blocks[np.where(side >= 0, side, owner)]
    return links
