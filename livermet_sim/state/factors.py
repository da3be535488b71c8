"""Solve the signals of a small tissue with an edge exactly: each as a sparse system, factored once."""

from __future__ import annotations

import numpy as np

from livermet_sim.base.types import Wholes
from livermet_sim.kernels import factors
from livermet_sim.kernels.elimination import order_nodes
from livermet_sim.kernels.factors import LANES
from livermet_sim.state.tissue import Tissue


class Factors:
    """Solve L^2 lap(c) - c + s = 0 on any outline of tissue, with no flux through its edge, to rounding.

    Parameters
    ----------
    spread : float64[F]
        (L / site)^2 of each signal.
    """

    def __init__(self, tissue: Tissue, spread: np.ndarray):
        first, beside = _beside(tissue)
        order, starts, rows = order_nodes(first, beside, np.full(len(first) - 1, True))
        # without a sign: a kernel asks of every other index whether it counts from the end
        self._starts, self._rows = starts.astype(np.uint32), rows.astype(np.uint32)
        self._places = tissue.inside[order]
        place = np.argsort(order)
        groups = -(-len(spread) // LANES)
        # a lane to spare holds a system of ones
        wide = np.zeros(groups * LANES)
        wide[: len(spread)] = spread
        wide = wide.reshape(groups, 1, LANES)
        self._pivots: np.ndarray = 1.0 + wide * np.diff(first)[order][:, None]
        pairs = place[np.repeat(np.arange(len(order)), np.diff(first))] * len(order) + place[beside]
        column = np.repeat(np.arange(len(order)), np.diff(starts))
        tied = np.isin(column * len(order) + rows, pairs)
        self._below: np.ndarray = -wide * tied[:, None]
        factors.factor(self._starts, self._rows, self._below, self._pivots)
        self._value = np.zeros_like(self._pivots)

    def solve(
        self, concentration: np.ndarray, source: np.ndarray, unit: float, tolerance: float, most: int
    ) -> int:
        """Write the solution to ``concentration``, float64[n, F]; tolerance and number of passes do not matter."""
        factors.hand_in(self._places, source, unit, self._value)
        factors.solve(self._starts, self._rows, self._below, self._pivots, self._value)
        factors.hand_out(self._places, self._value, concentration)
        return 1


def _beside(tissue: Tissue) -> tuple[np.ndarray, np.ndarray]:
    """Return where the list of each inner site's sides starts, int32[m + 1], and the inner sites there, int32[k], ascending."""
    compact: Wholes = np.full(tissue.n, -1)
    compact[tissue.inside] = np.arange(len(tissue.inside))
    sides = tissue.sides[tissue.inside]
    there = np.sort(np.where(sides >= 0, compact[sides], -1), axis=1)
    first = np.concatenate([[0], np.cumsum((there >= 0).sum(axis=1))])
    return first.astype(np.int32), there[there >= 0].astype(np.int32)
