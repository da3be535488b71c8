"""Let runs that differ in their rules alone share what they have in common with the control.

Rules act on a run through the rates that they write, and through nothing else. So two runs with one seed are the same, to
the bit, up to the first evaluation in which a rate differs. `Probe` finds that evaluation within the control's own run, and
`obey` lets a copy of the control go on from a moment before it by the other rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from livermet_sim.kernels.codes import LUMEN
from livermet_sim.rulebook.arrays import layer_bits
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.touch import Local

if TYPE_CHECKING:
    from livermet_sim.state.world import World

BaseValues = Mapping[str, Mapping[str, float]]
Compiler = Callable[[RuleBook], Compiled]
Place = tuple[str, str]  # kind, behaviour


class Probe:
    """Watch a control's run and note which sets of rules have not changed a rate yet.

    Parameters
    ----------
    control : RuleBook
    others : mapping of str to RuleBook
        By name; each may differ from the control in any rule.
    compiled : callable
        Compiles a book for the run, with the base values that all share.

    Attributes
    ----------
    first : dict of str to float, h
        When a rate would first have differed; those not in it would have made no difference so far.
    """

    def __init__(self, control: RuleBook, others: Mapping[str, RuleBook], compiled: Compiler):
        self.first: dict[str, float] = {}
        self._twins = {name: _Twin(control, book, compiled) for name, book in others.items()}
        self._rates = np.zeros((0, 0))

    def __call__(self, compiled: Compiled, world: World, due: np.ndarray) -> None:
        """Compare the rates that the rules have just written with those that each other set would have written."""
        if self._rates.shape != world.rates.shape:
            self._rates = np.zeros_like(world.rates)
        rows = _Rows(world, due)
        for name in [name for name, twin in self._twins.items() if twin.differs(compiled, rows, self._rates)]:
            del self._twins[name]
            self.first[name] = world.clock.hours


class _Rows:
    """Hold which cells were due in one evaluation, looked up once a kind."""

    def __init__(self, world: World, due: np.ndarray):
        self.world, self.due = world, due
        self._found: dict[int, np.ndarray] = {}

    def of(self, kind: int) -> np.ndarray:
        if kind not in self._found:
            cells = self.world.cells
            own = cells["kind"] == kind
            if self.due[kind] != 1:
                own &= cells["layer"] == LUMEN
            self._found[kind] = np.flatnonzero(own)
        return self._found[kind]


class _Twin:
    """Hold those responses in which a set of rules differs from the control's, compiled apart."""

    def __init__(self, control: RuleBook, book: RuleBook, compiled: Compiler):
        places = _changed(control, book)
        own = {rule.id: rule for rule in book.enabled() if (rule.actor, rule.behaviour) in places}
        self.compiled = compiled(RuleBook(own, book.words))
        self.columns: dict[int, list[int]] = {}
        for kind, behaviour in sorted(places):
            self.columns.setdefault(self.compiled.kinds.index(kind), []).append(
                self.compiled.column(behaviour)
            )
        self._gains: np.ndarray | None = None

    def differs(self, control: Compiled, rows: _Rows, rates: np.ndarray) -> bool:
        """Say whether any rate differs in its bits from the one that the control's rules have written."""
        due = np.zeros_like(rows.due)
        for kind in self.columns:
            due[kind] = rows.due[kind]
        if not due.any():
            return False
        if self._gains is None:
            place = {rule.id: i for i, rule in enumerate(control.acting)}
            # a rule that only this set has listens without an intervention on it
            self._gains = np.array([place.get(rule.id, -1) for rule in self.compiled.acting], dtype=np.int64)
        if (self._gains < 0).any():
            return True
        self.compiled.gain[:] = control.gain[self._gains]
        self.compiled.preview(rows.world, due, rates)
        for kind, columns in self.columns.items():
            if due[kind]:
                at = np.ix_(rows.of(kind), np.array(columns))
                if not np.array_equal(rates[at].view(np.int64), rows.world.rates[at].view(np.int64)):
                    return True
        return False


def _changed(control: RuleBook, book: RuleBook) -> set[Place]:
    """Return kind and behaviour of all responses that have other rules than the control's."""
    ours, theirs = _by_place(control.enabled()), _by_place(book.enabled())
    return {place for place in ours.keys() | theirs.keys() if ours.get(place) != theirs.get(place)}


def _by_place(rules: Iterable[Rule]) -> dict[Place, list[Rule]]:
    found: dict[Place, list[Rule]] = {}
    for rule in rules:
        found.setdefault((rule.actor, rule.behaviour), []).append(rule)
    return found


def can_obey(control: RuleBook, book: RuleBook) -> bool:
    """Say whether a book's rules are among the control's, other numbers and directions apart: see `obey`."""
    same = [(r.id, r.actor, r.signal, r.behaviour, r.response) for r in control]
    on = {rule.id for rule in control.enabled()}
    return same == [(r.id, r.actor, r.signal, r.behaviour, r.response) for r in book] and on >= {
        r.id for r in book.enabled()
    }


def obey(compiled: Compiled, book: RuleBook, base: BaseValues) -> None:
    """Let a run go on by another book, of which `can_obey` is true; rules keep their places, those left out are mute.

    A mute rule adds 0 to its response, whose floor and ceiling are those of the rules that are left: the same bits as if
    it were not there.
    """
    was = compiled.arrays
    value, code, number = was.response_value.copy(), was.term_code.copy(), was.term_value.copy()
    term = 0
    for place, response in enumerate(compiled.responses):
        targets = [response.base]
        for old in response.rules:
            rule = book.rules[old.id]
            code[term, 1:] = rule.direction == "increases", layer_bits(rule) if rule.enabled else 0
            number[term] = rule.numbers
            targets += [rule.target(float(base[rule.actor][rule.behaviour]))] if rule.enabled else []
            term += 1
        value[place] = max(targets), min(targets)
    compiled.arrays = was._replace(response_value=value, term_code=code, term_value=number)
    compiled.felt.obey(book.rules)
    # whether a cell answers place by place, and where, is said by the rules that are left
    left = [
        replace(own, rules=tuple(rule for rule in own.rules if book.rules[rule.id].enabled))
        for own in compiled.responses
    ]
    compiled.local = Local(compiled.words, left, compiled.senses)
