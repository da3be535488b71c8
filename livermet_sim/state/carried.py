"""Declare what a process carries from one tick to the next: tables of World, with the unit and meaning of each column."""

from __future__ import annotations

from dataclasses import dataclass

from livermet_sim.state.table import Column, Table


@dataclass(frozen=True, slots=True)
class Carried:
    """Declare one table that a process keeps in ``world.carried``; the process itself holds parameters and scratch.

    Attributes
    ----------
    name : str
        Under which World holds it.
    doc : str
        What a row is.
    columns : tuple of Column
    over : str
        ``"run"`` for one row, ``"site"`` or ``"port"`` for a row for each; ``""`` where rows come and go, in any order.
    """

    name: str
    doc: str
    columns: tuple[Column, ...]
    over: str = ""

    def table(self, rows: int) -> Table:
        """Return the table as a run begins with it: ``rows`` rows at the columns' defaults."""
        made = Table(self.columns, max(rows, 16))
        made.append(rows)
        return made


LEVEL_COLUMNS = (
    Column("value", "as its parameter", "The level as it is now."),
    Column("shift", "as its parameter", "How much of it interventions have added; the rest is underneath."),
)
