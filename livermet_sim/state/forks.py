"""Find where a graph of vessels forks, for which alone has to be solved, and solve for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from livermet_sim.base import threads
from livermet_sim.kernels import flow
from livermet_sim.kernels.elimination import eliminate, order_nodes
from livermet_sim.state import blocks
from livermet_sim.state.ports import Ports
from livermet_sim.state.relaxed import Relaxed
from livermet_sim.state.tissue import Tissue

PARTS = 4  # of a wide graph, at least
STEPS = 100  # of conjugate gradients: a liver at rest takes about 60, and more cost as much as elimination


class Forks:
    """Hold a graph without its nodes of two tubes or one: forks, then ports, then what feeds and what drains the tissue.

    Parameters
    ----------
    tissue : Tissue
    ports : Ports
    nodes : int64[n]
        Sites.
    first, edge : int32[n + 1], int32[2 e]
        Edges of each node; see `lists`.
    free : bool[n]
        Nodes whose pressure is not given.
    ends : int32[e, 2]
        Nodes that each edge joins.

    Attributes
    ----------
    inner : int64[k]
        Nodes that are forks.
    steps : int32[m, 6]
        How the others go, in this order: see `kernels.flow.contract`.
    bounds : list of int
        Where the forks of each block begin, and behind the last where they end.
    planned : tuple or None
        Which forks are free, and how they are eliminated.
    """

    def __init__(
        self, tissue: Tissue, ports: Ports, nodes: np.ndarray, first: np.ndarray, edge: np.ndarray, free: np.ndarray,
        ends: np.ndarray,
    ):  # fmt: skip
        self._sites = tissue.n
        self.planned: tuple[np.ndarray, Any] | None = None
        grown = self._contract(tissue.neighbours.shape[1], first, edge, free, ends)
        left = np.ones(len(nodes), dtype=np.bool_)
        left[self.steps[:, 0]] = False
        port = ports.of[nodes]
        self.inner = np.flatnonzero(left & (port < 0))
        inner, number = len(self.inner), ports.number
        # each port is one node, whatever its sites; behind them come what feeds and what drains the tissue
        place = np.where(port >= 0, inner + port, -1).astype(np.int32)
        place[self.inner] = np.arange(inner, dtype=np.int32)
        kept = np.flatnonzero(grown[:, 0] >= 0)
        a, b = place[grown[kept]].T
        apart = a != b
        outside = np.where(ports.portal, inner + number, inner + number + 1).astype(np.int32)
        a = np.concatenate([a[apart], np.arange(inner, inner + number, dtype=np.int32)])
        b = np.concatenate([b[apart], outside])
        edges = np.concatenate([kept[apart], len(ends) + len(self.steps) + np.arange(number)])
        a, b = self._by_block(np.stack([a, b]), tissue, ports, nodes)
        self._lists = lists(
            np.concatenate([a, b]), np.concatenate([b, a]), np.tile(edges, 2), inner + number + 2
        )[:4]

    def _contract(
        self, most: int, first: np.ndarray, edge: np.ndarray, free: np.ndarray, ends: np.ndarray
    ) -> np.ndarray:
        """Take away nodes of two tubes or one; return the ends of all edges, those in series behind, -1 where one is gone."""
        n, e = len(free), len(ends)
        grown = np.full((e + n, 2), -1, dtype=np.int32)
        grown[:e] = ends
        incident, steps = np.zeros((n, most), dtype=np.int32), np.zeros((n, 6), dtype=np.int32)
        degree, stack = np.zeros(n, dtype=np.int32), np.zeros((most + 1) * n, dtype=np.int32)
        done = flow.contract(grown, e, first, edge, free, incident, degree, steps, stack)
        self.steps = steps[:done]
        return grown

    def _by_block(self, ends: np.ndarray, tissue: Tissue, ports: Ports, at: np.ndarray) -> np.ndarray:
        """Sort the forks by block, each port among those of its first site; return the ends, int32[2, e], renumbered."""
        nodes = len(self.inner) + ports.number + 2
        self.bounds, self._sorted = [0, nodes], np.zeros(0, dtype=np.int32)
        if len(tissue.inside) < threads.WIDE:
            return ends
        site = np.concatenate([at[self.inner], ports.member[ports.first[:-1]], [tissue.n - 1] * 2])
        self._sorted = np.argsort(site, kind="stable").astype(np.int32)
        block = site // min(-(-tissue.n // PARTS), 8 * blocks.BLOCK)
        self.bounds = np.concatenate([[0], np.bincount(block).cumsum()]).tolist()
        number = np.empty(nodes, dtype=np.int32)
        number[self._sorted] = np.arange(nodes, dtype=np.int32)
        return number[ends]

    def relax(
        self, conductance: np.ndarray, free: np.ndarray, pressure: np.ndarray, tolerance: float, most: int
    ) -> int:
        """Solve for the forks, in place; return the steps done.

        A wide graph that has its tubes is solved step by step and block by block. Where tumour has grown, tubes are gone and others
        are blocked, so that steps would be many; but what is left hangs together loosely and is quick to eliminate.

        Parameters
        ----------
        conductance : float64[k]
            Of the tubes, of those joined in series, and of what joins the ports to what feeds and drains the tissue.
        free : bool[forks]
            Those whose pressure is not given.
        pressure : float64[forks], mmHg
            Start and result.
        tolerance : float
            Largest imbalance over the mean throughput, of a wide graph.
        most : int
            Steps; where they do not suffice, and in any other graph, the solution is exact.
        """
        first, upper, other, edge = self._lists
        wide, count, settled, own = len(self._sorted) > 0, 0, False, pressure
        if wide:
            own, free = pressure[self._sorted], free[self._sorted]
        if wide and most > 0:
            given = (first, upper, other), self.bounds, conductance[edge], free, own
            count = Relaxed(*given, threads.number(self._sites)).solve(tolerance, most)
            settled = count < most
        if not settled:
            if self.planned is None or not np.array_equal(free, self.planned[0]):
                self.planned = free, order_nodes(first, other, free)
            eliminate(self.planned[1], first, other, edge, conductance, own)
        if wide:
            pressure[self._sorted] = own
        return count


def lists(near: np.ndarray, far: np.ndarray, edge: np.ndarray, n: int) -> tuple[np.ndarray, ...]:
    """Return each node's list of edges as the solvers take them, and the order that sorts them."""
    first, upper, order = flow.sort_ends(near, far, n)
    return first, upper, far[order], edge[order].astype(np.int32), order
