"""Look at one readout, signal, response or kind of a run, and say what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.specs import Parameter
from livermet_sim.base.units import unit as check_unit
from livermet_sim.cells.kind import Kind
from livermet_sim.engine import Engine
from livermet_sim.observe.readouts.readout import REGISTRY, RUN
from livermet_sim.rulebook.own import PROBE, Shape, sensed
from livermet_sim.rulebook.signals import Signal
from livermet_sim.state.shown import Sight
from livermet_sim.verification.worlds.livers import shuffle_rows

NOT_YET = "it is not among those of this run"


def same(one: Any, other: Any) -> bool:
    """Say whether two arrays are the same, NaN where the other is."""
    one, other = np.asarray(one), np.asarray(other)
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def readout(engine: Engine, name: str, scope: str = RUN) -> list[str]:
    """Say what is wrong with a readout: whether it changes the run, hangs on the order of rows, is steady and as declared."""
    read = _reader(engine, name, scope)
    if read is None:
        return [f"{name}: {NOT_YET}"]
    try:
        state, first = engine.digest(), read()
        found = [] if same(first, read()) else [f"{name} gives another value when it is read again"]
        if engine.digest() != state:
            found.append(f"{name} changes the run")
        shuffle_rows(engine, 5)
        values = REGISTRY.find(name, scope).values  # type: ignore[union-attr]
        # a sum of fractions is not the same to the last bit in another order; sort, or add whole numbers
        found += [] if scope == "cell" or same(first, read()) else [f"{name} hangs on the order of rows"]
        if values.kind in ("number", "whole"):
            values.check(name, np.atleast_1d(np.asarray(first, dtype=float)))
    except (LivermetError, ValueError) as error:
        return [getattr(error, "sentence", str(error))]
    return found


def _reader(engine: Engine, name: str, scope: str) -> Callable[[], Any] | None:
    declared = REGISTRY.find(name, scope)
    if declared is None:
        return None
    if scope != RUN:
        return lambda: declared.column(engine.view())
    members = next((own for named, _, own in REGISTRY.named(engine.view()) if named == name), None)
    return None if members is None else lambda: declared.read(engine.view(), *members)


def signal(engine: Engine, own: Signal, rows: np.ndarray) -> list[str]:
    """Say what is wrong with a signal: whether it looks only, is steady, and tells each cell its own, whatever the others."""
    world = engine.world
    try:
        state, first = engine.digest(), sensed(own, Sight(world), rows)
        found = (
            []
            if same(first, sensed(own, Sight(world), rows))
            else [f"{own.name} gives another value when asked again"]
        )
        if engine.digest() != state:
            found.append(f"{own.name} changes the run")
        alone = np.concatenate([sensed(own, Sight(world), rows[i : i + 1]) for i in range(len(rows))])
        if not same(first, alone):
            found.append(f"{own.name} tells a cell another value when it is asked for that cell alone")
        key = world.cells["key"][rows]
        shuffle_rows(engine, 5)
        now = np.flatnonzero(np.isin(world.cells["key"], key))
        order = np.argsort(world.cells["key"][now])
        if not same(first[np.argsort(key)], sensed(own, Sight(world), now)[order]):
            found.append(f"{own.name} hangs on the order of rows")
    except LivermetError as error:
        return [error.sentence]
    return found


def response(shape: Shape, powers: tuple[float, ...] = (1.0, 2.0, 4.0)) -> list[str]:
    """Say what is wrong with a response: whether it is a share, nothing without a signal, steady, and of each signal by itself."""
    found: list[str] = []
    x = np.unique(np.concatenate([PROBE, np.logspace(-12, 12, 401), np.linspace(0.0, 5.0, 201)]))
    try:
        for power in powers:
            first = shape.share(x.copy(), power)
            if not same(first, shape.share(x.copy(), power)):
                found.append(f"{shape.name} gives another share when asked again")
            if first[0] != 0.0:
                found.append(f"{shape.name} gives {first[0]:g} without a signal")
            parts = np.concatenate([shape.share(part.copy(), power) for part in np.array_split(x[::-1], 7)])
            if not same(first[::-1], parts):
                found.append(f"{shape.name} gives a signal another share beside others")
    except LivermetError as error:
        found.append(error.sentence)
    return list(dict.fromkeys(found))


def kind(engine: Engine, own: Kind) -> list[str]:
    """Say what is wrong with a kind in a run as it stands: whether it is there, and each state of it from 0 to 1."""
    cells = engine.world.cells
    rows = engine.world.rows(own.name)
    found = [] if len(rows) else [f"there is no {own.name} cell in this run"]
    for state in own.states:
        values = cells[state.name][rows]
        if len(values) and not (values.min() >= 0.0 and values.max() <= 1.0):
            found.append(
                f"{state.name} of {own.name} cells is from {values.min():g} to {values.max():g}, and a state is from 0 to 1"
            )
    return found


def declared(own: Kind, fields: tuple[str, ...], kinds: tuple[str, ...]) -> list[str]:
    """Say what a kind does not declare as it should: unit, range, meaning and source of its parameters, meaning of its states."""
    found = [
        sentence
        for parameter in own.section(fields, kinds).parameters
        for sentence in _of_parameter(own.name, parameter)
    ]
    for state in own.states:
        if not (state.doc.endswith(".") and state.says.endswith(".")):
            found.append(f"the state {state.name} of {own.name} cells does not say what it is in a sentence")
    return found


def _of_parameter(kind: str, parameter: Parameter) -> Iterator[str]:
    place = f"{parameter.name} of {kind} cells"
    if not parameter.doc.endswith("."):
        yield f"{place} does not say what it is in a sentence"
    if parameter.grade == "found" and parameter.source == "assumed":
        yield f"{place} is found, and no source is named"
    try:
        check_unit(parameter.unit)
        parameter.read(parameter.default, place)
    except (LivermetError, ValueError) as error:
        yield getattr(error, "sentence", f"{place}: {error}")
