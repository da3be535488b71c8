"""Know the names that interventions may use before there is a scenario: all that ships, and what scenarios brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.registry import KINDS
from livermet_sim.interventions.levers import RULE, Words
from livermet_sim.rules import book
from livermet_sim.state.signals import FIELDS

# names in Python of keys that a file calls otherwise
ARGUMENTS = {"start": "at", "end": "until", "zone_from": "zone", "zone_to": "zone"}
OWN = "names of your own are known once their scenario is loaded"
_SHIPPED = frozenset(kind.name for kind in KINDS)
_kinds: dict[str, Kind] = {}
_fields: dict[str, None] = {}
_rules: dict[str, None] = {}


def meet(kinds: Sequence[Kind], fields: Sequence[str], rules: Iterable[str] | None) -> None:
    """Remember what a scenario adds of its own: kinds of cells, signals, rules.

    It only lets `check` know more names; a scenario checks its interventions against its own.
    """
    _kinds.update({kind.name: kind for kind in kinds if kind.name not in _SHIPPED})
    _fields.update(dict.fromkeys(fields))
    _rules.update(dict.fromkeys(rules or ()))


def check(table: Mapping[str, Any]) -> None:
    """Check an intervention as far as that can be done without its scenario.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, a wrong unit; the place is the function and its argument.
    """
    from livermet_sim.interventions.read import read_one

    rules = dict.fromkeys((*book.library_records(), *_rules)) if table.get("target") == RULE else None
    words = Words((*KINDS, *_kinds.values()), tuple(FIELDS | _fields), rules)
    name = str(table["action"])
    try:
        read_one(table, name, words)
    except ScenarioError as error:
        sentence = error.sentence
        for key, argument in ARGUMENTS.items():
            sentence = sentence.replace(f"{name}.{key}:", f"{name}.{argument}:", 1)
        unlike = "; valid: " in sentence
        raise ScenarioError("", f"{sentence} ({OWN})" if unlike else sentence) from None
