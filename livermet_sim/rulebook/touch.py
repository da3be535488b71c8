"""Know what touches cells that line a stretch of vessel: all along it, and at each of its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from livermet_sim.base import threads
from livermet_sim.base.types import Wholes
from livermet_sim.kernels import response
from livermet_sim.kernels.lining import count_stretches, list_stretches, touch
from livermet_sim.rulebook.signals import Signal
from livermet_sim.rulebook.vocabulary import Vocabulary

if TYPE_CHECKING:
    from livermet_sim.state.world import World

BY_TOUCH = (response.CONTACT, response.AROUND)


class Touch:
    """Count along each stretch what the rules of the cells that line it ask about; holds nothing but scratch.

    Attributes
    ----------
    lines : int8[K]
        1 for kinds that line stretches.
    touching, around : int32[stretches, 2 K], float64[columns, stretches]
        As the kernel of the responses reads them.
    """

    def __init__(
        self,
        words: Vocabulary,
        senses: Mapping[str, Sequence[Signal]],
        places: Mapping[int, Mapping[str, int]],
    ):
        self.lines = np.array([bool(words.local[kind]) for kind in words.kinds], dtype=np.int8)
        self._kinds = len(words.kinds)
        heard = [
            (signal.code, places[signal.code][signal.source] + self._kinds * signal.activated)
            for kind in words.kinds
            if words.local[kind]
            for signal in senses[kind]
            if signal.code in BY_TOUCH
        ]
        counted = {i for code, i in heard if code == response.CONTACT}
        self._linings = sorted(i for i in counted if self.lines[i % self._kinds])
        self._counted = np.zeros(2 * self._kinds, dtype=np.int8)
        self._counted[sorted(counted - set(self._linings))] = 1
        self._columns = np.array(sorted({i for code, i in heard if code == response.AROUND}), dtype=np.int64)
        self.touching = np.zeros((0, 2 * self._kinds), dtype=np.int32)
        self.around = np.zeros((0, 0))
        self._contacts, self._listed = np.zeros((0, 0), dtype=np.int32), np.zeros(0, dtype=np.int64)
        self._touched = np.zeros(1, dtype=np.int32), np.zeros(0, dtype=np.int32)

    def update(self, world: World) -> None:
        """Count anew."""
        cells, sites, number = world.cells, world.sites, len(world.segment_row)
        if self.touching.shape[0] != number or self.around.shape[0] != len(sites.real):
            self.touching = np.zeros((number, 2 * self._kinds), dtype=np.int32)
            self.around = np.zeros((len(sites.real), number))
        if number == 0:
            return
        touch(
            cells.n, cells.full("kind"), cells.full("site"), cells.full("activation"), self._counted, sites.real, self._columns,
            self._lists(world), self.touching, self.around,
        )  # fmt: skip
        for i in self._linings:
            self.touching[:, i] = self._beside(world, active=i >= self._kinds)

    def _lists(self, world: World) -> tuple[np.ndarray, np.ndarray]:
        """Return the stretches that a cell at each site touches, anew where vessels came or went."""
        contacts = world.tissue.contacts
        if contacts is not self._contacts or not np.array_equal(self._listed, world.segments):
            self._contacts, self._listed = contacts, world.segments.copy()
            self._touched = listed(contacts, self._listed)
        return self._touched

    def _beside(self, world: World, active: bool) -> np.ndarray:
        """Return how many other stretches each touches, int64[stretches]."""
        at, side = np.nonzero(world.tissue.contacts >= 0)
        pairs = np.column_stack([world.segments[at], world.segments[world.tissue.contacts[at, side]]])
        pairs = np.unique(pairs[(pairs >= 0).all(axis=1) & (pairs[:, 0] != pairs[:, 1])], axis=0)
        row = world.segment_row[pairs[:, 1]]
        there = (row >= 0) & ((not active) | (world.cells.full("activation")[row] > 0.5))
        return np.bincount(pairs[there, 0], minlength=len(world.segment_row))


def listed(contacts: np.ndarray, segments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each site's list of the stretches that a cell there touches begins, int32[sites + 1], and the lists."""
    sites = len(segments)
    start = threads.starts(
        sites, sites, lambda own, number: count_stretches(own.start, own.stop, contacts, segments, number)
    )
    stretch = np.empty(start[-1], dtype=np.int32)
    threads.over(
        sites, sites, lambda own: list_stretches(own.start, own.stop, contacts, segments, start, stretch)
    )
    return start, stretch


class Part(NamedTuple):
    """Hold what cells of one kind do place by place: responses, the slots of what they read, what of that is a touch."""

    kind: int
    wanted: Wholes
    slots: Wholes
    behaviours: list[str]
    felt: list[Signal]


class Local:
    """Evaluate those responses that a cell which lines a stretch gives where it is touched, place by place.

    Only what is done at a place (`Kind.local`) and depends on a touch is evaluated, and only along stretches that anything
    touches of what those rules ask about.
    """

    def __init__(self, words: Vocabulary, responses: Sequence[Any], senses: Mapping[str, Sequence[Signal]]):
        self._parts: list[Part] = []
        for k, kind in enumerate(words.kinds):
            slots = {signal.name: i for i, signal in enumerate(senses[kind])}
            own = [
                (m, r)
                for m, r in enumerate(responses)
                if r.kind == kind and r.behaviour in words.local[kind]
                and any(senses[kind][slots[rule.signal]].code in BY_TOUCH for rule in r.rules)
            ]  # fmt: skip
            if own:
                read = sorted({slots[rule.signal] for _, r in own for rule in r.rules})
                felt = [senses[kind][slot] for slot in read if senses[kind][slot].code in BY_TOUCH]
                wanted = np.array([m for m, _ in own], dtype=np.int64)
                names = [r.behaviour for _, r in own]
                self._parts.append(Part(k, wanted, np.array(read, dtype=np.int64), names, felt))

    def evaluate(self, compiled: Any, world: World) -> list[tuple[np.ndarray, list[str], np.ndarray]]:
        """Return by kind the touched sites, int64[n], the behaviours, and their values there, float64[n, behaviours]."""
        found: list[tuple[np.ndarray, list[str], np.ndarray]] = []
        for k, wanted, slots, names, felt in self._parts:
            sites = self._touched(compiled, world, k, felt)
            values = np.empty((len(sites), len(names)))
            if len(sites):
                rows = world.segment_row[world.segments[sites]]
                compiled.answer(world, k, wanted, slots, rows, sites, values)
            found.append((sites, names, values))
        return found

    def _touched(self, compiled: Any, world: World, kind: int, felt: Sequence[Signal]) -> np.ndarray:
        """Return the sites of the stretches of a kind that anything touches which these signals tell of."""
        touch, number = compiled.touch, len(world.segment_row)
        told = np.zeros(number + 1, dtype=np.bool_)
        for signal in felt:
            i = compiled.places[signal.code][signal.source] + len(compiled.kinds) * signal.activated
            told[:-1] |= (touch.touching[:, i] if signal.code == response.CONTACT else touch.around[i]) > 0
        told[:-1] &= world.segment_row >= 0
        told[:-1] &= world.cells.full("kind")[world.segment_row] == kind
        return np.flatnonzero(told[world.segments])
