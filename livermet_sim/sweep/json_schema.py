"""Make JSON Schemas of the files of studies, calibrations and matchings."""

from __future__ import annotations

from livermet_sim.scenario.json_schema import Schema, named, quantity, text


def factors() -> Schema:
    """Return the schema of what is varied, by dotted name."""
    number = {"anyOf": [{"type": "number"}, quantity()]}
    span = {
        "low": number,
        "high": number,
        "scale": {"enum": ["linear", "log"]},
        "levels": {"type": "integer", "minimum": 2},
        "values": {"type": "array", "minItems": 1},
    }
    factor = {
        "anyOf": [{"type": "array"}, {"type": "object", "additionalProperties": False, "properties": span}]
    }
    return {"type": "object", "additionalProperties": factor}


def study() -> Schema:
    """Return the schema of a study's file."""
    whole = {"type": "integer", "minimum": 1}
    design = {
        "kind": {"type": "string"},
        "samples": whole,
        "replicates": whole,
        "seed": {"type": "integer", "minimum": 0},
        "paired": {"type": "boolean"},
    }
    properties: Schema = {
        "name": text("What it is called."), "doc": text("What it asks."), "scenario": text("Scenario by name or path."),
        "days": {"type": "number", "exclusiveMinimum": 0}, "set": {"type": "object", "description": "Values of all runs, by dotted name."},
        "series": {"type": ["boolean", "string"], "description": 'Keep a time course: true, or its interval, such as "6 h".'},
        "design": {"type": "object", "properties": design, "additionalProperties": False},
        "factors": factors() | {"description": "What is varied, by dotted name; \"ablate\" takes mechanisms out."},
        "points": {"type": "array", "items": {"type": "object"}, "description": "The points of a list."},
    }  # fmt: skip
    return named("study", {"type": "object", "properties": properties, "additionalProperties": False})


def calibration() -> Schema:
    """Return the schema of a calibration's file."""
    whole, numbers = (
        {"type": "integer", "minimum": 1},
        {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}, "minItems": 1}]},
    )
    own = {"trials": whole, "batch": whole, "replicates": whole, "seed": {"type": "integer", "minimum": 0}}
    target = {
        "name": text("What it is called."), "measure": text("A measure at the end of the run."),
        "series": text("A column of the time series, looked at on days."), "day": numbers | {"description": "When the series is looked at."},
        "value": numbers | {"description": "What was observed."}, "error": numbers | {"description": "Its standard error, above 0."},
        "arm": text("The arm it was observed in."), "over": text("The arm that the ratio is to."), "source": text("Paper."),
    }  # fmt: skip
    one = {
        "type": "object", "properties": target, "additionalProperties": False, "required": ["value", "error"],
        "oneOf": [{"required": ["measure"]}, {"required": ["series", "day"]}],
    }  # fmt: skip
    properties: Schema = {
        "name": text("What it is called."), "doc": text("What it is for."), "scenario": text("Scenario by name or path."),
        "days": {"type": "number", "exclusiveMinimum": 0}, "set": {"type": "object", "description": "Values of all runs, by dotted name."},
        "calibration": {"type": "object", "properties": own, "additionalProperties": False},
        "factors": factors() | {"minProperties": 1, "description": "What is fitted, by dotted name."},
        "arms": {"type": "object", "additionalProperties": {"type": "object"}, "description": "What other arms than main change."},
        "targets": {"type": "array", "items": one, "minItems": 1, "description": "What a fitted model should give."},
    }  # fmt: skip
    body: Schema = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "required": ["factors", "targets"],
    }
    return named("calibration", body)


def matching() -> Schema:
    """Return the schema of a matching's file."""
    names = {"type": "array", "items": {"type": "string"}}
    own = {key: {"type": "integer", "minimum": 1} for key in ("waves", "points", "seeds")}
    span = {
        "type": "object",
        "properties": dict.fromkeys(("anchors", "experiments"), names),
        "additionalProperties": False,
    }
    properties: Schema = {
        "name": text("What it is called."), "doc": text("What it asks."), "scenario": text("Scenario by name or path."),
        "lobules": {"type": "integer", "minimum": 1, "description": "Size of each liver."},
        "matching": {"type": "object", "properties": {**own, "seed": {"type": "integer", "minimum": 0}}, "additionalProperties": False,
                     "description": "Rounds, parameter sets of a round, livers of each set."},
        "factors": factors() | {"minProperties": 2, "description": "What is open, by dotted name: ranges."},
        "held_against": span | {"minProperties": 1, "description": "What rules sets out: anchors as case:figure, experiments; patterns too."},
        "watched": {"type": "object", "properties": {"experiments": names}, "additionalProperties": False,
                    "description": "What is run and rules nothing out."},
    }  # fmt: skip
    body = {"type": "object", "properties": properties, "additionalProperties": False}
    return named("matching", body | {"required": ["factors", "held_against"]})
