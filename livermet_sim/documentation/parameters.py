"""Show every parameter and every rule with unit, range, grade and source, and what any of them lacks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from livermet_sim.base.specs import Parameter
from livermet_sim.documentation.blocks import Part, Table, texts
from livermet_sim.documentation.sources import named
from livermet_sim.documentation.subject import Subject
from livermet_sim.documentation.words import count
from livermet_sim.rulebook.rule import GRADES
from livermet_sim.scenario.lists import parameter_rows, process_rows, rule_rows
from livermet_sim.scenario.spec import Scenario
from livermet_sim.scenario.written import bounds

SET = "set"
READ_FIRST = ("rule", "enabled", "sentence", "unit", "range", "grade", "source")


def parameters(subject: Subject) -> Part:
    """Return the tables of parameters and rules, how well they are known, and what lacks unit, range or source."""
    scenario = subject.scenario
    settings, rules = setting_rows(scenario), rule_rows(scenario)
    gaps = list(lacking(scenario))
    said = f"{count(len(settings), 'parameter')} and {count(len(rules), 'rule')}. " + (
        f"{count(len(gaps), 'of them lacks', 'of them lack')} a unit, a range, or a source or the word assumed." if gaps else "Each carries a unit, a range, and a source or the word assumed."
    )  # fmt: skip
    note = "found: the number was seen in the source. recalled: from memory of it. derived: by arithmetic from such. fitted: to published results that the source names. assumed: none of these. set: this scenario gives another value than the default."
    return Part(
        "parameters", "Parameters and rules",
        (
            *texts(said, note),
            Table.of("grades", "How well they are known", grade_rows(scenario)),
            Table.of("parameters", "Parameters", settings),
            Table.of("rules", "Rules", [rule_row(row) for row in rules]),
            Table.of("by-process", "Mechanisms that a process carries out", [rule_row(row) for row in process_rows(scenario)]),
            Table.of("gaps", "What lacks unit, range or source", gaps, ("what", "lacks")),
        ),
    )  # fmt: skip


def setting_rows(scenario: Scenario) -> list[dict[str, Any]]:
    """Return a row for every parameter; of words the range is what can be written."""
    declared = {
        f"{name}.{p.name}": p for name, section in scenario.sections.items() for p in section.parameters
    }
    return [
        {"parameter": row["parameter"], "value": row["value"], "unit": row["unit"] or "word", "range": span(declared[row["parameter"]]),
         "grade": row["grade"], "source": row["source"], "meaning": row["doc"]}
        for row in parameter_rows(scenario)
    ]  # fmt: skip


def span(parameter: Parameter) -> str:
    """Return what is possible, in words."""
    if isinstance(parameter.default, bool):
        return "true or false"
    if isinstance(parameter.default, str):
        return " or ".join(parameter.choices) or "any text that its meaning describes"
    return bounds(parameter.low, parameter.high)


def rule_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule with what is possible as one range, and first what a reader asks first."""
    found = {**row, "range": bounds(row["low"], row["high"])}
    rest = (name for name in row if name not in (*READ_FIRST, "low", "high"))
    return {name: found[name] for name in (*READ_FIRST, *rest)}


def grade_rows(scenario: Scenario) -> list[dict[str, Any]]:
    """Return how many parameters and rules have each grade."""
    settings = Counter(row["grade"] for row in parameter_rows(scenario))
    rules = Counter(row["grade"] for row in rule_rows(scenario))
    return [
        {"grade": grade, "parameters": settings[grade], "rules": rules[grade]} for grade in (*GRADES, SET)
    ]


def lacking(scenario: Scenario) -> Iterator[dict[str, str]]:
    """Give every parameter and rule that lacks a unit, a range, or a source or the word assumed."""
    for name, section in scenario.sections.items():
        for parameter in section.parameters:
            for what in gaps(parameter):
                yield {"what": f"{name}.{parameter.name}", "lacks": what}
    for row in rule_rows(scenario):
        if not row["unit"] or not row["signal_unit"]:
            yield {"what": f"rules.{row['rule']}", "lacks": "unit"}
        if not (math.isfinite(row["low"]) and math.isfinite(row["high"])):
            yield {"what": f"rules.{row['rule']}", "lacks": "range"}
        if not sourced(row["source"], row["grade"]):
            yield {"what": f"rules.{row['rule']}", "lacks": "source"}


def gaps(parameter: Parameter) -> Iterator[str]:
    """Give what the declaration of a parameter lacks."""
    if not isinstance(parameter.default, str | bool):
        if not parameter.unit:
            yield "unit"
        if not (math.isfinite(parameter.low) and math.isfinite(parameter.high)):
            yield "range"
    if not parameter.doc:
        yield "meaning"
    if not sourced(parameter.source, parameter.grade):
        yield "source"


def sourced(source: str, grade: str) -> bool:
    """Say whether a source names something that can be looked up, or is said to be assumed."""
    return grade in ("assumed", SET) or "assumed" in source or named(source)
