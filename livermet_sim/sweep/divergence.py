"""Watch two livers that share their past and their luck, and take note where they first differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import EVENTS, WASH_OUT
from livermet_sim.state.world import World
from livermet_sim.sweep.removal import Removal

SIGNAL, RATE, CELL, EVENT = "signal", "rate", "cell", "event"
CHAIN = (SIGNAL, RATE, CELL, EVENT)
SCRATCH = ("event", "cause")  # columns that hold what a cell does within a step
OF_EVENT = [0, 1, 2, 3, 6, 7]  # of the log's columns: neither founder nor the lesion's number and phase
COLUMNS = ("what", "hours", "where", "name", "with_it", "without_it", "others")
Found = dict[str, Any] | None


class Divergence:
    """Keep the first difference of each link of the chain: a signal, what a cell is about to do, a cell, an event.

    Attributes
    ----------
    first : dict of str to dict
        By link: ``hours``, ``where`` (the cell or the site), ``name`` (what of it), both values, and how many ``others``
        differed at that moment too.
    """

    def __init__(self, kept: Engine, without: Engine, removal: Removal):
        self.pair, self.removal = (kept, without), removal
        self.first: dict[str, dict[str, Any]] = {}

    def look(self) -> None:
        """Compare the two after a step; the cells taken out do not count."""
        ways: dict[str, Callable[[World, World], Found]] = {
            SIGNAL: _signal, RATE: self._rate, CELL: self._cell, EVENT: self._event
        }  # fmt: skip
        a, b = (engine.world for engine in self.pair)
        for link, way in ways.items():
            if link not in self.first:
                found = way(a, b)
                if found is not None:
                    self.first[link] = {"hours": a.clock.hours, **found}

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each link found, by time and in the order of the chain."""
        found = [{"what": link, **self.first[link]} for link in CHAIN if link in self.first]
        return sorted(found, key=lambda row: row["hours"])

    def _shared(self, a: World, b: World) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows in both of the cells that live in both, by key."""
        both, at, there = np.intersect1d(a.cells["key"], b.cells["key"], return_indices=True)
        good = self.removal.spares(both, a.cells["kind"][at])
        return at[good], there[good]

    def _rate(self, a: World, b: World) -> Found:
        at, there = self._shared(a, b)
        ours, theirs = a.rates[at], b.rates[there]
        if np.array_equal(ours, theirs):
            return None
        names = self.pair[0].compiled.behaviours
        return _first_cell(a, at, {n: (ours[:, i], theirs[:, i]) for i, n in enumerate(names)})

    def _cell(self, a: World, b: World) -> Found:
        alone = [self._only_in(a, b), self._only_in(b, a)]
        gone = sum(map(len, alone))
        if gone:
            world, rows = (a, alone[0]) if len(alone[0]) else (b, alone[1])
            row = rows[np.argmin(world.cells["key"][rows])]
            words = ("here", "gone") if world is a else ("not there", "here")
            return {
                "where": _named(world, row),
                "name": "presence",
                "with_it": words[0],
                "without_it": words[1],
                "others": gone - 1,
            }
        at, there = self._shared(a, b)
        ours, theirs = a.cells, b.cells
        if np.array_equal(ours.whole[:, at], theirs.whole[:, there]) and np.array_equal(
            ours.real[:, at], theirs.real[:, there], equal_nan=True
        ):
            return None
        names = [name for name in a.cells.columns if name not in SCRATCH]
        return _first_cell(a, at, {n: (a.cells[n][at], b.cells[n][there]) for n in names})

    def _only_in(self, a: World, b: World) -> np.ndarray:
        keys, kinds = a.cells["key"], a.cells["kind"]
        return np.flatnonzero(self.removal.spares(keys, kinds) & ~np.isin(keys, b.cells["key"]))

    def _event(self, a: World, b: World) -> Found:
        logs = [self._step(world) for world in (a, b)]
        odd = logs[0] ^ logs[1]
        if not odd:
            return None
        key = min(odd, key=lambda event: (event[1], event[3]))[3]
        own = [sorted(event for event in log if event[3] == key) for log in logs]
        said = [_said(world, events) for world, events in zip((a, b), own, strict=True)]
        if said[0] == said[1]:
            said = [f"{said[0]} at {_places(a, [e for e in events if e in odd])}" for events in own]
        others = len({event[3] for event in odd}) - 1
        where = f"{a.kinds[0]} {key}"
        return {"where": where, "name": "event", "with_it": said[0], "without_it": said[1], "others": others}

    def _step(self, world: World) -> set[tuple[int, ...]]:
        """Return what happened in the step just done to cells that were not taken out."""
        log = world.log.array()
        log = log[np.searchsorted(log[:, 0], world.clock.tick - 1) :]
        return {
            tuple(event)
            for event in log[:, OF_EVENT][self.removal.spares(log[:, 3], np.zeros(len(log)))].tolist()
        }


def _signal(a: World, b: World) -> Found:
    ours, theirs = a.fields.concentration, b.fields.concentration
    odd = ours != theirs
    if not odd.any():
        return None
    # the steepest, as a signal reaches far at once in traces
    site, number = np.unravel_index(np.argmax(np.abs(ours - theirs)), odd.shape)
    x, y = a.tissue.xy(np.array([site]))
    return {
        "where": f"({x[0]:g}, {y[0]:g}) um", "name": a.fields.names[number], **_both(ours[site, number], theirs[site, number]),
        "others": int(odd.any(axis=1).sum()) - 1,
    }  # fmt: skip


def _first_cell(world: World, rows: np.ndarray, pairs: dict[str, tuple[np.ndarray, np.ndarray]]) -> Found:
    """Return the cell that differs most, and in what: by a code, or by the largest share of what any cell has of it."""
    if not len(rows):
        return None
    rows_by_key = np.argsort(world.cells["key"][rows])
    gaps = np.stack([_gap(*pair)[rows_by_key] for pair in pairs.values()])
    if not gaps.any():
        return None
    which, place = np.unravel_index(np.argmax(gaps), gaps.shape)
    one, name = int(rows_by_key[place]), list(pairs)[which]
    ours, theirs = pairs[name]
    return {
        "where": _named(world, rows[one]), "name": name, **_both(ours[one], theirs[one]),
        "others": int(gaps.any(axis=0).sum()) - 1,
    }  # fmt: skip


def _gap(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return how far two columns are apart in each cell: 0 for the same, up to 1; 1 where a code or a missing value differs."""
    if ours.dtype.kind != "f":
        return (ours != theirs).astype(float)
    missing = np.isnan(ours) | np.isnan(theirs)
    most = max(np.abs(column[~missing]).max(initial=0.0) for column in (ours, theirs))
    gap = np.where(missing, np.isnan(ours) != np.isnan(theirs), np.abs(ours - theirs) / (most or 1.0))
    # no difference is lost to rounding
    return np.where(~missing & (ours != theirs), np.maximum(gap, np.finfo(float).tiny), gap)


