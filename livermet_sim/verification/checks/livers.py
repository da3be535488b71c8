"""Turn what must not matter in whole livers: the step, the site, the order of rows, the number of threads, luck in parameters."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.specs import Parameter
from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario
from livermet_sim.verification.check import Curve, Figure, Knobs, Outcome
from livermet_sim.verification.invariants import broken
from livermet_sim.verification.worlds.livers import BUSY, busy_digest, liver, shuffle_rows, tiny_digest

STEP = 0.25  # h
NEAR = 0.05  # share of the founders by which a result may differ
SIGMAS = 3.0
FATES = ("alive", "washed out", "dead", "born")
Make = Callable[..., Engine]


def step(knobs: Knobs, make: Make = liver) -> Outcome:
    """Busy strips of tissue for a day, many seeds, at steps of 15 min and at another length: per founder the tumour cells alive, washed out, dead and born must be the same within 5 in 100 and luck."""
    seeds = range(knobs.seed, knobs.seed + knobs.pick(12, 150))
    rows = {
        dt: np.array([_fates(make(seed, "strip", run__step=dt), 24.0) for seed in seeds])
        for dt in (STEP, knobs.step)
    }
    a, b = rows.values()
    difference = b.mean(axis=0) - a.mean(axis=0)
    error = (b - a).std(axis=0, ddof=1) / np.sqrt(len(seeds))
    beyond = np.abs(difference) - SIGMAS * error
    words = ", ".join(
        f"{name} {d:+.3f} ({e:.3f})" for name, d, e in zip(FATES, difference, error, strict=True)
    )
    at = np.arange(len(FATES))
    figure = Figure(
        "fate in a day",
        "per founder",
        (
            Curve("steps of 15 min", at, a.mean(axis=0)),
            Curve(f"steps of {60 * knobs.step:g} min", at, b.mean(axis=0), "x"),
        ),
        ticks=FATES,
    )
    return Outcome(
        "no difference per founder",
        words,
        f"{NEAR:g} beyond {SIGMAS:g} standard errors",
        bool((beyond < NEAR).all()),
        figure,
        {"beyond": float(beyond.max())},
    )


def _fates(engine: Engine, hours: float) -> tuple[float, ...]:
    engine.run(hours)
    totals = engine.world.totals
    entered = max(totals.get("entered", 0), 1)
    dead = sum(number for name, number in totals.items() if name.startswith("dead_"))
    alive = int((engine.world.cells["kind"] == TUMOUR).sum())
    return tuple(
        number / entered for number in (alive, totals.get("washed_out", 0), dead, totals.get("born", 0))
    )


def site(knobs: Knobs, make: Make = liver) -> Outcome:
    """Lobules at rest on sites of 10 um and of another size: the mean oxygen of tissue and the mean speed of blood must be the same within 3 mmHg and a tenth."""
    seeds = range(knobs.seed, knobs.seed + knobs.pick(2, 8))
    means = {}
    for size in (10.0, knobs.site):
        found = []
        for seed in seeds:
            engine = make(seed, "lobule", tissue__site=size, seeding__dose=0.0)
            engine.step()
            world = engine.world
            found.append(
                (
                    world.sites["oxygen"][world.tissue.inside].mean(),
                    world.network.speed[world.network.vessel].mean(),
                )
            )
        means[size] = np.array(found)
    a, b = (found.mean(axis=0) for found in means.values())
    oxygen, speed = abs(b[0] - a[0]), abs(b[1] / a[1] - 1.0)
    figure = Figure(
        "oxygen of tissue (mmHg)",
        "speed of blood (um/s)",
        tuple(Curve(f"sites of {size:g} um", *found.T) for size, found in means.items()),
    )
    words = f"oxygen {a[0]:.1f} and {b[0]:.1f} mmHg, speed {a[1]:.1f} and {b[1]:.1f} um/s"
    return Outcome(
        "the same tissue",
        words,
        "3 mmHg; a tenth",
        bool(oxygen < 3.0 and speed < 0.1),
        figure,
        {"oxygen": float(oxygen), "speed": float(speed)},
    )


def rows(knobs: Knobs, shuffle: Callable[[Engine, int], None] = shuffle_rows) -> Outcome:
    """A liver whose cells are put into another order before every step must have the bits of one that is left alone."""
    plain, other = (liver(knobs.seed, "strip") for _ in range(2))
    differ = -1
    for tick in range(knobs.pick(24, 96)):
        shuffle(other, knobs.rows + tick)
        for engine in (plain, other):
            engine.step()
        if plain.digest() != other.digest():
            differ = tick
            break
    words = "the same bits" if differ < 0 else f"other bits from step {differ + 1} on"
    return Outcome("the same bits", words, "none", differ < 0, None, {"step": float(differ)})


def threads(knobs: Knobs, call: Callable[..., str] | None = None) -> Outcome:
    """The same liver in processes of its own, with one thread and with more for numba, BLAS and FFT, and (not with --quick) without any compiled kernel, must have the same bits."""
    ask = call or in_another_process
    hours = knobs.pick(6, 24)
    found = {f"{n} threads": ask(f"busy_digest({hours})", **_threads(n)) for n in (1, knobs.threads)} | {
        "here": busy_digest(hours)
    }
    if not knobs.quick:
        found |= {"plain": ask("tiny_digest()", LIVERMET_NOJIT="1")}
    same = (
        len({found[name] for name in found if name != "plain"}) == 1
        and found.get("plain", tiny_digest()) == tiny_digest()
    )
    words = ", ".join(f"{name} {digest[:8]}" for name, digest in found.items()) + (
        f" (compiled {tiny_digest()[:8]})" if "plain" in found else ""
    )
    return Outcome("the same bits", words, "none", same)


def _threads(number: int) -> dict[str, str]:
    return dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), str(number)
    )


def in_another_process(call: str, **environment: str) -> str:
    """Return what a call of ``verification.worlds.livers`` prints in a fresh interpreter."""
    command = [sys.executable, "-c", f"import livermet_sim.verification.worlds.livers as t; print(t.{call})"]
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip()[-200:]


def invariants(knobs: Knobs, judge: Callable[[Engine], list[str]] = broken) -> Outcome:
    """Random valid scenarios (dozens of parameters drawn from their ranges, some rules off): at every fourth step all that must always be true is looked at."""
    cases, hours = knobs.pick(4, 30), knobs.pick(6, 24)
    wrong: list[str] = []
    steps = 0
    for case in range(cases):
        engine = Engine(random_scenario(np.random.default_rng([knobs.seed, case])), case)
        for tick in range(4 * hours):
            engine.step()
            steps += 1
            if tick % 4 == 3 and (found := judge(engine)):
                wrong.append(f"case {case}, step {tick + 1}: {found[0]}")
                break
    words = f"{len(wrong)} of {cases} scenarios ({steps} steps)" + (f"; {wrong[0]}" if wrong else "")
    return Outcome("nothing broken", words, "none", not wrong, None, {"wrong": float(len(wrong))})


def random_scenario(rng: np.random.Generator) -> Scenario:
    """Return a valid scenario on a small strip with dozens of parameters drawn from their ranges and some rules off."""
    base = load("strip", BUSY | {"tissue.length": 300.0, "tissue.width": 200.0, "run.days": 2})
    choices = [
        (f"{section}.{p.name}", p)
        for section, declared in base.sections.items()
        if section.split(".")[0] not in ("run", "tissue", "observe", "seeding")
        for p in declared.parameters
        if isinstance(p.default, float) and np.isfinite(p.high) and p.needs is None
    ]
    scenario = base
    for at in rng.choice(len(choices), 40, replace=False):
        name, parameter = choices[at]
        scenario = _changed(scenario, {name: _value(parameter, float(base.value(name)), rng)})
    for rule in rng.permutation([rule.id for rule in base.rules])[:6]:
        scenario = _changed(scenario, {f"rules.{rule}.enabled": False})
    return scenario


def _value(parameter: Parameter, now: float, rng: np.random.Generator) -> float:
    low = max(parameter.low, now / 3)
    high = min(parameter.high, 3 * now) if now else min(parameter.high, max(parameter.low, 0.0) + 0.1)
    return float(rng.uniform(min(low, high), max(low, high)))


def _changed(scenario: Scenario, change: dict[str, Any]) -> Scenario:
    """Return a scenario with a change, or as it is where that is refused."""
    try:
        return scenario.with_(change)
    except LivermetError:
        return scenario
