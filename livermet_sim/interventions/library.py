"""Load the drugs and the conditions of the liver that ship with the model, each number with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from livermet_sim.base.errors import ScenarioError

FILES = {"dose": "drugs", "condition": "conditions"}
RELATIVE = "relative"  # marks changes whose times count from the start of their condition
_COURSE = ("every", "half_life")
_EVIDENCE = ("source", "grade", "says")


@cache
def entries(action: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the shipped drugs (``dose``) or conditions (``condition``) by name."""
    file = resources.files("livermet_sim") / "library" / f"{FILES[action]}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def fill(action: str, name: str, table: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the table of a dose or condition with what the library knows of it; what was written stays.

    Raises
    ------
    ScenarioError
        For a name that is not in the library, unless the table brings its own effects or changes.
    """
    key, parts = ("drug", "effects") if action == "dose" else ("condition", "changes")
    if parts in table:
        return dict(table)
    known = entries(action)
    if name not in known:
        reason = f'"{name}" is not a {key} of the library; one of your own lists its {parts}'
        raise ScenarioError(f"{place}.{key}", reason, name=name, valid=known)
    entry = known[name]
    if action == "dose":
        course = {number: entry[number] for number in _COURSE}
        return course | dict(table) | {"effects": [_bare(effect) for effect in entry["effects"]]}
    strength = table.get("strength", 1.0)
    changes = [_scaled(_bare(change), strength, f"{place}.strength") for change in entry["changes"]]
    return {"start": entry["start"]} | dict(table) | {"changes": changes, RELATIVE: True}


def _bare(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in _EVIDENCE}


def _scaled(change: dict[str, Any], strength: object, place: str) -> dict[str, Any]:
    """Return a change of a condition at another strength: amounts in proportion, factors moved towards 1 or away."""
    if not isinstance(strength, int | float) or isinstance(strength, bool):
        raise ScenarioError(place, f"{strength!r} is not a number")
    for key in ("amount", "share", "density"):
        if key in change:
            change[key] = change[key] * strength
    if "share" in change:
        change["share"] = min(1.0, change["share"])
    if "factor" in change:
        change["factor"] = max(0.0, 1.0 + (change["factor"] - 1.0) * strength)
    return change
