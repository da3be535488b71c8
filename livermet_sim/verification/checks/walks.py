"""Hold crawling to the theory of random walks."""

from __future__ import annotations

from typing import Any

import numpy as np

from livermet_sim.kernels import motility
from livermet_sim.verification.check import Curve, Figure, Knobs, Outcome
from livermet_sim.verification.worlds.crawlers import MIDDLE, SPACING, WIDTH, Crawlers
from livermet_sim.verification.worlds.lattices import field

SIGMAS = 4.5
ONE_HOP = 60.0 * 0.25 / SPACING  # hops in a step of 15 min at 1 um/min
SIDEWAYS = 3 / 8  # of eight ways, three lead right


def first_passage(knobs: Knobs, module: Any = motility) -> Outcome:
    """Cells climb a signal that grows by the same factor from site to site: a biased walk. The share that is first at the upper of two marks, and the mean number of hops, must be those of the gambler's ruin."""
    n, up, down = knobs.pick(1500, 8000), 6, 4
    neighbours, compartment = field(WIDTH, WIDTH)
    factor, chemotaxis = 0.02, 1.2
    signal = np.exp(factor * (np.arange(WIDTH * WIDTH) % WIDTH))
    cells = Crawlers(
        neighbours, compartment, np.full(n, MIDDLE), rates=(1.0 / ONE_HOP, chemotaxis, 0, 0, 0), signal=signal
    )
    ended, took = np.zeros(n, dtype=np.int64), np.zeros(n)
    for tick in range(1500):
        cells.step(tick + 3000 * knobs.seed, module=module)
        x, _ = cells.moved()
        now = (ended == 0) & ((x >= up) | (x <= -down))
        ended[now], took[now] = np.sign(x[now]), tick + 1
        if (ended != 0).all():
            break
    back = np.exp(
        chemotaxis * 10.0 * (np.exp(-factor) - 1) / (np.exp(-factor) + 1)
    )  # a hop down is made so often
    meant = (1 - back**down) / (1 - back ** (up + down))
    mean = (meant * up - (1 - meant) * down) / (SIDEWAYS * (1 - back))
    share, hops = float((ended > 0).mean()), float(took.mean())
    errors = np.sqrt(meant * (1 - meant) / n), took.std() / np.sqrt(n)
    off = max(abs(share - meant) / errors[0], abs(hops - mean) / errors[1])
    figure = Figure("hops", "share not yet at a mark", _survival(took, ended, up, down, float(back)))
    words = (
        f"{share:.4f} first at the upper mark, {hops:.2f} hops in the mean ({off:.1f} standard errors away)"
    )
    return Outcome(
        f"{meant:.4f} and {mean:.2f}",
        words,
        f"{SIGMAS} standard errors",
        bool((ended != 0).all()) and off < SIGMAS,
        figure,
        {"sigmas": float(off)},
    )


def _survival(took: np.ndarray, ended: np.ndarray, up: int, down: int, back: float) -> tuple[Curve, ...]:
    """Return for each mark the share of its walkers that are still under way, as the chain of hops has it and as found."""
    at = np.arange(int(took.max()) + 1)
    place = np.zeros(up + down + 1)  # from the lower mark to the upper
    place[down] = 1.0
    hop = np.diag(np.full(len(place), 1.0 - SIDEWAYS * (1.0 + back)))
    hop += SIDEWAYS * np.eye(len(place), k=1) + SIDEWAYS * back * np.eye(len(place), k=-1)
    hop[0], hop[-1] = np.eye(len(place))[0], np.eye(len(place))[-1]
    there = []
    for _ in at:
        there.append(place[[0, -1]])
        place = place @ hop
    last = np.linalg.matrix_power(hop, 4096)[down, [0, -1]]
    curves = []
    for side, column, name in ((-1, 0, "lower mark"), (1, 1, "upper mark")):
        if (ended == side).any():
            curves.append(
                Curve(f"{name}, chain", at, [1.0 - row[column] / last[column] for row in there], "-")
            )
            curves.append(
                Curve(f"{name}, model", at[::8], [(took[ended == side] > t).mean() for t in at[::8]])
            )
    return tuple(curves)


def spread(knobs: Knobs, module: Any = motility) -> Outcome:
    """Unbiased walkers: the mean squared displacement must be 1.5 squared sites a hop (half of the eight ways are diagonals), at steps of 15 min and at another length of the step."""
    n, hours, speed = knobs.pick(3000, 12000), 5.0, 0.6
    neighbours, compartment = field(WIDTH, WIDTH)
    curves, off, worst = [], [], 0.0
    for dt in (0.25, knobs.step):
        cells = Crawlers(neighbours, compartment, np.full(n, MIDDLE), rates=(speed, 0, 0, 0, 0))
        found = []
        for tick in range(round(hours / dt)):
            cells.step(tick + 5000 * knobs.seed, dt, module=module)
            x, y = cells.moved()
            found.append((x**2 + y**2).mean())
        times = dt * np.arange(1, len(found) + 1)
        meant = 1.5 * speed * 60.0 * times / SPACING
        spread = (x**2 + y**2).std() / np.sqrt(n)
        off.append((found[-1] - meant[-1]) / spread)
        curves.append(Curve(f"model, steps of {60 * dt:g} min", times, found))
    curves.insert(0, Curve("1.5 squared sites a hop", times, meant, "-"))
    worst = float(np.abs(off).max())
    words = " and ".join(f"{value:+.1f}" for value in off) + " standard errors away"
    figure = Figure("time (h)", "mean squared displacement (sites squared)", tuple(curves))
    return Outcome(
        f"{meant[-1]:.1f} squared sites after {hours:g} h",
        words,
        f"{SIGMAS} standard errors",
        worst < SIGMAS,
        figure,
        {"sigmas": worst},
    )


def isotropy(knobs: Knobs, module: Any = motility) -> Outcome:
    """Unbiased walkers must spread alike along rows, columns and both diagonals, though they hop on a square lattice."""
    n, ticks = knobs.pick(4000, 20000), 20
    neighbours, compartment = field(WIDTH, WIDTH)
    cells = Crawlers(neighbours, compartment, np.full(n, MIDDLE), rates=(2.0, 0, 0, 0, 0))
    for tick in range(ticks):
        cells.step(tick + 7000 * knobs.seed, module=module)
    x, y = (axis.astype(float) for axis in cells.moved())
    angles = np.arange(0, 180, 15)
    along = [np.cos(np.radians(a)) * x + np.sin(np.radians(a)) * y for a in angles]
    squares = np.array([(way**2).mean() for way in along])
    meant = (x**2 + y**2).mean() / 2
    worst = float(np.abs(squares / meant - 1.0).max())
    tolerance = SIGMAS * np.sqrt(2.0 / n)
    off = max(abs(x.mean()), abs(y.mean())) / np.sqrt(meant / n)
    figure = Figure(
        "direction (degrees)",
        "mean square over that of all directions",
        (Curve("alike", angles, np.ones(len(angles)), "-"), Curve("model", angles, squares / meant)),
    )
    words = f"at most {worst:.2%} away; the middle moved {off:.1f} standard errors"
    return Outcome(
        "the same in 12 directions, and no drift",
        words,
        f"{tolerance:.2%}; {SIGMAS} standard errors",
        worst < tolerance and off < SIGMAS,
        figure,
        {"error": worst, "drift": float(off)},
    )
