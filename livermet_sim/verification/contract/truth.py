"""Compare every array before and after each process of each step: what a process changes, it declares, and in its time."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

import numpy as np

from livermet_sim.engine import Engine
from livermet_sim.processes.process import Process
from livermet_sim.state import stored
from livermet_sim.state.world import World

# who needs to know who is where first has it counted, and the pressure with it: a reading of the cells, not a change
COUNTED = {"sites.pressure"}
CALLED = {"rates": "cells.rates", "segment_row": "segments"}
# flow is solved at once where tubes came or went or all blood is clamped, and oxygen with it then
AT_ONCE = {"Perfuse", "Oxygenate"}


def everything(world: World) -> dict[str, np.ndarray]:
    """Return a copy of every array of the state, with the events and totals so far."""
    found = {
        f"{name}.{column}": table[column].copy()
        for name, (table, _) in stored.tables(world).items()
        for column in table.columns
    }
    found |= {
        CALLED.get(path, path): attrgetter(path)(world).copy() for path in stored.ARRAYS if path != "rates"
    }
    found["cells.rates"] = world.rates[: world.cells.n].copy()
    found["fields.source"] = world.fields.source.copy()
    found["log"] = np.array(len(world.log.array()))
    return found | {"totals": np.array(sorted(world.totals.values()))}


def changed(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> set[str]:
    """Return the names of the arrays that differ."""
    return {
        name
        for name, one in before.items()
        if one.shape != after[name].shape
        or not np.array_equal(one, after[name], equal_nan=one.dtype.kind == "f")
    }


def tells(process: Process, name: str) -> bool:
    """Say whether a process declares that it changes an array, or the table or group that it is part of."""
    own = {declared.split("[")[0] for declared in (*process.writes, *process.adds)}
    own |= {f"carried.{carried.name}" for carried in process.carries}
    return any(name == declared or name.startswith(f"{declared}.") for declared in own)


def untold(engine: Engine, steps: int) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Carry a run on and return by process what it changed without telling, and what out of its time."""
    world, untimely = engine.world, {}
    silent: dict[str, set[str]] = {process.name: set() for process in engine.plan.processes}
    for _ in range(steps):
        before = everything(world)
        for _, process in engine.plan.due(world):
            process.step(world)
            after = everything(world)
            found = changed(before, after) - COUNTED
            silent[process.name].update(n for n in found if not tells(process, n))
            if not world.clock.due(process.every):
                untimely.setdefault(process.name, set()).update(found)
            before = after
        world.clock.tick += 1
    return silent, untimely


def lies(engine: Engine, steps: int, names: Iterable[str] = ()) -> list[str]:
    """Return a sentence for each process, of those named or of all, that does not tell what it changes, or when."""
    silent, untimely = untold(engine, steps)
    wanted = tuple(names) or tuple(silent)
    found = [
        f"{name} changes {', '.join(sorted(silent[name]))} and does not say so"
        for name in wanted
        if silent[name]
    ]
    return found + [
        f"{name} changes {', '.join(sorted(untimely[name]))} at times at which it does not run"
        for name in wanted
        if untimely.get(name) and name not in AT_ONCE
    ]
