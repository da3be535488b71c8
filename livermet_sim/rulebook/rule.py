"""Describe one interaction rule: who senses what, which behaviour it changes, how much, on what evidence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args

from livermet_sim.base.errors import RuleError
from livermet_sim.base.read import is_list
from livermet_sim.base.specs import Grade, Parameter
from livermet_sim.base.units import convert
from livermet_sim.rulebook.own import HILL
from livermet_sim.rulebook.vocabulary import DIRECTIONS, LAYERS, Vocabulary

GRADES: tuple[str, ...] = get_args(Grade)
NEEDED = ("actor", "signal", "behaviour", "maximum", "half_max")
_FOLD = re.compile(r"^\s*[x×]\s*(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)\s*$")


@dataclass(frozen=True, slots=True)
class Rule:
    """Say that a signal raises or lowers a behaviour of one kind of cell.

    Attributes
    ----------
    id : str
        A mechanism of the library ("MV12"), a variant of one ("MV6.tnf") or a name of the user's own.
    actor, signal, behaviour : str
    direction : str
        "increases" or "decreases"; a record that leaves it out means that from the base to the maximum.
    maximum : float
        Where the behaviour goes at full signal: a fold of the base where ``fold``, else in its unit.
        Rules of one direction on one behaviour share the farthest of their maxima, as in PhysiCell.
    half_max : float
        Signal at half of the response, in the signal's unit.
    power : float
        Hill power.
    where : tuple of str
        Where the cell must be; anywhere by default.
    response : str
        The shape of the response: the Hill curve, or one that a user has registered.
    source, grade : str
        Paper, and how well the numbers are known; ``says`` states the mechanism.
    """

    id: str
    actor: str
    signal: str
    direction: str
    behaviour: str
    maximum: float
    fold: bool
    half_max: float
    power: float = 2.0
    where: tuple[str, ...] = LAYERS
    source: str = "assumed"
    grade: str = "assumed"
    says: str = ""
    enabled: bool = True
    response: str = HILL

    @classmethod
    def read(
        cls,
        id: str,
        table: Mapping[str, object],
        words: Vocabulary,
        bases: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Rule:
        """Check a record from a TOML file and return the rule.

        Parameters
        ----------
        bases : mapping, optional
            By kind the values of its behaviours without rules, which say whether a rule without a direction raises or
            lowers; the defaults of the vocabulary without.

        Raises
        ------
        RuleError
            For an unknown key, name or unit, a missing key, or an impossible number.
        """
        place = f"rules.{id}"
        for key in table:
            if key not in KEYS:
                raise RuleError(f"{place}.{key}", "a rule has no such key", name=key, valid=KEYS)
        if absent := [f'"{key}"' for key in NEEDED if key not in table]:
            raise RuleError(place, f"the rule lacks {', '.join(absent)}; a rule needs {', '.join(NEEDED)}")
        actor = _name(place, "actor", table, words.kinds, "is not a cell kind")
        signal = _name(place, "signal", table, words.signals, "is not a signal")
        known, former = words.behaviours[actor], words.former.get(actor, {})
        if (gone := str(table["behaviour"])) in former:
            raise RuleError(f"{place}.behaviour", f'there is no "{gone}" any more; {former[gone]}')
        behaviour = _name(place, "behaviour", table, known, f"is not a behaviour of {actor} cells")
        maximum, fold = _maximum(f"{place}.maximum", table["maximum"], known[behaviour])
        if "direction" in table:
            direction = _name(place, "direction", table, DIRECTIONS, "is not a direction")
        else:
            base = float((bases or words.base_values())[actor][behaviour])
            direction = _direction(place, base * maximum if fold else maximum, base, behaviour)
        rule = cls(
            id, actor, signal, direction, behaviour, maximum, fold,
            half_max=_positive(f"{place}.half_max", table["half_max"], words.signals[signal].unit, 1e-9, 1e9),
            power=_positive(f"{place}.power", table.get("power", 2.0), "1", 0.1, 100.0),
            where=_subset(f"{place}.where", table.get("where", LAYERS), LAYERS),
            source=_text(f"{place}.source", table.get("source", "assumed")),
            grade=_name(place, "grade", {"grade": table.get("grade", "assumed")}, GRADES, "is not a grade"),
            says=_text(f"{place}.says", table.get("says", "")),
            enabled=_switch(f"{place}.enabled", table.get("enabled", True)),
            response=_name(place, "response", {"response": table.get("response", HILL)}, words.shapes, "is not a response that is registered"),
        )  # fmt: skip
        return rule

    def to_dict(self, words: Vocabulary) -> dict[str, Any]:
        """Return the full record; ``read`` gives the same rule back from it."""
        unit = words.behaviours[self.actor][self.behaviour].unit
        record: dict[str, Any] = {name: getattr(self, name) for name in KEYS}
        record["maximum"] = f"x{self.maximum!r}" if self.fold else f"{self.maximum!r} {unit}".strip()
        record["where"] = list(self.where)
        if self.response == HILL:
            del record["response"]
        return record

    def target(self, base: float) -> float:
        """Return where the behaviour goes at full signal, given its base value."""
        return base * self.maximum if self.fold else self.maximum

    @property
    def numbers(self) -> tuple[float, float]:
        """Return half-maximum and power as the kernel takes them: of another response it is given the strength itself."""
        return (self.half_max, self.power) if self.response == HILL else (1.0, 1.0)

    def check(self, base: float, behaviour: Parameter) -> None:
        """Refuse a maximum that contradicts the direction, or can never differ from the base.

        Raises
        ------
        RuleError
            For "increases" towards less than the base, "decreases" towards more, a fold of 0, or a maximum
            out of the behaviour's range.
        """
        place, unit, target = f"rules.{self.id}.maximum", behaviour.unit, self.target(base)
        subject = f"{self.behaviour} of {self.actor} cells"
        if self.fold and base == 0 and behaviour.default == 0:
            example = f"0.1 {unit}".strip()
            raise RuleError(
                place,
                f"x{self.maximum:g} is a fold, but the base of {subject} is 0; "
                f'write a quantity such as "{example}"',
            )
        wrong = target < base if self.direction == "increases" else target > base
        if wrong:
            side = "below" if target < base else "above"
            raise RuleError(
                place,
                f'the rule says "{self.direction}", but its maximum {target:g} {unit} is {side} '
                f"the base {base:g} {unit} of {subject}",
            )
        if not behaviour.low <= target <= behaviour.high:
            raise RuleError(
                place,
                f"{target:g} {unit} is impossible for {subject}; "
                f"it must be from {behaviour.low:g} to {behaviour.high:g}",
            )


KEYS = tuple(f.name for f in fields(Rule) if f.name not in ("id", "fold"))


def _direction(place: str, target: float, base: float, behaviour: str) -> str:
    """Return the direction of a rule that does not say it: that from the base to the maximum."""
    if target == base:
        raise RuleError(
            place,
            f"its maximum {target:g} is the base of {behaviour}, so it must say its direction: {' or '.join(DIRECTIONS)}",
        )
    return DIRECTIONS[0] if target > base else DIRECTIONS[1]


def _text(place: str, value: object) -> str:
    if not isinstance(value, str):
        raise RuleError(place, f"{value!r} is not a text")
    return value


def _switch(place: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise RuleError(place, f"{value!r} is not true or false")
    return value


def _name(place: str, key: str, table: Mapping[str, object], valid: Any, reason: str) -> str:
    value = _text(f"{place}.{key}", table[key])
    if value not in valid:
        raise RuleError(f"{place}.{key}", f'"{value}" {reason}', name=value, valid=valid)
    return value


def _subset(place: str, value: object, valid: tuple[str, ...]) -> tuple[str, ...]:
    given: object = (value,) if isinstance(value, str) else value
    names: list[object] = list(given) if is_list(given) else []
    if not names:
        raise RuleError(place, f"{value!r} is not a list of names; valid: {', '.join(valid)}")
    for name in names:
        if name not in valid:
            raise RuleError(place, f'"{name}" is not one of its values', name=str(name), valid=valid)
    return tuple(name for name in valid if name in names)


def _quantity(place: str, value: object, unit: str) -> float:
    try:
        number = convert(value, unit)
    except ValueError as error:
        raise RuleError(place, str(error)) from None
    if not math.isfinite(number):
        raise RuleError(place, f"{number} is not a finite number")
    return number


def _positive(place: str, value: object, unit: str, low: float, high: float) -> float:
    number = _quantity(place, value, unit)
    if number <= 0:
        raise RuleError(place, f"{number:g} is impossible; it must be above 0")
    if not low <= number <= high:
        raise RuleError(place, f"{number:g} is impossible; it must be from {low:g} to {high:g}")
    return number


def _maximum(place: str, value: object, behaviour: Parameter) -> tuple[float, bool]:
    """Return the number and whether it is a fold of the base."""
    match = _FOLD.match(value) if isinstance(value, str) else None
    if match:
        return float(match[1]), True
    if isinstance(value, str) and value.lstrip()[:1] in ("x", "×"):
        raise RuleError(place, f'"{value}" is not a fold; write for example "x5"')
    return _quantity(place, value, behaviour.unit), False
