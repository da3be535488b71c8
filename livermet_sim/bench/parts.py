"""Time whole runs and their parts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

import numpy as np

from livermet_sim.base.specs import Value
from livermet_sim.bench.measure import MORE, Figure, in_turns, peak_memory, seconds
from livermet_sim.engine import Engine
from livermet_sim.scenario.load import load

LOBULES = 8
STEPS_A_TURN = 10
COLD = "import sys; from livermet_sim.cli import main; sys.exit(main())"


class Grows(Protocol):
    """Grow cells a step at a time."""

    @property
    def number(self) -> int:
        """Return how many cells live."""
        ...

    def step(self) -> None:
        """Advance by one step."""


def engine(days: float, lobules: int = LOBULES, changes: Mapping[str, Value] | None = None) -> Engine:
    """Return a run of the baseline, its first step done, so that its kernels are there."""
    own = Engine(load("baseline", {"run.days": days, "tissue.lobules": lobules, **(changes or {})}), 1)
    own.step()
    return own


def run(name: str, own: Engine, days: float, each: bool = False) -> list[Figure]:
    """Return what a run takes in all, per site and step, and if wanted in each of its processes."""
    spent, timed, plan = dict.fromkeys((p.name for p in own.plan.processes), 0.0), time.process_time, own.plan
    steps = round(days * 24.0 / own.world.clock.dt) - 1
    start = timed()
    for _ in range(steps):
        before = timed()
        for _, process in plan.due(own.world):
            process.step(own.world)
            now = timed()
            spent[process.name] += now - before
            before = now
        own.world.clock.tick += 1
    total, sites = timed() - start, len(own.world.tissue.inside)
    found = [Figure(name, total, "s"), Figure(f"{name}, a site and step", 1e9 * total / sites / steps, "ns")]
    if each:
        worst = sorted(spent.items(), key=lambda one: -one[1])
        found += [Figure(f"{name}: {key}", value, "s") for key, value in worst if value >= 0.01 * total]
    return found


def baseline(quick: bool) -> list[Figure]:
    """Eight lobules with MC38."""
    days = 2.0 if quick else 28.0
    return run(f"baseline, {LOBULES} lobules, {days:g} days", engine(days), days, each=True)


def rest(quick: bool) -> list[Figure]:
    """Eight lobules that no tumour cell enters."""
    days = 2.0 if quick else 28.0
    name = f"at rest, {LOBULES} lobules, {days:g} days"
    return run(name, engine(days, changes={"seeding.dose": 0.0}), days, each=True)


def wide(quick: bool) -> list[Figure]:
    """A wide tissue: how long it takes to build, what a site and step cost there, and how much memory it holds."""
    lobules, days = (16, 0.25) if quick else (450, 1.0)
    start = time.process_time()
    own = engine(days, lobules)
    built = time.process_time() - start
    found = run(f"{lobules} lobules, {days:g} days", own, days)
    memory = Figure(f"{lobules} lobules: memory", peak_memory(), "MB", timed=False)
    return [Figure(f"{lobules} lobules: built, first step done", built, "s"), *found, memory]


def parts(quick: bool) -> list[Figure]:
    """Rules alone and signals alone, on a liver some days after the tumour cells came."""
    days, rounds = (0.5, 5) if quick else (7.0, 25)
    own = engine(days)
    own.run(24.0 * days)
    world = own.world
    world.count()
    rates = np.zeros_like(world.rates)
    due = np.ones(len(world.kinds), dtype=np.int64)
    works: list[Callable[[], object]] = [
        lambda: own.compiled.preview(world, due, rates), lambda: world.fields.relax(1e-9, 1), own.digest,
    ]  # fmt: skip
    rules, signals, hashed = in_turns(works, rounds)
    terms = sum(len(own.compiled.responses[i].rules) for i in range(len(own.compiled.responses)))
    kinds = np.bincount(world.cells["kind"], minlength=len(world.kinds))
    per_kind = [sum(len(r.rules) for r in own.compiled.responses if r.kind == kind) for kind in world.kinds]
    return [
        Figure("rules, evaluations of a rule", float(kinds @ np.array(per_kind)) / rules * 1e-6, "M/s", MORE),
        Figure(f"rules, all {terms} for {world.cells.n} cells", 1e3 * rules, "ms"),
        Figure(f"signals, all {len(world.fields)} once", 1e3 * signals, "ms"),
        Figure("digest of the state", 1e3 * hashed, "ms"),
    ]


def growth(quick: bool) -> list[Figure]:
    """The simple growth model with our processes, in Mesa and in NumPy, in turns of several steps and of one."""
    from livermet_sim.bench.growth import Ours
    from livermet_sim.bench.peers import InMesa, InNumPy

    cells, rounds = (500, 3) if quick else (10_000, 15)
    ours = Ours(cells)
    side = round(ours.places**0.5)
    models = [ours, InMesa(cells, side), InNumPy(cells, side)]
    for model in models:
        model.step()
    # after other work and a collection of garbage the first step finds cold caches, which no run of many steps does
    found = _race(models, STEPS_A_TURN, max(3, rounds // 3), "growth model")
    return found + _race(models, 1, rounds, "growth model, one cold step")


def _advance(model: Grows, steps: int) -> None:
    for _ in range(steps):
        model.step()


def _race(models: Sequence[Grows], steps: int, rounds: int, name: str) -> list[Figure]:
    """Return the median speed of each model over turns of so many steps, and ours over Mesa's."""
    speeds: list[list[float]] = [[] for _ in models]
    for _ in range(rounds):
        for model, speed in zip(models, speeds, strict=True):
            # cells at the beginning of the turn; some more come to be in it, the same share in all
            updates = steps * model.number
            speed.append(updates / seconds(partial(_advance, model, steps)) * 1e-6)
    own, in_mesa, in_numpy = (float(np.median(speed)) for speed in speeds)
    return [
        Figure(f"{name}, our processes", own, "M updates/s", MORE),
        Figure(f"{name}, Mesa", in_mesa, "M updates/s", MORE),
        Figure(f"{name}, NumPy", in_numpy, "M updates/s", MORE),
        Figure(f"{name}, ours over Mesa", own / in_mesa, "x", MORE, timed=False),
    ]


def start(quick: bool) -> list[Figure]:
    """From the shell: the first day of a lobule once all is compiled, and an import; the first compilation too."""
    words = ["run", "strip" if quick else "lobule", "--days", "1", "--no-figures", "--overwrite", "--quiet"]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", os.path.join(folder, "run")]
        if not quick:
            cold = {"LIVERMET_CACHE_DIR": os.path.join(folder, "cache")}
            found.append(Figure("first run of a lobule, kernels compiled", _child(words + out, cold), "s"))
        _child(words + out)
        times = sorted(_child(words + out) for _ in range(1 if quick else 5))
        found.append(Figure(f"livermet {' '.join(words[:5])}", times[len(times) // 2], "s"))
    return found


def _child(words: list[str], environment: dict[str, str] | None = None) -> float:
    """Return the processor time of a command from the shell."""
    before = os.times()
    subprocess.run(
        [sys.executable, "-c", COLD, *words], check=True, stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})}
    )  # fmt: skip
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
