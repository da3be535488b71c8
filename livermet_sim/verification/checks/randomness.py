"""Put the keyed random numbers through a statistical battery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from scipy import stats

from livermet_sim.kernels import rng
from livermet_sim.verification.check import Curve, Figure, Knobs, Outcome
from livermet_sim.verification.worlds.lattices import random_keys

Draw = Callable[[int, int, int, np.ndarray], np.ndarray]
LEAST = 1e-6  # of a p-value
PURPOSES = 32  # registered ones, and some to come
ONES = 0xFFFFFFFF
# (counter, key, words) of Philox 4x32-10 in the Random123 file kat_vectors
KNOWN = (
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)


def vectors(knobs: Knobs, philox: Callable[..., Sequence[int]] = rng.philox) -> Outcome:
    """Philox 4x32-10 of the counters and keys in the file kat_vectors of Random123 (Salmon et al. 2011, doi:10.1145/2063384.2063405) must give its words, to the bit."""
    found = [tuple(int(word) for word in philox(*counter, *key)) for counter, key, _ in KNOWN]
    wrong = sum(own != words for own, (_, _, words) in zip(found, KNOWN, strict=True))
    said = f"{len(KNOWN) - wrong} of {len(KNOWN)} give their four words"
    return Outcome(
        f"the {len(KNOWN)} published vectors", said, "to the bit", wrong == 0, None, {"wrong": float(wrong)}
    )


def battery(knobs: Knobs, draws: Draw = rng.draws) -> Outcome:
    """Draws over keys in a row, random keys, and ticks: uniformity (chi-squared and Kolmogorov-Smirnov), runs up and down, serial pairs, each of 16 bits, maxima of five, and the spacing of birthdays. No p-value may be tiny, nor may they be too good."""
    n, found = knobs.pick(50_000, 500_000), {}
    for name, u in _series(n, knobs.seed, draws).items():
        found |= {f"{name}, {test}": p for test, p in _tests(u).items()}
    p = np.array(list(found.values()))
    worst = min(found, key=lambda name: found[name])
    whole = float(stats.kstest(p, "uniform").pvalue)
    holds = p.min() > LEAST and whole > LEAST
    words = f"{len(p)} p-values, the least {p.min():.1e} ({worst}); together p = {whole:.2f}"
    return Outcome(
        "p-values as a fair die gives them",
        words,
        f"none below {LEAST:g}",
        bool(holds),
        _of(p),
        {"least": float(p.min()), "together": whole},
    )


def _series(n: int, seed: int, draws: Draw) -> dict[str, np.ndarray]:
    """Return numbers in (0, 1) as the model draws them."""
    key = random_keys(1, seed)
    return {
        "keys in a row": draws(seed, 5, 0, np.arange(n)),
        "random keys": draws(seed, 5, 0, random_keys(n, seed)),
        "ticks": np.concatenate([draws(seed, 5, tick, key) for tick in range(n // 10)]),
        "seeds": np.concatenate([draws(s, 5, 0, key) for s in range(n // 10)]),
        "purposes and repeats": np.concatenate([draws(seed, 5 + (repeat << 16), 0, key) for repeat in range(n // 10)]),
    }  # fmt: skip


def _tests(u: np.ndarray) -> dict[str, float]:
    """Return p-values by the name of the test."""
    n = len(u)
    bins = np.bincount((u * 128).astype(int), minlength=128)
    pairs = np.bincount(
        (u[: n // 2 * 2 : 2] * 16).astype(int) * 16 + (u[1 : n // 2 * 2 : 2] * 16).astype(int), minlength=256
    )
    turns = np.count_nonzero(np.diff(np.sign(np.diff(u)))) + 1
    correlation = np.corrcoef(u[:-1], u[1:])[0, 1]
    found = {
        "chi-squared": stats.chisquare(bins).pvalue,
        "Kolmogorov-Smirnov": stats.kstest(u, "uniform").pvalue,
        "serial pairs": stats.chisquare(pairs).pvalue,
        "runs": _two_sided((turns - (2 * n - 1) / 3) / np.sqrt((16 * n - 29) / 90)),
        "neighbours": _two_sided(correlation * np.sqrt(n)),
        "maxima of five": stats.kstest(u[: n // 5 * 5].reshape(-1, 5).max(axis=1) ** 5, "uniform").pvalue,
        "birthdays": _birthdays(u),
    }
    words = (u * 2**32).astype(np.uint64)
    ones = [((words >> np.uint64(bit)) & np.uint64(1)).sum() for bit in range(0, 32, 2)]
    found["bits"] = stats.chi2.sf((((np.array(ones) - n / 2) ** 2) / (n / 4)).sum(), len(ones))
    return {name: float(p) for name, p in found.items()}


def _two_sided(z: float) -> float:
    return float(2.0 * stats.norm.sf(abs(z)))


def _birthdays(u: np.ndarray) -> float:
    """Return the p-value of Marsaglia's spacings: 512 birthdays in a year of 2^24 days repeat two spacings in the mean."""
    years = (u[: len(u) // 512 * 512].reshape(-1, 512) * 2**24).astype(np.int64)
    spacings = np.sort(np.diff(np.sort(years, axis=1), axis=1), axis=1)
    repeats = int((np.diff(spacings, axis=1) == 0).sum())
    mean = 512**3 / (4 * 2**24) * len(years)
    return min(1.0, 2 * float(min(stats.poisson.cdf(repeats, mean), stats.poisson.sf(repeats - 1, mean))))


def purposes(knobs: Knobs, draws: Draw = rng.draws) -> Outcome:
    """The draws of one cell for different purposes must know nothing of each other: for all pairs of purposes, a table of 8 x 8 against independence, and the correlation."""
    n = knobs.pick(8_000, 60_000)
    keys = random_keys(n, knobs.seed)
    u = np.array([draws(knobs.seed, purpose, 3, keys) for purpose in range(1, PURPOSES + 1)])
    cells, found, least = (u * 8).astype(int), [], (0, 0)
    for a, b in combinations(range(PURPOSES), 2):
        table = np.bincount(cells[a] * 8 + cells[b], minlength=64).reshape(8, 8)
        correlated = _two_sided(np.corrcoef(u[a], u[b])[0, 1] * np.sqrt(n))
        # the lesser of two p-values, which are nearly independent
        dependent: Any = stats.chi2_contingency(table + 1e-12)
        p = 1.0 - (1.0 - min(float(dependent[1]), correlated)) ** 2
        if not found or p < min(found):
            least = (a + 1, b + 1)
        found.append(p)
    p = np.array(found)
    words = (
        f"{len(p)} pairs of purposes, the least p-value {p.min():.1e} (purposes {least[0]} and {least[1]})"
    )
    return Outcome(
        "independence",
        words,
        f"none below {LEAST:g}",
        bool(p.min() > LEAST),
        _of(p),
        {"least": float(p.min())},
    )


def _of(p: np.ndarray) -> Figure:
    rank = (np.arange(len(p)) + 0.5) / len(p)
    return Figure(
        "rank", "p-value", (Curve("uniform", [0, 1], [0, 1], "-"), Curve("found", rank, np.sort(p), "."))
    )
