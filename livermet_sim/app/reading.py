"""Say of one cell what it is, what it senses and which rules fire in it, as plain data for the page."""

from __future__ import annotations

import math
from typing import Any

from livermet_sim.agents import WEAKEST
from livermet_sim.kernels.codes import DIE, LUMEN, WASH_OUT
from livermet_sim.observe.summary import cause_words
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.explain import Reason, explain_cell, sentence
from livermet_sim.state.lesions import PHASES
from livermet_sim.viz import style


def reading(model: Any, agent: Any) -> dict[str, Any]:
    """Return what can be told of a cell.

    Returns
    -------
    dict
        ``title`` and ``facts`` in words; ``senses``: rows of name, value with unit, meaning; ``rules``: what it is
        about to do, each with the rules that fire, the strongest first. A dead cell has only a title and facts.
    """
    if not agent.alive:
        return {"title": "This cell is gone", "facts": fate(model, agent.key), "senses": [], "rules": []}
    engine, world = model.engine, model.roster.counted()
    row = agent._here()
    words = model.scenario.rules.words
    sensed = [
        {"name": name, "value": _amount(value, words.signals[name].unit), "doc": words.signals[name].doc}
        for name, value in agent.senses().items()
    ]
    reasons = [
        told(model.scenario.rules, agent.kind, reason) for reason in explain_cell(engine.compiled, world, row)
    ]
    reasons.sort(key=lambda reason: -max((rule["strength"] for rule in reason["rules"]), default=0.0))
    return {"title": _title(agent), "facts": _facts(agent, world), "senses": sensed,
            "rules": [reason for reason in reasons if reason["rules"]],
            "idle": [reason for reason in reasons if not reason["rules"]]}  # fmt: skip


def _title(agent: Any) -> str:
    word = style.words_of(agent.kind)
    return f"{word[0].upper()}{word[1:]} {agent.key % 100_000:05d}"


def _facts(agent: Any, world: Any) -> str:
    """Return one line on where a cell is and how it is."""
    parts = ["in a vessel" if agent.layer == LUMEN else "in the tissue"]
    parts.append(
        f"{_zone(world.tissue.zone[agent.site])}, oxygen {world.sites['oxygen'][agent.site]:.0f} mmHg"
    )
    if agent.kind == "tumour":
        parts.append("dormant" if agent.state else "cycling")
        parts.append(
            f"lesion {agent.lesion} of {agent.lesion_size:.0f} cells, {PHASES[max(agent.phase, 1) - 1]} phase"
        )
        parts.append(f"{agent.generation} divisions since it entered")
    else:
        parts.append(f"activation {agent.activation:.2f}")
        if list(world.kinds).index(agent.kind) in world.roles["myeloid"]:
            parts.append(f"polarisation {agent.polarisation:.2f} (0 kills tumour, 1 feeds it)")
        if agent.load > 0:
            parts.append(f"{agent.load:.1f} tumour cells engulfed and not yet digested")
    return "; ".join(parts) + "."


def _zone(zone: float) -> str:
    names = ("near the portal tract", "in the middle of the lobule", "near the central vein")
    return names[min(int(3 * zone), 2)]


def fate(model: Any, key: int) -> str:
    """Return how a tumour cell went, from the log; of other cells only that they are gone."""
    log = model.world.log.array()
    ends = log[(log[:, 3] == key) & ((log[:, 1] == DIE) | (log[:, 1] == WASH_OUT))]
    if not len(ends):
        return "It died or left the tissue."
    tick, event, cause = (int(value) for value in ends[-1][:3])
    day = (tick + 1) * model.world.clock.dt / 24
    if event == WASH_OUT:
        return f"It was washed out of the liver on day {day:.2f}."
    return f"It was lost on day {day:.2f} to {cause_words(model.world.log.causes[cause])}."


def told(book: RuleBook, kind: str, reason: Reason) -> dict[str, Any]:
    """Return what a cell of a kind is about to do and the rules that act on it, as data for the page."""
    parameter = book.words.behaviours[kind][reason.behaviour]
    rules = []
    for term in reason.terms:
        if term.strength >= WEAKEST:
            rule = book.rules[term.rule]
            rules.append({
                "rule": term.rule, "signal": term.signal, "direction": term.direction,
                "value": _amount(term.value, book.words.signals[term.signal].unit),
                "strength": float(min(term.strength, 1e6)), "share": term.strength / (1.0 + term.strength),
                "says": rule.says or sentence(rule, reason.base, book.words), "source": rule.source,
            })  # fmt: skip
    return {"behaviour": reason.behaviour, "value": _amount(reason.value, parameter.unit), "doc": parameter.doc,
            "base": _amount(reason.base, parameter.unit), "rules": rules}  # fmt: skip


def _amount(value: float, unit: str) -> str:
    number = f"{value:.3g}" if math.isfinite(value) else "not defined"
    return number if unit in ("", "1") else f"{number} {unit}"
