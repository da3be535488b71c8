"""Listen to the rules at the moments at which something happens to a tumour cell: its own rules, and those of its partner.

What happens in a step follows from the rates that the rules last wrote before it. The run is made twice: once to know what
happens, and once with a `Listener` on its evaluations, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from livermet_sim.kernels.codes import (
    ADHESIVE,
    ARREST,
    CAUSES,
    DETACH,
    DIE,
    DIVIDE,
    EVENTS,
    EXTRAVASATE,
    FIRST_KILLER,
    INTRAVASATE,
    LUMEN,
    SLEEP,
    TUMOUR,
    WAKE,
    WASH_OUT,
)
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.rulebook.explain import Reason, explain_cell

if TYPE_CHECKING:
    from livermet_sim.state.world import World

OWN = {
    ARREST: ("bridge", "snare"), DETACH: ("bridge", "snare"), EXTRAVASATE: ("extravasate",), WAKE: ("wake",), SLEEP: ("sleep",),
    DIVIDE: ("divide", "coopt"), INTRAVASATE: ("intravasate",),
}  # fmt: skip
KILLING, HOLDING = ("engulf", "attack"), ("tether", "selectin", "grip")
Event = tuple[int, ...]  # a row of the log
Spoken = tuple[tuple[str, Reason], ...]  # whose rules, and why


@dataclass(frozen=True)
class Chapter:
    """Hold one event of a cell's life, and the rules that spoke for what it did, or its partner did, then.

    Attributes
    ----------
    hours : float, h
    key : int
        Of the cell.
    what : str
        The event and its cause.
    x, y : float, um
    layer : int
    spoken : tuple of (str, Reason)
        Whose rates, and why they had their values, before any intervention on a behaviour pulls at them; empty where nothing
        was evaluated before the event.
    """

    hours: float
    key: int
    what: str
    x: float
    y: float
    layer: int
    spoken: Spoken


class Listener:
    """Keep, for some events that are going to happen, why the rates had their values when they did.

    Parameters
    ----------
    events : iterable of tuple
        Rows of the log.
    span : int, ticks
        Between two evaluations of all cells.
    """

    def __init__(self, events: Iterable[Event], span: int):
        self.events, self.span = list(events), span
        self.heard: dict[Event, tuple[Spoken, Spoken]] = {}

    def __call__(self, compiled: Compiled, world: World, due: np.ndarray) -> None:
        """Take note of an evaluation, if it is one of the last before an event."""
        tick = world.clock.tick
        near = [event for event in self.events if tick <= event[0] < tick + self.span]
        if not near or not world.clock.begun:
            return
        rows: Mapping[int, int] = {key: row for row, key in enumerate(world.cells["key"].tolist())}
        for event in near:
            row = rows.get(event[3])
            if row is None:
                continue
            fresh = due[TUMOUR] == 1 or world.cells["layer"][row] == LUMEN
            own = self._reasons(compiled, world, row, _behaviours(event, world)) if fresh else ()
            partner = self._partner(compiled, world, row, event, due)
            # what is not due keeps what the evaluation before has given it
            before = self.heard.get(event, ((), ()))
            self.heard[event] = own or before[0], partner or before[1]

    def _partner(self, compiled: Compiled, world: World, row: int, event: Event, due: np.ndarray) -> Spoken:
        """Return why the cell that killed it, or the lining that held it, had its rates."""
        cells, site = world.cells, int(world.cells["site"][row])
        if event[1] == DIE and event[2] >= FIRST_KILLER:
            code, wanted = world.kinds.index(world.log.causes[event[2]]), KILLING
            near = np.append(world.tissue.contacts[site], site)
            rows = np.flatnonzero((cells["kind"] == code) & np.isin(cells["site"], near))
        elif event[1] == ARREST and event[2] == ADHESIVE and world.segments[event[6]] >= 0:
            code, wanted = world.the("lining"), HOLDING
            rows = np.array([world.segment_row[world.segments[event[6]]]])
            rows = rows[rows >= 0]
        else:
            return ()
        if not len(rows) or due[code] != 1:
            return ()
        rates = world.rates[rows][:, [compiled.column(name) for name in wanted]].max(axis=1)
        one = int(rows[np.argmax(rates)])
        name = f"{world.kinds[code]} {int(cells['key'][one])}"
        return tuple((name, reason) for _, reason in self._reasons(compiled, world, one, wanted))

    def _reasons(self, compiled: Compiled, world: World, row: int, wanted: tuple[str, ...]) -> Spoken:
        if not wanted:
            return ()
        return tuple(
            ("", reason) for reason in explain_cell(compiled, world, row) if reason.behaviour in wanted
        )

    def chapters(self, world: World) -> list[Chapter]:
        """Return the events in order of time."""
        found: list[Chapter] = []
        for event in sorted(self.events, key=lambda e: (e[0], e[3] if e[1] == DIVIDE else -1)):
            x, y = world.tissue.xy(np.array([event[6]]))
            found.append(Chapter((event[0] + 1) * world.clock.dt, event[3], words(event, world), float(x[0]), float(y[0]),
                                 event[7], sum(self.heard.get(event, ()), ())))  # fmt: skip
        return found


def words(event: Event, world: World) -> str:
    """Return an event of the log in words."""
    cause = world.log.causes[event[2]]
    return EVENTS[event[1]] + ("" if event[1] == WASH_OUT or cause == CAUSES[0] else f" ({cause})")


def _behaviours(event: Event, world: World) -> tuple[str, ...]:
    """Return the behaviours of the cell itself that lead to an event."""
    if event[1] != DIE:
        return OWN.get(event[1], ())
    cause = world.log.causes[event[2]]
    return (f"die.{cause}",) if event[2] < FIRST_KILLER else (f"vulnerability.{cause}", "vulnerability.other")
