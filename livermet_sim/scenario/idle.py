"""Refuse what the rest of the scenario makes idle, and say what would make it act.

A value is idle where the one that governs it (``Parameter.needs``, the switch of a rule, a mechanism switched off) does
not let it act. Written at or after its governor it is a mistake; written before, as by a file that is extended, it
falls back to its default, so that scenarios which run alike are alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.base.specs import Parameter, Section, Value
from livermet_sim.interventions import Intervention
from livermet_sim.interventions.block import Boost, Lever
from livermet_sim.interventions.levers import ALL, LIVER, SENSE, senses
from livermet_sim.rulebook import book
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.rule import NEEDED
from livermet_sim.scenario.draft import Draft, place

# levels that processes of the model raise by themselves
FOLLOWING = ("systemic.saa", "systemic.vegf_rebound", "systemic.node", "systemic.primed")
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


def levers(
    given: Sequence[Intervention],
    values: Mapping[str, Mapping[str, Value]],
    rules: RuleBook,
    fields: Sequence[str],
) -> tuple[str, str] | None:
    """Return place and reason of the first intervention that can do nothing, None where all can.

    A boost of what is 0, with no rule and no intervention that raises it, is one; so is a block of a level that cells do not
    sense, but what it lacks to normal.
    """
    parts = [(i, part) for i, own in enumerate(given) for part in own.whole()]
    added = {pull.behaviour for _, part in parts for pull in part.pulls() if pull.mode == "amount"}
    for i, part in parts:
        for pull in part.pulls() if isinstance(part, Lever) else ():
            kinds = [s.removeprefix("cells.") for s in values if s.startswith("cells.")]
            kinds = kinds if pull.target == ALL else [pull.target]
            reason = ""
            if isinstance(part, Boost):
                reason = _nothing_to_boost(pull.target, pull.behaviour, kinds, values, rules, added)
            if pull.behaviour.startswith(SENSE):
                reason = _lack_alone(pull.behaviour.removeprefix(SENSE), kinds, rules, fields)
            if reason:
                return f"interventions[{i}].behaviour", reason
    return None


def _nothing_to_boost(
    target: str, behaviour: str, kinds: Sequence[str], values: Mapping[str, Mapping[str, Value]], rules: RuleBook, added: set[str]
) -> str:  # fmt: skip
    if target == LIVER and behaviour.startswith("systemic."):
        level = behaviour.removeprefix("systemic.")
        if values["systemic"][level] == 0 and behaviour not in added and behaviour not in FOLLOWING:
            return (
                f"{behaviour} is 0, and so is any multiple of it; raise it by add_signal, or set {behaviour}"
            )
        return ""
    own = [kind for kind in kinds if behaviour in values.get(f"cells.{kind}", {})]
    base = any(values[f"cells.{kind}"][behaviour] for kind in own)
    raised = any(rule.actor in own and rule.behaviour == behaviour for rule in rules.enabled())
    if not own or base or raised:
        return ""
    of = "no cell" if target == ALL else f"no {target} cell"
    return f"{of} has any {behaviour} and no rule raises it, so there is nothing to multiply; set cells.{own[0]}.{behaviour}"


def _lack_alone(signal: str, kinds: Sequence[str], rules: RuleBook, fields: Sequence[str]) -> str:
    read = [rule.id for rule in rules.enabled() if senses(rule, kinds, signal, fields)]
    lacking = [rule.id for rule in rules.enabled() if senses(rule, kinds, f"lack.{signal}", fields)]
    if read or not lacking or not signal.startswith("systemic."):
        return ""
    return (
        f"these cells do not sense {signal} but what it lacks to normal ({', '.join(lacking)}), so that a block of it would do "
        f'nothing; lower the level itself (target "liver", behaviour "{signal}")'
    )
