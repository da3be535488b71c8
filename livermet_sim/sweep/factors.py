"""Say which values of a scenario a study varies, over which range, and write them into the scenario.

A factor is named by its path: a parameter (``cells.kupffer.density``), a rule's number or switch
(``rules.MV12.enabled``), an intervention (``interventions[0].efficacy``, ``interventions[0].enabled``), the tumour line
(``line``), the tissue (``tissue.kind``) or what is taken out of the rules (``ablate``, see ``rulebook.ablation``: "nothing",
"AN5", "MV2 + MV3"). Every design draws numbers from 0 to 1; a factor turns them into values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from livermet_sim.base.errors import LivermetError, ScenarioError, reworded
from livermet_sim.base.units import convert, split
from livermet_sim.rulebook import ablation
from livermet_sim.rulebook.ablation import ABLATE
from livermet_sim.rulebook.rule import KEYS as RULE_KEYS
from livermet_sim.scenario.idle import Idle

if TYPE_CHECKING:
    from livermet_sim.scenario.spec import Scenario

KEYS = ("low", "high", "scale", "values", "levels")
SCALES = ("linear", "log")
DEFAULT_LEVELS = 5
MOST_LEVELS = 10_000
_INTERVENTION = re.compile(r"interventions\[(\d{1,4})\]\.([a-z_]+)")
_FOLD = re.compile(r"\s*([x×]?)(.*)", re.DOTALL)
Value = float | int | str | bool


@dataclass(frozen=True)
class Factor:
    """Hold one thing that a study varies.

    Attributes
    ----------
    path : str
    values : tuple
        The values to choose from; empty for a range.
    low, high : float
        The range, in ``unit``.
    log : bool
        Whether equal steps are equal ratios.
    whole : bool
        Whether only whole numbers do.
    levels : int
        Values that a grid takes from a range.
    prefix, unit : str
        What stands before and behind the number where the scenario wants text ("x5", "0.2 /day"); ``shown_unit`` is
        for labels.
    """

    path: str
    values: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    whole: bool = False
    levels: int = DEFAULT_LEVELS
    prefix: str = ""
    unit: str = ""
    shown_unit: str = ""

    def at(self, u: float) -> Value:
        """Return the value at ``u``, from 0 to 1; the values of a list share that interval evenly."""
        if self.values:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        if self.log:
            number = self.low * (self.high / self.low) ** u
        else:
            number = self.low + (self.high - self.low) * u
        number = min(max(number, self.low), self.high)
        return round(number) if self.whole else number

    def grid(self) -> list[Value]:
        """Return the values that a grid takes."""
        if self.values:
            return list(self.values)
        if self.levels == 1:
            return [self.at(0.5)]
        return list(dict.fromkeys(self.at(i / (self.levels - 1)) for i in range(self.levels)))

    def written(self, value: Value) -> Any:
        """Return a value as the scenario takes it."""
        if isinstance(value, bool | str) or not (self.prefix or self.unit):
            return value
        return f"{self.prefix}{value!r} {self.unit}".strip()

    def position(self, value: Value) -> float:
        """Return where in the range a value lies, from 0 to 1: the middle of its share for one of a list."""
        if self.values:
            return (self.values.index(value) + 0.5) / len(self.values)
        number = float(value)
        if self.log:
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)

    def to_dict(self) -> dict[str, Any]:
        """Return the factor as a study file would give it."""
        if self.values:
            return {"values": [self.written(v) for v in self.values]}
        table: dict[str, Any] = {"low": self.written(self.low), "high": self.written(self.high)}
        return table | {"scale": SCALES[self.log], "levels": self.levels}


def read_factors(tables: object, scenario: Scenario, place: str = "factors") -> tuple[Factor, ...]:
    """Return the factors of a study, each end of each range tried on the scenario.

    Parameters
    ----------
    tables : mapping
        Path -> ``{low, high, scale, levels}``, ``{values}``, a list of values, a pair ``(low, high)``, or ``{}`` for the
        range declared with the parameter.

    Raises
    ------
    LivermetError
        For an unknown path, an impossible value, or a range that the parameter does not declare.
    """
    if not isinstance(tables, Mapping):
        raise ScenarioError(place, 'factors are a table of paths, for example "cells.kupffer.density" = {}')
    factors = [
        _read(str(path), table, scenario, f'{place}."{path}"')
        for path, table in _paths(tables, scenario).items()
    ]
    for factor in factors:
        for value in factor.values or (factor.low, factor.high):
            try:
                _tried(scenario, factor, value, {other.path for other in factors})
            except LivermetError as error:
                sentence = error.sentence.removeprefix("change ")
                own = factor.path.rpartition(".")[0] if factor.path.startswith("rules.") else factor.path
                if (
                    own in sentence
                ):  # others are of this value beside the scenario's, and another point may cure them
                    raise ScenarioError("", f"{place}, {sentence}") from None
    return tuple(factors)


def _tried(scenario: Scenario, factor: Factor, value: Value, others: Iterable[str]) -> None:
    """Refuse a value that the scenario does not take, or that does nothing whatever the other factors are."""
    if factor.path == ABLATE:
        change(scenario, {factor: value})
        return
    try:
        scenario.with_(_changes(scenario, {factor.path: factor.written(value)}))
    except Idle as error:
        if error.governor not in others:
            raise
        change(scenario, {factor: value})


def change(scenario: Scenario, point: Mapping[Factor, Value]) -> Scenario:
    """Return the scenario with the values of one design point in it."""
    return change_paths(scenario, {factor.path: factor.written(value) for factor, value in point.items()})


def change_paths(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return the scenario with values at paths, interventions included.

    Raises
    ------
    LivermetError
        For an unknown path or an impossible value.
    """
    values = dict(values)
    word = values.pop(ABLATE, None)
    found = scenario.at(_changes(scenario, values)) if values or word is None else scenario
    return found if word is None else found.at(ablation.changes(str(word), found.rules, found.values))


