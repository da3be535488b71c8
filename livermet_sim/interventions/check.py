"""Check an intervention that is made in Python, before there is a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.interventions import known
from livermet_sim.interventions.read import read_one

# names in Python of keys that a file calls otherwise
ARGUMENTS = {"start": "at", "end": "until", "zone_from": "zone", "zone_to": "zone"}
OWN = "names of your own are known once their scenario is loaded"


def check(table: Mapping[str, Any]) -> None:
    """Check an intervention as far as that can be done without its scenario.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, a wrong unit; the place is the function and its argument.
    """
    name = str(table["action"])
    try:
        read_one(table, name, known.words(table.get("target")))
    except ScenarioError as error:
        sentence = error.sentence
        for key, argument in ARGUMENTS.items():
            sentence = sentence.replace(f"{name}.{key}:", f"{name}.{argument}:", 1)
        unlike = "; valid: " in sentence
        raise ScenarioError("", f"{sentence} ({OWN})" if unlike else sentence) from None
