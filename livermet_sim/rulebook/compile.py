"""Turn rules into flat arrays that one kernel evaluates for all cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.base import threads
from livermet_sim.base.errors import RuleError
from livermet_sim.kernels import response
from livermet_sim.rulebook.arrays import Arrays, Response, places_of, write_arrays
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.rulebook.felt import Felt, heard_as, with_strengths
from livermet_sim.rulebook.rule import Rule
from livermet_sim.rulebook.signals import Signal
from livermet_sim.rulebook.touch import Local, Touch
from livermet_sim.rulebook.vocabulary import Vocabulary
from livermet_sim.state.sites import SITE_COLUMNS
from livermet_sim.state.table import Column, no_rates

if TYPE_CHECKING:
    from livermet_sim.state.world import World

Watch = Callable[["Compiled", "World", np.ndarray], None]


@dataclass
class Compiled:
    """Hold the rules of one run as arrays.

    Attributes
    ----------
    behaviours : tuple of str
        Names of the columns of ``rates``.
    responses : tuple of Response
        What the rules act on, sorted by kind.
    senses : dict of tuple of Signal
        Per kind the signals its rules read.
    arrays : Arrays
        What the kernels of responses take of them.
    places : mapping
        Where each code of look-up finds its source.
    touch, local : Touch, Local
        What touches cells that line a stretch of vessel, and what they do where it does.
    felt : Felt
        What users' own functions say of each cell.
    words : Vocabulary
        What the rules are written in.
    """

    kinds: tuple[str, ...]
    behaviours: tuple[str, ...]
    responses: tuple[Response, ...]
    senses: dict[str, tuple[Signal, ...]]
    arrays: Arrays
    places: Mapping[int, Mapping[str, int]]
    touch: Touch
    local: Local
    felt: Felt
    words: Vocabulary

    def __post_init__(self) -> None:
        self._column = {name: i for i, name in enumerate(self.behaviours)}
        self._run: Callable[..., None] = response.evaluate
        self._all = np.ones(len(self.kinds), dtype=np.int64)
        most = max(1, *(len(s) for s in self.senses.values()))
        self.workspace = np.zeros((most, response.BLOCK))
        self._read: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}
        self.watch: Watch | None = None  # told of each evaluation, with ``due``; must change nothing

    @property
    def gain(self) -> np.ndarray:
        """Return the share of its signal that gets through to each of `acting`, float64[T]; interventions write it."""
        return self.arrays.gain

    @property
    def acting(self) -> tuple[Rule, ...]:
        """Return the rules in the order in which the kernel meets them."""
        return tuple(rule for response in self.responses for rule in response.rules)

    def column(self, behaviour: str) -> int:
        """Return the column of a behaviour in ``rates``."""
        if behaviour not in self._column:
            raise RuleError("", f'there is no behaviour "{behaviour}"', name=behaviour, valid=self._column)
        return self._column[behaviour]

    def evaluate(self, world: World, due: np.ndarray | None = None) -> None:
        """Write into ``world.rates`` what every cell is about to do; the census must be up to date.

        ``due``, int64[K], is 0 for kinds that keep their rates this time; all kinds are due without it.
        """
        due = self._all if due is None else due
        self.preview(world, due, world.rates)
        if self.watch is not None:
            self.watch(self, world, due)

    def preview(self, world: World, due: np.ndarray, rates: np.ndarray) -> None:
        """Write into ``rates`` what cells would be about to do by these rules; nothing else changes."""
        if (due[self.touch.lines == 1] > 0).any():
            self.touch.update(world)
        self._feel(world, due)
        liver, rules = self.inputs(world), self.given()

        def some(own: slice) -> None:
            senses = np.zeros_like(self.workspace)
            self._run(own.start, own.stop, due, liver, rules, senses, rates)

        threads.over(world.cells.n, len(world.tissue.neighbours), some)

    def at_once(self, world: World, kind: int, column: int, rows: np.ndarray) -> np.ndarray:
        """Return what some cells of a kind that lines nothing would do now of one behaviour, float64[rows]; nothing else changes."""
        if (kind, column) not in self._read:
            self._read[kind, column] = self._wanted(kind, column)
        wanted, slots = self._read[kind, column]
        if not len(wanted):
            return np.full(len(rows), self.arrays.base[kind, column])
        if self.felt.places:
            self._feel(world, (np.arange(len(self.kinds)) == kind).astype(np.int64))
        out = np.empty((len(rows), 1))
        self.answer(world, kind, wanted, slots, rows, world.cells.full("site")[rows], out)
        return out[:, 0]

    def answer(
        self, world: World, kind: int, wanted: np.ndarray, slots: np.ndarray, rows: np.ndarray, places: np.ndarray,
        out: np.ndarray,
    ) -> None:  # fmt: skip
        """Write what some cells of a kind do at some places, as `kernels.response.answer_at` says."""
        liver, rules = self.inputs(world), self.given()

        def some(own: slice) -> None:
            senses = np.zeros_like(self.workspace)
            response.answer_at(kind, wanted, slots, rows[own], places[own], liver, rules, senses, out[own])

        threads.over(len(rows), len(world.tissue.neighbours), some)

    def _wanted(self, kind: int, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the response of a kind on a behaviour, if there is one, and the places of the signals that it reads."""
        name, behaviour = self.kinds[kind], self.behaviours[column]
        own = [(m, r) for m, r in enumerate(self.responses) if (r.kind, r.behaviour) == (name, behaviour)]
        slot = {signal.name: i for i, signal in enumerate(self.senses[name])}
        slots = sorted({slot[heard_as(rule)] for _, r in own for rule in r.rules})
        return np.array([m for m, _ in own], dtype=np.int64), np.array(slots, dtype=np.int64)

    def given(self) -> tuple[np.ndarray, ...]:
        """Return the arrays as the kernels take them: a plain tuple, whose type numba knows soonest."""
        return tuple(self.arrays._replace(gain=self.felt.gain(self.gain)))

    def _feel(self, world: World, due: np.ndarray) -> None:
        self.felt.update(world, due, self.gain, partial(self._heard, world))

    def along(self, world: World) -> list[tuple[np.ndarray, list[str], np.ndarray]]:
        """Return what cells do place by place where something touches the stretch they line; see `Local.evaluate`.

        Since the last evaluation, of all kinds, nothing must have moved.
        """
        return self.local.evaluate(self, world)

    def look(self, world: World, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Return what one cell senses, float64[signals of its kind], and its rates, float64[B]."""
        rates = no_rates(row + 1, len(self.behaviours))
        senses = np.zeros_like(self.workspace)
        self.touch.update(world)
        self._feel(world, self._all)
        self._run(row, row + 1, self._all, self.inputs(world), self.given(), senses, rates)
        return senses[: len(self.senses[self.kind_of(world, row)]), 0], rates[row]

    def listen(self, world: World, kind: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the cells of one kind and what they sense, float64[signals of the kind, cells].

        The census must be up to date; nothing but memory of its own is written.
        """
        self.touch.update(world)
        self._feel(world, self._all)
        return self._heard(world, kind)

    def _heard(self, world: World, kind: str) -> tuple[np.ndarray, np.ndarray]:
        k = self.kinds.index(kind)
        rows = np.flatnonzero(world.cells["kind"] == k)
        heard = np.zeros((len(self.senses[kind]), len(rows)))
        response.listen(k, rows, self.inputs(world), self.given(), heard)
        return rows, heard

    def kind_of(self, world: World, row: int) -> str:
        """Return the kind of the cell in a row."""
        return self.kinds[int(world.cells.full("kind")[row])]

    def inputs(self, world: World) -> tuple[Any, ...]:
        """Return the part of the state that the kernels read: cells, sites, lattice and stretches, as they take them."""
        cells, tissue = world.cells, world.tissue
        return (
            (cells.real, cells.whole, self.felt.values),
            (world.fields.concentration, world.sites.real, world.census.count, world.systemic),
            (tissue.contacts, tissue.neighbours, tissue.lattice.sides // 2, tissue.lattice.length),
            (world.segments, world.segment_row, self.touch.touching, self.touch.around),
        )


def compile_rules(
    book: RuleBook,
    base_values: Mapping[str, Mapping[str, float]],
    cell_columns: Sequence[Column],
    site_columns: Sequence[Column] = SITE_COLUMNS,
) -> Compiled:
    """Return the enabled rules as arrays, checked against the base values of the run.

    Parameters
    ----------
    base_values : mapping
        Per kind the base value of every behaviour; more entries than behaviours do no harm.
    cell_columns, site_columns : sequences of Column
        The columns of the cell and the site table, which give the signals' places.

    Raises
    ------
    RuleError
        Where a maximum contradicts the base, or two rules say the same.
    """
    words = book.words
    behaviours = tuple(dict.fromkeys(name for kind in words.kinds for name in words.behaviours[kind]))
    responses = tuple(r for kind in words.kinds for r in _responses(book, kind, base_values[kind]))
    acting = [rule for r in responses for rule in r.rules]
    senses = with_strengths(acting, {kind: _signals(book, kind, responses) for kind in words.kinds}, words)
    felt = Felt(words.kinds, words, senses, acting)
    places = places_of(words, cell_columns, site_columns) | {response.FELT: felt.places}
    base = np.zeros((len(words.kinds), len(behaviours)))
    for k, kind in enumerate(words.kinds):
        for name in words.behaviours[kind]:
            base[k, behaviours.index(name)] = base_values[kind][name]
    touch = Touch(words, senses, places)
    arrays = write_arrays(cell_columns, touch.lines, base, senses, places, responses, behaviours)
    local = Local(words, responses, senses)
    return Compiled(words.kinds, behaviours, responses, senses, arrays, places, touch, local, felt, words)


def _responses(book: RuleBook, kind: str, base_values: Mapping[str, float]) -> list[Response]:
    """Return what the rules of one kind act on; ceilings and floors only widen, as in PhysiCell."""
    groups: dict[str, list[Rule]] = {}
    for rule in book.enabled():
        if rule.actor == kind:
            groups.setdefault(rule.behaviour, []).append(rule)
    found: list[Response] = []
    for behaviour, rules in groups.items():
        base = float(base_values[behaviour])
        for i, rule in enumerate(rules):
            rule.check(base, book.words.behaviours[kind][behaviour])
            for other in rules[:i]:
                _refuse_twins(rule, other)
        targets = [base, *(rule.target(base) for rule in rules)]
        found.append(Response(kind, behaviour, base, max(targets), min(targets), tuple(rules)))
    return found


def _refuse_twins(rule: Rule, other: Rule) -> None:
    """Refuse two rules that would count one signal twice."""
    same = rule.signal == other.signal and rule.direction == other.direction
    if same and set(rule.where) & set(other.where):
        raise RuleError(
            f"rules.{rule.id}",
            f"rule {other.id} already says that {rule.signal} {rule.direction} {rule.behaviour} "
            f"of {rule.actor} cells there",
        )


def _signals(book: RuleBook, kind: str, responses: Sequence[Response]) -> tuple[Signal, ...]:
    names = dict.fromkeys(rule.signal for r in responses if r.kind == kind for rule in r.rules)
    return tuple(book.words.signals[name] for name in names)