def _named(world: World, row: int) -> str:
    return f"{world.kinds[int(world.cells['kind'][row])]} {int(world.cells['key'][row])}"


def _both(ours: Any, theirs: Any) -> dict[str, str]:
    """Return two unlike values, with as many digits as tell them apart."""
    for digits in (6, 10, 17):
        words = [
            f"{value:.{digits}g}" if isinstance(value, float) else str(value) for value in (ours, theirs)
        ]
        if words[0] != words[1]:
            break
    return {"with_it": words[0], "without_it": words[1]}


def _said(world: World, events: list[tuple[int, ...]]) -> str:
    """Return what happened to a cell in a step, in words."""
    words = [EVENTS[event[1]] + _cause(world, event) for event in events]
    return (
        ", ".join(f"{words.count(w)} x {w}" if words.count(w) > 1 else w for w in dict.fromkeys(words))
        or "nothing"
    )


def _places(world: World, events: list[tuple[int, ...]]) -> str:
    x, y = world.tissue.xy(np.array([event[4] for event in events], dtype=np.int64))
    return ", ".join(f"({left:g}, {down:g}) um" for left, down in zip(x, y, strict=True))


def _cause(world: World, event: tuple[int, ...]) -> str:
    cause = world.log.causes[event[2]]
    return "" if event[1] == WASH_OUT or cause == "none" else f" ({cause})"
