"""Choose the points of a study: which combinations of its factors' values are run.

The space-filling designs come from scipy.stats.qmc, those of sensitivity analyses from SALib. All draw from the unit cube.

References
----------
McKay 1979 doi:10.1080/00401706.1979.10489755 (Latin hypercube); Sobol 1967 doi:10.1016/0041-5553(67)90144-9;
Saltelli 2010 doi:10.1016/j.cpc.2009.09.018; Morris 1991 doi:10.1080/00401706.1991.10484804;
Saltelli 1999 doi:10.1080/00401706.1999.10485594 (extended FAST).
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.sweep.factors import Factor, Value

MOST_POINTS = 1_000_000
MORRIS_LEVELS = 4
FAST_HARMONICS = 4
LEAST_SOBOL, LEAST_MORRIS = 64, 4  # assumed: with less the indices are mostly luck
SOBOL = ("sobol", "saltelli")  # two names of the design that gives Sobol indices
Point = tuple[Value, ...]


def points(kind: str, factors: Sequence[Factor], samples: int, seed: int) -> list[Point]:
    """Return the design points in order, one value a factor.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    samples : int
        Points of a Latin hypercube or Sobol sequence; base samples of "sobol", Saltelli's design for Sobol indices
        (times factors + 2); Morris trajectories (times factors + 1); samples a factor in FAST. A grid does not use it.

    Raises
    ------
    LivermetError
        For an unknown kind, a number of samples that the design cannot have, or more than a million points.
    """
    if kind not in KINDS:
        raise ScenarioError("design.kind", f'"{kind}" is not a design', name=kind, valid=(*KINDS, "list"))
    if not factors:
        return [()]
    if kind == "grid":
        _limit(math.prod(len(factor.grid()) for factor in factors))
        return list(itertools.product(*(factor.grid() for factor in factors)))
    if kind == "one-at-a-time":
        return _one_at_a_time(factors)
    if samples < 1:
        raise ScenarioError("design.samples", f"{samples} is not a number of samples")
    _limit(samples * (len(factors) + 2 if kind in (*SOBOL, "morris") else 1))
    unit = KINDS[kind](len(factors), samples, seed)
    return [tuple(f.at(float(u)) for f, u in zip(factors, row, strict=True)) for row in unit]


def problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return the factors as SALib describes them, each from 0 to 1."""
    names = [factor.path for factor in factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def salib(module: str) -> Any:
    """Return a module of SALib.

    Raises
    ------
    LivermetError
        When it is not installed.
    """
    import importlib

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(f"SALib.{module}")
    except ImportError:
        raise LivermetError(
            "sensitivity", 'this needs SALib; install it with  pip install "livermet-sim[sensitivity]"'
        ) from None


def _limit(number: int) -> None:
    if number > MOST_POINTS:
        raise ScenarioError(
            "design", f"{number:,} points are more than the {MOST_POINTS:,} that a study can have"
        )


def _one_at_a_time(factors: Sequence[Factor]) -> list[Point]:
    """Return the middle of all factors, then each factor over its grid with the others in the middle."""
    middle = tuple(factor.at(0.5) for factor in factors)
    found = [middle]
    for i, factor in enumerate(factors):
        found += [(*middle[:i], value, *middle[i + 1 :]) for value in factor.grid()]
    return list(dict.fromkeys(found))


def _latin_hypercube(d: int, n: int, seed: int) -> np.ndarray:
    from scipy.stats import qmc

    return qmc.LatinHypercube(d, rng=np.random.default_rng(seed)).random(n)


def _sobol_sequence(d: int, n: int, seed: int) -> np.ndarray:
    from scipy.stats import qmc

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that n is no power of two costs balance, not validity
        return qmc.Sobol(d, rng=np.random.default_rng(seed)).random(n)


def _saltelli(d: int, n: int, seed: int) -> np.ndarray:
    if n < LEAST_SOBOL or n & (n - 1):
        near = max(LEAST_SOBOL, 2 ** round(math.log2(max(n, 2))))
        reason = f"Sobol indices need a power of two, {LEAST_SOBOL} samples or more (each of factors + 2 points), not {n}"
        raise ScenarioError("design.samples", f"{reason}; take {near}")
    return salib("sample.sobol").sample(_cube(d), n, calc_second_order=False, seed=seed)


def _morris(d: int, n: int, seed: int) -> np.ndarray:
    if n < LEAST_MORRIS:
        raise ScenarioError(
            "design.samples", f"Morris' design needs {LEAST_MORRIS} trajectories or more, not {n}"
        )
    return salib("sample.morris").sample(_cube(d), n, num_levels=MORRIS_LEVELS, seed=seed)


def _fast(d: int, n: int, seed: int) -> np.ndarray:
    least = 4 * FAST_HARMONICS**2 + 1
    if n < least:
        raise ScenarioError("design.samples", f"FAST needs {least} samples a factor or more, not {n}")
    return salib("sample.fast_sampler").sample(_cube(d), n, M=FAST_HARMONICS, seed=seed)


def _cube(d: int) -> dict[str, Any]:
    return {"num_vars": d, "names": [str(i) for i in range(d)], "bounds": [[0.0, 1.0]] * d}


def _unused(d: int, n: int, seed: int) -> np.ndarray:
    raise AssertionError


KINDS: dict[str, Callable[[int, int, int], np.ndarray]] = {
    "grid": _unused, "one-at-a-time": _unused, "latin-hypercube": _latin_hypercube,
    "sobol-sequence": _sobol_sequence, "sobol": _saltelli, "saltelli": _saltelli, "morris": _morris, "fast": _fast,
}  # fmt: skip
