"""Offer the JSON Schemas of all files that users write, and those that ship with the model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.read import content, guarded, read_text
from livermet_sim.base.write import write_text
from livermet_sim.scenario import json_schema
from livermet_sim.scenario.files import LARGEST
from livermet_sim.scenario.json_schema import Schema, named, text
from livermet_sim.sweep import json_schema as studies
from livermet_sim.validation import experiment as own

ENDING = ".schema.json"
MARK = "#:schema"


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
    "study": studies.study, "calibration": studies.calibration, "matching": studies.matching, "experiment": experiment,
}  # fmt: skip


def schema(kind: str) -> Schema:
    """Return the JSON Schema (draft 2020-12) of a kind of file.

    Parameters
    ----------
    kind : str
        scenario (with its rules and interventions), rules, intervention (a scenario that does something to a liver and
        changes nothing else), study, calibration, matching or experiment.

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


def line(kind: str, folder: Path) -> str:
    """Return the first line by which a file in a folder names the schema that ships with the model, as it lies here."""
    return f"{MARK} {beside(shipped(kind), folder)}"


def name_in(file: Path, kind: str) -> None:
    """Write, or renew, that line at the head of a file; all else stays as it is.

    Raises
    ------
    LivermetError
        Where the file cannot be read or written.
    """
    with guarded(file):
        held = read_text(content(file, LARGEST))
    first, _, rest = held.partition("\n")
    schema(kind)  # refuses a word that is no kind
    kept = rest if first.startswith(MARK) else held
    write_text(file, f"{line(kind, file.parent)}\n{kept}")


def beside(path: Path, folder: Path) -> str:
    """Return a path as seen from a folder, or whole where there is no way between them."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def shipped(kind: str) -> Path:
    """Return the file of a schema that ships with the model."""
    return Path(str(files("livermet_sim") / "library" / "schemas" / f"{kind}{ENDING}"))
