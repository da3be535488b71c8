"""Say in words in what two scenarios differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from livermet_sim.base.specs import Parameter
from livermet_sim.rulebook.explain import sentence
from livermet_sim.rulebook.rule import Rule
from livermet_sim.scenario.resolved import Resolved
from livermet_sim.scenario.write import literal

WORDING = ("says", "source", "grade")


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
        words = ", ".join(
            f"{key} is {_plain(records[1][key])} instead of {_plain(records[0][key])}" for key in numbers
        )
        yield f"of the rule {new.id} {words}"
    if len(numbers) < len(changed):
        yield f"the rule {new.id} has other words or sources ({', '.join(key for key in changed if key in WORDING)})"


def _plain(value: Any) -> str:
    return " and ".join(map(str, value)) if isinstance(value, list | tuple) else f"{value}"


def _interventions(a: Resolved, b: Resolved) -> Iterator[str]:
    here, there = list(a.interventions), list(b.interventions)
    for own in list(here):
        if own in there:
            there.remove(own)
            here.remove(own)
    yield from (f"no more: {_done(own)}" for own in here)
    yield from (f"done besides: {_done(own)}" for own in there)


def _done(own: Mapping[str, Any]) -> str:
    """Return an intervention in words: its action, and its keys."""
    table = own.to_dict() if hasattr(own, "to_dict") else dict(own)  # type: ignore[attr-defined]
    keys = ", ".join(f"{key} {literal(value)}" for key, value in table.items() if key != "action")
    return f"{table['action']} ({keys})"
