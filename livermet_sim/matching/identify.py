"""Say which parameters the published results pin down, which only together, and which results would pin down more.

All is read from places that the emulators do not rule out. A parameter is pinned down as far as these spread less than the range
it was given: the ratio of standard deviations, 1 where the results say nothing of it. What a result that rules nothing out yet
would add is the share of the parameter's variance that goes when its value is learnt with the error of such a study (linear
Bayes: covariance squared over both variances, the study's error added to the second).

References
----------
Goldstein and Wooff 2007, Bayes Linear Statistics (adjusted variance).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import spearmanr

from livermet_sim.base.errors import LivermetError
from livermet_sim.matching.design import CANDIDATES, open_places
from livermet_sim.matching.found import Found
from livermet_sim.matching.implausible import Guess

if TYPE_CHECKING:
    import pandas as pd

EVEN = 1.0 / math.sqrt(12.0)  # standard deviation of a place of which nothing is known
FEWEST = 20
PINNED, TOGETHER = 0.5, 0.5
SHOWN_ROWS = 8


@dataclass(frozen=True)
class Identified:
    """Hold what published results say of parameters.

    Attributes
    ----------
    name : str
    factors, together, next : DataFrame
        A row per parameter (its range, what is left of it, ``spread`` as a ratio); per pair that only moves together
        (rank correlation); per result and parameter (``gain``, the share of its variance that would go).
    open_share : float
        Share of the given ranges that is not ruled out.
    """

    name: str
    factors: pd.DataFrame
    together: pd.DataFrame
    next: pd.DataFrame
    open_share: float

    def __str__(self) -> str:
        from livermet_sim.base.aligned import aligned

        lines = [f"{self.name}: {self.open_share:.2%} of the given ranges are not ruled out", ""]
        cells: list[tuple[str, ...]] = [("parameter", "given", "left (95 %)", "spread left", "says")]
        for row in self.factors.to_dict("records"):
            given, left = (
                f"{row[a]:.3g} to {row[b]:.3g}" for a, b in (("low", "high"), ("left_low", "left_high"))
            )
            cells.append(
                (
                    f"{row['parameter']} {row['unit']}".strip(),
                    given,
                    left,
                    f"{row['spread']:.2f}",
                    row["says"],
                )
            )
        lines += [aligned(cells), ""]
        for row in self.together.to_dict("records"):
            lines.append(
                f"{row['one']} and {row['other']} move together (rank correlation {row['correlation']:+.2f})"
            )
        lines += ["", "What would pin down more, if it were measured as well as such studies do:"]
        cells = [("result", "parameter", "of its variance goes")]
        cells += [
            (r["result"], r["parameter"], f"{r['gain']:.0%}")
            for r in self.next.head(SHOWN_ROWS).to_dict("records")
        ]
        return "\n".join([*lines, aligned(cells)])


def identify(found: Found, seed: int = 1) -> Identified:
    """Return what a matching's results say of its parameters.

    Raises
    ------
    LivermetError
        When hardly any place is left, so that nothing can be said of their spread.
    """
    import pandas as pd

    guess = Guess(found.seen, found.targets, seed)
    places = open_places(guess, len(found.factors), seed)
    if len(places) < FEWEST:
        reason = f"only {len(places)} of the places tried are not ruled out; give wider ranges or more waves"
        raise LivermetError("identify", reason)
    rows = [_factor(found, i, places[:, i]) for i in range(len(found.factors))]
    return Identified(
        found.name,
        pd.DataFrame(rows),
        _together(found, places),
        _next(found, guess, places),
        len(places) / (1 << CANDIDATES),
    )


def _factor(found: Found, i: int, place: np.ndarray) -> dict[str, Any]:
    factor = found.factors[i]
    spread = float(place.std() / EVEN)
    low, high = (float(factor.at(float(q))) for q in np.quantile(place, (0.025, 0.975)))
    return {
        "parameter": factor.path, "unit": factor.shown_unit, "low": factor.low, "high": factor.high, "left_low": low,
        "left_high": high, "spread": spread, "says": "pinned down" if spread < PINNED else "open" if spread > 0.9 else "narrowed",
    }  # fmt: skip


def _together(found: Found, places: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    names = [factor.path for factor in found.factors]
    rows = []
    for i in range(len(names)):
        for j in range(i):
            both: Any = spearmanr(places[:, i], places[:, j])
            if abs(both.statistic) > TOGETHER:
                rows.append({"one": names[j], "other": names[i], "correlation": float(both.statistic)})
    table = pd.DataFrame(rows, columns=["one", "other", "correlation"])
    return table.sort_values("correlation", key=abs, ascending=False, ignore_index=True)


def _next(found: Found, guess: Guess, places: np.ndarray) -> pd.DataFrame:
    """Return what each result would add for each parameter, the most first."""
    import pandas as pd

    rows = []
    for target, emulator in zip(found.targets, guess.emulators, strict=True):
        mean, variance = emulator.at(places)
        if not np.isfinite(variance).all() or mean.std() == 0.0:
            continue
        total = float(mean.var() + variance.mean() + target.error**2)
        for i, factor in enumerate(found.factors):
            shared = float(np.cov(places[:, i], mean, bias=True)[0, 1])
            rows.append(
                {
                    "result": target.name,
                    "parameter": factor.path,
                    "gain": shared**2 / (total * float(places[:, i].var())),
                }
            )
    table = pd.DataFrame(rows, columns=["result", "parameter", "gain"])
    return table.sort_values("gain", ascending=False, ignore_index=True)
