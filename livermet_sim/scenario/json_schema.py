"""Make JSON Schemas of the files that users write, so that an editor completes and checks them.

They know names, types, units, ranges and choices; what only the model can say (a rule that contradicts its base) it says itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from livermet_sim.base.specs import Parameter, Section
from livermet_sim.cells import tumour_lines
from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.tumour import factor_names
from livermet_sim.interventions.intervention import ACTIONS
from livermet_sim.rulebook.rule import GRADES, NEEDED
from livermet_sim.rulebook.vocabulary import DIRECTIONS, LAYERS, Vocabulary
from livermet_sim.scenario.sections import declared
from livermet_sim.state.signals import FIELDS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
QUANTITY = r"^\s*[-+−]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?\s*[^0-9]*"
FOLD = r"^\s*[x×]\s*([0-9]+\.?[0-9]*([eE][-+]?[0-9]+)?|\.[0-9]+)\s*$"
ID = r"^[^.]+$"
Schema = dict[str, Any]


def scenario() -> Schema:
    """Return the schema of a scenario's file; kinds of cells and signals that it adds are let through."""
    root: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
    own = root["properties"]
    own |= {
        name: text(doc)
        for name, doc in (
            ("name", "What it is called."),
            ("doc", "What it is for."),
            ("extends", "The scenario that it extends."),
        )
    }
    own["line"] = {
        "enum": ["", *tumour_lines.names()],
        "description": "Tumour line whose traits set cells.tumour.",
    }
    own["resolved"] = {
        "type": "boolean",
        "description": "Whether it holds every value and rule, as a run's folder has it.",
    }
    for section in declared(KINDS, list(FIELDS)).values():
        _place(own, section)
    own["plugins"] = {
        "type": ["array", "object"],
        "description": "Plug-ins that it needs, by name; they are loaded by hand (--plugin).",
    }
    own["processes"] = {"type": "object", "properties": {}}
    for head in ("cells", "fields", "processes"):
        own[head]["additionalProperties"] = {"type": "object", "description": "One of your own."}
    own["rules"] = rules(whole=False)
    own["interventions"] = interventions()
    return named("scenario", root)


def _place(properties: Schema, section: Section) -> None:
    """Put the parameters of a section under the parts of its name."""
    for part in section.name.split("."):
        table = properties.setdefault(
            part, {"type": "object", "properties": {}, "additionalProperties": False}
        )
        properties = table["properties"]
    table["description"] = section.doc
    for parameter in section.parameters:
        inner = properties
        *heads, last = parameter.name.split(".")
        for head in heads:
            deeper = inner.setdefault(
                head, {"type": "object", "properties": {}, "additionalProperties": False}
            )
            inner = deeper["properties"]
        inner[last] = _value(parameter)
        if heads:  # TOML lets a dotted name stand in quotes
            properties[parameter.name] = _value(parameter)


def _value(parameter: Parameter) -> Schema:
    """Return what a parameter may be, with what is known of it as the words that an editor shows."""
    words = f"{parameter.doc} [{parameter.unit or 'text'}] {parameter.grade}: {parameter.source}"
    if isinstance(parameter.default, bool):
        return {"type": "boolean", "description": words, "default": parameter.default}
    if isinstance(parameter.default, str):
        choice: Schema = (
            {"enum": list(parameter.choices)} if parameter.choices else {"type": ["string", "number"]}
        )
        return choice | {"description": words, "default": parameter.default}
    number: Schema = {"type": "integer" if isinstance(parameter.default, int) else "number"}
    number |= {"minimum": parameter.low} if math.isfinite(parameter.low) else {}
    number |= {"maximum": parameter.high} if math.isfinite(parameter.high) else {}
    return {"anyOf": [number, quantity()], "description": words, "default": parameter.default}


def rules(whole: bool = True) -> Schema:
    """Return the schema of rules by id: of whole records, or of changes to those of the library; a table inside is a variant."""
    words = Vocabulary.of(KINDS, list(FIELDS), factor_names())
    behaviours = sorted({name for own in words.behaviours.values() for name in own})
    number = {"anyOf": [{"type": "number"}, quantity()]}
    one: Schema = {
        "actor": _name(words.kinds, "Kind of cell that senses and acts."),
        "signal": _name(words.signals, "What it senses."),
        "direction": {"enum": list(DIRECTIONS), "description": "What the signal does to the behaviour."},
        "behaviour": _name(behaviours, "What it changes."),
        "maximum": {"anyOf": [{"type": "number"}, quantity(), {"type": "string", "pattern": FOLD}], "description": 'Where it goes at full signal: a quantity, or a fold of the base such as "x5".'},
        "half_max": number | {"description": "Signal at half of the response."},
        "power": number | {"description": "Hill power.", "default": 2.0},
        "where": {"anyOf": [{"enum": list(LAYERS)}, {"type": "array", "items": {"enum": list(LAYERS)}, "minItems": 1}]},
        "source": text("Paper, with its DOI or PMID."),
        "grade": {"enum": list(GRADES), "description": "How well the numbers are known."},
        "says": text("The mechanism in a sentence."),
        "enabled": {"type": "boolean", "default": True},
    }  # fmt: skip
    record: Schema = {"type": "object", "properties": one, "additionalProperties": {"$ref": "#/$defs/rule"}}
    if whole:
        record["anyOf"] = [
            {"required": list(NEEDED)},
            {"not": {"anyOf": [{"required": [key]} for key in one]}},
        ]
    else:
        record["additionalProperties"] = {"type": "object"}
        return {
            "type": "object",
            "additionalProperties": record,
            "description": "Rules by id: changed, or new.",
        }
    return named(
        "rules",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/rule"}, "$defs": {"rule": record}},
    )


def interventions() -> Schema:
    """Return the schema of a list of interventions: an action, and the keys that it knows."""
    cases = [
        {
            "type": "object",
            "properties": {"action": {"const": name}, **{key: {} for key in own.keys_known()}},
            "required": ["action"],
            "additionalProperties": False,
            "description": own.entry(),
        }
        for name, own in ACTIONS.items()
    ]
    return {"type": "array", "items": {"anyOf": cases}, "description": "What is done to the liver, and when."}


def treatment() -> Schema:
    """Return the schema of a file of interventions: what is done to a liver, and the scenario that it is done to."""
    names = ("name", "doc", "extends", "line", "interventions")
    whole = scenario()
    own = {name: whole["properties"][name] for name in names}
    body = {"type": "object", "properties": own, "required": ["interventions"], "additionalProperties": False}
    return named("intervention", body)


def named(kind: str, body: Schema) -> Schema:
    """Return a schema with its head."""
    return {"$schema": DRAFT, "title": f"livermet_sim {kind}", **body}


def quantity() -> Schema:
    """Return what a number with its unit is."""
    return {"type": "string", "pattern": QUANTITY}


def text(doc: str) -> Schema:
    """Return what a text is."""
    return {"type": "string", "description": doc}


def _name(known: Sequence[str] | Any, doc: str) -> Schema:
    """Return a name of ours, which an editor completes, or one that a scenario adds."""
    return {
        "anyOf": [{"enum": list(known)}, {"type": "string", "pattern": "^[a-z][a-z0-9_.]*$"}],
        "description": doc,
    }
