"""Print a scenario's parameters, rules and tumour lines as plain text tables."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from livermet_sim.base.aligned import aligned
from livermet_sim.base.errors import LivermetError
from livermet_sim.cells import tumour_lines
from livermet_sim.interventions import catalogue
from livermet_sim.observe.known import NOW
from livermet_sim.observe.readouts.readout import REGISTRY, RUN, Readout
from livermet_sim.observe.readouts.tables import table_of
from livermet_sim.observe.readouts.view import Names
from livermet_sim.rulebook import book, explain
from livermet_sim.rulebook.rule import Rule
from livermet_sim.scenario import lists
from livermet_sim.scenario.load import load
from livermet_sim.scenario.sections import locate
from livermet_sim.scenario.spec import Scenario


def parameters(scenario: Scenario, wanted: str = "") -> str:
    """Return every parameter with value, unit, range, evidence and meaning; of one section if it is named.

    Raises
    ------
    ScenarioError
        When there is no section of that name.
    """
    rows = [("parameter", "value", "unit", "from", "to", "evidence", "meaning")]
    return aligned(rows + [_row(one) for one in lists.parameter_rows(scenario, wanted)])


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    value, grade, source = one["value"], one["grade"], one["source"]
    low = high = ""
    if isinstance(value, str | bool):
        shown = str(value).lower() if isinstance(value, bool) else value
    else:
        shown, low, high = _number(value), _number(one["low"]), _number(one["high"])
    words = grade if source == grade else f"{grade}: {source}"
    return one["parameter"], shown, one["unit"], low, high, words, one["doc"]


def _number(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else "any"


def rules(scenario: Scenario) -> str:
    """Return every rule as one sentence under its id."""
    entries = [
        (rule.id, ("" if rule.enabled else "(switched off) ") + _sentence(scenario, rule))
        for rule in scenario.rules
    ]
    return glossary(entries)


def is_rule(name: str) -> bool:
    """Say whether a rule or mechanism of the library is called so, and no file."""
    known = name in book.mechanisms() or name in book.library_records()
    return known and not Path(name).exists()


def interventions() -> str:
    """Return everything that [[interventions]] can do: actions, targets, drugs, conditions."""
    parts = (f"{title}\n{glossary(entries)}" for title, entries in catalogue.sections())
    return "\n\n".join(parts)


def readouts(wanted: str = "") -> str:
    """Return what can be read of a run, with unit, meaning, and when it is known; by the table that it stands in.

    Raises
    ------
    LivermetError
        When there is no readout of that name.
    """
    if wanted:
        usual = load("baseline")
        names = Names([kind.name for kind in usual.kinds], usual.fields)
        known = [(name, each) for name, each, _ in REGISTRY.named(names)]
        known += [(each.name, each) for each in REGISTRY.all() if each.scope != RUN or each.slots]
        found = [each for name, each in known if name == wanted]
        if not found:
            valid = [name for name, _ in known]
            raise LivermetError("readouts", f'there is no readout "{wanted}"', name=wanted, valid=valid)
        return "\n\n".join(_readout(each) for each in found)
    parts: dict[str, list[tuple[str, str]]] = {}
    for each in REGISTRY.all():
        unit = "" if each.unit == "1" else f" [{each.unit}]"
        when = "" if each.known is NOW else f" Known {each.known.words}."
        title = f"Of a {each.scope}: {table_of(each)}"
        parts.setdefault(title, []).append((each.name + unit, each.doc + when))
    return "\n\n".join(f"{title}\n{glossary(entries)}" for title, entries in parts.items())


def _readout(one: Readout) -> str:
    rows = [
        ("unit", one.unit),
        ("scope", one.scope),
        ("stands in", table_of(one)),
        ("known", one.known.words),
    ]
    if one.phase:
        rows.append(
            (
                "phase",
                f"how tumour fares in the {one.phase} phase; it leads there"
                if one.leads
                else f"how tumour fares in the {one.phase} phase",
            )
        )
    if one.slots:
        rows.append(("a family", f"one for each {' and '.join(one.slots)}"))
    return f"{one.name}\n{textwrap.fill(one.doc, 100)}\n" + glossary([(f"  {a}", b) for a, b in rows])


def _sentence(scenario: Scenario, rule: Rule) -> str:
    return explain.cited(rule, base(scenario, rule), scenario.rules.words)


def glossary(entries: Sequence[tuple[str, str]]) -> str:
    """Return names in a column of their own and what is said of each beside them, wrapped."""
    width = 2 + max((len(name) for name, _ in entries), default=0)
    return "\n".join(
        textwrap.fill(f"{name:<{width}}{words}", 110, subsequent_indent=" " * width)
        for name, words in entries
    )


def rule(scenario: Scenario, id: str) -> str:
    """Return sentence, numbers and source of a rule, or of all variants of a mechanism.

    Raises
    ------
    RuleError
        When there is no rule of that name; for a mechanism that the model lacks, the reason is given.
    """
    absent = book.missing()
    if id in absent and id not in scenario.rules.rules:
        return textwrap.fill(f"{id} is not in the model: {absent[id]}", 100)
    carried = book.by_process().get(id)
    if carried and id not in scenario.rules.rules:
        return process_mechanism(scenario, id, carried)
    found = scenario.rules.find(id)
    return "\n\n".join(explain.explain(rule, base(scenario, rule), scenario.rules.words) for rule in found)


def process_mechanism(scenario: Scenario, id: str, entry: Mapping[str, Any]) -> str:
    """Return words, numbers and source of a mechanism that a process carries out, and how to switch it off."""
    sections = scenario.sections
    lines = [f"{id}  {entry['title']}", textwrap.fill(entry["says"], 100)]
    lines.append(f"Carried out by the process {entry['process']}, with")
    for name in entry["parameters"]:
        section, key = locate(name, sections) or ("", "")
        unit = next(p.unit for p in sections[section].parameters if p.name == key)
        lines.append(f"  {name} = {scenario.values[section][key]:g} {unit}".rstrip(" 1"))
    lines.append(f"Source: {entry['source']} ({entry['grade']})")
    lines.append(
        f"Off: rules.{id}.enabled = false, which sets "
        + ", ".join(f"{n} = {v:g}" for n, v in entry["off"].items())
    )
    return "\n".join(lines)


def missing() -> str:
    """Return the published mechanisms that the model lacks, each with the reason."""
    return glossary(list(book.missing().items()))


def base(scenario: Scenario, rule: Rule) -> float:
    """Return the value of a rule's behaviour where the rule does not act."""
    return float(scenario.values[f"cells.{rule.actor}"][rule.behaviour])


def scenarios() -> str:
    """Return the scenarios that can be called by name, each with what it is for, or what is wrong with it."""
    return glossary([(one["name"], one["doc"]) for one in lists.known_scenarios()])


def shipped_lines() -> str:
    """Return the tumour lines that ship with the model, each with what sets it apart."""
    parts = []
    for name in tumour_lines.names():
        line = tumour_lines.load(name)
        title = f"{name:<8}{line.title} ({line.primary}, {line.species})"
        parts.append(
            title + "\n" + textwrap.fill(line.doc, 100, initial_indent=" " * 8, subsequent_indent=" " * 8)
        )
    return "\n".join(parts)
