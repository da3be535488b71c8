"""Pull a lever of the liver down or up for a time, or take what it moves away altogether."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import Parameter, declared
from livermet_sim.interventions.course import NEVER, Window
from livermet_sim.interventions.intervention import EARLIEST, Intervention, days, end, start
from livermet_sim.interventions.levers import ALL, LIVER, RULE, Words
from livermet_sim.interventions.made import Table, made
from livermet_sim.interventions.pull import Pull

_EFFICACY = Parameter("efficacy", 1.0, "1", "", 0.0, 1.0)


def block(target: str, behaviour: str, at: object = 0, until: object = None, factor: float = 0.0) -> Table:
    """Multiply a behaviour, a secreted signal (``secrete.X``) or a sensed one (``sense.X``) by ``factor``.

    Parameters
    ----------
    target : str
        A kind of cell, ``"all"``, ``"liver"`` or ``"rule"``.
    behaviour : str
        What is blocked in it; of ``"rule"`` the id.
    at, until : str, time
        Window, such as ``"18 day"`` and ``"25 day"``; without an end it stays open.
    factor : float
        What remains of it: 0 none, 1 all.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return made(Block, target=target, behaviour=behaviour, at=at, until=until, factor=factor)


def boost(target: str, behaviour: str, at: object = 0, until: object = None, factor: float = 2.0) -> Table:
    """Multiply a behaviour, a secreted signal or a sensed one by a ``factor`` above 1.

    Parameters
    ----------
    target : str
        A kind of cell, ``"all"``, ``"liver"`` or ``"rule"``.
    behaviour : str
        What is boosted in it; of ``"rule"`` the id.
    at, until : str, time
        Window, such as ``"18 day"`` and ``"25 day"``; without an end it stays open.
    factor : float
        How many times as much.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return made(Boost, target=target, behaviour=behaviour, at=at, until=until, factor=factor)


def knock_out(target: str, behaviour: str) -> Table:
    """Take a behaviour, a secreted or a sensed signal or a rule away for the whole run.

    Parameters
    ----------
    target : str
        A kind of cell, ``"all"``, ``"liver"`` or ``"rule"``.
    behaviour : str
        What is taken away from it; of ``"rule"`` the id.

    Raises
    ------
    ScenarioError
        For an unknown name.
    """
    return made(KnockOut, target=target, behaviour=behaviour)


@dataclass(frozen=True, eq=False)
class Lever(Intervention):
    """Hold a lever that is pulled by a factor over a window."""

    target: str
    behaviour: str

    @classmethod
    def choices(cls, key: str, texts: Mapping[str, str], words: Words) -> Sequence[str]:
        """Return the targets, or what can be blocked in the one that was chosen."""
        if key == "behaviour":
            return sorted(words.of(texts["target"]))
        return (*words.aims(), ALL, LIVER, *([RULE] if words.rules else []))

    def checked(self, place: str, words: Words) -> Self:
        """Return it with its lever as the rules name it."""
        target, behaviour = words.lever(self.target, self.behaviour, place)
        return replace(self, target=target, behaviour=behaviour)

    def pulls(self) -> Sequence[Pull]:
        """Return the lever that it pulls."""
        return (Pull("factor", self.target, self.behaviour, self._window()),)

    def _window(self) -> Window:
        raise TypeError(f"{self.action} does not say how strong it is")

    def _what(self) -> str:
        of = {"rule": "", "liver": " of the liver", "all": " of all cells"}
        return self.behaviour + of.get(self.target, f" of {self.target} cells")


@dataclass(frozen=True, eq=False)
class Multiplied(Lever):
    """Hold a lever that is multiplied by a factor of the user's over a window of the user's."""

    start: float = start()
    end: float = end()
    factor: float = declared(1.0, "1", "How many times as much.", 0.0, 1e4)

    def _window(self) -> Window:
        return Window(self.start, self.end, self.factor)

    @classmethod
    def scaled(cls, table: Mapping[str, Any], strength: float) -> dict[str, Any]:
        """Return a table of it at another strength: its factor moved towards 1 or away from it."""
        factor = {"factor": max(0.0, 1.0 + (table["factor"] - 1.0) * strength)} if "factor" in table else {}
        return dict(table) | factor


@dataclass(frozen=True, eq=False)
class Block(Multiplied):
    """Multiply a behaviour, a secreted or a sensed signal, a rule or a level by a factor below 1."""

    action: ClassVar[str] = "block"
    called: ClassVar[str] = "block what cells do"
    factor: float = declared(0.0, "1", "What remains of it; above 1 boosts it.", 0.0, 1e4)

    def said(self) -> str:
        """Return it as a reader would say it."""
        return f"block {100 * (1.0 - self.factor):.0f} % of {self._what()}, {days(self.start, self.end)}"

    @classmethod
    def rewritten(cls, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        """Let a block be given by its efficacy, which is 1 less its factor."""
        if "efficacy" not in table:
            return table
        if "factor" in table:
            reason = "a block has a factor or an efficacy (1 less the factor), not both"
            raise ScenarioError(f"{place}.efficacy", reason)
        efficacy = float(_EFFICACY.read(table["efficacy"], f"{place}.efficacy"))
        return {k: v for k, v in table.items() if k != "efficacy"} | {"factor": 1.0 - efficacy}


@dataclass(frozen=True, eq=False)
class Boost(Multiplied):
    """Multiply a behaviour, a secreted or a sensed signal, a rule or a level by a factor above 1."""

    action: ClassVar[str] = "boost"
    called: ClassVar[str] = "boost what cells do"
    factor: float = declared(2.0, "1", "How many times as much.", 0.0, 1e4)

    def said(self) -> str:
        """Return it as a reader would say it."""
        return f"{self.factor:g} times as much {self._what()}, {days(self.start, self.end)}"


@dataclass(frozen=True, eq=False)
class KnockOut(Lever):
    """Take a behaviour, a secreted or a sensed signal or a rule away from the start of the run to its end."""

    action: ClassVar[str] = "knock_out"
    called: ClassVar[str] = "knock out what cells do"

    def said(self) -> str:
        """Return it as a reader would say it."""
        return f"knock out {self._what()}"

    def _window(self) -> Window:
        return Window(EARLIEST - 1.0, NEVER + 1.0, 0.0)
