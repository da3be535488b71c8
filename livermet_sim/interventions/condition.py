"""Put the liver into a condition: a named list of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from livermet_sim.base.specs import declared
from livermet_sim.interventions import library
from livermet_sim.interventions.intervention import (
    ACTIONS,
    EARLIEST,
    RELATIVE,
    Intervention,
    days,
    end,
    numbers_of,
    read_one,
    start,
)
from livermet_sim.interventions.levers import Words
from livermet_sim.interventions.made import Table, made


def condition(
    condition: str,
    at: object = None,
    strength: float = 1.0,
    until: object = None,
    changes: Iterable[Mapping[str, Any]] | None = None,
) -> Table:
    """Put the liver into a condition of the library, or one of your own.

    Parameters
    ----------
    condition : str
        Its name, such as ``"fibrosis"``; a name of your own where ``changes`` are given.
    at : str, time
        When it begins, such as ``"-14 day"``; the library's time where it is left out.
    strength : float
        0 none, 1 as the library has it.
    until : str, time
        When it ends, such as ``"0 day"``: no change lasts longer. What was set once fades by itself.
    changes : list of mapping
        Interventions that make it up; with ``changes`` of your own their times count from day 0.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    changes = None if changes is None else list(changes)
    return made(Condition, condition=condition, strength=strength, at=at, until=until, changes=changes)


@dataclass(frozen=True, eq=False)
class Condition(Intervention):
    """Put the liver into a named condition: a list of changes."""

    action: ClassVar[str] = "condition"
    called: ClassVar[str] = "change the condition of the liver"
    parts: ClassVar[str] = "changes"
    nests: ClassVar[bool] = False
    condition: str
    start: float = start("When the condition begins; its changes count their times from here.")
    end: float = end()
    strength: float = declared(1.0, "1", "How strong: 0 none, 1 as named.", 0.0, 10.0)
    changes: tuple[Intervention, ...] = ()

    def said(self) -> str:
        """Return it as a reader would say it."""
        return f"{self.condition.replace('_', ' ')} liver ({100 * self.strength:.0f} %), {days(self.start, self.end)}"

    @classmethod
    def choices(cls, key: str, texts: Mapping[str, str], words: Words) -> Sequence[str]:
        """Return the conditions of the library."""
        return sorted(library.entries(cls.action))

    @classmethod
    def completed(cls, table: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
        """Return a table with the changes of the library's condition at its strength; what was written stays."""
        if cls.parts in table:
            return table
        entry = library.entry(cls.action, name, place, "condition", cls.parts)
        given = {"strength": table["strength"]} if "strength" in table else {}
        strength = float(numbers_of(cls).resolve(given, place)["strength"])
        changes = [
            ACTIONS[change["action"]].scaled(library.bare(change), strength) for change in entry["changes"]
        ]
        return {"start": entry["start"]} | dict(table) | {"changes": changes, RELATIVE: True}

    @classmethod
    def part(cls, table: Mapping[str, Any], place: str, words: Words, origin: float) -> Intervention:
        """Return one of its changes, checked."""
        return read_one(table, place, words, origin, nested=True)

    def begins(self) -> float:
        """Return the day on which it begins, or the first of its changes."""
        return min([self.start, *(change.begins() or 0.0 for change in self.changes)])

    def whole(self) -> Sequence[Intervention]:
        """Return its changes, none of which lasts longer than it does."""
        return tuple(
            replace(change, end=self.end) if getattr(change, "end", self.end) > self.end else change
            for change in self.changes
            if (change.begins() or EARLIEST) < self.end
        )

    @classmethod
    def shelf(cls) -> tuple[str, list[tuple[str, str]]]:
        """Return the conditions of the library."""
        return "conditions of condition", [
            (name, f"{one['doc']} From day {one['start']:g}. Source: {one['source']}.")
            for name, one in library.entries(cls.action).items()
        ]
