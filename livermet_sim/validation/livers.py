"""Make the two livers of an experiment, and say up to when they are one and the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.key_lines import with_lines
from livermet_sim.engine import Engine
from livermet_sim.interventions.intervention import Intervention
from livermet_sim.interventions.read import flat, hours_before, read
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.parting import one_clock, parting
from livermet_sim.sweep.runs import quiet
from livermet_sim.validation.experiment import LONGEST_DAYS, Arm, Experiment
from livermet_sim.validation.readouts import readings

BEFORE = (0.0, 3.0, 28.0, 365.0)  # day; few lengths, so that experiments share their controls
SMALL = "strip"
SCENARIO, ENRICHMENT, RICH = "baseline", "seeding.enrichment", 20.0
# Last day on which untreated livers seeded 20-fold (two each, four lobules) are at most two fifths tumour. The more founders, the
# less hangs on the luck of one; their survival differs by a tenth at most from that of few, but in a full tissue every burden is alike.
ROOM = {"mc38": 15.0, "h59": 14.0, "b16f1": 7.0, "pdac": 11.0, "4t1": 8.0, "cc531s": 21.0}  # day


@dataclass(frozen=True)
class Livers:
    """Hold both arms of an experiment as scenarios.

    Attributes
    ----------
    control, treated : Scenario
        Of the same length, with the same time before tumour cells enter.
    parting : float or None, h
        Until when they are the same liver, to the bit; None where they never are.
    """

    experiment: Experiment
    control: Scenario
    treated: Scenario
    parting: float | None


def livers(own: Experiment, lobules: int | None = None) -> Livers:
    """Return both arms of an experiment.

    Parameters
    ----------
    lobules : int, optional
        Size of the tissue, where its scenario is a patch.

    Raises
    ------
    ScenarioError
        For an unknown name or an impossible value in either arm, an unknown readout, or one taken before anything is done.
    """
    with with_lines({own.place: own.text}):
        return _livers(own, lobules)


def _livers(own: Experiment, lobules: int | None) -> Livers:
    first = _base(own, lobules)
    _check_readout(own, first)
    given = {arm: _interventions(own, arm, getattr(own, arm), first) for arm in ("control", "treated")}
    before = _bucket(hours_before((*given["control"], *given["treated"]), 0.0) / 24.0)
    with _placed(own, "control"):
        control = first.with_(
            dict(own.control.values) | {"run.before": before, "run.days": LONGEST_DAYS},
            interventions=[*first.interventions, *own.control.interventions],
        )
    with _placed(own, "treated"):
        treated = control.with_(
            dict(own.treated.values),
            interventions=[*control.interventions, *own.treated.interventions],
        )
    control, treated = one_clock(quiet(control, False), quiet(treated, False))
    return Livers(own, control, treated, parting(control, treated))


def _base(own: Experiment, lobules: int | None) -> Scenario:
    with _placed(own, ""):
        first = load(own.scenario, {"line": own.line})
        patch = first.value("tissue.kind") == "patch"
        size = {"tissue.lobules": lobules} if lobules and patch else {}
        return first.with_({**size, **_seeding(own)})


def _seeding(own: Experiment) -> dict[str, float]:
    """Return how many founders come, where neither its scenario nor the experiment says so and there is room for more."""
    said = any(name == ENRICHMENT for arm in (own.control, own.treated) for name, _ in arm.values)
    roomy = own.scenario == SCENARIO and own.day <= ROOM.get(own.line, 0.0)
    return {ENRICHMENT: RICH} if roomy and not said else {}


def _interventions(own: Experiment, arm: str, given: Arm, scenario: Scenario) -> tuple[Intervention, ...]:
    """Return the interventions of an arm, checked by themselves so that messages count them as the file does."""
    with _placed(own, arm):
        found = flat(
            read(given.interventions, scenario.kinds, scenario.fields, [r.id for r in scenario.rules])
        )
    for one in found:
        start = one.begins()
        if start is not None and start >= own.day:
            reason = f"{one.action} starts on day {start:g}, and the readout is taken on day {own.day:g}"
            raise ScenarioError(f"{own.place}, {arm}", reason)
    return found


def _bucket(days: float) -> float:
    return next(length for length in BEFORE if days <= length)


def _check_readout(own: Experiment, scenario: Scenario) -> None:
    known = _readouts(scenario.kinds, scenario.fields)
    if own.readout not in known:
        reason = f'there is no readout "{own.readout}"'
        raise ScenarioError(f"{own.place}, readout", reason, name=own.readout, valid=known)


def _readouts(kinds: Any, fields: Any) -> tuple[str, ...]:
    shipped = _shipped()
    more = [f"{kind.name}_cells" for kind in kinds] + [f"{name}_signal" for name in fields]
    return tuple(dict.fromkeys((*shipped, *more)))


@cache
def _shipped() -> tuple[str, ...]:
    return tuple(readings(Engine(quiet(load(SMALL), False), 1)))


@contextmanager
def _placed(own: Experiment, arm: str) -> Iterator[None]:
    """Let a mistake in a scenario be one in the file of its experiment."""
    try:
        yield
    except ScenarioError as error:
        sentences = (
            error.sentence.replace("interventions[", f"{arm}[")
            .replace("change ", "")
            .replace("override ", "")
        )
        raise ScenarioError(
            "", "\n".join(f"{own.place}, {line}" for line in sentences.splitlines())
        ) from None
