"""Turn what was written into a scenario in which every value of the model is checked and filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.base.specs import Section, Value
from livermet_sim.cells import tumour_lines
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.tumour import factor_names
from livermet_sim.interventions import Intervention, read
from livermet_sim.rulebook import book
from livermet_sim.rulebook.ablation import PROCESSES
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.scenario import idle, needs, sections
from livermet_sim.scenario.draft import HEAD, Draft, place, plain
from livermet_sim.scenario.resolved import Resolved
from livermet_sim.scenario.sections import TOO_LARGE
from livermet_sim.state.signals import FIELDS


class Mistakes(ScenarioError):
    """Report several mistakes at once, one sentence a line."""

    def __init__(self, mistakes: Sequence[LivermetError]):
        super().__init__("", "\n".join(dict.fromkeys(mistake.sentence for mistake in mistakes)))

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Return the sentences."""
        return tuple(self.sentence.splitlines())


def build(draft: Draft, text: str = "") -> Resolved:
    """Return what a draft resolves to.

    Parameters
    ----------
    draft : Draft
        What was written, all layers laid over each other.
    text : str, optional
        The file as its author wrote it.

    Raises
    ------
    ScenarioError
        With one sentence for every mistake that was found.
    """
    mistakes: list[LivermetError] = needs.lacking(draft)
    if mistakes:  # whatever else is wrong may follow from it
        raise mistakes[0] if len(mistakes) == 1 else Mistakes(mistakes)
    kinds = sections.find_kinds(draft, mistakes)
    fields = sections.find_fields(draft, mistakes)
    own = sections.find_processes(draft, mistakes)
    known = sections.declared(kinds, fields, own)
    head = {key: _head(draft, key, mistakes) for key in ("name", "doc", "line")}
    if not isinstance(draft.flat.get("resolved", True), bool):
        where = place(draft.origin["resolved"], "resolved")
        mistakes.append(ScenarioError(where, f"{draft.flat['resolved']!r} is not true or false"))
    elif unresolved := idle.unresolved(draft):
        mistakes.append(unresolved)
    line = _line(head["line"], draft, mistakes)
    written = _sort(draft, known, kinds, fields, mistakes)
    values = {
        name: _resolve(
            section, written.get(name, {}), line if name == "cells.tumour" else {}, draft, mistakes
        )
        for name, section in known.items()
    }
    idle.drop(known, values, {"cells.tumour": line}, draft, mistakes)
    _switch_off(values, draft, mistakes)
    _check_shares(values, draft, mistakes)
    rules = _rules(draft, kinds, fields, values, mistakes)
    interventions = _interventions(draft, kinds, fields, rules, mistakes)
    _check_levers(interventions, values, rules, fields, draft, mistakes)
    if mistakes:
        raise mistakes[0] if len(mistakes) == 1 else Mistakes(mistakes)
    if draft.flat.get("resolved") is True:
        _forget_defaults(draft, known, line, [name for name in fields if name not in FIELDS])
    return Resolved(
        **head,
        kinds=kinds,
        fields=fields,
        values=MappingProxyType({name: MappingProxyType(section) for name, section in values.items()}),
        rules=rules,
        interventions=interventions,
        processes=own,
        plugins=MappingProxyType(needs.used(kinds, own, rules)),
        given=draft.given(),
        text=text,
    )


def _check_levers(
    given: tuple[Intervention, ...], values: Mapping[str, Mapping[str, Value]], rules: RuleBook | None, fields: Sequence[str], draft: Draft, mistakes: list[LivermetError],
) -> None:  # fmt: skip
    """Report an intervention that can do nothing; at a point of a design it may."""
    found = None if rules is None or draft.lenient else idle.levers(given, values, rules, fields)
    if found is not None:
        where, reason = found
        mistakes.append(ScenarioError(place(draft.origin.get("interventions", ""), where), reason))


def _head(draft: Draft, key: str, mistakes: list[LivermetError]) -> str:
    text = draft.flat.get(key, "")
    if isinstance(text, str):
        return text
    mistakes.append(ScenarioError(place(draft.origin[key], key), f"{text!r} is not a text"))
    return ""


