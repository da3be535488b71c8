"""Offer the JSON Schemas of all files that users write, and those that ship with the model."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from livermet_sim.base.errors import ScenarioError
from livermet_sim.scenario import json_schema
from livermet_sim.scenario.json_schema import Schema, named, text
from livermet_sim.sweep import json_schema as studies
from livermet_sim.validation import experiment as own

ENDING = ".schema.json"


def experiment() -> Schema:
    """Return the schema of a published experiment's file."""
    item = json_schema.interventions()["items"]
    arm = {"type": "array", "items": item, "description": "What is done to this liver."}
    values = {
        "type": "object", "additionalProperties": {"not": {"type": "object"}},
        "description": "Values by dotted name, the name between quotes.",
    }  # fmt: skip
    texts = {"type": "array", "items": {"type": "string"}}
    say = {
        "reference": "The paper.", "source": "DOI, PMID or address.", "what": "What was done.", "line": "Tumour line of the model.",
        "readout": "What is read of both livers.", "scenario": "Tissue, baseline by default.", "mechanism": "What it is about.",
        "outcome": "What the paper measured.", "organ": "Where the metastases were.", "reading_of": "Experiment that this reads a second time.",
    }  # fmt: skip
    properties: Schema = {key: text(words) | {"pattern": r"\S"} for key, words in say.items()}
    properties |= {key: {"enum": list(valid)} for key, valid in own._CHOICES.items()}
    properties |= {key: {"type": "boolean"} for key in own._SWITCHES}
    properties |= {
        "control": arm,
        "treated": arm,
        "control_values": values,
        "treated_values": values,
        "values": values,
    }
    properties |= {
        "day": {"type": "number", "exclusiveMinimum": 0, "maximum": own.LONGEST_DAYS, "description": "When it is read."},
        "published": {"type": "number", "minimum": 0, "maximum": 1e6, "description": "Ratio of treated to control."},
        "band": {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 2, "maxItems": 2},
        "phases": {"type": "array", "items": {"enum": list(own.TESTED)}}, "assumed": texts,
    }  # fmt: skip
    needed = [*own._TEXTS, "day", "expected"]
    return named(
        "experiment",
        {"type": "object", "properties": properties, "required": needed, "additionalProperties": False},
    )


SCHEMAS: dict[str, Callable[[], Schema]] = {
    "scenario": json_schema.scenario, "rules": json_schema.rules, "intervention": json_schema.treatment,
    "study": studies.study, "calibration": studies.calibration, "experiment": experiment,
}  # fmt: skip


def schema(kind: str) -> Schema:
    """Return the JSON Schema (draft 2020-12) of a kind of file.

    Parameters
    ----------
    kind : str
        scenario (with its rules and interventions), rules, intervention (a scenario that does something to a liver and
        changes nothing else), study, calibration or experiment.

    Raises
    ------
    ScenarioError
        For another word.
    """
    if kind not in SCHEMAS:
        raise ScenarioError("schema", f'there is no schema of "{kind}"', name=kind, valid=SCHEMAS)
    return SCHEMAS[kind]()


def written(kind: str) -> str:
    """Return the text of a schema's file."""
    return json.dumps(schema(kind), indent=1, ensure_ascii=False) + "\n"


def shipped(kind: str) -> Path:
    """Return the file of a schema that ships with the model."""
    return Path(str(files("livermet_sim") / "library" / "schemas" / f"{kind}{ENDING}"))
