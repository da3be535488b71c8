"""Hold what a calibration found, and say it in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from livermet_sim.base.aligned import aligned
from livermet_sim.observe.columns import Frame
from livermet_sim.sweep.factors import Factor
from livermet_sim.sweep.targets import Target

FITS = 2.0  # standard errors within which a target counts as met


@dataclass(frozen=True)
class Trial:
    """Hold one proposal: the place of each factor from 0 to 1, its loss, and what it predicts for each target."""

    number: int
    places: tuple[float, ...]
    loss: float
    predicted: tuple[tuple[float | None, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return asdict(self)

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Trial:
        """Return the trial that `to_dict` gave."""
        predicted = tuple(tuple(values) for values in table["predicted"])
        return cls(int(table["number"]), tuple(map(float, table["places"])), float(table["loss"]), predicted)


@dataclass(frozen=True)
class Fit:
    """Hold the trials of a calibration."""

    name: str
    factors: tuple[Factor, ...]
    targets: tuple[Target, ...]
    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        """Return the trial that is least off."""
        return min(self.trials, key=lambda trial: (trial.loss, trial.number))

    @property
    def values(self) -> dict[str, Any]:
        """Return the best trial's value of every factor."""
        return {f.path: f.at(u) for f, u in zip(self.factors, self.best.places, strict=True)}

    @property
    def table(self) -> Frame:
        """Return a row per trial: its number, its loss, the factors, whether it fits."""
        import pandas as pd

        rows = []
        for trial in self.trials:
            values = {f.path: f.at(u) for f, u in zip(self.factors, trial.places, strict=True)}
            rows.append({"trial": trial.number, "loss": trial.loss, **values, "fits": self.fits(trial)})
        return pd.DataFrame(rows)

    def fits(self, trial: Trial) -> bool:
        """Say whether a trial meets every target within two standard errors."""
        return all(
            bool((np.abs(target.deviations(_floats(values))) <= FITS).all())
            for target, values in zip(self.targets, trial.predicted, strict=True)
        )

    def report(self) -> str:
        """Return the fit in words: each target, each factor, and what the targets leave open."""
        best, good = self.best, [trial for trial in self.trials if self.fits(trial)]
        lines = [
            f"{self.name}: {len(self.trials)} trials; the best is number {best.number}, loss {best.loss:.3g}",
            "",
        ]
        rows = [("target", "day", "wanted", "error", "best", "off by")]
        for target, predicted in zip(self.targets, best.predicted, strict=True):
            off = target.deviations(_floats(predicted))
            for i, value in enumerate(_floats(predicted)):
                day = f"{target.days[i]:g}" if target.days else "end"
                row = (
                    target.name if i == 0 else "",
                    day,
                    f"{target.values[i]:.4g}",
                    f"{target.errors[i]:.3g}",
                )
                rows.append((*row, f"{value:.4g}", f"{off[i]:+.1f} errors"))
        lines += [aligned(rows), ""]
        rows3 = [("factor", "best", "unit", f"range over the {len(good)} trials that fit")]
        for i, factor in enumerate(self.factors):
            rows3.append(
                (factor.path, _shown(factor.at(best.places[i])), factor.shown_unit, _range(factor, i, good))
            )
        lines.append(aligned(rows3))
        if not good:
            lines += ["", "No trial meets every target within two standard errors: the targets contradict each other or the "
                      "model, the ranges are too narrow, or there were too few trials."]  # fmt: skip
        elif not self.fits(best):
            lines += [
                "",
                "The best trial misses a target that others meet; its loss is smaller over all targets.",
            ]
        return "\n".join(lines)


def _floats(values: tuple[float | None, ...]) -> np.ndarray:
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def _range(factor: Factor, place: int, trials: list[Trial]) -> str:
    values = [factor.at(trial.places[place]) for trial in trials]
    if factor.values:
        return ", ".join(dict.fromkeys(_shown(v) for v in values))
    return f"{min(values):.4g} to {max(values):.4g}" if values else ""


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool | str) else f"{value:.4g}"
