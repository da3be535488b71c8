"""Solve the signals of a tissue without an edge exactly: each wave by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from livermet_sim.base import threads
from livermet_sim.base.types import Reals
from livermet_sim.kernels.waves import anything, join, part
from livermet_sim.state.tissue import Tissue


class Waves:
    """Solve L^2 lap(c) - c + s = 0 on a lattice whose sides join, by one Fourier transform there and back.

    The lattice's Laplacian leaves every wave as it is but for a factor, so the solution is exact to rounding.

    Parameters
    ----------
    spread : float64[F]
        (L / site)^2 of each signal.
    """

    def __init__(self, tissue: Tissue, spread: np.ndarray):
        self._shape = (tissue.lattice.height, tissue.lattice.width)
        bends = [2.0 - 2.0 * np.cos(2.0 * np.pi * np.arange(n) / n) for n in self._shape]
        bend = bends[0][:, None] + bends[1][: self._shape[1] // 2 + 1]
        self._damping = [1.0 / (1.0 + s * bend) for s in spread]
        # a signal's sites lie together here, which is how transforms are quick
        self._signals = np.zeros((len(spread), tissue.n))

    def solve(
        self, concentration: np.ndarray, source: np.ndarray, unit: float, tolerance: float, most: int
    ) -> int:
        """Write the solution to ``concentration``, float64[n, F]; tolerance and number of passes do not matter."""
        signals: Reals = self._signals
        many = threads.number(len(source))
        blocks = threads.ranges(len(source))

        def turn(block: slice) -> None:
            part(block.start, block.stop, source, signals)

        def spread(number: int) -> None:
            signal: Reals = signals[number]
            if anything(signal):
                waves: NDArray[np.complex128] = fft.rfft2(signal.reshape(self._shape))
                waves *= self._damping[number]
                signal[:] = np.asarray(fft.irfft2(waves, self._shape, overwrite_x=True)).ravel()

        def turn_back(block: slice) -> None:
            join(block.start, block.stop, signals, unit, concentration)

        threads.each(turn, blocks, many)
        threads.each(spread, range(len(signals)), many)
        threads.each(turn_back, blocks, many)
        return 1