def _line(name: str, draft: Draft, mistakes: list[LivermetError]) -> dict[str, Value]:
    """Return the traits of a tumour line; none for the plain tumour cell."""
    if not name:
        return {}
    if name in tumour_lines.names():
        return tumour_lines.load(name).values()
    where = place(draft.origin["line"], "line")
    mistakes.append(
        ScenarioError(where, f'there is no tumour line "{name}"', name=name, valid=tumour_lines.names())
    )
    return {}


def _sort(
    draft: Draft,
    known: Mapping[str, Section],
    kinds: Sequence[Kind],
    fields: Sequence[str],
    mistakes: list[LivermetError],
) -> dict[str, dict[str, Any]]:
    """Put every written value under its section; a name that fits nowhere is a mistake."""
    written: dict[str, dict[str, Any]] = {}
    names = {"cells": {kind.name for kind in kinds}, "fields": set(fields)}
    names[PROCESSES] = {name.partition(".")[2] for name in known if name.startswith(f"{PROCESSES}.")}
    for name, value in draft.flat.items():
        parts = name.split(".")
        where = place(draft.origin[name], name)
        empty = isinstance(value, dict) and not value
        if (
            name in HEAD
            or parts[0] in ("rules", needs.KEY)
            or (empty and any(n == name or n.startswith(f"{name}.") for n in known))
        ):
            continue
        if parts[0] in names and len(parts) > 1 and parts[1] not in names[parts[0]]:
            continue  # the unknown kind or signal has been reported
        if parts[0] == "cells" and parts[-1] in ("like", "doc") and len(parts) == 3:
            if parts[2] == "doc" and f"cells.{parts[1]}.like" not in draft.flat:
                mistakes.append(ScenarioError(where, "only a new kind of cell has a doc"))
            continue
        found = sections.locate(name, known)
        if found is None:
            mistakes.append(sections.unknown(name, where, known))
        elif found[1] not in known[found[0]].names():
            if found[1] in known[found[0]].former:
                reason = f"there is no such parameter any more; {known[found[0]].former[found[1]]}"
                mistakes.append(ScenarioError(where, reason))
                continue
            reason = f"{found[0]} has no such parameter"
            mistakes.append(ScenarioError(where, reason, name=found[1], valid=known[found[0]].names()))
        else:
            written.setdefault(found[0], {})[found[1]] = value
    return written


def _resolve(
    section: Section,
    written: Mapping[str, Any],
    line: Mapping[str, Value],
    draft: Draft,
    mistakes: list[LivermetError],
) -> dict[str, Value]:
    """Return every value of a section: written, else of the tumour line, else the default."""
    values: dict[str, Value] = {}
    for parameter in section.parameters:
        values[parameter.name] = line.get(parameter.name, parameter.default)
        if parameter.name in written:
            name = f"{section.name}.{parameter.name}"
            try:
                where = place(draft.origin[name], name)
                values[parameter.name] = sections.read_value(parameter, written[parameter.name], where)
            except LivermetError as error:
                mistakes.append(error)
    return values


def _switch_off(values: Mapping[str, dict[str, Value]], draft: Draft, mistakes: list[LivermetError]) -> None:
    """Carry out ``rules.MV1.enabled = false`` for the mechanisms that a process, not a rule, stands for."""
    for id, entry in book.by_process().items():
        written = {name: v for name, v in draft.flat.items() if name.startswith(f"rules.{id}.")}
        for name, value in written.items():
            where = place(draft.origin[name], name)
            if name != f"rules.{id}.enabled" or not isinstance(value, bool):
                reason = f"the process {entry['process']} carries out {id}; enabled can be true or false, all else is in "
                mistakes.append(ScenarioError(where, reason + ", ".join(entry["parameters"])))
            elif not value:
                for parameter, off in entry["off"].items():
                    if mistake := idle.switched_off(id, parameter, off, draft):
                        mistakes.append(mistake)
                    section, key = sections.locate(parameter, values) or ("", "")
                    values[section][key] = off


