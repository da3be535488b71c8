"""Load the drugs and the conditions of the liver that ship with the model, each number with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from livermet_sim.base.errors import ScenarioError

FILES = {"dose": "drugs", "condition": "conditions"}
_EVIDENCE = ("source", "grade", "says")


@cache
def entries(action: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the shipped drugs (``dose``) or conditions (``condition``) by name."""
    file = resources.files("livermet_sim") / "library" / f"{FILES[action]}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def entry(action: str, name: str, place: str, key: str, parts: str) -> Mapping[str, Any]:
    """Return what ships under a name.

    Raises
    ------
    ScenarioError
        For a name that is not in the library.
    """
    known = entries(action)
    if name not in known:
        reason = f'"{name}" is not a {key} of the library; one of your own lists its {parts}'
        raise ScenarioError(f"{place}.{key}", reason, name=name, valid=known)
    return known[name]


def bare(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return an effect or a change without its evidence."""
    return {key: value for key, value in part.items() if key not in _EVIDENCE}
