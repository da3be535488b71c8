"""Solve the pressures of a wide vessel graph by conjugate gradients, block by block, blocks at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from livermet_sim.base import threads
from livermet_sim.kernels import flow_blocks


class Relaxed:
    """Hold one graph, its nodes sorted by block, and the pressures on the way to where no node gains or loses.

    Sums over nodes are taken block by block in their order, so that what comes out does not hang on who works on them.

    Parameters
    ----------
    lists : tuple
        ``first``, ``upper``, ``other`` of `kernels.flow.sort_ends`, and the far ends in that order.
    bounds : sequence of int
        Where the nodes of each block begin, and behind the last where they end.
    weight : float64[2 e]
        Conductance of each end's edge.
    free : bool[n]
    pressure : float64[n], mmHg
        Start and result.
    many : int
        Threads.
    """

    def __init__(
        self,
        lists: tuple[np.ndarray, ...],
        bounds: Sequence[int],
        weight: np.ndarray,
        free: np.ndarray,
        pressure: np.ndarray,
        many: int = 1,
    ):
        first, upper, other = lists
        n = len(free)
        lower, above = np.empty((2, n), dtype=np.int32)
        diagonal, pivot, residual, search, former, image, scaled = np.zeros((7, n))
        self._system = (first, lower, upper, above, other, weight, free, diagonal, pivot)
        self._vectors = (pressure, residual, search, former, image, scaled)
        self._blocks = list(pairwise(bounds))
        self._many = many

    def _each(self, step: Callable[..., Any], *given: Any) -> list[Any]:
        return threads.each(lambda block: step(*block, *given), self._blocks, self._many)

    def solve(self, tolerance: float, most: int) -> int:
        """Relax until no node gains more than ``tolerance`` of the mean throughput; return the iterations done."""
        system, vectors = self._system, self._vectors
        rounding = max(self._each(flow_blocks.begin_block, system, vectors[0]))
        done = 0
        while done < most:
            found = self._each(flow_blocks.imbalance, system, vectors)
            through = sum(flow for _, flow, _ in found) / max(sum(nodes for _, _, nodes in found), 1)
            enough = max(tolerance * through, rounding)
            if max(worst for worst, _, _ in found) <= enough:
                break
            # restarting from the true imbalance removes what rounding has added to the running one
            done += self._descend(0.5 * enough, most - done)
        return done

    def _descend(self, enough: float, most: int) -> int:
        """Iterate until no residual is larger than ``enough``; return the iterations done."""
        system, (pressure, residual, search, former, *others) = self._system, self._vectors
        turns = [(pressure, residual, *pair, *others) for pair in ((search, former), (former, search))]
        done, old, length = 0, 1.0, 0.0
        while True:
            found = self._each(flow_blocks.correct, length, system, turns[done % 2 - 1])
            if done and (done == most or max(worst for worst, _ in found) <= enough):
                return done
            new = sum(product for _, product in found)
            bent = self._each(flow_blocks.bend, new / old, system, turns[done % 2])
            length = new / max(sum(bent), 1e-300)
            old = max(new, 1e-300)
            done += 1
