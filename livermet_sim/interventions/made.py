"""Make interventions in Python, as a scenario file has them under [[interventions]], each checked at once.

Before there is a scenario all names that ship are known, and what scenarios have brought of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.plugins import PLUGINS
from livermet_sim.base.units import with_unit
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.registry import KINDS, added
from livermet_sim.interventions.intervention import Intervention
from livermet_sim.interventions.levers import RULE, Words
from livermet_sim.rulebook import book
from livermet_sim.state.signals import FIELDS

Table = dict[str, Any]
TIMES = ("at", "until", "every", "recovery", "half_life")
# keys of a file that have other names in Python
ARGUMENTS = {"start": "at", "end": "until", "zone_from": "zone", "zone_to": "zone"}
_KEYS = {argument: key for key, argument in ARGUMENTS.items()}
OWN = "names of your own are known once their scenario is loaded"

_SHIPPED = frozenset(kind.name for kind in KINDS)


def _met(what: str) -> dict[str, Any]:
    """Return the names of a sort that scenarios of this session have brought; see `base.with_plugins`."""
    return PLUGINS.met.setdefault(what, {})


def meet(kinds: Sequence[Kind], fields: Sequence[str], rules: Iterable[str] | None) -> None:
    """Remember what a scenario adds of its own: kinds of cells, signals, rules.

    It only lets `made` know more names; a scenario checks its interventions against its own.
    """
    _met("kinds").update({kind.name: kind for kind in kinds if kind.name not in _SHIPPED})
    _met("fields").update(dict.fromkeys(fields))
    _met("rules").update(dict.fromkeys(rules or ()))


def words(target: Any = None) -> Words:
    """Return all names known so far; ids of rules only where one is meant."""
    rules = dict.fromkeys((*book.library_records(), *_met("rules"))) if target == RULE else None
    kinds = _met("kinds") | added()
    return Words((*KINDS, *kinds.values()), tuple(FIELDS | _met("fields")), rules)


def made(action: type[Intervention], **given: Any) -> Table:
    """Return the checked table of an action; what is None stays out of it.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, a wrong unit; the place is the function and its argument.
    """
    table: Table = {"action": action.action}
    for name, value in given.items():
        if value is None:
            continue
        if name in TIMES:
            try:
                value = with_unit(value, name)
            except ValueError as error:
                raise ScenarioError(action.action, str(error)) from None
        table[_KEYS.get(name, name)] = value
    _check(action, table)
    return table


def _check(action: type[Intervention], table: Table) -> None:
    name = action.action
    try:
        action.read(table, name, words(table.get("target")))
    except ScenarioError as error:
        sentence = error.sentence
        for key, argument in ARGUMENTS.items():
            sentence = sentence.replace(f"{name}.{key}:", f"{name}.{argument}:", 1)
        unlike = "; valid: " in sentence
        raise ScenarioError("", f"{sentence} ({OWN})" if unlike else sentence) from None
