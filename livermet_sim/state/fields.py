"""Keep the signals that cells exchange, and relax them to their steady state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livermet_sim.base.errors import ScenarioError
from livermet_sim.kernels import diffusion
from livermet_sim.state.levels import Levels
from livermet_sim.state.tissue import Tissue

SOURCE_STEPS = 2**20
# relaxation of places with four sides, and of others; lines without sides along y diverge above 1
OMEGA = (1.1, 0.9)
TILE = 16


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
    background : int64[n, F] or None
        Sources that are no cells, put there by an intervention; in the same steps.
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
        self.background: np.ndarray | None = None
        self._spread = (self.lengths / tissue.site) ** 2
        self._sites = tissue.inside
        self._sides = tissue.neighbours[tissue.inside, :4].T
        self._levels = levels = Levels(tissue, self.lengths.max(initial=0.0) / tissue.site)
        self._gains = _gains(levels.form, self._spread)
        whole = self._gains[:, levels.whole].swapaxes(0, 1)[:, :, None]
        self._tiles = np.tile(np.concatenate([whole, whole * self._spread], axis=2), TILE)
        self._value, self._load = np.zeros((2, levels.rows * len(self.names)))
        self._fine = np.zeros(self.concentration.size)
        self._out = np.zeros((levels.longest + 4) * len(self.names))

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
        """Bring the signals to their steady state and return the number of multigrid cycles.

        Cycles start from the present concentrations and end when none moves any signal by more than
        ``tolerance`` of its largest value; each leaves a fifth to a third of the error.
        """
        levels = self._levels
        return diffusion.relax(
            self.concentration.ravel(), self.source.ravel(), 1.0 / SOURCE_STEPS, levels.levels, levels.lines,
            levels.edges, levels.ghosts, levels.form, self._gains, self._spread, self._tiles, self._fine, self._value, self._load,
            self._out, tolerance, most,
        )  # fmt: skip

    def residual(self) -> np.ndarray:
        """Return max |s - A c| per signal, float64[F]; no error is larger, as A inverse has norm 1."""
        sites = self._sites
        c = self.concentration[sites]
        lap = np.zeros_like(c)
        for side in self._sides:
            lap += np.where((side >= 0)[:, None], self.concentration[side] - c, 0.0)
        source = self.source[sites] / SOURCE_STEPS
        return np.abs(source - c + self._spread * lap).max(axis=0, initial=0.0)


def _gains(form: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Return the factors of the imbalance in a sweep, and in what it leaves to the blocks, float64[2, forms, F]."""
    outside = form[:, 0] == 0.0
    # a place outside counts as one site without ties, which holds what it is given: nothing
    form[outside, 0] = 1.0
    gains = np.ones((2, len(form), len(spread)))
    whole = np.all(form[:, 1:] == 1.0, axis=1)[:, None]
    gains[0] = np.where(whole, *OMEGA) / (form[:, :1] + form[:, 1:].sum(axis=1, keepdims=True) * spread)
    gains[0, outside], gains[1, outside] = 1.0, 0.0
    return gains
