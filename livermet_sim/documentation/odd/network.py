"""Read from the rules who acts on whom, and through what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from livermet_sim.kernels import response
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.signals import Signal
from livermet_sim.scenario.spec import Scenario

# what of a site cells write, and who: read from the behaviours that name it
DEPOSITS = {"collagen": "deposit.collagen", "fibronectin": "deposit.fibronectin", "net": "release_net"}
BLOOD, LINING, SELF, HOST = "blood", "lsec", "itself", "the whole liver"
LIGANDS = ("adhesion", "tether", "selectin", "grip", "capillarised")


def edges(scenario: Scenario) -> list[dict[str, Any]]:
    """Return a row for each enabled rule: from whom, through what, on whom, what it does."""
    words = scenario.rules.words
    return [
        {"from": ", ".join(senders(scenario, rule)), "through": through(words.signals[rule.signal]), "signal": rule.signal,
         "to": rule.actor, "what": f"{rule.direction} {rule.behaviour}", "rule": rule.id, "mechanism": rule.says}
        for rule in scenario.rules.enabled()
    ]  # fmt: skip


def through(signal: Signal) -> str:
    """Return by what kind of way a signal comes to a cell."""
    ways = {
        response.FIELD: "a signal that spreads", response.GRADIENT: "the slope of a signal", response.CONTACT: "touch",
        response.OWN: "the cell's own state", response.SYSTEMIC: "a level of the whole liver", response.AROUND: "what lies around",
    }  # fmt: skip
    return ways.get(signal.code, "what is at the site")


def senders(scenario: Scenario, rule: Rule) -> list[str]:
    """Return who raises what a rule senses."""
    signal = scenario.rules.words.signals[rule.signal]
    if signal.code in (response.FIELD, response.GRADIENT):
        return list(dict.fromkeys(_doing(scenario, f"secrete.{signal.source}"))) or ["nobody"]
    if signal.code == response.CONTACT:
        return [signal.source]
    if signal.code == response.OWN:
        return [SELF]
    if signal.code == response.SYSTEMIC:
        return [HOST]
    if signal.source in DEPOSITS:
        return list(dict.fromkeys(_doing(scenario, DEPOSITS[signal.source]))) or ["nobody"]
    if signal.source in LIGANDS:
        return [LINING]
    return [{"debris": "dead tumour cells", "parenchyma": "hepatocytes", "pressure": "tumour"}.get(signal.source, BLOOD)]  # fmt: skip


def _doing(scenario: Scenario, behaviour: str) -> Iterator[str]:
    """Give the kinds that do something, of themselves or by a rule."""
    for kind in scenario.kinds:
        values = scenario.values[f"cells.{kind.name}"]
        raised = (r.actor == kind.name and r.behaviour == behaviour for r in scenario.rules.enabled())
        if float(values.get(behaviour, 0.0)) > 0.0 or any(raised):
            yield kind.name
