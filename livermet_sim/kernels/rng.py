"""Draw random numbers as a pure function of (seed, purpose, tick, key): Philox 4x32-10.

A draw depends on nothing else, so a run does not change with row order, threads or what is recorded, and
two livers with one seed share the luck of every cell they have in common.

Salmon et al., SC'11, doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.jit import inline, kernel


@inline
def _multiply(a, b):
    """Return the high and low 32 bits of a product of two 32-bit numbers.

    Compiled, the product wraps around in 64 signed bits; ``int`` keeps the plain function from warning of that.
    All of its bits are right either way.
    """
    product = int(a) * b
    return (product >> 32) & 0xFFFFFFFF, product & 0xFFFFFFFF


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
def _words(seed, purpose, tick, key):
    """Return the four words of one draw.

    ``int``, as an element of an array of 32 bits, which compiled code widens by itself, has no room for the masks.
    """
    seed, purpose, tick, key = int(seed), int(purpose), int(tick), int(key)
    return philox(
        key & 0xFFFFFFFF, key >> 32, tick & 0xFFFFFFFF, purpose & 0xFFFFFFFF, seed & 0xFFFFFFFF, seed >> 32
    )


@inline
def draw4(seed, purpose, tick, key):
    """Return four uniform numbers in (0, 1) for one cell, one purpose and one tick.

    ``seed`` and ``key`` are non-negative and below 2**62; ``purpose`` is below 2**16 and may carry a
    repeat number above it (``purpose + (repeat << 16)``).
    """
    w0, w1, w2, w3 = _words(seed, purpose, tick, key)
    scale = 2.3283064365386963e-10
    return (w0 + 0.5) * scale, (w1 + 0.5) * scale, (w2 + 0.5) * scale, (w3 + 0.5) * scale


@inline
def draw(seed, purpose, tick, key):
    """Return one uniform number in (0, 1)."""
    return draw4(seed, purpose, tick, key)[0]


@inline
def child_key(seed, purpose, tick, key):
    """Return the key of a cell born from ``key``: 62 bits, derived from its mother, never from a counter."""
    w0, w1, _, _ = _words(seed, purpose, tick, key)
    return ((w0 & 0x3FFFFFFF) << 32) | w1


@kernel
def draws(seed, purpose, tick, keys):
    """Return one uniform number in (0, 1) for each key, float64[m]."""
    out = np.empty(len(keys))
    for i in range(len(keys)):
        out[i] = draw4(seed, purpose, tick, keys[i])[0]
    return out


@kernel
def child_keys(seed, purpose, tick, keys):
    """Return the key of a cell born from each key, int64[m]."""
    out = np.empty(len(keys), dtype=np.int64)
    for i in range(len(keys)):
        out[i] = child_key(seed, purpose, tick, keys[i])
    return out


@kernel
def bell(seed, purpose, keys):
    """Return nearly normal numbers, mean 0 and deviation 1, for each key: twelve uniform ones added, less 6."""
    out = np.empty(len(keys))
    for i in range(len(keys)):
        total = 0.0
        for tick in range(3):
            for u in draw4(seed, purpose, tick, keys[i]):
                total += u
        out[i] = total - 6.0
    return out
