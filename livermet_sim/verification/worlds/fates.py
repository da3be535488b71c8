"""Draw the fates of tumour cells with the real kernels, from rates that are made up."""

from __future__ import annotations

from typing import Any

import numpy as np

from livermet_sim.kernels import fate
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.kernels.neighbours import list_attackers

# columns of the made-up rate matrix: ten own fates, attack, engulf, vulnerability to killers 1 and 2
ATTACK, ENGULF = 10, 11
VULNERABILITY = np.array([12, 12, 13])
COLUMNS = 14


class Fates:
    """Hold cells and their rates; whoever makes one fills these.

    Attributes
    ----------
    c : dict of ndarray
        Columns kind, site, layer, key, state, event, cause, aptitude and load.
    rates : float64[n, 14], /h
    across : float64[3]
        Share of an attack that reaches through the wall, by kind.
    neighbours : int32[sites, 8]
    """

    c: dict[str, np.ndarray]
    rates: np.ndarray
    across: np.ndarray
    neighbours: np.ndarray

    def decide(self, dt: float, tick: int = 0, seed: int = 4, module: Any = fate) -> np.ndarray:
        """Draw one step; return the rows to which something happens."""
        c, n, sites = self.c, len(self.c["kind"]), len(self.neighbours)
        head, listed = np.full(sites, -1, dtype=np.int32), np.zeros(sites + 1, dtype=np.int32)
        following, happened, eater = np.zeros((3, n), dtype=np.int32)
        list_attackers(
            n, c["kind"], c["site"], c["aptitude"], self.rates, ATTACK, ENGULF, np.zeros(3), head, following, listed,
        )  # fmt: skip
        killers = fate.Killers(
            ATTACK, ENGULF, VULNERABILITY, self.across, head, following, self.neighbours, self.touched()
        )
        cells = tuple(c[name] for name in fate.CELLS)
        number = module.decide(
            0, n, seed, tick, dt, cells, self.rates, np.arange(10), killers, happened, eater
        )
        np.add.at(c["load"], eater[:number][eater[:number] >= 0], 1.0)
        return happened[:number]

    def touched(self) -> np.ndarray:
        """Count the tumour cells at each site and around it, by the part they are in."""
        found = np.zeros((2, len(self.neighbours)), dtype=np.int32)
        for row in np.flatnonzero(self.c["kind"] == TUMOUR):
            around = self.neighbours[self.c["site"][row]]
            found[self.c["layer"][row], [self.c["site"][row], *around[around >= 0]]] += 1
        return found
