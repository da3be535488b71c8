"""List every section of parameters that a scenario can set, for its kinds of cells and signals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from livermet_sim.anatomy.parameters import SECTION as TISSUE
from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.base.plugins import PLUGINS, SIGNAL
from livermet_sim.base.specs import Parameter, Section, Value
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.registry import added as added_kinds
from livermet_sim.observe.parameters import SECTION as OBSERVE
from livermet_sim.processes import (
    collapse,
    deciding,
    diffusion,
    matrix,
    oxygenation,
    perfusion,
    priming,
    recruitment,
    resting,
    seeding,
    systemic,
)
from livermet_sim.processes.own import Added
from livermet_sim.processes.own import added as added_processes
from livermet_sim.processes.staging import thresholds
from livermet_sim.rulebook.ablation import PROCESSES
from livermet_sim.scenario.draft import HEAD, Draft, place
from livermet_sim.scenario.files import HOMES
from livermet_sim.state.clock import SECTION as RUN
from livermet_sim.state.signals import FIELDS, SYSTEMIC, field_section

SECTIONS: tuple[Section, ...] = (
    RUN, resting.SECTION, TISSUE, seeding.SECTION, SYSTEMIC, systemic.SECTION, perfusion.SECTION, oxygenation.SECTION, diffusion.SECTION,
    deciding.SECTION, recruitment.SECTION, priming.SECTION, matrix.SECTION, collapse.SECTION, thresholds.SECTION, OBSERVE,
)  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_MODELS = ("vessel", "disse")
TOO_LARGE = "the number is too large or too small to compute with"


def declared(kinds: Sequence[Kind], fields: Sequence[str], own: Sequence[Added] = ()) -> dict[str, Section]:
    """Return the sections by name: of the liver and its processes, then one a signal, a kind of cell, and a process of a user's own."""
    sections = {section.name: section for section in SECTIONS}
    sections |= {f"fields.{name}": FIELDS.get(name) or field_section(name) for name in fields}
    names = [kind.name for kind in kinds]
    sections |= {f"cells.{kind.name}": kind.section(fields, names) for kind in kinds}
    return sections | {each.section.name: each.section for each in own}


def locate(name: str, sections: Iterable[str]) -> tuple[str, str] | None:
    """Split a dotted name into the longest section it starts with and the parameter, or return None."""
    parts = name.split(".")
    known = set(sections)
    for cut in range(len(parts) - 1, 0, -1):
        if ".".join(parts[:cut]) in known:
            return ".".join(parts[:cut]), ".".join(parts[cut:])
    return None


def unknown(name: str, where: str, sections: Mapping[str, Section]) -> ScenarioError:
    """Return the mistake of a name that belongs to no section, with the nearest name that does."""
    if name in sections:
        return ScenarioError(where, "this is a section; it holds parameters and has no value of its own")
    if name == "extends":
        return ScenarioError(where, "only a file can extend a scenario; name that scenario instead")
    parts = name.split(".")
    if parts[0] == "interventions":
        return ScenarioError(
            where,
            "interventions are a list of tables, each under a head with two brackets, [[interventions]]",
        )
    if parts[0] in HOMES:
        return ScenarioError(where, f"this belongs into {HOMES[parts[0]]} and not into a scenario")
    holders = [s.name for s in sections.values() if parts[-1] in s.names()]
    if len(parts) == 1 and holders:
        return ScenarioError(where, f'there is no such key; did you mean "{holders[0]}.{name}"?')
    heads = {section.split(".")[0] for section in sections} | {*HEAD[:3], "rules", "interventions", PROCESSES}
    return ScenarioError(where, "there is no such section or key", name=parts[0], valid=heads)