def _check_shares(
    values: Mapping[str, Mapping[str, Value]], draft: Draft, mistakes: list[LivermetError]
) -> None:
    for name, section in values.items():
        shares = ("share_periportal", "share_midzonal")
        if all(share in section for share in shares):
            total = sum(float(section[share]) for share in shares)
            if total > 1 + 1e-9:
                where = next(
                    (draft.origin[f"{name}.{s}"] for s in shares if f"{name}.{s}" in draft.origin), ""
                )
                reason = f"the periportal and midzonal shares add up to {total:g}, which is more than 1"
                mistakes.append(ScenarioError(place(where, name), reason))


def _forget_defaults(
    draft: Draft, known: Mapping[str, Section], line: Mapping[str, Value], new_fields: Sequence[str]
) -> None:
    """Drop from a resolved file what only repeats defaults, so that another tumour line can still act."""
    for name in list(draft.flat):
        found = sections.locate(name, known)
        # Names that declare a new signal, or use it, stay.
        if found is None or any(field in name.split(".") for field in new_fields):
            continue
        default = {p.name: p.default for p in known[found[0]].parameters}
        if found[0] == "cells.tumour":
            default |= line
        if found[1] in default and draft.flat[name] == default[found[1]]:
            del draft.flat[name]


def _rule_changes(draft: Draft) -> dict[str, dict[str, Any]]:
    return {id: change for id, change in draft.rules().items() if id not in book.by_process()}


def _rules(
    draft: Draft,
    kinds: Sequence[Kind],
    fields: Sequence[str],
    values: Mapping[str, Mapping[str, Value]],
    mistakes: list[LivermetError],
) -> Any:
    """Return the book of rules, each checked against the base value of the behaviour that it changes."""
    resolved = draft.flat.get("resolved") is True
    bases = {kind.name: values[f"cells.{kind.name}"] for kind in kinds}
    try:
        rules = RuleBook.load(
            _rule_changes(draft), kinds, fields, factor_names(), library=not resolved, bases=bases
        )
    except ScenarioError as error:
        mistakes.append(error)
        return None
    except LivermetError as error:
        mistakes.append(_in_file(error, draft))
        return None
    except (OverflowError, ValueError, ZeroDivisionError):
        mistakes.append(ScenarioError(place(draft.origin.get("rules", ""), "rules"), TOO_LARGE))
        return None
    idle.rules(rules, draft, mistakes)
    for rule in rules.enabled():
        base = values[f"cells.{rule.actor}"][rule.behaviour]
        try:
            rule.check(float(base), rules.words.behaviours[rule.actor][rule.behaviour])
        except LivermetError as error:
            mistakes.append(_in_file(error, draft))
    return rules


def _in_file(error: LivermetError, draft: Draft) -> ScenarioError:
    """Return a rule's mistake with what last wrote that rule, if anything did, in front."""
    writers = [
        origin
        for name, origin in draft.origin.items()
        if name.startswith("rules.") and f"{error.place}.".startswith(f"{name.rpartition('.')[0]}.")
    ]
    return ScenarioError("", place(writers[-1], error.sentence) if writers else error.sentence)


def _interventions(
    draft: Draft,
    kinds: Sequence[Kind],
    fields: Sequence[str],
    rules: RuleBook | None,
    mistakes: list[LivermetError],
) -> tuple[Intervention, ...]:
    """Return the interventions with every time and factor resolved."""
    origin = draft.origin.get("interventions", "")
    where = place(origin, "interventions")
    given = draft.interventions or ()
    try:
        for i, table in enumerate(given):
            if not isinstance(table, Mapping):
                raise ScenarioError(f"{where}[{i}]", f"{table!r} is not a table")
        tables = plain(list(given), where)
    except ScenarioError as error:
        mistakes.append(error)
        return ()
    try:
        ids = None if rules is None else tuple(rules.rules)
        return read(tables, kinds, fields, ids)
    except LivermetError as error:
        mistakes.append(ScenarioError("", place(origin, error.sentence)))
    except (OverflowError, ValueError, ZeroDivisionError):
        mistakes.append(ScenarioError(where, TOO_LARGE))
    return ()
