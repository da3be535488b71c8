"""Put the places of a tissue in the order in which blood comes by."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.downstream import line_up, spread
from livermet_sim.state.network import Network


class Downstream:
    """Order tubes and ports down the pressure, tissue behind the vessel nearest to it.

    Which vessel that is stays known until vessels come or go; the pressures are sorted anew each time.
    """

    def __init__(self):
        self._edges: np.ndarray | None = None
        self._first, self._followers = np.zeros((2, 0), dtype=np.int32)

    def order(self, network: Network, tube: np.ndarray) -> np.ndarray:
        """Return sites and ports (-1 - p), int32[m].

        Parameters
        ----------
        tube : bool[n]
            Sites with a tube; those of the ports left out.
        """
        ports = network.ports
        if network.edges is not self._edges:
            self._follow(network, tube)
        tubes = np.flatnonzero(tube)
        leaders = np.concatenate([-1 - np.arange(ports.number), tubes]).astype(np.int32)
        level = np.concatenate([network.pressure[ports.member[ports.first[:-1]]], network.pressure[tubes]])
        leaders = leaders[np.argsort(-level, kind="stable")]
        out = np.empty(len(leaders) + len(self._followers), dtype=np.int32)
        end = line_up(leaders, self._first, self._followers, out)
        # tissue that no way joins to a vessel comes last
        out[end:] = self._followers[: len(out) - end]
        return out

    def _follow(self, network: Network, tube: np.ndarray) -> None:
        """List the tissue nearest to each vessel: first tissue without any, then by site, then by port."""
        tissue, of = network.tissue, network.ports.of
        owner = np.where(tube, np.arange(tissue.n), -1).astype(np.int32)
        port = of >= 0
        # so that a port -1 - p is the place next to the last of all places that is p before it
        owner[port] = tissue.n + network.ports.number - 1 - of[port]
        spread(
            tissue.inside,
            tissue.neighbours,
            tissue.lattice.sides,
            owner,
            np.empty(len(tissue.inside), np.int32),
        )
        rest = tissue.inside[~(tube | port)[tissue.inside]]
        self._followers = rest[np.argsort(owner[rest], kind="stable")]
        self._first = np.searchsorted(
            owner[self._followers], np.arange(tissue.n + network.ports.number + 1)
        ).astype(np.int32)
        self._edges = network.edges
