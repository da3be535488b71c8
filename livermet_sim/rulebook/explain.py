"""Say rules in words, and say for one cell why it is about to do what it does."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from livermet_sim.kernels.response import power_of
from livermet_sim.rulebook import wording
from livermet_sim.rulebook.arrays import layer_bits
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.rulebook.own import HILL
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.vocabulary import LAYERS, Vocabulary

if TYPE_CHECKING:
    from livermet_sim.state.world import World

_GRADES = {
    "found": "numbers as in the source", "recalled": "numbers recalled, not looked up",
    "derived": "numbers derived from published ones", "fitted": "numbers fitted to what the source names",
    "assumed": "numbers assumed",
}  # fmt: skip


_PLACES = {"lumen": "vessel lumen", "tissue": "tissue"}


@dataclass(frozen=True)
class Term:
    """Hold what one rule adds in one cell: the signal's value and (signal / half-maximum)^power."""

    rule: str
    signal: str
    direction: str
    value: float
    strength: float


@dataclass(frozen=True)
class Reason:
    """Hold why a behaviour of one cell has its value; ``terms`` are the rules that act, strongest first."""

    behaviour: str
    value: float
    base: float
    terms: tuple[Term, ...]


def sentence(rule: Rule, base: float, words: Vocabulary) -> str:
    """Return the rule as one English sentence with its numbers and units."""
    signal = wording.signal(rule.signal, words).name
    half = wording.half(rule.signal, rule.half_max, words)
    shape = f"with half of the effect at {half} (Hill power {rule.power:g})"
    if rule.response != HILL:
        shape = f"by the response {rule.response} to {signal} over {half}"
    where = "" if rule.where == LAYERS else f"in the {_PLACES[rule.where[0]]}, "
    verb = "raises" if rule.direction == "increases" else "lowers"
    what = wording.behaviour(rule.actor, rule.behaviour, words)
    text = f"{where}{signal} {verb} {what}, {_course(rule, base, words)}, {shape}."
    return text[0].upper() + text[1:]


def _course(rule: Rule, base: float, words: Vocabulary) -> str:
    """Return from where to where the behaviour goes; what is at rest already can only be brought back there."""
    target = rule.target(base)
    if target != base:
        return wording.course(rule.actor, rule.behaviour, base, target, words)
    rest = f"its resting value of {wording.quantity(base, words.behaviours[rule.actor][rule.behaviour].unit)}"
    return (
        f"where other rules raise it, back towards {rest}"
        if rule.direction == "decreases"
        else f"towards {rest}"
    )


def cited(rule: Rule, base: float, words: Vocabulary) -> str:
    """Return the rule as one English sentence with its numbers, units, source and grade of evidence."""
    return f"{sentence(rule, base, words)[:-1]} [{evidence(rule)}]."


def evidence(rule: Rule) -> str:
    """Return source and grade in words."""
    return (
        "assumed, without a source" if rule.source == "assumed" else f"{rule.source}; {_GRADES[rule.grade]}"
    )


def explain(rule: Rule, base: float, words: Vocabulary) -> str:
    """Return several lines on a rule: the sentence, the biology, the source and how well it is known."""
    lines = [rule.id + ("" if rule.enabled else " (switched off)"), sentence(rule, base, words)]
    if rule.says:
        lines.append(rule.says)
    lines.append(f"Signal: {words.signals[rule.signal].doc}")
    lines.append(f"Behaviour: {words.behaviours[rule.actor][rule.behaviour].doc}")
    lines.append(f"Source: {evidence(rule)}.")
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="  ") for line in lines)


def explain_cell(compiled: Compiled, world: World, row: int) -> list[Reason]:
    """Return for every behaviour of the cell in ``row`` its value, its base and the rules that act now."""
    _, rates = compiled.look(world, row)
    values, kind = senses(compiled, world, row), compiled.kind_of(world, row)
    layer = int(world.cells.full("layer")[row])
    base = compiled.arrays.base[compiled.kinds.index(kind)]
    found = {r.behaviour: r.rules for r in compiled.responses if r.kind == kind}
    gain = {rule.id: share for rule, share in zip(compiled.acting, compiled.gain.tolist(), strict=True)}
    reasons: list[Reason] = []
    for column, behaviour in enumerate(compiled.behaviours):
        if behaviour in found or base[column] != 0:
            acting = [r for r in found.get(behaviour, ()) if layer_bits(r) >> layer & 1]
            felt = [(rule, values[rule.signal] * gain[rule.id]) for rule in acting]
            terms = [_term(rule, value, compiled.words) for rule, value in felt if value > 0]
            terms.sort(key=lambda term: -term.strength)
            reasons.append(Reason(behaviour, float(rates[column]), float(base[column]), tuple(terms)))
    return reasons


def senses(compiled: Compiled, world: World, row: int) -> dict[str, float]:
    """Return what the cell in ``row`` senses, of the signals that the rules of its kind use."""
    values, _ = compiled.look(world, row)
    signals = compiled.senses[compiled.kind_of(world, row)]
    found = {signal.name: float(value) for signal, value in zip(signals, values, strict=True)}
    return {name: value for name, value in found.items() if name in compiled.words.signals}


def _term(rule: Rule, value: float, words: Vocabulary) -> Term:
    shape, x = words.shapes[rule.response], value / rule.half_max
    own = shape is not None
    strength = shape.strength(np.array([x]), rule.power)[0] if own else power_of(x, rule.power)
    return Term(rule.id, rule.signal, rule.direction, value, float(strength))


def in_words(book: RuleBook, base_values: Mapping[str, Mapping[str, float]]) -> str:
    """Return every rule of a run in words, switched-off ones included, a blank line between."""
    return "\n\n".join(explain(rule, base_values[rule.actor][rule.behaviour], book.words) for rule in book)
