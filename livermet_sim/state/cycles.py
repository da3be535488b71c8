"""Solve the signals of a wide tissue with an edge, by multigrid cycles."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels import diffusion
from livermet_sim.state.levels import Levels
from livermet_sim.state.tissue import Tissue

# relaxation of places with four sides, and of others; lines without sides along y diverge above 1
OMEGA = (1.1, 0.9)
TILE = 16


class Cycles:
    """Solve L^2 lap(c) - c + s = 0 on any outline of tissue, with no flux through its edge.

    Parameters
    ----------
    spread : float64[F]
        (L / site)^2 of each signal.
    """

    def __init__(self, tissue: Tissue, spread: np.ndarray):
        signals = len(spread)
        levels = Levels(tissue, float(np.sqrt(spread.max(initial=0.0))))
        gains = _gains(levels.form, spread)
        whole = gains[:, levels.whole].swapaxes(0, 1)[:, :, None]
        tiles = np.tile(np.concatenate([whole, whole * spread], axis=2), TILE)
        self._places = levels.levels, levels.lines, levels.edges, levels.ghosts, levels.form
        self._weights = gains, spread, tiles
        fine, out = np.zeros(tissue.n * signals), np.zeros((levels.longest + 4) * signals)
        self._scratch = fine, *np.zeros((2, levels.rows * signals)), out

    def solve(
        self, concentration: np.ndarray, source: np.ndarray, unit: float, tolerance: float, most: int
    ) -> int:
        """Run cycles from ``concentration``, float64[n, F], in place; return how many."""
        # what is left of a signal that nothing secretes any more
        concentration[:, ~source.any(axis=0)] = 0.0
        cycles = diffusion.relax(
            concentration.ravel(),
            source.ravel(),
            unit,
            self._places,
            self._weights,
            self._scratch,
            tolerance,
            most,
        )
        # the solution is nowhere negative; what the tolerance leaves of it may be
        np.maximum(concentration, 0.0, out=concentration)
        return cycles


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
