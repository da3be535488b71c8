"""Know which row each cell stands in, and hold what looks at cells: one view a cell, for as long as it lives."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.state.census import Census
from livermet_sim.state.world import World

GONE = -1
# what every view holds
OURS = {"model", "_key", "_row"}


class Roster:
    """Find cells by key, and views of them.

    Parameters
    ----------
    model : object
        Handed to each view when it is made, together with the cell's key.
    classes : sequence of type
        The class of view of each kind, in the order of the kinds' codes.
    """

    def __init__(self, model: Any, world: World, classes: Sequence[type]):
        self.model, self.world, self.classes = model, world, tuple(classes)
        self._views: dict[int, Any] = {}
        self._rows: dict[int, int] = {}
        self._tick = GONE
        self._counted: World | None = None

    def row(self, key: int, guess: int) -> int:
        """Return the row of a living cell, or GONE; ``guess`` is where it stood when last seen."""
        cells = self.world.cells
        keys = cells.full("key")
        if not (0 <= guess < cells.n and keys[guess] == key):
            guess = self._rows.get(key, GONE)
            if not (0 <= guess < cells.n and keys[guess] == key):
                self._rows = {k: i for i, k in enumerate(cells["key"].tolist())}
                guess = self._rows.get(key, GONE)
        return guess if guess != GONE and cells.full("alive")[guess] == 1 else GONE

    def codes(self, kind: str | type | None) -> tuple[int, ...]:
        """Return the codes of a kind, given by name or class, or of all kinds.

        Raises
        ------
        LivermetError
            For an unknown kind.
        """
        names = list(self.world.kinds)
        if isinstance(kind, str) and kind not in names:
            raise LivermetError("", f'"{kind}" is not a kind of cell', name=kind, valid=names)
        if kind is None or isinstance(kind, str):
            return tuple(range(len(names))) if kind is None else (names.index(kind),)
        return tuple(code for code, found in enumerate(self.classes) if issubclass(found, kind))

    def rows(self, codes: Sequence[int]) -> np.ndarray:
        """Return the rows of the living cells of some kinds, in the order of their keys."""
        self.world.drop_dead()
        cells = self.world.cells
        rows = np.flatnonzero(np.isin(cells["kind"], codes))
        return rows[np.argsort(cells.full("key")[rows])]

    def look(self, rows: np.ndarray) -> list[Any]:
        """Return the views of the cells in ``rows``, made where they are not there yet."""
        self._forget()
        cells, views = self.world.cells, self._views
        found: list[Any] = []
        keys, kinds = cells.full("key")[rows].tolist(), cells.full("kind")[rows].tolist()
        for key, kind, row in zip(keys, kinds, rows.tolist(), strict=True):
            if key not in views:
                views[key] = self.classes[kind](self.model, key)
            view = views[key]
            vars(view)["_row"] = row
            found.append(view)
        return found

    def counted(self) -> World:
        """Return the world as a cell senses it now: counted anew beside the run's own, which a look must not touch."""
        self.world.drop_dead()
        tick = self.world.clock.tick
        if self._counted is None or tick != self._counted.clock.tick:
            cells, sites = copy.copy(self.world.cells), copy.copy(self.world.sites)
            cells.real, sites.real = cells.real.copy(), sites.real.copy()
            census = Census(self.world.tissue, len(self.world.kinds), self.world.census.places)
            seen = replace(
                self.world, cells=cells, sites=sites, census=census, clock=copy.copy(self.world.clock)
            )
            seen.count()
            cells["crowding"][:] = sites["pressure"][cells["site"]]
            self._counted = seen
        return self._counted

    def remembered(self) -> str:
        """Return the name of something that a view of a living cell keeps of its own; empty where none does."""
        kept: list[dict[str, Any]] = [vars(view) for view in self._views.values() if view.alive]
        names = {name for own in kept for name in own}
        return min(names - OURS, default="")

    def changed(self) -> None:
        """Take note that somebody wrote to a cell: what cells sense is counted again."""
        self._counted = None

    def _forget(self) -> None:
        """Let go of the views of dead cells, once a tick."""
        if self._tick != self.world.clock.tick:
            self._tick = self.world.clock.tick
            self._views = {key: view for key, view in self._views.items() if view.alive}
