"""Write the text of a scenario to start from: what is most often changed, with its unit, range and meaning."""

from __future__ import annotations

from collections.abc import Iterator

from livermet_sim.base.specs import Parameter
from livermet_sim.cells import tumour_lines
from livermet_sim.rulebook import explain
from livermet_sim.scenario.spec import Scenario
from livermet_sim.scenario.write import key, literal, one_line

# what a first scenario most often changes; the first is written out, the others wait behind a sign
CHANGED = {
    "run": ("days",), "seeding": ("dose",), "cells.kupffer": ("density",), "cells.nk": ("density",),
    "cells.tumour": ("diameter", "divide"), "observe": ("snapshots",),
}  # fmt: skip
RULE = "MV12"
HEAD = """\
# A scenario for livermet. A line that begins with a sign (#) and no blank is a choice: take the sign away to make it.
# livermet show parameters, rules, lines and interventions list everything else that can stand here.
"""
INTERVENTION = """\
# What is done to the liver, and when; one such block for each.
#[[interventions]]
#action = "deplete"
#target = "kupffer"
#start = "7 day"
#efficacy = 0.9
"""


def starter(scenario: Scenario, extends: str, name: str) -> str:
    """Return the TOML text of a new scenario that extends another; it is valid as it is, and with every choice made."""
    return "\n".join(
        [HEAD, *_head(scenario, extends, name), *_sections(scenario), "", *_rule(scenario), "", INTERVENTION]
    )


def _head(scenario: Scenario, extends: str, name: str) -> Iterator[str]:
    yield f"name = {literal(name)}"
    yield 'doc = "Say in a sentence what it is for."'
    yield f"extends = {literal(extends)}  # all that does not stand here is as there"
    yield f"#line = {literal(scenario.line or tumour_lines.names()[0])}  # tumour line: {', '.join(tumour_lines.names())}"


def _sections(scenario: Scenario) -> Iterator[str]:
    declared, first = scenario.sections, True
    for section, names in CHANGED.items():
        yield ""
        yield f"[{section}]  # {one_line(declared[section].doc)}"
        for parameter in declared[section].parameters:
            if parameter.name in names:
                yield f"{'' if first else '#'}{_line(scenario, section, parameter)}"
                first = False


def _line(scenario: Scenario, section: str, parameter: Parameter) -> str:
    value = scenario.values[section][parameter.name]
    shown = literal(value)
    if not isinstance(value, str | bool) and parameter.unit not in ("", "1"):
        shown = literal(f"{repr(value).removesuffix('.0')} {parameter.unit}")
    span = ""
    if not isinstance(value, str | bool) and parameter.high < float("inf"):
        span = f" From {parameter.low:g} to {parameter.high:g}."
    return f"{key(parameter.name)} = {shown}  # {one_line(parameter.doc)}{span}"


def _rule(scenario: Scenario) -> Iterator[str]:
    rule = next(iter(scenario.rules.find(RULE)))
    base = float(scenario.values[f"cells.{rule.actor}"][rule.behaviour])
    yield f"# A rule can be changed or switched off. {rule.id}: {one_line(explain.sentence(rule, base, scenario.rules.words))}"
    yield f"#[rules.{key(rule.id) if '.' not in rule.id else rule.id}]"
    yield "#enabled = false"
