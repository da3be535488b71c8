"""Work out for the kernel what users' own functions say of each cell: their signals, and how strongly their responses answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.base.errors import RuleError
from livermet_sim.kernels import response
from livermet_sim.rulebook.own import HILL, Shape, sensed
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.signals import Signal
from livermet_sim.state.shown import Sight

if TYPE_CHECKING:
    from livermet_sim.rulebook.vocabulary import Vocabulary
    from livermet_sim.state.world import World

Senses = dict[str, tuple[Signal, ...]]


def heard_as(rule: Rule) -> str:
    """Return the name under which the kernel reads what a rule senses: its signal, or the strength of its own response."""
    return rule.signal if rule.response == HILL else f"response of {rule.id}"


def with_strengths(rules: Sequence[Rule], senses: Senses, words: Vocabulary) -> Senses:
    """Return what each kind senses, and after it the strengths of its rules' own responses.

    Raises
    ------
    RuleError
        For a response of a user's own on what a lining cell does place by place, which the kernel works out.
    """
    found = dict(senses)
    for rule in (rule for rule in rules if rule.response != HILL):
        if rule.behaviour in words.local[rule.actor]:
            reason = f"{rule.actor} cells do {rule.behaviour} place by place along a vessel, which knows no response but {HILL}"
            raise RuleError(f"rules.{rule.id}.response", reason)
        name = heard_as(rule)
        strength = Signal(name, response.FELT, name, "1", f"Strength of the response of {rule.id}.")
        found[rule.actor] = (*found[rule.actor], strength)
    return found


class Felt:
    """Hold one value a cell for each signal and each response of a user's own: scratch that `evaluate` reads.

    Attributes
    ----------
    places : dict of str to int
        The row of ``values`` of each.
    values : float64[rows, capacity]
    """

    def __init__(self, kinds: Sequence[str], words: Vocabulary, senses: Senses, rules: Sequence[Rule]):
        own = [(k, s) for k, kind in enumerate(kinds) for s in senses[kind] if s.code == response.FELT]
        self.places = {name: i for i, name in enumerate(dict.fromkeys(signal.source for _, signal in own))}
        self.values = np.zeros((len(self.places), 0))
        self._signals = [(k, signal) for k, signal in own if signal.name in words.signals]
        self._slots = [{signal.name: i for i, signal in enumerate(senses[kind])} for kind in kinds]
        self._kinds = tuple(kinds)
        self._shapes: dict[str, Shape] = {name: one for name, one in words.shapes.items() if one is not None}
        self.answering = [(term, rule) for term, rule in enumerate(rules) if rule.response != HILL]

    def obey(self, book: Mapping[str, Rule]) -> None:
        """Let rules have the numbers that they have in another book."""
        self.answering = [
            (term, replace(book[rule.id], response=rule.response)) for term, rule in self.answering
        ]

    def gain(self, gain: np.ndarray) -> np.ndarray:
        """Return the gains that the kernel is to use: those of own responses are in their strength already."""
        if not self.answering:
            return gain
        found = gain.copy()
        found[[term for term, _ in self.answering]] = 1.0
        return found

    def update(self, world: World, due: np.ndarray, gain: np.ndarray, listen: Any) -> None:
        """Work out all that the kinds that are due sense; ``listen(kind)`` gives rows and signals as the kernel reads them."""
        if not self.places:
            return
        if self.values.shape[1] != world.cells.capacity:
            self.values = np.zeros((len(self.places), world.cells.capacity))
        sight, kind = Sight(world), world.cells["kind"]
        for k, signal in self._signals:
            if due[k]:
                rows = np.flatnonzero(kind == k)
                self.values[self.places[signal.source], rows] = sensed(signal, sight, rows)
        for term, rule in self.answering:
            k = self._kinds.index(rule.actor)
            if due[k]:
                rows, heard = listen(rule.actor)
                x = heard[self._slots[k][rule.signal]] * gain[term] / rule.half_max
                strength = self._shapes[rule.response].strength(x, rule.power)
                self.values[self.places[heard_as(rule)], rows] = strength
