"""Check the plan: one writer an array, stages in order, a table that names them, and that it tells the truth."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from livermet_sim import processes
from livermet_sim.engine import Engine
from livermet_sim.engine import run as engine_module
from livermet_sim.processes.plan import Plan, in_turns
from livermet_sim.processes.process import STAGES, Process
from livermet_sim.processes.setting import Setting
from livermet_sim.scenario.load import load
from livermet_sim.state.clock import Clock


def made(name: str, stage: str = "act", writes: tuple[str, ...] = (), adds: tuple[str, ...] = ()) -> Process:
    """Return a process that does nothing."""
    doc = {
        "stage": stage,
        "writes": writes,
        "adds": adds,
        "step": lambda self, world: None,
        "__doc__": f"Be {name}.",
    }
    return type(name, (Process,), doc)()


def test_two_writers_of_one_array_are_refused():
    with pytest.raises(ValueError, match=r"Second and First both write sites\.net; one must own it"):
        Plan([made("First", writes=("sites.net",)), made("Second", writes=("sites.net",))])


def test_several_may_add_and_parts_may_be_shared():
    Plan([made("A", adds=("log",)), made("B", adds=("log",), writes=("x[a]",)), made("C", writes=("x[b]",))])


def test_a_stage_that_is_over_is_refused():
    with pytest.raises(ValueError, match="Late belongs to the stage sense, which is over when it runs"):
        Plan([made("First", "sense"), made("Second", "decide"), made("Late", "sense")])


def test_only_those_that_a_process_names_and_no_class_made_from_them_are_at_work_beside_it():
    first, second, third = made("First"), made("Second"), made("Third")
    third.beside = (type(first), type(second))
    assert in_turns([first, second, third]) == [[[0, 1], [2]]]
    like = type("Like", (type(second),), {})()
    for others in ([first, like], [second, first], [second], [], [first, second, made("Between")]):
        assert all(len(lanes) == 1 for lanes in in_turns([*others, third]))


def test_a_process_must_say_what_it_does():
    bare = type("Bare", (Process,), {})()
    with pytest.raises(TypeError, match="Bare does not say what it does"):
        bare.step(None)


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine(load("strip", {"run.days": 4, "seeding.enrichment": 60}), 3)
    engine.run(24)
    return engine


def test_the_table_names_every_stage_and_process_with_its_time(engine):
    lines = engine.plan.table().splitlines()
    assert len(lines) == 1 + len(engine.plan.processes)
    for line, process in zip(lines[1:], engine.plan.processes, strict=True):
        stage, name = line.split()[:2]
        assert (stage, name) == (process.stage, process.name)
        assert all(touched in line for touched in (*process.writes, *process.adds))
    assert {line.split()[0] for line in lines[1:]} <= set(STAGES)
    # the recorder may be the only one that observes
    assert {p.stage for p in engine.plan.processes} == set(STAGES)


def test_time_is_kept_for_every_process(engine):
    times = engine.plan.timings()
    assert list(times) == [p.name for p in engine.plan.processes]
    assert engine.plan.steps == engine.world.clock.tick and min(times.values()) >= 0.0
    assert sum(times.values()) > 0.0


def declared(process: Process) -> set[str]:
    """Return the arrays a process says that it changes, parts of rows taken as the whole array."""
    return {name.split("[")[0] for name in (*process.writes, *process.adds)}


def test_processes_change_only_the_site_arrays_that_they_declare():
    # a liver in which vessels close and sprout, so that every process has something to do
    engine = Engine(
        load(
            "lobule",
            {
                "run.days": 8,
                "seeding.enrichment": 60,
                "cells.tumour.dormant_share": 0.0,
                "cells.tumour.coopt": 0.1,
            },
        ),
        3,
    )
    world, undeclared, changed = engine.world, {}, set()
    for _ in range(6 * 24 * 4):
        for process in engine.plan.processes:
            before = world.sites.real.copy()
            if process.runs(world):
                process.step(world)
            if np.array_equal(before, world.sites.real):
                continue
            for name in world.sites.columns:
                index = world.sites.index(name)
                if not np.array_equal(before[index], world.sites.real[index]):
                    changed.add(process.name)
                    if f"sites.{name}" not in declared(process):
                        undeclared.setdefault(process.name, set()).add(name)
        world.clock.tick += 1
    assert {"Perfuse", "Divide", "Remodel"} <= changed
    # who owns the census owns the pressure that is counted with it, whoever asks for the count first
    for names in undeclared.values():
        names.discard("pressure")
    assert not {process: sorted(names) for process, names in undeclared.items() if names}


class Hourly(Process):
    """Take note of when it ran."""

    every = 1.0

    def __init__(self):
        self.ran = []

    def step(self, world):
        self.ran.append(world.clock.tick)


def test_the_plan_keeps_the_time():
    hourly, each = Hourly(), Hourly()
    each.every = 0.0
    world = SimpleNamespace(clock=Clock(0.25, tick=-8, first=-8), tissue=SimpleNamespace(n=1))
    plan = Plan((hourly, each))
    for _ in range(12):
        plan.step(world)
        world.clock.tick += 1
    assert hourly.ran == [-8, -4, 0] and each.ran == list(range(-8, 4))


def test_no_process_asks_whether_it_is_time():
    # rules are evaluated at every step for some cells and hourly for the others; rows are sorted once a day
    by_part = {"deciding.py", "settling.py"}
    folder = Path(processes.__file__).parent
    asking = {path.name for path in folder.rglob("*.py") if "clock.due(" in path.read_text(encoding="utf-8")}
    assert asking == by_part | {"process.py"}


def test_every_behaviour_that_a_kind_declares_is_read_by_a_process(monkeypatch):
    asked = set()

    def heard(values, kinds, fields, column):
        return Setting(values, kinds, fields, lambda name: asked.add(name) or column(name))

    monkeypatch.setattr(engine_module, "Setting", heard)
    engine = Engine(load("strip"), 1)
    # signals are told by the first, what is recruited as well
    unread = set(engine.compiled.behaviours) - asked
    assert {name for name in unread if not name.startswith(("secrete.", "recruit."))} == set()
    assert asked & {f"secrete.{name}" for name in engine.recipe.fields}
