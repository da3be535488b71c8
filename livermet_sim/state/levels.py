"""Group the sites of a tissue in ever coarser blocks, as tables for the solver of the signals."""

from __future__ import annotations

import numpy as np

from livermet_sim.base.types import Wholes
from livermet_sim.state.tissue import Tissue


class Level:
    """Hold the lattice of one level: the sites, or blocks of 2 x 2 places of the level below.

    Attributes
    ----------
    mass : float64[h, w]
        Sites in a place; 0 outside.
    tie_x, tie_y : float64[h, w]
        Strength of a place's tie to the next along x, along y; 0 for none.
    base : int
        Row of the first place in the arrays of the level.
    stride : int
        Rows from one line to the next.
    """

    def __init__(self, mass: np.ndarray, tie_x: np.ndarray, tie_y: np.ndarray, base: int, stride: int):
        self.mass, self.tie_x, self.tie_y = mass, tie_x, tie_y
        self.base, self.stride = base, stride
        self.height, self.width = (int(n) for n in mass.shape)

    @property
    def end(self) -> int:
        """Return the row after the level's last, the ring of spare places around it included."""
        return self.base - self.stride - 1 + (self.height + 2) * self.stride

    def coarser(self, start: int) -> Level:
        """Return the level of the blocks, with a ring of spare places, from row ``start`` on.

        Blocks are tied by half the sum of their parts' ties, as they lie twice as far apart.
        """
        sums: list[np.ndarray] = []
        for values, first_x, first_y in ((self.mass, 0, 0), (self.tie_x, 1, 0), (self.tie_y, 0, 1)):
            even = np.pad(values, ((0, self.height % 2), (0, self.width % 2)))
            parts = [even[j::2, i::2] for j in range(first_y, 2) for i in range(first_x, 2)]
            sums.append(sum(parts[1:], parts[0]))
        mass, tie_x, tie_y = sums
        stride = mass.shape[1] + 2
        return Level(mass, 0.5 * tie_x, 0.5 * tie_y, start + stride + 1, stride)

    def places(self) -> np.ndarray:
        """Return the row of each place, int64[h, w]."""
        return self.base + self.stride * np.arange(self.height)[:, None] + np.arange(self.width)

    def form(self) -> np.ndarray:
        """Return mass and ties to the east, west, north and south of each place, float64[h, w, 5]."""
        west, south = np.zeros_like(self.tie_x), np.zeros_like(self.tie_y)
        west[:, 1:], south[1:] = self.tie_x[:, :-1], self.tie_y[:-1]
        return np.stack([self.mass, self.tie_x, west, self.tie_y, south], axis=2)

    def extent(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the first place of each line inside the tissue and the one after the last."""
        inside = self.mass > 0
        first: Wholes = inside.argmax(axis=1)
        last: Wholes = self.width - inside[:, ::-1].argmax(axis=1)
        return first, np.where(inside.any(axis=1), last, first)


class Levels:
    """Hold the tables of all levels, from the sites to blocks as wide as the longest reach.

    Attributes
    ----------
    levels, lines, edges, form : arrays
        As the kernel ``diffusion.relax`` takes them.
    whole : int64[levels]
        The form of a place with four sides of each level.
    ghosts : int64[k, 2]
        Spare places and the blocks that lend them their values.
    rows : int
        Rows of the arrays of the coarse levels.
    longest : int
        Places in the longest line.
    """

    def __init__(self, tissue: Tissue, widest: float):
        inside = np.zeros(tissue.n)
        inside[tissue.inside] = 1.0
        sides = tissue.neighbours >= 0
        grids = (tissue.lattice.picture(a.astype(np.float64)) for a in (inside, sides[:, 0], sides[:, 2]))
        mass, tie_x, tie_y = grids
        stack = [Level(mass, tie_x, tie_y, 0, tissue.lattice.width)]
        self.rows = 0
        while len(stack) < 2 or (2.0 ** (len(stack) - 1) < widest and max(stack[-1].mass.shape) > 1):
            stack.append(stack[-1].coarser(self.rows))
            self.rows = stack[-1].end
        forms = [level.form().reshape(-1, 5) for level in stack]
        full = np.array([[4.0**k, 1.0, 1.0, 1.0, 1.0] for k in range(len(stack))])
        self.form, which = _distinct(np.concatenate([full, *forms]))
        parts = np.split(which, np.cumsum([len(full), *map(len, forms)])[:-1])
        self.whole = parts[0]
        lines: list[np.ndarray] = []
        edges: list[np.ndarray] = []
        for k, level in enumerate(stack):
            table, place = _lines(level, stack[k + 1] if k + 1 < len(stack) else None, k > 0)
            found, counts = _edges(level, parts[k + 1].reshape(level.mass.shape), self.whole[k], place)
            table[:, -1] = counts
            lines.append(table)
            edges.append(found)
        sizes = [len(table) for table in lines]
        self.lines = np.concatenate([*lines, np.zeros((1, 7), dtype=np.int64)]).astype(np.int32)
        self.lines[:, -1] = np.concatenate([[0], np.cumsum(self.lines[:-1, -1])])
        self.edges = np.concatenate(edges).astype(np.int32)
        self.levels = np.zeros((len(stack) + 1, 3), dtype=np.int64)
        self.levels[1:, 0] = np.cumsum(sizes)
        self.levels[:-1, 1] = [level.stride for level in stack]
        self.levels[:-1, 2] = 4 ** np.arange(len(stack))
        self.ghosts = np.concatenate(
            [np.zeros((0, 2), dtype=np.int64), *(_ghosts(level) for level in stack[1:])]
        )
        self.longest = int((self.lines[:, 2] - self.lines[:, 1]).max(initial=0))


def _distinct(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct rows, sorted, and which of them each row is; numbers sort much faster than rows."""
    code = np.zeros(len(rows), dtype=np.int64)
    for column in rows.T:
        values, rank = np.unique(column, return_inverse=True)
        code = np.unique(code * len(values) + rank, return_inverse=True)[1]
    first = np.unique(code, return_index=True)[1]
    return rows[first], code


def _lines(level: Level, coarse: Level | None, ringed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the table of a level's lines, int64[h, 7], and which of them can be done as a whole."""
    y = np.arange(level.height)
    first, stop = level.extent()
    # without a ring of spare places the outermost lines have nothing beyond them
    whole = np.full(level.height, True) if ringed else (y > 0) & (y < level.height - 1)
    table = np.zeros((level.height, 7), dtype=np.int64)
    table[:, 0], table[:, 1], table[:, 2], table[:, 3] = level.base + level.stride * y, first, stop, whole
    if coarse is not None:
        table[:, 4] = coarse.base + coarse.stride * (y // 2)
        table[:, 5] = table[:, 4] + coarse.stride * np.where(y % 2, 1, -1)
    return table, whole


def _edges(level: Level, form: np.ndarray, full: int, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the places to be done one by one, int64[k, 7], and their number in each line."""
    first, stop = level.extent()
    x = np.arange(level.width)
    within = (x >= first[:, None]) & (x < stop[:, None])
    single = within & ((form != full) | ~whole[:, None])
    place = level.places()[single]
    table = np.column_stack([place, np.nonzero(single)[1], form[single], *[place] * 4])
    ties = level.form()[single][:, 1:]
    for k, step in enumerate((1, -1, level.stride, -level.stride)):
        table[:, 3 + k] += np.where(ties[:, k] > 0.0, step, 0)
    return table, single.sum(axis=1)


def _ghosts(level: Level) -> np.ndarray:
    """Return the rows of empty places beside full ones, and the row of one full neighbour of each."""
    inside = np.pad(level.mass > 0, 1)
    place = level.base - level.stride - 1 + np.arange(inside.size).reshape(inside.shape)
    pairs: list[np.ndarray] = []
    for axis in range(2):
        for step in (1, -1):
            near = np.roll(inside, step, axis) & ~inside
            pairs.append(np.column_stack([place[near], np.roll(place, step, axis)[near]]))
    found = np.concatenate(pairs)
    return found[np.unique(found[:, 0], return_index=True)[1]]
