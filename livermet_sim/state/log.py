"""Keep what happened to tumour cells: one record an event, sorted so that row order never shows."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import CAUSES, EVENTS
from livermet_sim.state.table import Column

# how a cell is held, or makes room, and no cause at all
HARMLESS = ("none", "mechanical", "adhesive", "blocked", "replacement", "pushing", "tumour")
COLUMNS = (
    Column("tick", "ticks", "Step in which it happened.", whole=True),
    Column("event", "code", "What happened.", whole=True, of="event"),
    Column("cause", "code", "By what, or how.", whole=True, of="cause"),
    Column("key", "code", "Of the cell.", whole=True),
    Column("founder", "code", "Of the cell.", whole=True, of="lesion"),
    Column("lesion", "code", "Of the cell.", whole=True, of="lesion"),
    Column("site", "code", "Where it happened.", whole=True, of="site"),
    Column("layer", "code", "0 in the vessel lumen, 1 in tissue.", whole=True, of="2"),
    Column("phase", "code", "Of the cell's lesion.", whole=True, of="5"),
)


class EventLog:
    """Append events in blocks of int64[m, 9], columns COLUMNS.

    ``event`` is an index into ``names``, ``cause`` into ``causes``: the named ones, then every cell kind.
    """

    names = EVENTS

    def __init__(self, kinds: tuple[str, ...]):
        self.causes = (*CAUSES, *kinds)
        self._blocks: list[np.ndarray] = []

    @property
    def deadly(self) -> tuple[str, ...]:
        """Return the causes of which a tumour cell can die: its own deaths, and every kind of cell but its own."""
        return tuple(cause for cause in self.causes if cause not in HARMLESS)

    def add(self, block: np.ndarray) -> None:
        """Keep a copy of a block of events."""
        if len(block):
            self._blocks.append(np.array(block, dtype=np.int64))

    def array(self) -> np.ndarray:
        """Return all events sorted by tick, event, key: int64[m, 9]."""
        if not self._blocks:
            return np.zeros((0, len(COLUMNS)), dtype=np.int64)
        events = np.concatenate(self._blocks)
        events = events[np.lexsort((events[:, 6], events[:, 2], events[:, 3], events[:, 1], events[:, 0]))]
        self._blocks = [events]
        return events
