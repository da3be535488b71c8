"""Solve the signals of a tissue without an edge exactly: each wave across it by itself, along it there and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from livermet_sim.base import threads
from livermet_sim.base.types import Reals
from livermet_sim.kernels.waves import anything, go_round, join, part
from livermet_sim.state.tissue import Tissue

TOGETHER = 3  # signals: a quarter of those there are, each of which is 8 bytes a site


class Waves:
    """Solve L^2 lap(c) - c + s = 0 on a lattice whose sides join, by Fourier transforms of its rows.

    The lattice's Laplacian leaves every wave of a row as it is but for a factor, and what is left is one equation for each
    wave from row to row, see ``kernels.waves.go_round``; so the solution is exact to rounding.

    Parameters
    ----------
    spread : float64[F]
        (L / site)^2 of each signal.
    """

    def __init__(self, tissue: Tissue, spread: np.ndarray):
        self._shape = (tissue.lattice.height, tissue.lattice.width)
        bend = 2.0 - 2.0 * np.cos(2.0 * np.pi * np.arange(self._shape[1] // 2 + 1) / self._shape[1])
        above = 0.5 * (1.0 / spread[:, None] + bend)
        root = 1.0 / (1.0 + above + np.sqrt(above * (above + 2.0)))
        each = root, 1.0 / (1.0 - root ** self._shape[0]), root / spread[:, None]
        # for the real and the imaginary part of each wave
        self._rows = list(zip(*(np.repeat(values, 2, axis=1) for values in each), strict=True))
        # a signal's sites lie together here, which is how transforms are quick; of a wide tissue those of a few signals
        together = len(spread) if tissue.n < threads.WIDE else min(len(spread), TOGETHER)
        self._signals = np.zeros((together, tissue.n))

    def solve(
        self, concentration: np.ndarray, source: np.ndarray, unit: float, tolerance: float, most: int
    ) -> int:
        """Write the solution to ``concentration``, float64[n, F]; tolerance and number of passes do not matter."""
        from scipy import fft  # which takes long to load

        many = threads.number(len(source))
        blocks = threads.ranges(len(source))
        for first in range(0, len(self._rows), len(self._signals)):
            signals: Reals = self._signals[: len(self._rows) - first]

            def turn(block: slice, first: int = first, signals: Reals = signals) -> None:
                part(block.start, block.stop, first, source, signals)

            def spread(number: int, first: int = first, signals: Reals = signals) -> None:
                signal: Reals = signals[number]
                if anything(signal):
                    waves: NDArray[np.complex128] = fft.rfft(signal.reshape(self._shape))
                    go_round(waves.view(np.float64), *self._rows[first + number])
                    signal[:] = np.asarray(fft.irfft(waves, self._shape[1], overwrite_x=True)).ravel()

            def turn_back(block: slice, first: int = first, signals: Reals = signals) -> None:
                join(block.start, block.stop, first, signals, unit, concentration)

            threads.each(turn, blocks, many)
            threads.each(spread, range(len(signals)), many)
            threads.each(turn_back, blocks, many)
        return 1
