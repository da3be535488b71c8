"""List in words what can be done to a liver: actions and their keys, targets, drugs, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livermet_sim.base.specs import Parameter
from livermet_sim.interventions import levers, library
from livermet_sim.interventions.actions import ACTIONS, Action

Entries = list[tuple[str, str]]


def sections() -> list[tuple[str, Entries]]:
    """Return headings, each with names and what is said of them."""
    return [
        (
            "actions of [[interventions]]: keys (values where left out)",
            [(n, _action(a)) for n, a in ACTIONS.items()],
        ),
        ("targets and behaviours of block, boost and knock_out", list(levers.TARGETS.items())),
        ("drugs of dose", [(name, _drug(entry)) for name, entry in library.entries("dose").items()]),
        (
            "conditions of condition",
            [
                (name, f"{entry['doc']} From day {entry['start']:g}. Source: {entry['source']}.")
                for name, entry in library.entries("condition").items()
            ],
        ),
    ]


def _action(action: Action) -> str:
    words = [key if value is None else f"{key} ({value})" for key, value in action.words.items()]
    parts = [action.parts] if action.parts else []
    keys = ", ".join([*words, *(_key(p) for p in action.numbers.parameters), *parts])
    return f"{action.doc[0].upper()}{action.doc[1:]}. Keys: {keys}."


def _key(parameter: Parameter) -> str:
    unit = "" if parameter.unit in ("1", "") else f" {parameter.unit}"
    return f"{parameter.name} ({parameter.default:g}{unit})"


def _drug(entry: Mapping[str, Any]) -> str:
    return f"{entry['doc']} Half-life {entry['half_life']}, every {entry['every']}. Source: {entry['source']} ({entry['grade']})."
