"""Say what a calibrated model should give: end values, time courses, shares of the cascade, ratios of two arms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from livermet_sim.base.errors import ScenarioError

MAIN = "main"
KEYS = ("name", "measure", "series", "day", "value", "error", "arm", "over", "source")


@dataclass(frozen=True)
class Target:
    """Hold one thing to fit.

    Attributes
    ----------
    name : str
    column : str
        A measure, or a column of the time series where ``days`` are given.
    days : tuple of float
        When the series is looked at; empty for a measure at the end.
    values, errors : tuple of float
        What was observed, and its standard error: the weight of a deviation.
    arm, over : str
        The arm it was observed in; with ``over``, the ratio to that arm.
    source : str
    """

    name: str
    column: str
    days: tuple[float, ...]
    values: tuple[float, ...]
    errors: tuple[float, ...]
    arm: str = MAIN
    over: str = ""
    source: str = ""

    @property
    def arms(self) -> tuple[str, ...]:
        """Return the arms that the target needs."""
        return (self.arm, self.over) if self.over else (self.arm,)

    def predicted(self, found: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return what runs give: the mean over replicates ``[replicates, times]`` of an arm, or a ratio of means."""
        mean = {arm: found[arm].mean(axis=0) for arm in self.arms}
        if not self.over:
            return mean[self.arm]
        with np.errstate(divide="ignore", invalid="ignore"):
            return mean[self.arm] / mean[self.over]

    def loss(self, predicted: np.ndarray) -> float:
        """Return the mean square of the deviations, each in its standard error."""
        return float(np.mean(self.deviations(predicted) ** 2))

    def deviations(self, predicted: np.ndarray) -> np.ndarray:
        """Return the deviations in standard errors."""
        return (np.asarray(predicted) - np.array(self.values)) / np.array(self.errors)


def read_targets(tables: object, arms: Sequence[str], days: float) -> tuple[Target, ...]:
    """Return the targets of a calibration file, checked.

    Raises
    ------
    ScenarioError
        For an unknown key or arm, numbers that do not fit each other, or a day after the end of the run.
    """
    if not isinstance(tables, list) or not tables:
        raise ScenarioError(
            "targets", "there are none; write for example [[targets]] with measure, value, error"
        )
    return tuple(_read(table, f"targets[{i}]", arms, days) for i, table in enumerate(tables))


def _read(table: Any, place: str, arms: Sequence[str], days: float) -> Target:
    if not isinstance(table, Mapping):
        raise ScenarioError(place, "this is not a table")
    for key in table:
        if key not in KEYS:
            raise ScenarioError(f"{place}.{key}", "a target has no such key", name=str(key), valid=KEYS)
    for key in ("name", "source"):
        if not isinstance(table.get(key, ""), str):
            raise ScenarioError(f"{place}.{key}", f"{table[key]!r} is not a text")
    if ("measure" in table) == ("series" in table):
        raise ScenarioError(place, "a target has either a measure at the end or a series over days")
    which = "measure" if "measure" in table else "series"
    column = table[which]
    if not isinstance(column, str):
        raise ScenarioError(f"{place}.{which}", f"{column!r} is not the name of a measure")
    values = _numbers(table, "value", place)
    errors = _numbers(table, "error", place)
    errors = errors * len(values) if len(errors) == 1 else errors
    when = _numbers(table, "day", place) if "series" in table else ()
    if len(errors) != len(values) or (when and len(when) != len(values)):
        raise ScenarioError(
            place, f"{len(values)} values, {len(errors)} errors and {len(when)} days do not fit each other"
        )
    if "measure" in table and (len(values) > 1 or "day" in table):
        raise ScenarioError(place, "a measure is one value at the end; a time course needs series and day")
    if min(errors) <= 0:
        raise ScenarioError(f"{place}.error", "a standard error must be above 0")
    if when and not 0 < min(when) <= max(when) <= days:
        raise ScenarioError(
            f"{place}.day", f"the days must be after 0 and within the {days:g} days of the run"
        )
    for key in ("arm", "over"):
        if table.get(key, MAIN) not in arms:
            raise ScenarioError(
                f"{place}.{key}", f'there is no arm "{table[key]}"', name=str(table[key]), valid=arms
            )
    arm, over = str(table.get("arm", MAIN)), str(table.get("over", ""))
    words = f"{column}, {arm} over {over}" if over else column if arm == MAIN else f"{column}, {arm}"
    return Target(
        str(table.get("name", words)), column, when, values, errors, arm, over, str(table.get("source", ""))
    )


def _numbers(table: Mapping[str, Any], key: str, place: str) -> tuple[float, ...]:
    if key not in table:
        raise ScenarioError(place, f'the target lacks "{key}"')
    given = table[key] if isinstance(table[key], list) else [table[key]]
    if not given or not all(
        isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in given
    ):
        raise ScenarioError(f"{place}.{key}", f"{table[key]!r} is not a number or a list of numbers")
    return tuple(float(v) for v in given)
