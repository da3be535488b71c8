"""Bring a run back from its checkpoint, or let it go on under further treatments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.base.read import guarded, short
from livermet_sim.engine import Engine, Start
from livermet_sim.interventions.read import flat
from livermet_sim.observe import checkpoint
from livermet_sim.scenario.load import again
from livermet_sim.scenario.needs import KEY, others
from livermet_sim.scenario.spec import Scenario

SLACK = 1e-9  # h


def resume(path: str | Path) -> Engine:
    """Return the run that a checkpoint holds, at the step at which it was saved.

    Raises
    ------
    ResultError
        When the file is not a whole checkpoint of this version of the model.
    """
    found = checkpoint.read(path)
    head = found.head
    with guarded(found.path):
        scenario = again(head["scenario"], head["text"])
    if other := others(head["scenario"].get(KEY, {}), scenario.plugins):
        raise ResultError(
            short(found.path), f"{other[0]}; a state goes on only with the plug-in that made it"
        )
    start = Start(found.tissue(), head["scenario_digest"], found.images)
    engine = Engine(scenario, head["seed"], start=start)
    engine.restore(found)
    return engine


def treated(scenario: Scenario, treatments: Iterable[Mapping[str, Any]], hours: float) -> Scenario:
    """Return a scenario with further interventions, none of which begins before ``hours``.

    Raises
    ------
    LivermetError
        For one that does, or that acts on the whole run.
    """
    more = [dict(own) for own in treatments]
    made = scenario.with_(interventions=[*scenario.interventions, *more])
    for own in flat(made.interventions)[len(flat(scenario.interventions)) :]:
        start = own.begins()
        if start is None:
            reason = f"{own.action} acts on a run from its beginning; give a block with a start"
            raise LivermetError("fork", reason)
        if start * 24.0 < hours - SLACK:
            reason = f"{own.action} starts on day {start:g}, before the fork on day {hours / 24.0:.6g}"
            raise LivermetError("fork", f"{reason}; let it start then or later")
    return made
