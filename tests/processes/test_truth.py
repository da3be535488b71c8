"""Check that the plan tells the truth: every array, before and after each process of each step of an eventful run."""

from __future__ import annotations

import sys
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

from livermet_sim.processes.process import Process
from livermet_sim.state import stored
from livermet_sim.state.world import World

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_worlds import eventful

# who needs to know who is where first has it counted, and the pressure with it: a reading of the cells, not a change
COUNTED = {"sites.pressure"}
CALLED = {"rates": "cells.rates", "segment_row": "segments"}


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


@pytest.fixture(scope="module")
def seen() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return what each process changed without telling, and out of its time."""
    engine = eventful()
    world, untold, untimely = engine.world, {}, {}
    for _ in range(200):
        before = everything(world)
        for process in engine.plan.processes:
            if process.runs(world):
                process.step(world)
            after = everything(world)
            found = changed(before, after) - COUNTED
            untold.setdefault(process.name, set()).update(n for n in found if not tells(process, n))
            if not world.clock.due(process.every):
                untimely.setdefault(process.name, set()).update(found)
            before = after
        world.clock.tick += 1
    return untold, untimely


def test_every_change_of_every_array_is_declared(seen):
    assert {name: sorted(untold) for name, untold in seen[0].items() if untold} == {}


def test_a_process_changes_nothing_between_the_times_that_it_states(seen):
    untimely = {name for name, found in seen[1].items() if found}
    # flow is solved at once where tubes came or went
    assert untimely <= {"Perfuse"}
