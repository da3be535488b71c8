"""Make the form of an intervention from what its class declares, and its table from what was written into it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.base.specs import Parameter, parameters_of
from livermet_sim.interventions.course import NEVER
from livermet_sim.interventions.intervention import ACTIONS, Intervention, read_one
from livermet_sim.interventions.levers import Words
from livermet_sim.interventions.made import words as names
from livermet_sim.scenario.spec import Scenario

PLACE = "form"


@dataclass(frozen=True)
class Blank:
    """Describe one blank of a form: its key, what stands before it and in it, what can be chosen, whether it slides from 0 to 1."""

    key: str
    label: str
    doc: str
    value: Any
    choices: tuple[str, ...] = ()
    slides: bool = False


def actions() -> dict[str, str]:
    """Return every action by the words that somebody chooses it by, in their order."""
    return dict(sorted((own.called or name.replace("_", " "), name) for name, own in ACTIONS.items()))


def first(scenario: Scenario) -> str:
    """Return the first action of which an empty form is an intervention of a scenario."""
    words = words_of(scenario)
    for name in actions().values():
        with suppress(LivermetError):
            check(table(name, {}, words), scenario, math.inf)
            return name
    return next(iter(ACTIONS))


def blanks(action: str, given: Mapping[str, Any], words: Words) -> tuple[Blank, ...]:
    """Return the blanks of an action's form: texts in the order of the class, then numbers.

    Parameters
    ----------
    given : mapping of str to str or float
        What was written or chosen, by key; what will do for nothing is left out.
    """
    own = ACTIONS[action]
    texts = _texts(own, given, words)
    # a library knows more of a drug than its name, so that numbers are shown as a reading of the texts gives them
    whole = _read(own, {"action": action, **texts}, words)
    found = [_choice(own, key, texts, words) for key in texts]
    return (*found, *(_number(parameter, given, whole) for parameter in parameters_of(own)))


def table(action: str, given: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Return the table of an intervention as a form gives it; what was left empty has the value of its class or library."""
    own = ACTIONS[action]
    numbers = {p.name: given[p.name] for p in parameters_of(own) if str(given.get(p.name, "")).strip()}
    return {"action": action, **_texts(own, given, words), **numbers}


def check(own: Mapping[str, Any], scenario: Scenario, days: float) -> Intervention:
    """Return the intervention of a table if a scenario can carry it out and it comes before the end of the run.

    Parameters
    ----------
    days : float, day
        Length of the run.

    Raises
    ------
    ScenarioError
        With what is wrong; a window that ends before it starts, for one.
    """
    place = f"change interventions[{len(scenario.interventions)}]."
    try:
        made = scenario.with_(interventions=[*scenario.interventions, own]).interventions[-1]
    except LivermetError as error:
        raise ScenarioError("", error.sentence.removeprefix(place)) from None
    start = made.begins() or 0.0
    if start >= days:
        raise ScenarioError("start", f"day {start:g} is not before the end of the run, day {days:g}")
    return made


def said(own: Mapping[str, Any]) -> str:
    """Return an intervention as a reader would say it."""
    return read_one(own, "interventions", names(own.get("target"))).said()


def words_of(scenario: Scenario) -> Words:
    """Return the names that interventions of a scenario may use."""
    return Words(scenario.kinds, scenario.fields, sorted(rule.id for rule in scenario.rules))


def _texts(own: type[Intervention], given: Mapping[str, Any], words: Words) -> dict[str, str]:
    """Return the texts of an action: as chosen where that can be, else the first that can be."""
    found: dict[str, str] = {}
    for key, left_out in own.texts().items():
        known, chosen = own.choices(key, found, words), str(given.get(key, left_out or ""))
        found[key] = chosen if not known or chosen in known else known[0]
    return found


def _choice(own: type[Intervention], key: str, texts: Mapping[str, str], words: Words) -> Blank:
    return Blank(key, _spaced(key), "", texts[key], tuple(own.choices(key, texts, words)))


def _number(parameter: Parameter, given: Mapping[str, Any], whole: Intervention | None) -> Blank:
    name, unit = parameter.name, parameter.unit
    value = parameter.default if whole is None else getattr(whole, name)
    label = _spaced(name) + (f" ({unit})" if unit not in ("1", "") else "")
    if unit == "1" and (parameter.low, parameter.high) == (0.0, 1.0):
        return Blank(name, label, parameter.doc, float(given.get(name, value)), slides=True)
    shown = "" if value == NEVER else f"{value:g}"
    return Blank(name, label, parameter.doc, str(given.get(name, shown)))


def _read(own: type[Intervention], one: Mapping[str, Any], words: Words) -> Intervention | None:
    with suppress(ScenarioError):
        return own.read(one, PLACE, words)
    return None


def _spaced(key: str) -> str:
    return key.replace("_", " ")
