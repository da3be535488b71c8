"""Know the names that interventions may use before there is a scenario: all that ships, and what scenarios brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from livermet_sim.cells.kind import Kind
from livermet_sim.cells.registry import KINDS
from livermet_sim.interventions.levers import RULE, Words
from livermet_sim.rulebook import book
from livermet_sim.state.signals import FIELDS

_SHIPPED = frozenset(kind.name for kind in KINDS)
_kinds: dict[str, Kind] = {}
_fields: dict[str, None] = {}
_rules: dict[str, None] = {}


def meet(kinds: Sequence[Kind], fields: Sequence[str], rules: Iterable[str] | None) -> None:
    """Remember what a scenario adds of its own: kinds of cells, signals, rules.

    It only lets ``interventions.check`` know more names; a scenario checks its interventions against its own.
    """
    _kinds.update({kind.name: kind for kind in kinds if kind.name not in _SHIPPED})
    _fields.update(dict.fromkeys(fields))
    _rules.update(dict.fromkeys(rules or ()))


def words(target: Any) -> Words:
    """Return all names known so far; ids of rules only where one is meant."""
    rules = dict.fromkeys((*book.library_records(), *_rules)) if target == RULE else None
    return Words((*KINDS, *_kinds.values()), tuple(FIELDS | _fields), rules)
