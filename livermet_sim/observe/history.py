"""Turn what was watched of a run (rows of the time series, snapshots, frames of the film) into plain arrays and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from livermet_sim.base.values import Values
from livermet_sim.observe.frames import Film, pack
from livermet_sim.observe.readouts.own import added
from livermet_sim.observe.recorder import Recorder, snapshot
from livermet_sim.state.stored import LARGEST
from livermet_sim.state.world import World

CELLS = "cells"


def arrays(world: World, recorder: Recorder, film: Film) -> dict[str, np.ndarray]:
    """Return all that was watched; of each snapshot and frame the arrays one after the other."""
    row, shot, frame = _patterns(world, recorder)
    found = {f"rows.{name}": _column([r[name] for r in recorder.rows], value) for name, value in row.items()}
    shots = [_flat(each) for each in recorder.shots]
    for group, records, pattern in (("shots", shots, shot), ("frames", film.frames, frame)):
        for name, value in pattern.items():
            own = [record[name] for record in records]
            found[f"{group}.{name}"] = (
                np.concatenate([*own, value[:0]]) if _of_cells(name) else _stack(own, value)
            )
        counts = [len(record[_counted(pattern)]) for record in records]
        found[f"{group}.count"] = np.array(counts, dtype=np.int64)
    return found


def numbers(film: Film) -> dict[str, float]:
    """Return how far the film is, besides its frames."""
    return {"interval": film.interval, "next": film.next}


def declared(world: World, recorder: Recorder) -> dict[str, Values]:
    """Return what each of the arrays holds."""
    row, shot, frame = _patterns(world, recorder)
    found = {f"rows.{name}": _values(value, "row") for name, value in row.items()}
    for group, pattern in (("shots", shot), ("frames", frame)):
        for name, value in pattern.items():
            axes = (f"{group}.cell",) if _of_cells(name) else (group, "site")[: 1 + np.ndim(value)]
            found[f"{group}.{name}"] = _values(value, *axes)
        found[f"{group}.count"] = Values("whole", "cells", 0.0, axes=(group,))
    return found


def put(
    world: World, recorder: Recorder, film: Film, found: Mapping[str, np.ndarray], single: Mapping[str, float]
) -> None:
    """Let a run just made have watched what another has."""
    row, shot, frame = _patterns(world, recorder)
    values = {
        name: found[f"rows.{name}"].astype(np.asarray(value).dtype).tolist() for name, value in row.items()
    }
    recorder.rows = [dict(zip(values, each, strict=True)) for each in zip(*values.values(), strict=True)]
    recorder.shots = [_deep(each) for each in _records("shots", shot, found)]
    film.frames = _records("frames", frame, found)
    film.interval, film.next = single["interval"], single["next"]
    settle(world, recorder, film)


def copy(world: World, source: tuple[Recorder, Film], target: tuple[Recorder, Film]) -> None:
    """Let a run just made have watched what another in this process has; what was recorded is shared."""
    target[0].rows, target[0].kept = list(source[0].rows), list(source[0].kept)
    target[1].kept = list(source[1].kept)
    target[1].interval, target[1].next = source[1].interval, source[1].next
    settle(world, *target)


def settle(world: World, recorder: Recorder, film: Film) -> None:
    """Leave out the snapshots that are taken already, and know how large the film is."""
    recorder.times = [hours for hours in recorder.times if hours > world.clock.hours + 1e-9]
    film.weigh()


def _patterns(world: World, recorder: Recorder) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return a row, a flat snapshot and a frame of the present, which show names and types."""
    now = world.clock.hours
    own = {each.name for each in added()}  # which another session does not know
    row = {name: value for name, value in recorder.observe(world, now).items() if name not in own}
    return row, _flat(snapshot(world, now)), pack(world, now)


def _flat(shot: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in shot.items() if name != CELLS}
    return own | {f"{CELLS}.{name}": value for name, value in shot[CELLS].items()}


def _deep(shot: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: value for name, value in shot.items() if not name.startswith(f"{CELLS}.")}
    cells = {name.partition(".")[2]: value for name, value in shot.items() if name.startswith(f"{CELLS}.")}
    return found | {CELLS: cells}


def _counted(pattern: Mapping[str, Any]) -> str:
    """Return an array that has one value a cell."""
    return next(name for name in pattern if _of_cells(name))


def _of_cells(name: str) -> bool:
    return name.startswith(("cells.", "cell_"))


def _values(like: Any, *axes: str) -> Values:
    kind = {"f": "number", "b": "switch"}.get(np.asarray(like).dtype.kind, "whole")
    return Values(kind, "1", -LARGEST, LARGEST, missing=True, axes=axes)


def _column(values: Sequence[Any], like: Any) -> np.ndarray:
    return np.array(values, dtype=np.asarray(like).dtype)


def _stack(own: Sequence[Any], like: Any) -> np.ndarray:
    """Return values of each record in one array; bytes as what changed since the record before, which packs well."""
    stack = np.array(own) if own else np.zeros((0, *np.shape(like)))
    stack = stack.astype(np.asarray(like).dtype)
    if stack.dtype == np.uint8:
        stack[1:] ^= stack[:-1].copy()
    return stack


def _records(group: str, pattern: Mapping[str, Any], found: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
    """Return the records that `arrays` has put together.

    Raises
    ------
    ValueError
        When the numbers of cells do not add up.
    """
    count = found[f"{group}.count"]
    ends = np.cumsum(count)
    if int(ends[-1] if len(ends) else 0) != len(found[f"{group}.{_counted(pattern)}"]):
        raise ValueError(f"array {group}.count does not divide the cells")
    records: list[dict[str, Any]] = [{} for _ in count]
    for name, value in pattern.items():
        own = found[f"{group}.{name}"].astype(np.asarray(value).dtype)
        if _of_cells(name):
            parts: Any = np.split(own, ends[:-1]) if len(ends) else []
        else:
            parts = np.bitwise_xor.accumulate(own, axis=0) if own.dtype == np.uint8 and len(own) else own
            parts = parts.tolist() if parts.ndim == 1 else parts
        for record, part in zip(records, parts, strict=True):
            record[name] = part
    return records
