"""Check that a run that was saved, restored or forked is to the bit the one that never stopped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import digests
import numpy as np
import pytest
from engine_worlds import EVENTFUL, EVENTS, eventful

import livermet_sim as lm
from livermet_sim.base import provenance
from livermet_sim.base.errors import LivermetError
from livermet_sim.engine import Engine
from livermet_sim.scenario.resume import resume, treated
from livermet_sim.state import stored

TICKS, ON = 25, 8


def in_another_process(paths: list[Path], python: str = sys.executable) -> list[str]:
    """Return the digest that each of some saved runs has some steps later, in a fresh interpreter."""
    return told(python, "print(*(t.later(path) for path in sys.argv[1:]))", *map(str, paths))


def told(python: str, code: str, *words: str) -> list[str]:
    """Return the words that a line of code prints in a fresh interpreter that knows this file as t."""
    here = Path(__file__)
    folders = os.pathsep.join([str(here.parent), str(here.parents[2]), os.environ.get("PYTHONPATH", "")])
    command = [python, "-c", f"import sys, test_saved as t; {code}", *words]
    said = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": folders}, capture_output=True, text=True, check=True
    )
    return said.stdout.split()


def other_pythons() -> list[str]:
    """Return interpreters of other versions, on the path or in LIVERMET_PYTHONS, that have the packages which compute here.

    A state goes on only where numpy, scipy and numba are those that made it: they are part of the model's version.
    """
    named = os.environ.get("LIVERMET_PYTHONS", "").split(os.pathsep)
    found = [*filter(None, named), *filter(None, (shutil.which(f"python3.{n}") for n in range(11, 16)))]
    versions: dict[str, str] = {}
    for path in found:
        with suppress(subprocess.CalledProcessError, OSError):
            version, model = told(path, "import mesa; print(sys.version_info[1], t.provenance.model())")
            if model == provenance.model() and version != str(sys.version_info[1]):
                versions.setdefault(version, path)
    return list(versions.values())


def leave(folder: str) -> None:
    """Save a run at two steps, and print the digest some steps after each."""
    print(*saved_and_gone_on(eventful(), [5, 40], Path(folder))[1])


def later(path: str | Path, steps: int = ON) -> str:
    """Return the digest of a saved run some steps later."""
    engine = resume(path)
    for _ in range(steps):
        engine.step()
    return engine.digest()


def saved_and_gone_on(engine: Engine, ticks: list[int], folder: Path) -> tuple[list[Path], list[str]]:
    """Save a run at some steps, counted from its first; return the files and the digest some steps after each."""
    paths, wanted = [], {}
    for step in range(max(ticks) + ON + 1):
        if step in ticks:
            paths.append(folder / f"{engine.recipe.name}-{step}.npz")
            engine.save(paths[-1])
        if step - ON in ticks:
            wanted[step - ON] = engine.digest()
        engine.step()
    return paths, [wanted[tick] for tick in sorted(ticks)]


def everything(holder: Any, name: str = "world", seen: set[int] | None = None) -> dict[str, np.ndarray]:
    """Return every array that can be reached from an object."""
    seen = set() if seen is None else seen
    if isinstance(holder, np.ndarray):
        return {name: holder}
    if id(holder) in seen or isinstance(holder, str | bytes | int | float):
        return {}
    seen.add(id(holder))
    items = holder.items() if isinstance(holder, dict) else getattr(holder, "__dict__", {}).items()
    if isinstance(holder, list | tuple):
        items = ((str(i), each) for i, each in enumerate(holder))
    found: dict[str, np.ndarray] = {}
    for key, value in items:
        found |= everything(value, f"{name}.{key}", seen)
    return found


def test_a_run_saved_at_any_step_goes_on_in_another_process_as_if_it_had_never_stopped(tmp_path):
    ticks = sorted(np.random.default_rng(1).choice(180, 10, replace=False).tolist())
    paths, wanted = saved_and_gone_on(eventful(), ticks, tmp_path)
    assert len(set(wanted)) == len(wanted)
    assert in_another_process(paths) == wanted


def test_a_run_goes_on_under_another_version_of_python_and_back(tmp_path):
    """Under this one once more where there is no other."""
    paths, wanted = saved_and_gone_on(eventful(), [5, 40], tmp_path)
    for number, python in enumerate(other_pythons() or [sys.executable]):
        assert in_another_process(paths, python) == wanted, python
        there = tmp_path / str(number)
        assert told(python, "t.leave(sys.argv[1])", str(there)) == wanted, python
        assert [later(there / path.name) for path in paths] == wanted, python


@pytest.mark.long
@pytest.mark.parametrize("name", digests.names())
def test_every_shipped_scenario_goes_on_from_random_steps(name, tmp_path):
    engine = Engine(digests.small(name), 1)
    ticks = sorted(np.random.default_rng(len(name)).choice(960, TICKS, replace=False).tolist())
    paths, wanted = saved_and_gone_on(engine, ticks, tmp_path)
    assert in_another_process(paths) == wanted


@pytest.mark.parametrize("name", ["baseline", "strip"])
def test_a_shipped_scenario_goes_on_from_some_steps(name, tmp_path):
    paths, wanted = saved_and_gone_on(Engine(digests.small(name), 2), [0, 3, 50], tmp_path)
    assert in_another_process(paths) == wanted


def test_no_array_of_a_restored_world_differs_from_one_that_never_stopped(tmp_path):
    engine = eventful()
    for step in range(60):
        engine.step()
        if step % 11:
            continue
        engine.save(tmp_path / "a.npz")
        one, other = everything(engine.world), everything(resume(tmp_path / "a.npz").world)
        for name in one.keys() & other.keys():
            # spare rows, what is secreted (solved anew from cells) and the solver's workspace are nobody's; how the forks of
            # a network are found is worked out when it is solved next
            if any(
                part in name
                for part in (
                    "._real",
                    "._whole",
                    "._columns",
                    "world.rates",
                    "fields.",
                    "_blocks",
                    "census._",
                    "network._forks",
                )
            ):
                continue
            assert np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f"), name


def test_a_restored_run_needs_no_kernel_compiled_anew(tmp_path):
    engine = eventful()
    engine.run(6.0)
    engine.save(tmp_path / "a.npz")
    one, other = everything(engine.world), everything(resume(tmp_path / "a.npz").world)
    assert any("tissue" in name for name in one)
    for name in one.keys() & other.keys():
        # what numba tells types of arrays apart by
        a, b = ((v.dtype, v.ndim, v.flags.c_contiguous, v.flags.writeable) for v in (one[name], other[name]))
        assert a == b, name


def test_a_restored_run_gives_the_same_result(tmp_path):
    engine = eventful(observe__frames=3.0, observe__snapshots="0.5 1 2 3", observe__interval=1.0)
    for _ in range(100):
        engine.step()
    engine.save(tmp_path / "a.npz")
    other = resume(tmp_path / "a.npz")
    for each in (engine, other):
        each.run(30.0)
    one, two = engine.result(), other.result()
    two.provenance["seconds"], two.plan = one.provenance["seconds"], one.plan
    assert len(one.timeseries) > 50 and len(one.frames["time_h"]) > 15 and one == two


def test_an_untreated_fork_is_its_parent_and_leaves_it_alone():
    parent, alone = eventful(), eventful()
    for step in range(120):
        if step == 61:
            child = parent.fork()
            for _ in range(59):
                child.step()
        for each in (parent, alone):
            each.step()
    assert child.digest() == parent.digest() == alone.digest()


LATER = (
    lm.deplete("kupffer", at="10 h"),
    lm.deplete("nk", at="11 h", until="13 h", recovery="1 day"),
    lm.dose("anti_vegf", at="10 h"),
    lm.add_cells("nk", 9, at="10 h"),
    lm.set_state("lsec", "activation", 1.0, at="12 h"),
    lm.block("liver", "inflow", at="10 h", factor=0.5),
    lm.condition("fibrosis", at="11 h"),
    lm.add_signal("tnf", 2.0, at="10.5 h", until="15 h"),
)


@pytest.mark.parametrize("treatment", LATER, ids=lambda own: f"{own['action']}-{own.get('target', '')}")
def test_a_treated_fork_is_the_run_that_was_to_be_treated_from_the_beginning(treatment):
    parent = eventful()
    parent.run(10.0)
    child = parent.fork(treated(parent.recipe, [treatment], 10.0))
    whole = Engine(lm.load("strip", EVENTFUL).with_(interventions=[*EVENTS, treatment]), 1)
    whole.run(18.0)
    parent.run(8.0)
    child.run(8.0)
    assert child.digest() == whole.digest() != parent.digest()


def test_a_treated_fork_of_a_model_is_treated():
    parent = lm.LiverModel(lm.load("strip", EVENTFUL), seed=1)
    parent.run("10 h")
    treated, untreated = parent.fork([lm.deplete("kupffer", at="10 h")]), parent.fork()
    for each in (treated, untreated):
        each.run("1 h")
    assert len(untreated.agents_by_type["kupffer"]) > len(treated.agents_by_type["kupffer"]) == 0


def test_treatments_of_the_past_are_refused():
    parent = eventful()
    parent.run(10.0)
    with pytest.raises(
        LivermetError, match=r"^fork: deplete starts on day 0.25, before the fork on day 0.416667"
    ):
        treated(parent.recipe, [lm.deplete("nk", at="6 h")], 10.0)
    with pytest.raises(LivermetError, match=r"^fork: knock_out acts on a run from its beginning"):
        treated(parent.recipe, [lm.knock_out("nk", "attack")], 10.0)


def test_every_part_of_the_state_has_unit_and_meaning():
    for name, own in stored.declared(eventful().world).items():
        assert own.unit and own.doc.endswith("."), name