def placed(place: str) -> AbstractContextManager[None]:
    """Let a mistake in a change of a scenario say what asked for it: a key of a file, an option."""
    return reworded(lambda sentence: f"{place}, {sentence.removeprefix('change ')}")


def _changes(scenario: Scenario, values: Mapping[str, Any]) -> dict[str, Any]:
    changes = {path: value for path, value in values.items() if not path.startswith("interventions")}
    if len(changes) < len(values):
        own = {path: value for path, value in values.items() if path not in changes}
        changes["interventions"] = _interventions(scenario, own)
    return changes


def _interventions(scenario: Scenario, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    tables = [dict(table) for table in scenario.given.get("interventions", ())]
    off = set()
    for path, value in values.items():
        match = _INTERVENTION.fullmatch(path)
        if match is None or int(match[1]) >= len(tables):
            have = f"the scenario has {len(tables)}, counted from 0" if tables else "the scenario has none"
            raise ScenarioError(
                path, f"an intervention is named by its number and key, as interventions[0].start; {have}"
            )
        number, key = int(match[1]), match[2]
        if key != "enabled":
            tables[number][key] = value
        elif not isinstance(value, bool):
            raise ScenarioError(path, f"{value!r} is not true or false")
        elif not value:
            off.add(number)
    return [table for number, table in enumerate(tables) if number not in off]


def _paths(tables: Mapping[str, Any], scenario: Scenario, prefix: str = "") -> dict[str, Any]:
    """Return factors by full path, whether their names were quoted or written as nested tables."""
    found: dict[str, Any] = {}
    for name, table in tables.items():
        path = f"{prefix}{name}"
        nested = isinstance(table, Mapping) and table and not any(key in KEYS for key in table)
        nested = nested and not _is_whole(path, scenario)  # else a slip in a key of the factor
        if nested and all(isinstance(inner, Mapping | list | tuple) for inner in table.values()):
            found |= _paths(table, scenario, f"{path}.")
        else:
            found[path] = table
    return found


def _is_whole(path: str, scenario: Scenario) -> bool:
    """Say whether a path names a parameter, or a key of a rule, and can go no farther."""
    from livermet_sim.scenario.sections import locate

    found = locate(path, scenario.sections)
    if found is not None and found[1] in scenario.sections[found[0]].names():
        return True
    id, _, key = path.removeprefix("rules.").rpartition(".")
    return path in ("line", ABLATE) or (
        path.startswith("rules.") and id in scenario.rules.rules and key in RULE_KEYS
    )


def _read(path: str, table: Any, scenario: Scenario, place: str) -> Factor:
    if isinstance(table, tuple) and len(table) == 2 and not any(isinstance(v, bool) for v in table):
        table = {"low": table[0], "high": table[1]}
    if isinstance(table, list | tuple):
        table = {"values": list(table)}
    if not isinstance(table, Mapping):
        raise ScenarioError(
            place, f"{table!r} is not a table; write {{low = ..., high = ...}} or a list of values"
        )
    for key in table:
        if key not in KEYS:
            raise ScenarioError(f"{place}.{key}", "a factor has no such key", name=str(key), valid=KEYS)
    unit, whole, low, high = _declared(path, scenario)
    if low is None and not path.startswith(("rules.", "interventions[")) and path not in ("line", ABLATE):
        _refuse_unknown(path, scenario, place)
    if "values" in table:
        return Factor(path, _values(table, path, scenario, place), shown_unit=unit)
    return _range(path, table, place, (unit, whole, low, high))


def _declared(path: str, scenario: Scenario) -> tuple[str, bool, float | None, float | None]:
    """Return unit, whether whole, and range of a parameter; of anything else there is none declared."""
    from livermet_sim.scenario.sections import locate

    found = locate(path, scenario.sections)
    if found is None:
        return "", False, None, None
    parameter = next((p for p in scenario.sections[found[0]].parameters if p.name == found[1]), None)
    if parameter is None or isinstance(parameter.default, bool | str):
        return "", False, None, None
    return parameter.unit, isinstance(parameter.default, int), parameter.low, parameter.high


def _values(table: Mapping[str, Any], path: str, scenario: Scenario, place: str) -> tuple[Value, ...]:
    if len(table) > 1:
        raise ScenarioError(place, "a factor has either values or a range, not both")
    values = table["values"]
    if not isinstance(values, list | tuple) or not values:
        raise ScenarioError(f"{place}.values", f"{values!r} is not a list of values")
    for value in values:
        if not isinstance(value, bool | int | float | str):
            raise ScenarioError(f"{place}.values", f"{value!r} is not a number, a text, true or false")
    unit, _, low, _ = _declared(path, scenario)
    read = values if low is None else [_number(v, unit, f"{place}.values") for v in values]
    if len(set(map(repr, values))) < len(values):
        raise ScenarioError(f"{place}.values", "a value is given twice")
    return tuple(read)


def _range(
    path: str, table: Mapping[str, Any], place: str, declared: tuple[str, bool, float | None, float | None]
) -> Factor:
    unit, whole, low, high = declared
    log = table.get("scale", "linear")
    if log not in SCALES:
        raise ScenarioError(f"{place}.scale", f'"{log}" is not a scale', name=str(log), valid=SCALES)
    levels = table.get("levels", DEFAULT_LEVELS)
    if isinstance(levels, bool) or not isinstance(levels, int) or not 1 <= levels <= MOST_LEVELS:
        raise ScenarioError(f"{place}.levels", f"{levels!r} is not a whole number from 1 to {MOST_LEVELS}")
    prefix = written = ""
    if low is None or high is None:
        if "low" not in table or "high" not in table:
            raise ScenarioError(place, "no range is declared for it; give low and high, or values")
        (prefix, low, written), (other, high, second) = (
            _split(table[key], f"{place}.{key}") for key in ("low", "high")
        )
        if (prefix, written) != (other, second):
            raise ScenarioError(place, "low and high must be written in the same unit")
    else:
        low = _number(table.get("low", low), unit, f"{place}.low")
        high = _number(table.get("high", high), unit, f"{place}.high")
    if not low < high:
        raise ScenarioError(place, f"low ({low:g}) must be below high ({high:g})")
    if log == "log" and low <= 0:
        raise ScenarioError(place, f"on a log scale low must be above 0, and it is {low:g}")
    shown = f"fold {written}".strip() if prefix else written or unit
    return Factor(path, (), low, high, log == "log", whole, levels, prefix, written, shown)


def _refuse_unknown(path: str, scenario: Scenario, place: str) -> None:
    try:
        scenario.value(path)
    except LivermetError as error:
        raise ScenarioError("", f"{place.partition('.')[0]}, {error.sentence}") from None


def _number(value: object, unit: str, place: str) -> float:
    try:
        number = convert(value, unit)
    except ValueError as error:
        raise ScenarioError(place, str(error)) from None
    if not math.isfinite(number):
        raise ScenarioError(place, f"{number} is not a finite number")
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else number


def _split(value: object, place: str) -> tuple[str, float, str]:
    """Return what stands before a number, the number, and its unit."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return "", float(value), ""
    match = _FOLD.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ScenarioError(place, f"{value!r} is not a number or a quantity")
    try:
        number, unit = split(match[2])
    except ValueError as error:
        raise ScenarioError(place, str(error)) from None
    return match[1], float(number), unit
