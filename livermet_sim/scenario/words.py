"""Explain rules to whoever works in Python."""

from __future__ import annotations

from pathlib import Path

from livermet_sim.scenario import tables
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario


def explain(rule: str = "", scenario: str | Path | Scenario = "baseline") -> str:
    """Say in words what a rule does, with its numbers, units, source and grade, or each rule of a scenario in a sentence.

    Parameters
    ----------
    rule : str
        Id of a rule ("MV12"), or of a mechanism, which may have several ("MV6") or be carried out by a process; all
        rules without.
    scenario : str, Path or Scenario

    Raises
    ------
    LivermetError
        When there is no such rule, with the nearest there is.
    """
    found = scenario if isinstance(scenario, Scenario) else load(scenario)
    return tables.rule(found, rule) if rule else tables.rules(found)
