"""Draw random numbers as a pure function of (seed, purpose, tick, key): Philox 4x32-10.

A draw depends on nothing else, so a run does not change with row order, threads or what is recorded, and
two livers with one seed share the luck of every cell they have in common.

Written with 64-bit signed arithmetic that never overflows, so that the compiled and the plain Python
function agree to the bit. Salmon et al., SC'11, doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

from livermet_sim.kernels.jit import inline

MASK = 0xFFFFFFFF


@inline
def _multiply(a, b):
    """Return the high and low 32 bits of a product of two 32-bit numbers."""
    low_part = a * (b & 0xFFFF)
    high_part = a * (b >> 16) + (low_part >> 16)
    return high_part >> 16, ((high_part & 0xFFFF) << 16) | (low_part & 0xFFFF)


@inline
def philox(c0, c1, c2, c3, k0, k1):
    """Return four 32-bit words for a 128-bit counter and a 64-bit key (all int64 holding 32 bits)."""
    for _ in range(10):
        high0, low0 = _multiply(c0, 0xD2511F53)
        high1, low1 = _multiply(c2, 0xCD9E8D57)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


@inline
def draw4(seed, purpose, tick, key):
    """Return four uniform numbers in (0, 1) for one cell, one purpose and one tick.

    ``seed`` and ``key`` are non-negative and below 2**62; ``purpose`` is below 2**16 and may carry a
    repeat number above it (``purpose + (repeat << 16)``).
    """
    w0, w1, w2, w3 = philox(
        key & 0xFFFFFFFF, key >> 32, tick & 0xFFFFFFFF, purpose & 0xFFFFFFFF, seed & 0xFFFFFFFF, seed >> 32
    )
    scale = 2.3283064365386963e-10
    return (w0 + 0.5) * scale, (w1 + 0.5) * scale, (w2 + 0.5) * scale, (w3 + 0.5) * scale


@inline
def draw(seed, purpose, tick, key):
    """Return one uniform number in (0, 1)."""
    return draw4(seed, purpose, tick, key)[0]


@inline
def child_key(seed, purpose, tick, key):
    """Return the key of a cell born from ``key``: 62 bits, derived from its mother, never from a counter."""
    w0, w1, _, _ = philox(
        key & 0xFFFFFFFF, key >> 32, tick & 0xFFFFFFFF, purpose & 0xFFFFFFFF, seed & 0xFFFFFFFF, seed >> 32
    )
    return ((w0 & 0x3FFFFFFF) << 32) | w1
