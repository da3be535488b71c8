"""Keep the signals that cells exchange, and relax them to their steady state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livermet_sim.base.errors import ScenarioError
from livermet_sim.kernels import diffusion
from livermet_sim.state.levels import Levels
from livermet_sim.state.tissue import Tissue

SOURCE_STEPS = 2**20


class Fields:
    """Hold the signals of a tissue, in relative units (a source of 1 everywhere gives 1 everywhere).

    Signals spread within minutes and cells act over hours, so each obeys L^2 lap(c) - c + s = 0 with no flux
    through the tissue's edge, L being the signal's length.

    Attributes
    ----------
    concentration : float64[n, F]
        Relative concentration; a cell reads one cache line. 0 outside.
    source : int64[n, F]
        Secretion in steps of 2**-20. Whole numbers add up to the same sum in any order of the cells.
    """

    def __init__(self, tissue: Tissue, names: Sequence[str], lengths: Sequence[float] | np.ndarray):
        self.names = tuple(names)
        self.lengths = np.asarray(lengths, dtype=np.float64)
        if len(set(self.names)) != len(self.names):
            raise ScenarioError("fields", f"a signal is named twice in {', '.join(self.names)}")
        if self.lengths.shape != (len(self.names),) or not np.all(self.lengths > 0.0):
            raise ScenarioError("fields", "every signal needs one length, above 0 um")
        self._columns = {name: f for f, name in enumerate(self.names)}
        self.concentration = np.zeros((tissue.n, len(self.names)))
        self.source = np.zeros((tissue.n, len(self.names)), dtype=np.int64)
        self._spread = (self.lengths / tissue.site) ** 2
        self._levels = Levels(tissue, self.lengths.max(initial=0.0) / tissue.site)
        self._sides = tissue.neighbours[self._levels.sites, :4].T
        mass, ties = self._levels.form[:, :1], self._levels.form[:, 1:].sum(axis=1, keepdims=True)
        self._inverse = 1.0 / (mass + ties * self._spread)
        self._value, self._load = np.zeros((2, self._levels.blocks + 4, len(self.names)))

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
        """Take all secretion away, before the cells secrete anew."""
        self.source.fill(0)

    def relax(self, tolerance: float = 2e-3, most: int = 30) -> int:
        """Bring the signals to their steady state and return the number of multigrid cycles.

        Cycles start from the present concentrations and end when none moves any signal by more than
        ``tolerance`` of its largest value; each leaves about a tenth of the error.
        """
        levels = self._levels
        return diffusion.relax(
            self.concentration, self.source, 1.0 / SOURCE_STEPS, levels.starts, levels.links, levels.form,
            self._inverse, self._spread, self._value, self._load, tolerance, most,
        )  # fmt: skip

    def residual(self) -> np.ndarray:
        """Return max |s - A c| per signal, float64[F]; no error is larger, as A inverse has norm 1."""
        sites = self._levels.sites
        c = self.concentration[sites]
        lap = np.zeros_like(c)
        for side in self._sides:
            lap += np.where((side >= 0)[:, None], self.concentration[side] - c, 0.0)
        source = self.source[sites] / SOURCE_STEPS
        return np.abs(source - c + self._spread * lap).max(axis=0, initial=0.0)
