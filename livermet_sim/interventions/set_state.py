"""Set a state of the cells that are there, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import declared
from livermet_sim.interventions.intervention import Once, days, start
from livermet_sim.interventions.levers import Words
from livermet_sim.interventions.made import Table, made
from livermet_sim.kernels.codes import ADDED
from livermet_sim.kernels.rng import draws
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

LOAD, DIGESTS = "load", "digest"  # and the behaviour of the kinds that have a load


def set_state(target: str, state: str, value: float = 1.0, share: float = 1.0, at: object = 0) -> Table:
    """Set a state of a share of a kind's cells, once.

    Parameters
    ----------
    target : str
        A kind of cell, such as ``"stellate"``.
    state : str
        An inner state of the kind, such as ``"activation"`` (0 to 1), or its ``"load"`` (tumour cells eaten).
    value : float
        The state that they get, in the unit of the state.
    share : float
        Share of the cells that get it, 0 to 1.
    at : str, time
        When, such as ``"6 h"``.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return made(SetState, target=target, state=state, value=value, share=share, at=at)


def _states(kind: str, words: Words) -> list[str]:
    own = [state.name for state in words.kinds[kind].states]
    return own + [LOAD] * (DIGESTS in words.vocabulary.behaviours[kind])


@dataclass(frozen=True, eq=False)
class SetState(Once):
    """Set an inner state (activation, polarisation, ...) or the load of a kind's cells, once."""

    action: ClassVar[str] = "set_state"
    called: ClassVar[str] = "set a state of cells"
    scales: ClassVar[tuple[str, ...]] = ("share",)
    writes: ClassVar[tuple[str, ...]] = ("cells[treated]",)
    target: str
    state: str
    start: float = start()
    value: float = declared(1.0, "1", "The state that they get.", 0.0, 1000.0)
    share: float = declared(1.0, "1", "Share of the cells that get it.", 0.0, 1.0)

    def said(self) -> str:
        """Return it as a reader would say it."""
        cells = f"{100 * self.share:.0f} % of {self.target} cells"
        return f"set the {self.state} of {cells} to {self.value:g} {days(self.start)}"

    @classmethod
    def choices(cls, key: str, texts: Mapping[str, str], words: Words) -> Sequence[str]:
        """Return the kinds that have a state, or the states of the kind."""
        if key == "state":
            return _states(texts["target"], words)
        return tuple(name for name in words.aims() if _states(name, words))

    def checked(self, place: str, words: Words) -> Self:
        """Return it; the state must be one of the kind, and within its bounds."""
        words.kind(self.target, f"{place}.target")
        own = _states(self.target, words)
        if self.state not in own:
            reason = f'"{self.state}" is not a state of {self.target} cells'
            raise ScenarioError(f"{place}.state", reason, name=self.state, valid=own or ["none"])
        if self.state != LOAD and self.value > 1.0:
            reason = f"{self.state} goes from 0 to 1, not to {self.value:g}"
            raise ScenarioError(f"{place}.value", reason)
        return self

    @classmethod
    def scaled(cls, table: Mapping[str, Any], strength: float) -> dict[str, Any]:
        """Return a table of it at another strength, at which a share is all of the cells at most."""
        table = super().scaled(table, strength)
        return table | ({"share": min(1.0, table["share"])} if "share" in table else {})

    def act(self, world: World, number: int, setting: Setting) -> None:
        """Set it in the share of cells that is drawn."""
        rows = world.rows(self.target)
        drawn = draws(world.seed, ADDED + (number << 16), 2, world.cells.full("key")[rows])
        world.cells.full(self.state)[rows[drawn < self.share]] = self.value
        world.census.stale = True
