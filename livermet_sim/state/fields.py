"""Keep the signals that cells exchange, and relax them to their steady state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from livermet_sim.base.errors import ScenarioError
from livermet_sim.state.cycles import Cycles
from livermet_sim.state.factors import Factors
from livermet_sim.state.tissue import Tissue
from livermet_sim.state.waves import Waves

SOURCE_STEPS = 2**20
# up to here one exact solution costs less than the cycles that it takes the place of, and its factors some 35 MB
DIRECT_SITES = 16_000


class Solver(Protocol):
    """Solve L^2 lap(c) - c + s = 0 for some signals of a tissue, in place; nowhere below 0."""

    def solve(
        self, concentration: np.ndarray, source: np.ndarray, unit: float, tolerance: float, most: int
    ) -> int: ...


class Fields:
    """Hold the signals of a tissue, in relative units (a source of 1 everywhere gives 1 everywhere).

    Signals spread within minutes and cells act over hours, so each obeys L^2 lap(c) - c + s = 0 with no flux
    through the tissue's edge, L being the signal's length. Where the tissue has no edge, or is not wide, the solution
    is exact.

    Parameters
    ----------
    lengths : float64[F]
        In um.
    direct : int
        Sites up to which a tissue with an edge is solved exactly.

    Attributes
    ----------
    concentration : float64[n, F]
        Relative concentration, never negative; a cell reads one cache line. 0 outside.
    source : int64[n, F]
        Secretion in steps of 2**-20. Whole numbers add up to the same sum in any order of the cells.
    exact : bool
        Whether the concentrations follow from the sources alone, to the bit.
    background : int64[n, F] or None
        Sources that are no cells, put there by an intervention; in the same steps.
    """

    def __init__(
        self,
        tissue: Tissue,
        names: Sequence[str],
        lengths: Sequence[float] | np.ndarray,
        direct: int = DIRECT_SITES,
    ):
        self.names = tuple(names)
        self.lengths = np.asarray(lengths, dtype=np.float64)
        if len(set(self.names)) != len(self.names):
            raise ScenarioError("fields", f"a signal is named twice in {', '.join(self.names)}")
        if self.lengths.shape != (len(self.names),) or not np.all(self.lengths > 0.0):
            raise ScenarioError("fields", "every signal needs one length, above 0 um")
        self._columns = {name: f for f, name in enumerate(self.names)}
        self.concentration = np.zeros((tissue.n, len(self.names)))
        self.source = np.zeros((tissue.n, len(self.names)), dtype=np.int64)
        self.background: np.ndarray | None = None
        self._spread = (self.lengths / tissue.site) ** 2
        self._sites = tissue.inside
        self._tissue = tissue
        whole = tissue.lattice.wrap and len(tissue.inside) == tissue.n
        solver = Waves if whole else Factors if len(tissue.inside) <= direct else Cycles
        self._solver: Solver = solver(tissue, self._spread)
        self.exact = solver is not Cycles

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def index(self, name: str) -> int:
        """Return the column of a signal.

        Raises
        ------
        ScenarioError
            When there is no such signal.
        """
        if name not in self._columns:
            raise ScenarioError(f"fields.{name}", "there is no such signal", name=name, valid=self.names)
        return self._columns[name]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.concentration[:, self.index(name)]

    def clear_source(self) -> None:
        """Take all secretion but the background away, before the cells secrete anew."""
        self.source[:] = 0 if self.background is None else self.background

    def relax(self, tolerance: float = 2e-3, most: int = 30) -> int:
        """Bring the signals to their steady state and return the number of passes (1 where it is exact).

        Where a wide tissue has an edge, multigrid cycles start from the present concentrations and end when none moves
        any signal by more than ``tolerance`` of its largest value; each leaves a fifth to a third of the error.
        """
        return self._solver.solve(self.concentration, self.source, 1.0 / SOURCE_STEPS, tolerance, most)

    def residual(self) -> np.ndarray:
        """Return max |s - A c| per signal, float64[F]; no error is larger, as A inverse has norm 1."""
        sites = self._sites
        c = self.concentration[sites]
        lap = np.zeros_like(c)
        for side in self._tissue.sides[sites].T:
            lap += np.where((side >= 0)[:, None], self.concentration[side] - c, 0.0)
        source = self.source[sites] / SOURCE_STEPS
        return np.abs(source - c + self._spread * lap).max(axis=0, initial=0.0)
