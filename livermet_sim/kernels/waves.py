"""Turn signals that lie site by site into signals that lie one after the other, and back."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.jit import kernel


@kernel
def part(start, stop, first, source, signals):
    """Write the sources of some sites, int64[n, F], to a row for each of some signals from ``first`` on, float64[f, n]."""
    for s in range(start, stop):
        for f in range(len(signals)):
            signals[f, s] = source[s, first + f]


@kernel
def join(start, stop, first, signals, unit, concentration):
    """Write signals from ``first`` on, float64[f, n], site by site, float64[n, F], times ``unit``; what is below 0 is rounding, and none."""
    for s in range(start, stop):
        for f in range(len(signals)):
            concentration[s, first + f] = signals[f, s] * unit if signals[f, s] > 0.0 else 0.0


@kernel
def anything(values):
    """Say whether any of the values is not 0."""
    found, i = False, 0
    while i < len(values) and not found:
        found = values[i] != 0.0
        i += 1
    return found


@kernel
def go_round(waves, root, start, gain):
    """Solve (2 q - z - 1/z) x = f along a closed line for many waves at once, in place: once round forwards, once backwards.

    The operator is (1 - r z) (1 - r / z) / r with r + 1/r = 2 q, so each of its factors is undone by one walk, in which what
    is carried on fades by r from place to place; a walk round that began with nothing tells with what to begin.

    Parameters
    ----------
    waves : float64[places, m]
        Real and imaginary parts of every wave; f, then x.
    root, start, gain : float64[m]
        r, below 1; 1 / (1 - r^places); what the solution is multiplied by besides.
    """
    n, m = waves.shape
    carried = np.zeros(m)
    for way in range(2):
        for i in range(n):
            row = waves[i if way == 0 else n - 1 - i]
            for k in range(m):
                carried[k] = carried[k] * root[k] + row[k]
        for k in range(m):
            carried[k] *= start[k]
        for i in range(n):
            row = waves[i if way == 0 else n - 1 - i]
            for k in range(m):
                carried[k] = carried[k] * root[k] + row[k]
                row[k] = carried[k]
        for k in range(m):
            carried[k] = 0.0
    for i in range(n):
        for k in range(m):
            waves[i, k] *= gain[k]
