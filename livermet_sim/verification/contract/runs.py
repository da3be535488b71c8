"""Run a liver once more in ways that must not matter: rows in another order, new processes, saved and brought back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.engine import Engine, base_values
from livermet_sim.engine.assembly import processes
from livermet_sim.rulebook.compile import compile_rules
from livermet_sim.scenario.resume import resume
from livermet_sim.scenario.spec import Scenario
from livermet_sim.state import stored
from livermet_sim.verification.invariants import broken
from livermet_sim.verification.worlds.livers import shuffle_rows

EVERY = 10  # steps between two looks
MOST = 6  # arrays named in a sentence
Before = Callable[[Engine, int], None]
Course = tuple[list[str], Engine]


def course(scenario: Scenario, seed: int, steps: int, before: Before = lambda engine, step: None) -> Course:
    """Return the digest after every few steps of a run, and the run at its end."""
    engine, found = Engine(scenario, seed), []
    for step in range(steps):
        before(engine, step)
        engine.step()
        if step % EVERY == EVERY - 1 or step == steps - 1:
            found.append(engine.digest())
    return found, engine


def by_key(engine: Engine) -> dict[str, np.ndarray]:
    """Return the arrays of a run, cells in the order of their keys."""
    world = engine.world
    found, order = stored.arrays(world), np.argsort(world.cells["key"])
    cells = {name: found[name][order] for name in found if name == "rates" or name.startswith("cells.")}
    return {name: value for name, value in found.items() if name != "segment_row"} | cells


def apart(one: Engine, other: Engine) -> str:
    """Return the names of the arrays in which two runs differ."""
    ours, theirs = by_key(one), by_key(other)
    names = [
        n
        for n in ours
        if ours[n].shape != theirs[n].shape
        or not np.array_equal(ours[n], theirs[n], equal_nan=ours[n].dtype.kind == "f")
    ]
    return (
        ", ".join(names[:MOST]) + (f" and {len(names) - MOST} more" if len(names) > MOST else "")
        or "its totals"
    )


def differing(what: str, one: Course, other: Course) -> list[str]:
    """Return a sentence where two courses differ: when they first do, and what differs in the end."""
    for number, (ours, theirs) in enumerate(zip(one[0], other[0], strict=True), 1):
        if ours != theirs:
            return [
                f"{what}: the runs differ after {number * EVERY} steps, in the end in {apart(one[1], other[1])}"
            ]
    return []


def shuffled(scenario: Scenario, seed: int, steps: int, plain: Course | None = None) -> list[str]:
    """Say where the order of the rows of cells shows in a run; ``plain`` is its course, if it is known."""
    other = course(scenario, seed, steps, shuffle_rows)
    return differing("the order of rows shows", plain or course(scenario, seed, steps), other)


def renewed(scenario: Scenario, seed: int, steps: int, plain: Course | None = None) -> list[str]:
    """Say where a process keeps something to itself: new ones take the place of all before each step."""
    other = course(scenario, seed, steps, lambda engine, step: renew(engine))
    return differing("a process keeps something to itself", plain or course(scenario, seed, steps), other)


def renew(engine: Engine) -> None:
    """Put new processes with newly compiled rules in the place of all; who watches keeps what it has seen."""
    columns = tuple(engine.world.cells.columns.values())
    compiled = compile_rules(engine.recipe.rules, base_values(engine.recipe), columns)
    fresh = processes(engine.recipe, engine.setting, engine.world, compiled, engine.recorder, engine.film)
    engine.compiled, engine.plan.processes = compiled, tuple(fresh)


def restored(scenario: Scenario, seed: int, steps: int) -> list[str]:
    """Say where a run that was saved half-way and brought back does not go on as the one that never stopped."""
    engine, half = Engine(scenario, seed), steps // 2
    for _ in range(half):
        engine.step()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.npz"
        try:
            engine.save(path)
            other = resume(path)
        except LivermetError as error:
            return [f"a saved run is not brought back: {error.sentence}"]
    for _ in range(steps - half):
        for each in (engine, other):
            each.step()
    same = engine.digest() == other.digest()
    return [] if same else [f"a run that was saved goes on otherwise, in {apart(engine, other)}"]


def unaccounted(scenario: Scenario, seed: int, steps: int) -> list[str]:
    """Return a sentence for each thing that is true at every step of every liver and was not in this one."""
    engine = Engine(scenario, seed)
    for step in range(steps):
        engine.step()
        if step % EVERY == EVERY - 1 and (found := broken(engine)):
            return [f"after {step + 1} steps {sentence}" for sentence in found]
    return []