def find_kinds(draft: Draft, mistakes: list[LivermetError]) -> tuple[Kind, ...]:
    """Return the shipped kinds of cells, and of those that are registered or like another the ones that the draft names."""
    kinds, registered = {kind.name: kind for kind in KINDS}, added_kinds()
    for name in _second(draft, "cells"):
        like = draft.flat.get(f"cells.{name}.like")
        where = place(draft.origin.get(f"cells.{name}.like", ""), f"cells.{name}.like")
        doc = draft.flat.get(f"cells.{name}.doc", "")
        if name in kinds or name in registered:
            if like is not None:
                who = "is registered" if name in registered else "ships with the model"
                mistakes.append(ScenarioError(where, f'"{name}" {who} and needs no "like"'))
            kinds[name] = kinds.get(name) or registered[name]
        elif like is None:
            where = place(_origin(draft, f"cells.{name}"), f"cells.{name}")
            reason = (
                f'there is no such kind of cell (a new one says what it is like, as in {name}.like = "nk")'
            )
            mistakes.append(ScenarioError(where, reason, name=name, valid=kinds.keys() | registered))
        elif not _NAME.fullmatch(name):
            mistakes.append(ScenarioError(where, "a kind's name is made of small letters, digits and _"))
        elif not isinstance(like, str) or like not in kinds:
            mistakes.append(
                ScenarioError(where, f'there is no kind of cell "{like}"', name=str(like), valid=kinds)
            )
        elif kinds[like].habitat not in _MODELS:
            good = [kind.name for kind in kinds.values() if kind.habitat in _MODELS]
            mistakes.append(
                ScenarioError(where, f'a new kind cannot be like "{like}"; it can be like {", ".join(good)}')
            )
        elif not isinstance(doc, str):
            mistakes.append(ScenarioError(where.removesuffix("like") + "doc", f"{doc!r} is not a text"))
        else:
            kinds[name] = kinds[like].named(name, doc)
    return tuple(kinds.values())


def find_fields(draft: Draft, mistakes: list[LivermetError]) -> tuple[str, ...]:
    """Return the shipped signals and those that the draft adds; a new one must have a use."""
    fields = list(FIELDS)
    for name in _second(draft, "fields"):
        if name in FIELDS:
            continue
        where = place(_origin(draft, f"fields.{name}"), f"fields.{name}")
        if not _NAME.fullmatch(name):
            mistakes.append(ScenarioError(where, "a signal's name is made of small letters, digits and _"))
        elif name in PLUGINS.of(SIGNAL):
            mistakes.append(ScenarioError(where, "a signal of this name is registered; choose another name"))
        elif not _used(name, draft):
            reason = "this signal is new, but no cell secretes it and no rule names it"
            mistakes.append(ScenarioError(where, reason, name=name, valid=FIELDS))
        else:
            fields.append(name)
    return tuple(fields)


def find_processes(draft: Draft, mistakes: list[LivermetError]) -> tuple[Added, ...]:
    """Return the registered processes that the draft names, in the order of their names."""
    known, found = added_processes(), {}
    for name in _second(draft, PROCESSES):
        if name in known:
            found[name] = known[name]
            continue
        where = place(_origin(draft, f"{PROCESSES}.{name}"), f"{PROCESSES}.{name}")
        reason = "there is no such process; one of your own is registered first (livermet_sim.register_process, --plugin FILE.py)"
        mistakes.append(ScenarioError(where, reason, name=name, valid=known))
    return tuple(found[name] for name in sorted(found))


def read_value(parameter: Parameter, value: object, where: str) -> Value:
    """Return a checked value; like ``Parameter.read``, but for numbers too large for the machine as well."""
    if isinstance(parameter.default, str) and isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    try:
        number = parameter.read(value, where)
    except (OverflowError, ValueError, ZeroDivisionError):
        raise ScenarioError(where, TOO_LARGE) from None
    return number + 0.0 if isinstance(number, float) else number


def _second(draft: Draft, head: str) -> list[str]:
    """Return the second parts of all names under a head, in the order written."""
    parts = (name.split(".") for name in draft.flat)
    return list(dict.fromkeys(part[1] for part in parts if part[0] == head and len(part) > 1))


def _origin(draft: Draft, prefix: str) -> str:
    return next((o for n, o in draft.origin.items() if n == prefix or n.startswith(f"{prefix}.")), "")


def _used(field: str, draft: Draft) -> bool:
    secreted = any(name.startswith("cells.") and name.endswith(f".secrete.{field}") for name in draft.flat)
    rules = [value for name, value in draft.flat.items() if name.startswith("rules.")]
    return secreted or re.search(rf"\b{re.escape(field)}\b", repr(rules)) is not None
