"""Say how much each factor of a study matters, with SALib, by the method that belongs to the design.

================  ==========================================================================================
sobol (saltelli)  Sobol indices: ``S1`` alone, ``ST`` with all interactions; bootstrap intervals
fast              the same by extended FAST
morris            mean size of elementary effects ``mu_star``, their mean ``mu`` and spread ``sigma``
anything else     ``S1`` by RBD-FAST from the sample as it is, and Spearman's rank correlation
================  ==========================================================================================

Factors count from 0 to 1 over their range, on their own scale; the values of a list, in their order. A point's
outcome is the mean (or the spread) over its replicates.

References
----------
Saltelli 2010 doi:10.1016/j.cpc.2009.09.018; Saltelli 1999 doi:10.1080/00401706.1999.10485594;
Morris 1991 doi:10.1080/00401706.1991.10484804; Plischke 2010 doi:10.1016/j.ress.2009.11.005 (RBD-FAST of any sample);
SALib: Iwanaga 2022 doi:10.18174/sesmo.18155.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.observe.columns import Frame
from livermet_sim.sweep import designs
from livermet_sim.sweep.factors import Factor
from livermet_sim.sweep.kept import Kept

SEED = 1  # of the bootstrap alone
FEWEST_POINTS = 50
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Sensitivity:
    """Hold the indices of all factors for one measure.

    Attributes
    ----------
    method : str
        sobol, fast, morris or rbd-fast.
    measure, statistic : str
    table : DataFrame
        A row a factor, the most important first; columns ``*_conf`` are half widths of 95 % intervals.
    points : int
        Points used.
    """

    method: str
    measure: str
    statistic: str
    table: Frame
    points: int

    @property
    def leading(self) -> str:
        """Return the column that ranks the factors."""
        return {"sobol": "ST", "fast": "ST", "morris": "mu_star"}.get(self.method, "S1")

    def __str__(self) -> str:
        head = f"{self.measure} ({self.statistic} over replicates): {self.method}, {self.points} points"
        words = head + "\n" + self.table.to_string(index=False, float_format=lambda x: f"{x:.3g}")
        return words + (f"\n\n{self.caution}" if self.caution else "")

    @property
    def caution(self) -> str:
        """Return why the indices should not be believed, "" where nothing speaks against them."""
        table, name = self.table, self.leading
        if f"{name}_conf" in table and (table[f"{name}_conf"] > table[name].abs()).iloc[0]:
            return f"Take care: the interval of the largest {name} is wider than the index; more samples are needed."
        if "S1" in table and table["S1"].sum() - table["S1_conf"].sum() > 1:
            return "Take care: the S1 add up to more than 1, which they cannot; more samples are needed."
        return ""


def analyse(study: Kept, measure: str, statistic: str = "mean") -> Sensitivity:
    """Return the sensitivity of a measure: see `Study.sensitivity`."""
    import pandas as pd

    if statistic not in ("mean", "std"):
        raise LivermetError(
            "statistic", f'"{statistic}" is not a statistic', name=statistic, valid=("mean", "std")
        )
    factors = study.ranges
    if not factors:
        raise LivermetError(str(study.folder), "the study varies nothing")
    method = {**dict.fromkeys(designs.SOBOL, "sobol"), "fast": "fast", "morris": "morris"}.get(
        study.manifest["design"], "rbd-fast"
    )
    x, y = _outcomes(study, factors, measure, statistic, complete=method != "rbd-fast")
    if np.ptp(y) == 0:
        reason = f"{measure} is {y[0]:g} at every point, so no factor can matter for it"
        raise LivermetError(str(study.folder), reason)
    indices = _METHODS[method](designs.problem(factors), x, y)
    table = pd.DataFrame({"factor": [factor.path for factor in factors]} | indices)
    found = Sensitivity(method, measure, statistic, table, len(y))
    ranked = found.table.sort_values(found.leading, ascending=False, ignore_index=True)
    return Sensitivity(method, measure, statistic, ranked, len(y))


def _outcomes(
    study: Kept, factors: list[Factor], measure: str, statistic: str, complete: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return places ``[points, factors]`` from 0 to 1 and outcomes ``[points]``."""
    table = study.by_point(measure, statistic)
    table = table[np.isfinite(table[measure].to_numpy(dtype=float))]
    wanted = int(study.manifest["points"])
    if complete and len(table) < wanted:
        reason = f"{wanted - len(table)} of {wanted} points have no {measure}; this method needs all of them"
        raise LivermetError(str(study.folder), reason)
    if not complete and len(table) < FEWEST_POINTS:
        raise LivermetError(str(study.folder), f"{len(table)} points are too few; {FEWEST_POINTS} are needed")
    x = np.column_stack([[f.position(v) for v in table[f.path].tolist()] for f in factors])
    return x, table[measure].to_numpy(dtype=float)


def _sobol(problem: dict[str, Any], x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    found = _quietly(
        designs.salib("analyze.sobol").analyze,
        problem,
        y,
        calc_second_order=False,
        seed=SEED,
        conf_level=CONFIDENCE,
    )
    return {name: found[name] for name in ("S1", "S1_conf", "ST", "ST_conf")}


def _fast(problem: dict[str, Any], x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    found = _quietly(
        designs.salib("analyze.fast").analyze,
        problem,
        y,
        M=designs.FAST_HARMONICS,
        seed=SEED,
        conf_level=CONFIDENCE,
    )
    return {name: np.asarray(found[name]) for name in ("S1", "S1_conf", "ST", "ST_conf")}


def _morris(problem: dict[str, Any], x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    x = np.round(x * (designs.MORRIS_LEVELS - 1)) / (designs.MORRIS_LEVELS - 1)
    found = _quietly(
        designs.salib("analyze.morris").analyze, problem, x, y, num_levels=designs.MORRIS_LEVELS, seed=SEED,
        conf_level=CONFIDENCE,
    )  # fmt: skip
    return {name: np.asarray(found[name]) for name in ("mu_star", "mu_star_conf", "mu", "sigma")}


def _rbd_fast(problem: dict[str, Any], x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    flat = np.ptp(x, axis=0) == 0
    found = _quietly(
        designs.salib("analyze.rbd_fast").analyze, problem, x, y, seed=SEED, conf_level=CONFIDENCE
    )
    columns = {name: np.where(flat, 0.0, np.asarray(found[name], dtype=float)) for name in ("S1", "S1_conf")}
    rank = [0.0 if still else _rank_correlation(x[:, i], y) for i, still in enumerate(flat)]
    return columns | {"rank_correlation": np.array(rank)}


def _rank_correlation(x: np.ndarray, y: np.ndarray) -> float:
    from scipy.stats import spearmanr

    return float(_quietly(spearmanr, x, y).statistic)


def _quietly(function: Any, *args: Any, **options: Any) -> Any:
    """Call without the libraries' own warnings."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return function(*args, **options)


_METHODS = {"sobol": _sobol, "fast": _fast, "morris": _morris, "rbd-fast": _rbd_fast}
