"""Say in words in what two scenarios differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from livermet_sim.base.specs import Parameter
from livermet_sim.rulebook.explain import sentence
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.wording import quantity
from livermet_sim.scenario.resolved import Resolved
from livermet_sim.scenario.write import literal

WORDING = ("says", "source", "grade")
CALLED = {"half_max": "half-maximum", "power": "Hill power", "where": "place"}


def differences(a: Resolved, b: Resolved) -> list[str]:
    """Return a sentence for each thing in which scenario ``b`` differs from ``a``; none where they are the same but for their names.

    What follows from another (the traits of another tumour line) is said too, as these are the numbers that act.
    """
    return [*_heads(a, b), *_kinds(a, b), *_values(a, b), *_rules(a, b), *_interventions(a, b)]


def _heads(a: Resolved, b: Resolved) -> Iterator[str]:
    if a.line != b.line:
        yield f"the tumour line is {b.line or 'none'} instead of {a.line or 'none'}"


def _kinds(a: Resolved, b: Resolved) -> Iterator[str]:
    here, there = ({kind.name: kind for kind in scenario.kinds} for scenario in (a, b))
    for word, one, other in (
        ("kind of cell", here, there),
        ("signal", dict.fromkeys(a.fields), dict.fromkeys(b.fields)),
    ):
        yield from (f"the {word} {name} is not there any more" for name in one if name not in other)
        yield from (f"the {word} {name} is new" for name in other if name not in one)
    here, there = ({own.name for own in scenario.processes} for scenario in (a, b))
    yield from (f"the process {name} is not there any more" for name in sorted(here - there))
    yield from (f"the process {name} is new" for name in sorted(there - here))


def _values(a: Resolved, b: Resolved) -> Iterator[str]:
    for name, section in b.sections.items():
        if name not in a.values:
            continue
        for parameter in section.parameters:
            old, new = a.values[name].get(parameter.name), b.values[name][parameter.name]
            if old is not None and old != new:
                yield f"{name}.{parameter.name} is {_said(new, parameter)} instead of {_said(old, parameter)}{_fold(old, new)}"


def _said(value: Any, parameter: Parameter) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return f'"{value}"'
    return f"{value:.6g} {parameter.unit}".strip() if parameter.unit != "1" else f"{value:.6g}"


def _fold(old: Any, new: Any) -> str:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (old, new))
    return f" (x{new / old:.3g})" if numbers and old and new else ""


def _rules(a: Resolved, b: Resolved) -> Iterator[str]:
    here, there = a.rules.rules, b.rules.rules
    yield from (f"the rule {id} is not there any more" for id in here if id not in there)
    for id, rule in there.items():
        base = float(b.values[f"cells.{rule.actor}"][rule.behaviour])
        if id not in here:
            off = "" if rule.enabled else " (switched off)"
            yield f"the rule {id} is new{off}: {sentence(rule, base, b.rules.words)}"
        elif here[id] != rule:
            yield from _rule(here[id], rule, a, b)


def _rule(old: Rule, new: Rule, a: Resolved, b: Resolved) -> Iterator[str]:
    if old.enabled != new.enabled:
        yield f"the rule {new.id} is switched {'on' if new.enabled else 'off'}"
    records = old.to_dict(a.rules.words), new.to_dict(b.rules.words)
    changed = [key for key in records[1] if records[0][key] != records[1][key] and key != "enabled"]
    numbers = [key for key in changed if key not in WORDING]
    if numbers:
        words = ", ".join(_changed(key, old, new, a, b) for key in numbers)
        base = float(b.values[f"cells.{new.actor}"][new.behaviour])
        yield f"of the rule {new.id} {words}: {sentence(new, base, b.rules.words)}"
    if len(numbers) < len(changed):
        yield f"the rule {new.id} has other words or sources ({', '.join(key for key in changed if key in WORDING)})"


def _changed(key: str, old: Rule, new: Rule, a: Resolved, b: Resolved) -> str:
    """Return in words what a key of a rule was and is."""
    before, after = _of_rule(key, old, a), _of_rule(key, new, b)
    fold = (
        _fold(getattr(old, key), getattr(new, key))
        if (old.fold, old.signal, old.behaviour) == (new.fold, new.signal, new.behaviour)
        else ""
    )
    return f"the {CALLED.get(key, key)} is {after} instead of {before}{fold}"


def _of_rule(key: str, rule: Rule, scenario: Resolved) -> str:
    words, value = scenario.rules.words, getattr(rule, key)
    if key == "half_max":
        return quantity(value, words.signals[rule.signal].unit)
    if key == "maximum":
        unit = words.behaviours[rule.actor][rule.behaviour].unit
        return f"{value:.4g} times the base" if rule.fold else quantity(value, unit)
    return (
        " and ".join(map(str, value))
        if isinstance(value, list | tuple)
        else f"{value:g}"
        if isinstance(value, float)
        else f"{value}"
    )


def _interventions(a: Resolved, b: Resolved) -> Iterator[str]:
    here, there = list(a.interventions), list(b.interventions)
    for own in list(here):
        if own in there:
            there.remove(own)
            here.remove(own)
    for own in here:
        alike = next((other for other in there if other.said() == own.said()), None)
        if alike is None:
            yield f"no more: {own.said()}"
            continue
        there.remove(alike)
        old, new = own.to_dict(), alike.to_dict()
        keys = ", ".join(
            f"{key} are others" if isinstance(new[key], list) else f"{key} is {literal(new[key])} instead of {literal(old[key])}"
            for key in new if new[key] != old[key]
        )  # fmt: skip
        yield f"done otherwise: {own.said()}: {keys}"
    yield from (f"done besides: {own.said()}" for own in there)
