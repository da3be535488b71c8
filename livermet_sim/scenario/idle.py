"""Refuse what the rest of the scenario makes idle, and say what would make it act.

A value is idle where the one that governs it (``Parameter.needs``, the switch of a rule, a mechanism switched off) does
not let it act. Written at or after its governor it is a mistake; written before, as by a file that is extended, it
falls back to its default, so that scenarios which run alike are alike.
"""

from __future__ import annotations

from collections.abc import Mapping

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.base.specs import Parameter, Section, Value
from livermet_sim.rulebook import book
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.rule import NEEDED
from livermet_sim.scenario.draft import Draft, place

_WORDING = ("enabled", "source", "grade", "says")


class Idle(ScenarioError):
    """Report a value that does nothing as long as ``governor`` is what it is."""

    def __init__(self, where: str, reason: str, governor: str):
        super().__init__(where, reason)
        self.governor = governor


def drop(
    known: Mapping[str, Section],
    values: Mapping[str, dict[str, Value]],
    defaults: Mapping[str, Mapping[str, Value]],
    draft: Draft,
    mistakes: list[LivermetError],
) -> None:
    """Set idle values to their ``defaults``, and report those that were written in vain."""
    for section, declared in known.items():
        for parameter in declared.parameters:
            if parameter.needs is None:
                continue
            governor, acting = parameter.needs
            name, own = f"{section}.{parameter.name}", values[section]
            if own[governor] in acting:
                continue
            default = defaults.get(section, {}).get(parameter.name, parameter.default)
            repeats = draft.flat.get("resolved") is True and own[parameter.name] == default
            if not repeats and draft.in_vain(name, f"{section}.{governor}"):
                mistakes.append(_idle(name, f"{section}.{governor}", own[governor], parameter, draft))
            own[parameter.name] = default


def _idle(name: str, governor: str, value: Value, parameter: Parameter, draft: Draft) -> Idle:
    acting = parameter.needs[1] if parameter.needs else ()
    wanted = " or ".join(f'"{word}"' if isinstance(word, str) else str(word).lower() for word in acting)
    reason = f'nothing reads it where {governor} is "{value}"; it acts where that is {wanted}'
    return Idle(place(draft.origin[name], name), reason, governor)


def rules(rules: RuleBook, draft: Draft, mistakes: list[LivermetError]) -> None:
    """Report changes to the numbers of rules that are switched off."""
    for id, change in draft.rules().items():
        rule = rules.rules.get(id)
        if rule is None or rule.enabled:
            continue
        family = id.partition(".")[0]
        switch = max((f"rules.{id}.enabled", f"rules.{family}.enabled"), key=draft.rank_of)
        for key in change:
            name = f"rules.{id}.{key}"
            # a whole record may carry its own "off"
            whole = set(NEEDED) <= set(change) and draft.rank_of(name) == draft.rank_of(switch)
            if key not in _WORDING and not whole and draft.in_vain(name, switch):
                reason = (
                    f"the rule is switched off, so nothing reads it; it acts where rules.{id}.enabled is true"
                )
                mistakes.append(Idle(place(draft.origin[name], name), reason, f"rules.{id}.enabled"))


def switched_off(id: str, name: str, off: Value, draft: Draft) -> Idle | None:
    """Return the mistake of a number that was written beside the switch that sets it."""
    switch = f"rules.{id}.enabled"
    if not draft.in_vain(name, switch) or draft.flat.get(name) == off:
        return None
    reason = f"{switch} = false sets it to {off:g}; it acts where that is true"
    return Idle(place(draft.origin[name], name), reason, switch)


def unresolved(draft: Draft) -> ScenarioError | None:
    """Return the mistake of a file that calls itself resolved and does not hold every rule of the library."""
    if draft.flat.get("resolved") is not True:
        return None
    changes = draft.rules()
    lacking = [id for id in book.library_records() if not set(NEEDED) <= set(changes.get(id, {}))]
    if not lacking:
        return None
    more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    reason = (
        f"a resolved scenario holds every rule, and this one lacks {lacking[0]}{more}; leave resolved out"
    )
    return ScenarioError(place(draft.origin["resolved"], "resolved"), reason)
