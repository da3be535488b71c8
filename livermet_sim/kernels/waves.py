"""Turn signals that lie site by site into signals that lie one after the other, and back."""

from __future__ import annotations

from livermet_sim.kernels.jit import kernel


@kernel
def part(start, stop, source, signals):
    """Write the sources of some sites, int64[n, F], to a row for each signal, float64[F, n]."""
    for s in range(start, stop):
        for f in range(len(signals)):
            signals[f, s] = source[s, f]


@kernel
def join(start, stop, signals, unit, concentration):
    """Write signals, float64[F, n], site by site, float64[n, F], times ``unit``; less than nothing is rounding, and none."""
    for s in range(start, stop):
        for f in range(len(signals)):
            concentration[s, f] = signals[f, s] * unit if signals[f, s] > 0.0 else 0.0


@kernel
def anything(values):
    """Say whether any of the values is not 0."""
    found, i = False, 0
    while i < len(values) and not found:
        found = values[i] != 0.0
        i += 1
    return found
