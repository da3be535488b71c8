"""Cut a tissue into blocks of sites that lie together, and tell which of them do not touch."""

from __future__ import annotations

import numpy as np

from livermet_sim.base import threads

BLOCK = 16_384  # sites: what a core keeps of them near itself
MOST = 2**14


class Blocks:
    """Hold the blocks of a tissue: ranges of sites, one alone where the tissue is not wide.

    Attributes
    ----------
    of : int16[n]
        Block of each site; few enough to be sorted by quickly.
    number : int
        How many there are.
    colours : list of list of int
        Blocks of one colour share no border, so that work on one cannot meet that on another.
    """

    def __init__(self, neighbours: np.ndarray, inside: np.ndarray):
        n = len(neighbours)
        size = max(BLOCK, -(-n // MOST)) if len(inside) >= threads.WIDE else max(n, 1)
        self.of = (np.arange(n) // size).astype(np.int16)
        self.number = -(-n // size)
        self.colours = _coloured(self._touching(neighbours), self.number)

    def _touching(self, neighbours: np.ndarray) -> list[set[int]]:
        """Return, for each block, the others that it touches."""
        found: list[set[int]] = [set() for _ in range(self.number)]
        if self.number == 1:
            return found
        for slot in range(neighbours.shape[1]):
            there = self.of[neighbours[:, slot]]
            across = np.flatnonzero((neighbours[:, slot] >= 0) & (there != self.of))
            pairs: list[tuple[int, int]] = list(
                zip(self.of[across].tolist(), there[across].tolist(), strict=True)
            )
            for a, b in set(pairs):
                found[a].add(b)
                found[b].add(a)
        return found


def _coloured(touching: list[set[int]], number: int) -> list[list[int]]:
    """Give each block in turn the first colour that none beside it has."""
    colour: list[int] = []
    for block in range(number):
        taken = {colour[other] for other in touching[block] if other < block}
        colour.append(next(c for c in range(number) if c not in taken))
    return [[b for b in range(number) if colour[b] == c] for c in range(max(colour, default=-1) + 1)]
