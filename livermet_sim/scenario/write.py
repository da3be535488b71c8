"""Write a resolved scenario as TOML in which every value shows its unit, grade of evidence and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import tomlkit
from tomlkit.items import Item, SingleKey

from livermet_sim.base.specs import Parameter, Value
from livermet_sim.cells import tumour_lines
from livermet_sim.scenario.resolved import Resolved


def document(scenario: Resolved, image: str | None = None) -> str:
    """Return the TOML text of a scenario, with another path of the tissue's image; reading it back gives an equal one."""
    tables = scenario.to_dict()
    rules, interventions = tables.pop("rules"), tables.pop("interventions")
    parts = [f"{key} = {literal(tables[key])}" for key in ("name", "doc", "line", "resolved")]
    if scenario.plugins:
        parts.append(f"plugins = {literal(tables['plugins'])}")
    parts += _sections(scenario, image)
    for name, record in rules.items():
        parts += ["", f"[rules.{key(name)}]", *_pairs(record)]
    if not interventions:
        parts.insert(4, "interventions = []")
    for table in interventions:
        parts += ["", "[[interventions]]", *_pairs(table)]
    return "\n".join(parts) + "\n"


def evidence(scenario: Resolved, section: str, parameter: Parameter) -> tuple[str, str]:
    """Return grade and source of a value: its parameter's, its tumour line's, or that the scenario set it."""
    value = scenario.values[section][parameter.name]
    if section == "cells.tumour" and scenario.line:
        trait = tumour_lines.load(scenario.line).traits.get(parameter.name)
        if trait is not None:
            is_trait = trait.value == value
            return (
                (trait.grade, f"{trait.source} ({scenario.line})") if is_trait else ("set", "this scenario")
            )
    if value == parameter.default:
        return parameter.grade, parameter.source
    return "set", "this scenario"


def _sections(scenario: Resolved, image: str | None) -> Iterable[str]:
    for name, section in scenario.sections.items():
        yield ""
        yield f"# {one_line(section.doc)}"
        yield "[" + ".".join(key(part) for part in name.split(".")) + "]"
        like = scenario.given.get(f"{name}.like")
        if like is not None:
            yield f"like = {literal(like)}"
            yield f"doc = {literal(scenario.given.get(f'{name}.doc', ''))}"
        for parameter in section.parameters:
            value = scenario.values[name][parameter.name]
            if image is not None and (name, parameter.name) == ("tissue", "image"):
                value = image
            yield f"{key(parameter.name)} = {literal(value)}  # {_note(scenario, name, parameter)}"


def _note(scenario: Resolved, section: str, parameter: Parameter) -> str:
    grade, source = evidence(scenario, section, parameter)
    words = grade if source == grade else f"{grade}: {source}"
    return one_line(f"{parameter.unit}; {words}" if parameter.unit else words)


def one_line(text: str) -> str:
    """Return text fit for a comment: one line, no control characters."""
    text = " ".join(text.split())
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{key(name)} = {literal(value)}" for name, value in table.items()]


def key(name: str) -> str:
    """Return a key, quoted where TOML wants it."""
    return SingleKey(name).as_string()


def literal(value: Value | list[Any] | Mapping[str, Any]) -> str:
    """Return a value as TOML; tables become inline tables."""
    # of thousands of values nearly all are plain, and these need nobody's rules
    if type(value) in (int, float):
        return str(value)
    if type(value) is str and value.isascii() and value.isprintable() and not {'"', "\\"} & set(value):
        return f'"{value}"'
    return _item(value).as_string()


def _item(value: Any) -> Item:
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for name, inner in value.items():
            table.append(SingleKey(name), _item(inner))
        return table
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        array.extend(_item(inner) for inner in value)
        return array
    return tomlkit.item(value)
