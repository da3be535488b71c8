"""Hold blood flow to Poiseuille and to the balance of mass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livermet_sim.base.units import convert
from livermet_sim.state.network import Network
from livermet_sim.state.tissue import CENTRAL, PORTAL, SINUSOID, Tissue
from livermet_sim.verification.check import Curve, Figure, Knobs, Outcome
from livermet_sim.verification.twins.flow import pressures, viscosity_of
from livermet_sim.verification.worlds.tissues import strip, tissue_from, turned

PLASMA = convert("1.2 mPa s", "mmHg h")
Build = Callable[..., Network]


def poiseuille(knobs: Knobs, network: Build = Network) -> Outcome:
    """Single tubes of several diameters under 1 mmHg must carry pi d^4 dp / (128 mu l), with blood as viscous as tubes of that width make it."""
    wide, length = (5.0, 6.0, 8.0, 10.0, 14.0, 20.0), 30
    meant, found = [], []
    for diameter in wide:
        picture = np.array([[PORTAL] + [SINUSOID] * (length - 1) + [CENTRAL]])
        own = network(tissue_from(picture, np.full(picture.shape, diameter)), PLASMA)
        own.solve(1e-12)
        meant.append(np.pi * diameter**4 / (128 * viscosity_of(diameter, PLASMA) * 10.0 * length))
        found.append(own.inflow)
    worst = float(np.abs(np.array(found) / meant - 1.0).max())
    figure = Figure(
        "diameter (um)",
        "flow (um3/h)",
        (Curve("Poiseuille", wide, meant, "-"), Curve("model", wide, found)),
        "log",
    )
    return Outcome(
        "Poiseuille's flow in six tubes",
        f"at most {worst:.1e} away",
        "1e-6",
        worst < 1e-6,
        figure,
        {"error": worst},
    )


def balance(knobs: Knobs, network: Build = Network) -> Outcome:
    """Random networks, tubes narrowed at random, some shut: pressures against a sparse direct solver, and at every joint what enters against what leaves."""
    apart, lost, points = 0.0, 0.0, []
    for case in range(knobs.pick(4, 20)):
        rng = np.random.default_rng([knobs.seed, case])
        tissue = strip(31, 5, every=int(rng.integers(3, 8)))
        own = network(tissue, PLASMA)
        own.patency[:] = 10.0 ** -rng.uniform(0.0, 2.0, tissue.n)
        own.solve(1e-11)
        free, meant = pressures(own, viscosity_of(8.0, PLASMA))
        apart = max(apart, float(np.abs(own.pressure[free] - meant).max()))
        lost = max(lost, _lost(own))
        points.append((meant, own.pressure[free]))
    x, y = (np.concatenate(p) for p in zip(*points, strict=True))
    figure = Figure(
        "direct solver (mmHg)",
        "model (mmHg)",
        (Curve("equal", [4.7, 5.7], [4.7, 5.7], "-"), Curve("joints", x, y, ".")),
    )
    words = f"pressures {apart:.1e} mmHg apart; {lost:.1e} of the mean flow lost at the worst joint"
    return Outcome(
        "the same pressures, and nothing lost",
        words,
        "1e-7 mmHg; 1e-6",
        apart < 1e-7 and lost < 1e-6,
        figure,
        {"pressure": apart, "lost": lost},
    )


def _lost(network: Network) -> float:
    """Return what the worst joint loses, over the mean flow of a tube."""
    inner = network.vessel & (network.tissue.compartment == SINUSOID)
    scale = network.throughput[network.throughput > 0].mean()
    return float(np.abs(network.outflow[inner].sum(axis=1)).max() / scale)


def rotation(knobs: Knobs, network: Build = Network) -> Outcome:
    """A network with tubes narrowed at random, turned by quarter turns, must have the turned pressures and flows."""
    tissue = strip(31, 5)
    there = turned(tissue, knobs.turns)
    own, other = network(tissue, PLASMA), network(there, PLASMA)
    own.patency[:] = np.random.default_rng(knobs.seed).uniform(0.05, 1.0, tissue.n)
    other.patency[:] = _turned(own.patency, tissue, knobs.turns)
    worst = 0.0
    for each in (own, other):
        each.solve(1e-11)
    for name in ("pressure", "throughput", "shear"):
        meant, found = _turned(getattr(own, name), tissue, knobs.turns), getattr(other, name)
        worst = max(worst, float(np.abs(meant - found).max() / np.abs(meant).max()))
    meant = _turned(own.throughput, tissue, knobs.turns)
    figure = Figure(
        "as it lay (um3/h)",
        "turned (um3/h)",
        (
            Curve("equal", [0, meant.max()], [0, meant.max()], "-"),
            Curve("tubes", meant, other.throughput, "."),
        ),
    )
    return Outcome(
        f"the turned flow ({90 * knobs.turns} degrees)",
        f"{worst:.1e} of the highest value apart",
        "1e-6",
        worst < 1e-6,
        figure,
        {"error": worst},
    )


def _turned(values: np.ndarray, tissue: Tissue, turns: int) -> np.ndarray:
    return np.rot90(tissue.image(values), turns).ravel()
