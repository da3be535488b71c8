"""Declare inner states: what two behaviours of a kind move between 0 and 1, dv/dt = up (1 - v) - down v."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from livermet_sim.state.table import Column


@dataclass(frozen=True, slots=True)
class State:
    """Describe one inner state, 0 to 1.

    Attributes
    ----------
    name, doc : str
        Of its column.
    up, down : str
        The behaviours that raise and lower it.
    says : str
        What rules that sense it are said to sense.
    rises, falls : str
        What the rates of ``up`` and ``down`` are called in the sentences of rules, ``{cells}`` being the cells; none where
        several kinds have the state.
    """

    name: str
    up: str
    down: str
    doc: str
    says: str
    rises: str = ""
    falls: str = ""

    @property
    def moves(self) -> dict[str, str]:
        """Return what the behaviours that move it are called, where it says so."""
        return {name: words for name, words in ((self.up, self.rises), (self.down, self.falls)) if words}

    @property
    def column(self) -> Column:
        """Return the column that holds it."""
        return Column(self.name, "1", self.doc)


ACTIVATION = State(
    "activation", "activate", "deactivate",
    "0 at rest to 1 fully activated (LSEC: adhesion molecules; HSC: myofibroblast; T cell: primed).",
    "The cell's own activation, 0 to 1.",
)  # fmt: skip
POLARISATION = State(
    "polarisation", "polarise", "depolarise", "0 tumour-killing (M1, N1) to 1 tumour-feeding (M2, N2).",
    "The cell's own polarisation: 0 tumour-killing, 1 tumour-feeding.",
)  # fmt: skip


class HasStates(Protocol):
    """Say what is asked of a kind."""

    @property
    def states(self) -> Sequence[State]: ...


def states_of(kinds: Iterable[HasStates]) -> tuple[State, ...]:
    """Return the states that some kinds have, each once."""
    return tuple({state.name: state for kind in kinds for state in kind.states}.values())
