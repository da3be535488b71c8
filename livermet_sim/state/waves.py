"""Solve the signals of a tissue without an edge exactly: each wave by itself."""

from __future__ import annotations

import numpy as np
from scipy import fft

from livermet_sim.state.tissue import Tissue

BLOCK = 1024


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
        self._signals = np.zeros((len(spread), tissue.n))

    def solve(
        self, concentration: np.ndarray, source: np.ndarray, unit: float, tolerance: float, most: int
    ) -> int:
        """Write the solution to ``concentration``, float64[n, F]; tolerance and number of passes do not matter."""
        blocks = [slice(start, start + BLOCK) for start in range(0, len(source), BLOCK)]
        # a signal's sites lie together here, which is how transforms are quick; turned block by block, for the cache
        for block in blocks:
            self._signals[:, block] = source[block].T
        for signal, damping in zip(self._signals, self._damping, strict=True):
            if signal.any():
                waves = fft.rfft2(signal.reshape(self._shape))
                waves *= damping
                signal[:] = np.asarray(fft.irfft2(waves, self._shape, overwrite_x=True)).ravel()
        # rounding can leave less than nothing far from every source
        for block in blocks:
            np.maximum(self._signals[:, block].T, 0.0, out=concentration[block])
        concentration *= unit
        return 1
