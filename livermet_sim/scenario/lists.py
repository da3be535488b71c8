"""List what there is as tables for a notebook or a spreadsheet: scenarios, tumour lines, parameters, rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import Parameter
from livermet_sim.cells import tumour_lines
from livermet_sim.observe.readouts.tables import listing
from livermet_sim.rulebook import ablation, book, explain
from livermet_sim.rulebook.rule import Rule
from livermet_sim.scenario import files
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.scenario.write import evidence

if TYPE_CHECKING:
    import pandas as pd


def scenarios() -> pd.DataFrame:
    """Return the scenarios that can be loaded by name.

    Returns
    -------
    DataFrame
        ``name``, ``line`` (the tumour line it names itself), ``extends``, ``doc`` (what it is for, or what is wrong
        with it) and ``path``.
    """
    return _frame(known_scenarios())


def known_scenarios() -> Iterator[dict[str, Any]]:
    """Give a row for every scenario that can be called by name."""
    for name, path in sorted(files.known().items()):
        tables: Mapping[str, Any] = {}
        try:
            tables = files.read(path)[0]
            doc = str(tables.get("doc", files.label(path)))
        except ScenarioError as error:
            doc = error.sentence
        own = {key: str(tables.get(key, "")) for key in ("line", "extends")}
        yield {"name": name, **own, "doc": doc, "path": str(path)}


def lines() -> pd.DataFrame:
    """Return the tumour lines that ship with the model.

    Returns
    -------
    DataFrame
        ``name`` (as in a scenario), ``title``, ``primary`` (organ of the primary tumour), ``species``, ``doc``, and
        ``traits`` (how many parameters of the tumour cell it sets).
    """
    found = [tumour_lines.load(name) for name in tumour_lines.names()]
    return _frame(
        {"name": line.name, "title": line.title, "primary": line.primary, "species": line.species,
         "traits": len(line.traits), "doc": line.doc}
        for line in found
    )  # fmt: skip


def parameters(scenario: str | Path | Scenario = "baseline", section: str = "") -> pd.DataFrame:
    """Return every parameter of a scenario with its unit and source.

    Parameters
    ----------
    scenario : str, Path or Scenario
        A scenario, its name or its file.
    section : str
        One section, such as ``"cells.kupffer"``; all where it is left out.

    Returns
    -------
    DataFrame
        ``parameter`` (dotted, as ``--set`` and a scenario take it), ``value``, ``unit``, ``low`` and ``high`` (what is
        possible, in that unit), ``choices``, ``grade`` of evidence (``found``, ``recalled``, ``derived``, ``assumed``,
        or ``set`` by the scenario), ``source``, ``doc``.

    Raises
    ------
    ScenarioError
        When there is no section of that name.
    """
    return _frame(parameter_rows(_read(scenario), section))


def parameter_rows(scenario: Scenario, wanted: str = "") -> list[dict[str, Any]]:
    """Return a row for every parameter, of one section if it is named; see `parameters`."""
    sections = scenario.sections
    chosen = [name for name in sections if not wanted or name == wanted or name.startswith(f"{wanted}.")]
    if not chosen:
        raise ScenarioError(wanted, "there is no such section", name=wanted, valid=sections)
    return [_parameter(scenario, name, one) for name in chosen for one in sections[name].parameters]


def _parameter(scenario: Scenario, section: str, parameter: Parameter) -> dict[str, Any]:
    value = scenario.values[section][parameter.name]
    words = isinstance(value, str | bool)
    grade, source = evidence(scenario, section, parameter)
    return {
        "parameter": f"{section}.{parameter.name}", "value": value, "unit": parameter.unit,
        "low": None if words else parameter.low, "high": None if words else parameter.high,
        "choices": ", ".join(parameter.choices), "grade": grade, "source": source, "doc": parameter.doc,
    }  # fmt: skip


def rules(scenario: str | Path | Scenario = "baseline") -> pd.DataFrame:
    """Return the interaction rules of a scenario, those that are switched off included.

    Parameters
    ----------
    scenario : str, Path or Scenario
        A scenario, its name or its file.

    Returns
    -------
    DataFrame
        ``rule`` (its id), ``enabled``, ``phase``, ``title`` (of its mechanism), ``cell`` (what the actor is called),
        ``actor``, ``signal``, ``direction``, ``behaviour``, ``base`` and ``at_full_signal`` (values of the behaviour, in
        ``unit``), ``low`` and ``high`` (what is possible, in that unit), ``half_max`` (in ``signal_unit``), ``power``,
        ``where``, ``grade``, ``source``, ``says`` (the mechanism) and ``sentence`` (all of it in words).
    """
    return _frame(rule_rows(_read(scenario)))


def rule_rows(scenario: Scenario) -> list[dict[str, Any]]:
    """Return a row for every rule, in the order of the library; see `rules`."""
    return [_rule(scenario, rule) for rule in scenario.rules]


def _rule(scenario: Scenario, rule: Rule) -> dict[str, Any]:
    words = scenario.rules.words
    base = float(scenario.values[f"cells.{rule.actor}"][rule.behaviour])
    behaviour = words.behaviours[rule.actor][rule.behaviour]
    return {
        "rule": rule.id, "enabled": rule.enabled, "phase": ablation.phase(rule.id), "title": ablation.title(rule.id),
        "cell": words.called[rule.actor], "actor": rule.actor, "signal": rule.signal,
        "direction": rule.direction, "behaviour": rule.behaviour, "base": base,
        "at_full_signal": float(rule.target(base)), "unit": behaviour.unit, "low": behaviour.low, "high": behaviour.high,
        "half_max": rule.half_max, "signal_unit": words.signals[rule.signal].unit, "power": rule.power,
        "where": " ".join(rule.where), "grade": rule.grade, "source": rule.source,
        "says": rule.says, "sentence": explain.sentence(rule, base, words),
    }  # fmt: skip


def process_rows(scenario: Scenario) -> list[dict[str, Any]]:
    """Return a row for every parameter by which a process carries out a mechanism in the place of a rule.

    The keys are ``rule`` (the id of the mechanism), ``enabled``, ``phase``, ``title``, ``process``, ``parameter``,
    ``value``, ``unit``, ``low``, ``high``, ``grade``, ``source`` and ``sentence``.
    """
    declared = {row["parameter"]: row for row in parameter_rows(scenario)}
    rows = []
    for id, entry in book.by_process().items():
        acts = ablation.process_acts(entry, scenario.values)
        for name in entry["parameters"]:
            own = declared[name]
            rows.append({
                "rule": id, "enabled": acts, "phase": ablation.phase(id), "title": entry["title"],
                "process": entry["process"], "parameter": name, **{key: own[key] for key in ("value", "unit", "low", "high")},
                "grade": entry["grade"], "source": entry["source"], "sentence": entry["says"],
            })  # fmt: skip
    return rows


def readouts() -> pd.DataFrame:
    """Return what can be read of a run, those that you have added included.

    Returns
    -------
    DataFrame
        ``readout`` (as columns are called; a name in braces stands for each kind of cell, cause of death and so on),
        ``unit``, ``scope`` (of what there is one: run, lesion, founder, cell), ``table`` (where it stands), ``known``
        (from when), ``doc``.
    """
    return _frame(listing())


def _read(given: str | Path | Scenario) -> Scenario:
    return given if isinstance(given, Scenario) else load(given)


def _frame(rows: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows))
