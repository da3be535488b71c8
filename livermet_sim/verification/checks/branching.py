"""Hold division and death to the theory of branching processes."""

from __future__ import annotations

from typing import Any

import numpy as np

from livermet_sim.kernels import fate, rng
from livermet_sim.kernels.codes import CYCLING, DAUGHTER, DIE, DIVIDE, NOTHING, TISSUE, TUMOUR
from livermet_sim.state.table import no_rates
from livermet_sim.verification.check import Curve, Figure, Knobs, Outcome
from livermet_sim.verification.worlds.fates import COLUMNS, Fates
from livermet_sim.verification.worlds.lattices import field, random_keys

BIRTH, DEATH, HOURS = 0.05, 0.03, 60.0  # /h, /h, h
DIVIDES, DIES = 1, 7  # columns of the two hazards
SIGMAS = 4.5


class Clones(Fates):
    """Hold clones in which every cell has room: who divides leaves a daughter, who dies is gone."""

    def __init__(self, clones: int, seed: int):
        self.neighbours, _ = field(3, 3)
        self.across, self.seed = np.ones(3), seed
        self.family = np.arange(clones)
        self._fill(random_keys(clones, seed))

    def _fill(self, keys: np.ndarray) -> None:
        n = len(keys)
        self.c = {
            "kind": np.full(n, TUMOUR),
            "site": np.full(n, 4),
            "layer": np.full(n, TISSUE),
            "key": keys,
            "state": np.full(n, CYCLING),
        }
        self.c |= {
            "event": np.full(n, NOTHING),
            "cause": np.zeros(n, dtype=np.int64),
            "aptitude": np.full(n, 0.5),
            "load": np.zeros(n),
        }
        self.rates = no_rates(n, COLUMNS)
        self.rates[:, 12:] = 1.0
        self.rates[:, DIVIDES], self.rates[:, DIES] = BIRTH, DEATH

    def step(self, dt: float, tick: int, module: Any) -> None:
        """Let all cells live through a step."""
        self.decide(dt, tick, self.seed, module)
        event, key = self.c["event"], self.c["key"]
        mothers, alive = event == DIVIDE, event != DIE
        daughters = rng.child_keys(self.seed, DAUGHTER, tick, key[mothers])
        self.family = np.concatenate([self.family[alive], self.family[mothers]])
        self._fill(np.concatenate([key[alive], daughters]))


def extinction(knobs: Knobs, module: Any = fate) -> Outcome:
    """Clones whose cells divide at 0.05 /h and die at 0.03 /h: mean size, variance and the share that is extinct after 60 h must be those of the birth-death process, at steps of 15 min and at another length."""
    clones, curves, off, words = knobs.pick(1500, 8000), [], [], []
    for dt in (0.25, knobs.step):
        times, means, gone, sizes = _run(clones, dt, knobs.seed, module)
        meant = _theory(times)
        error = np.sqrt(meant[2][-1] / clones), np.sqrt(meant[1][-1] * (1 - meant[1][-1]) / clones)
        off += [abs(means[-1] - meant[0][-1]) / error[0], abs(gone[-1] - meant[1][-1]) / error[1]]
        ratio = sizes.var() / meant[2][-1]
        off.append(abs(ratio - 1.0) / (6.0 / np.sqrt(clones)) * SIGMAS / 4.5)
        words.append(
            f"steps of {60 * dt:g} min: mean {means[-1]:.3f}, extinct {gone[-1]:.4f}, variance {sizes.var():.1f}"
        )
        curves.append(Curve(f"model, steps of {60 * dt:g} min", times[::8], gone[::8]))
    curves.insert(0, Curve("theory", times, meant[1], "-"))
    figure = Figure("time (h)", "share of clones extinct", tuple(curves))
    expected = f"mean {meant[0][-1]:.3f}, extinct {meant[1][-1]:.4f}, variance {meant[2][-1]:.1f}"
    return Outcome(
        expected,
        "; ".join(words),
        f"{SIGMAS} standard errors",
        max(off) < SIGMAS,
        figure,
        {"sigmas": float(max(off))},
    )


def _run(
    clones: int, dt: float, seed: int, module: Any
) -> tuple[np.ndarray, list[float], list[float], np.ndarray]:
    cells, means, gone = Clones(clones, seed), [], []
    for tick in range(round(HOURS / dt)):
        cells.step(dt, tick, module)
        sizes = np.bincount(cells.family, minlength=clones)
        means.append(sizes.mean())
        gone.append((sizes == 0).mean())
    return dt * np.arange(1, len(means) + 1), means, gone, sizes


def _theory(t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, extinct share and variance of a birth-death process from one cell (Kendall 1948, doi:10.1214/aoms/1177730285)."""
    growth = BIRTH - DEATH
    mean = np.exp(growth * t)
    gone = DEATH * (mean - 1) / (BIRTH * mean - DEATH)
    return mean, gone, (BIRTH + DEATH) / growth * mean * (mean - 1)


def competing(knobs: Knobs, module: Any = fate) -> Outcome:
    """Ten fates compete in one step of 0.7 h: each must have its hazard's share of 1 - exp(-total dt), that of division so much more that 1 + p is exp(rate dt) where it is alone."""
    n, dt = knobs.pick(20_000, 100_000), 0.7
    cells = Clones(n, knobs.seed)
    hazards = np.array([0.0, 0.25, 0.10, 0.0, 0.0, 0.0, 0.0, 0.22, 0.08, 0.05])
    cells.rates[:, :10] = hazards
    cells.decide(dt, 0, knobs.seed, module)
    hazards[1] = -np.log(2.0 - np.exp(hazards[1] * dt)) / dt  # daughters divide within the step too
    total = hazards.sum()
    names = {
        "divide": hazards[1],
        "sleep": hazards[2],
        "die": hazards[7] + hazards[8],
        "intravasate": hazards[9],
    }
    from livermet_sim.kernels.codes import EVENTS

    found = np.array([np.mean(cells.c["event"] == EVENTS.index(name)) for name in names])
    meant = np.array(list(names.values())) / total * (1 - np.exp(-total * dt))
    off = np.abs(found - meant) / np.sqrt(meant * (1 - meant) / n)
    figure = Figure(
        "expected share",
        "share found",
        (Curve("equal", [0, meant.max()], [0, meant.max()], "-"), Curve("fates", meant, found)),
    )
    words = ", ".join(f"{name} {share:.4f}" for name, share in zip(names, found, strict=True))
    expected = ", ".join(f"{name} {share:.4f}" for name, share in zip(names, meant, strict=True))
    return Outcome(
        expected,
        words,
        f"{SIGMAS} standard errors",
        bool(off.max() < SIGMAS),
        figure,
        {"sigmas": float(off.max())},
    )
