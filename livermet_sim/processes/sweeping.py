"""Bring the oxygen of a tissue to rest block by block, blocks that share no border at the same time."""

from __future__ import annotations

from typing import Any

import numpy as np

from livermet_sim.base import threads
from livermet_sim.kernels.oxygen import count_inflows, list_inflows, sweep, take_turns
from livermet_sim.state.blocks import Blocks
from livermet_sim.state.network import Network

PASSES = 8  # over a block before its neighbours are heard again; one block alone hears nobody


class Sweeps:
    """Hold the order of the sweeps for one flow, and carry them out.

    What comes out follows from the blocks, which are cut by the tissue alone, and not from who works on them.
    """

    def __init__(self):
        self._blocks: Blocks | None = None
        self._order, self._turn, self._place = (np.zeros(0, dtype=np.int32) for _ in range(3))
        self._bounds, self._inflows = [0, 0], ()

    def lay(self, network: Network, order: np.ndarray, tube: np.ndarray) -> np.ndarray:
        """Take up an order down the pressure, int32[m], and return it block by block.

        A port belongs to a block where all that it meets lies in it; the others come last.
        """
        tissue, ports = network.tissue, network.ports
        if self._blocks is None:
            self._blocks = Blocks(tissue.neighbours, tissue.inside)
        blocks = self._blocks
        if blocks.number > 1:
            home = np.where(order >= 0, blocks.of[order], self._homes(network)[np.maximum(-1 - order, 0)])
            order = order[np.argsort(home, kind="stable")]
            self._bounds = np.concatenate(
                [[0], np.bincount(home, minlength=blocks.number + 1).cumsum()]
            ).tolist()
        else:
            self._bounds = [0, len(order)]
        self._order, self._turn = order, np.empty(tissue.n, dtype=np.int32)
        self._place = np.where(order >= 0, order, tissue.n - 1 - order)
        take_turns(order, (ports.first, ports.member, ports.supply, ports.supply), self._turn)
        self._inflows = self._list(network, tube)
        return order

    def _list(self, network: Network, tube: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return where blood comes from to each place in the order, as `kernels.oxygen.sweep` takes it."""
        order, outflow, around = self._order, network.outflow, network.tissue.neighbours

        def count(own: slice, number: np.ndarray) -> None:
            count_inflows(own.start, own.stop, order, tube, outflow, number)

        start = threads.starts(len(order), len(around), count)
        source, inflow = np.empty(start[-1], np.int32), np.empty(start[-1])

        def some(own: slice) -> None:
            list_inflows(own.start, own.stop, order, tube, outflow, around, start, source, inflow)

        threads.over(len(order), len(around), some)
        return start, source, inflow

    def _homes(self, network: Network) -> np.ndarray:
        """Return the block of each port, int32[P]; one more than there are where it meets several."""
        ports, around = network.ports, network.tissue.neighbours
        blocks = self._blocks
        assert blocks is not None
        member = np.where(around[ports.member] >= 0, around[ports.member], ports.member[:, None])
        met = blocks.of[np.column_stack([member, ports.member])]
        low = np.minimum.reduceat(met.min(axis=1), ports.first[:-1])
        high = np.maximum.reduceat(met.max(axis=1), ports.first[:-1])
        return np.where(low == high, low, blocks.number).astype(np.int16)

    def settle(self, awake: np.ndarray, most: int, *inputs: Any) -> int:
        """Sweep over all that is ``awake``, bool[n + P], until all sleep or ``most`` sweeps are done; return how many.

        ``inputs`` are those of `kernels.oxygen.sweep`: sides, values, law, state, needs, net, ports.
        """
        sides, values, law, state, needs, net, ports = inputs
        waiting, bounds = awake[self._place], self._bounds
        lists = (self._order, self._turn, waiting, *self._inflows)

        def one(block: int) -> int:
            begin, end = bounds[block], bounds[block + 1]
            passes = most if len(bounds) == 2 else min(PASSES, most - done)
            return sweep(begin, end, passes, sides, values, law, lists, state, needs, net, ports)

        done, many = 0, threads.number(len(self._turn))
        while done < most and waiting.any():
            passed = [0]
            for colour in self._groups():
                due = [b for b in colour if waiting[bounds[b] : bounds[b + 1]].any()]
                passed += threads.each(one, due, many)
            done += max(passed)
        awake[self._place] = waiting
        return done

    def _groups(self) -> list[list[int]]:
        """Return what may be worked on at the same time, in turn; the ports that meet several blocks come last."""
        blocks = self._blocks
        assert blocks is not None
        return blocks.colours if blocks.number == 1 else [*blocks.colours, [blocks.number]]
