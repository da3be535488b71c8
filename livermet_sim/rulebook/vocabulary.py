"""Hold the words that the rules of one run may use: actors, signals, behaviours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from livermet_sim.base.specs import Parameter
from livermet_sim.rulebook.own import Shape, shapes
from livermet_sim.rulebook.signals import Signal, StateLike, signals

LAYERS = ("lumen", "tissue")
DIRECTIONS = ("increases", "decreases")


class KindLike(Protocol):
    """What the rules need to know of a cell kind."""

    @property
    def name(self) -> str: ...
    @property
    def former(self) -> Mapping[str, str]: ...
    @property
    def called(self) -> str: ...
    @property
    def states(self) -> Sequence[StateLike]: ...
    def all_behaviours(self, fields: Sequence[str], kinds: Sequence[str]) -> tuple[Parameter, ...]: ...
    def local(self, fields: Sequence[str]) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Vocabulary:
    """Hold the names that are valid in the rules of one run.

    Attributes
    ----------
    kinds, fields, systemic : tuple of str
    signals : dict of Signal
    behaviours : dict of dict of Parameter
        By kind, then by name.
    former : dict of mapping
        By kind what to write in the place of each behaviour that is no more.
    local : dict of tuple of str
        By kind the behaviours that it does at each place of the stretch it lines; none for kinds that stand at one site.
    called : dict of str
        By kind what a reader calls its cells.
    moved : dict of str
        Words for behaviours that move a state of one kind, as that kind says them.
    shapes : dict of Shape
        The responses that a rule can have; None for the one that the kernel knows.
    """

    kinds: tuple[str, ...]
    fields: tuple[str, ...]
    systemic: tuple[str, ...]
    signals: dict[str, Signal]
    behaviours: dict[str, dict[str, Parameter]]
    former: dict[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    local: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    called: dict[str, str] = field(default_factory=dict[str, str])
    shapes: dict[str, Shape | None] = field(default_factory=shapes)
    moved: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, kinds: Iterable[KindLike], fields: Iterable[str], systemic: Iterable[str]) -> Vocabulary:
        """Return the vocabulary of these kinds, diffusing signals and systemic factors."""
        kinds, fields, systemic = tuple(kinds), tuple(fields), tuple(systemic)
        names = tuple(kind.name for kind in kinds)
        behaviours = {kind.name: {p.name: p for p in kind.all_behaviours(fields, names)} for kind in kinds}
        former = {kind.name: kind.former for kind in kinds}
        local = {kind.name: kind.local(fields) for kind in kinds}
        called = {kind.name: kind.called for kind in kinds}
        states = {state.name: state for kind in kinds for state in kind.states}
        own = signals(fields, systemic, names, states.values())
        moved = {name: words for state in states.values() for name, words in state.moves.items()}
        return cls(names, fields, systemic, own, behaviours, former, local, called, moved=moved)

    def base_values(self) -> dict[str, dict[str, float]]:
        """Return the default base value of every behaviour of every kind."""
        return {
            kind: {name: float(p.default) for name, p in parameters.items()}
            for kind, parameters in self.behaviours.items()
        }
