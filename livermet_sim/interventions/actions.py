"""Declare what can be done to a liver, and the keys of each action: the one list that reading and listing share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from livermet_sim.base.specs import Parameter, Section
from livermet_sim.interventions.course import NEVER, Course, Window

EARLIEST = -365.0
_START = Parameter(
    "start", 0.0, "day", "When it begins; before 0 is before the tumour cells enter.", EARLIEST, NEVER
)
_END = Parameter("end", NEVER, "day", "When it ends.", EARLIEST, NEVER)
_ZONE = (
    Parameter("zone_from", 0.0, "1", "Nearest to the portal tract (0) that it reaches.", 0.0, 1.0),
    Parameter("zone_to", 1.0, "1", "Nearest to the central vein (1) that it reaches.", 0.0, 1.0),
)


@dataclass(frozen=True)
class Action:
    """Describe one action: what it does, its words (with the value of those that may be left out), its numbers."""

    doc: str
    words: Mapping[str, str | None]
    numbers: Section
    parts: str = ""

    def known(self) -> tuple[str, ...]:
        """Return every key that a table of this action may have."""
        return (*self.words, *self.numbers.names(), *((self.parts,) if self.parts else ()))


def _action(doc: str, words: Mapping[str, str | None], *numbers: Parameter, parts: str = "") -> Action:
    return Action(doc, words, Section("interventions", doc, numbers), parts)


ACTIONS: dict[str, Action] = {
    "deplete": _action(
        "take away cells of a kind at the start, and all through the window those that come",
        {"target": None}, _START, _END,
        Parameter("efficacy", 1.0, "1", "Share of the cells taken away.", 0.0, 1.0),
        Parameter("recovery", 0.0, "day", "Time after the end over which the kind comes back, evenly; with 0, blood cells come back at the pace of their recruitment and residents do not.", 0.0, NEVER),
    ),
    "block": _action(
        "multiply a behaviour, a secreted or a sensed signal, a rule or a level by a factor below 1",
        {"target": None, "behaviour": None}, _START, _END,
        Parameter("factor", 0.0, "1", "What remains of it; above 1 boosts it.", 0.0, 1e4),
    ),
    "boost": _action(
        "multiply a behaviour, a secreted or a sensed signal, a rule or a level by a factor above 1",
        {"target": None, "behaviour": None}, _START, _END,
        Parameter("factor", 2.0, "1", "How many times as much.", 0.0, 1e4),
    ),
    "knock_out": _action(
        "take a behaviour, a secreted or a sensed signal or a rule away from the start of the run to its end",
        {"target": None, "behaviour": None},
    ),
    "add_cells": _action(
        "bring cells of a kind in, once",
        {"target": None, "where": "vessel"}, _START,
        Parameter("number", 0, "cells", "How many; or give their density.", 0, 1_000_000),
        Parameter("density", 0.0, "/mm3", "How many per volume of liver.", 0.0, 1e6),
    ),
    "add_signal": _action(
        "raise a signal: a systemic level everywhere, a diffusing one by a source in the tissue",
        {"signal": None}, _START, _END,
        Parameter("amount", 1.0, "relative", "How much; a source of 1 everywhere gives a concentration of 1.", 0.0, 1000.0),
        *_ZONE,
    ),
    "add_matrix": _action(
        "lay down collagen, fibronectin, traps or debris, once",
        {"matrix": None}, _START,
        Parameter("amount", 0.5, "1", "How much at each site; collagen and fibronectin fill up at 1.", 0.0, 100.0),
        *_ZONE,
    ),
    "set_state": _action(
        "set the activation, polarisation, capillarisation or load of a kind's cells, once",
        {"target": None, "state": None}, _START,
        Parameter("value", 1.0, "1", "The state that they get.", 0.0, 1000.0),
        Parameter("share", 1.0, "1", "Share of the cells that get it.", 0.0, 1.0),
    ),
    "dose": _action(
        "give a drug, once or again and again; its level falls with a half-life and acts by Emax and EC50",
        {"drug": None}, _START,
        Parameter("every", 0.0, "day", "Time between doses.", 0.0, NEVER),
        Parameter("doses", 1, "1", "Number of doses.", 1, 10_000),
        Parameter("amount", 1.0, "1", "Size of a dose, in the drug's standard doses.", 0.0, 1000.0),
        Parameter("half_life", 24.0, "h", "Half-life of the drug's level.", 0.01, 1e5),
        parts="effects",
    ),
    "condition": _action(
        "put the liver into a named condition: a list of changes",
        {"condition": None},
        replace(_START, doc="When the condition begins; its changes count their times from here."),
        Parameter("strength", 1.0, "1", "How strong: 0 none, 1 as named.", 0.0, 10.0),
        parts="changes",
    ),
}  # fmt: skip
BLOCKS = ("block", "boost", "knock_out")


@dataclass(frozen=True)
class DrugEffect:
    """Hold one effect of a drug on a lever, or (``kill``) the rate at which it kills cells of a kind.

    Attributes
    ----------
    maximum : float
        Factor on the lever at saturation; for ``amount``, what one unit of the level adds to a systemic level;
        for ``kill``, the rate (per h) at saturation.
    """

    mode: str
    target: str
    behaviour: str
    maximum: float
    half_max: float
    power: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as a scenario file would give it."""
        name = {"factor": "maximum", "amount": "amount", "kill": "kill"}[self.mode]
        table: dict[str, Any] = {"target": self.target, name: self.maximum}
        table["only" if self.mode == "kill" else "behaviour"] = self.behaviour
        return table if self.mode == "amount" else table | {"half_max": self.half_max, "power": self.power}


@dataclass(frozen=True)
class Intervention:
    """Hold one checked change from outside; times in days from the moment the first tumour cells may enter.

    ``parts`` are the effects of a drug, or the changes that make up a condition.
    """

    action: str
    words: Mapping[str, str]
    numbers: Mapping[str, float]
    parts: tuple[Any, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return it as a scenario file would give it, with every value resolved."""
        table: dict[str, Any] = {"action": self.action, **self.words, **self.numbers}
        name = ACTIONS[self.action].parts
        return table | {name: [part.to_dict() for part in self.parts]} if name else table

    @property
    def start(self) -> float:
        """Return when it begins (day); what is knocked out has no beginning."""
        starts = [part.start for part in self.parts if isinstance(part, Intervention)]
        return min([self.numbers.get("start", 0.0), *starts])

    def window(self) -> Window:
        """Return the factor over time; 1 outside the window."""
        if self.action == "knock_out":
            return Window(EARLIEST - 1.0, NEVER + 1.0, 0.0)
        value = self.numbers.get("factor", self.numbers.get("amount", 1.0))
        return Window(
            self.numbers["start"], self.numbers["end"], value, 0.0 if self.action == "add_signal" else 1.0
        )

    def course(self) -> Course:
        """Return the level of a drug over time."""
        n = self.numbers
        return Course(n["start"], n["every"], int(n["doses"]), n["amount"], n["half_life"])
