"""Hold signals in the tissue to what diffusion and decay ask of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from livermet_sim.state.fields import DIRECT_SITES, SOURCE_STEPS, Fields
from livermet_sim.state.tissue import PARENCHYMA
from livermet_sim.verification.check import Curve, Figure, Knobs, Outcome
from livermet_sim.verification.twins.diffusion import exact
from livermet_sim.verification.worlds.tissues import disc, scatter, tissue_from, turned

LENGTH, WAVE = 100.0, 960.0  # um
Solver = Callable[..., Any]


def profile(knobs: Knobs, fields: Solver = Fields) -> Outcome:
    """A row of cells in a wide plate secretes; the steady profile must be h s / (2 L) exp(-x / L), with x the distance, L = 100 um the reach, h the site of 10 um, s the source."""
    width = knobs.pick(160, 240)
    tissue = tissue_from(np.full((6, width), PARENCHYMA))
    own = fields(tissue, ["vegf"], [LENGTH])
    own.source[width // 2 :: width] = SOURCE_STEPS
    own.relax(1e-9, 300)
    found = tissue.image(own["vegf"])[3][width // 2 :][:51]
    x = 10.0 * np.arange(51)
    meant = 10.0 / (2 * LENGTH) * np.exp(-x / LENGTH)
    worst = float(np.abs(found / meant - 1.0).max())
    figure = Figure(
        "distance (um)", "concentration", (Curve("analytic", x, meant, "-"), Curve("model", x, found)), "logy"
    )
    return Outcome(
        "exp(-x / L) out to 500 um",
        f"at most {worst:.2%} away",
        "3 % (a site is a tenth of the reach)",
        worst < 0.03,
        figure,
        {"error": worst},
    )


def order(knobs: Knobs, fields: Solver = Fields) -> Outcome:
    """A source that is a cosine wave over joined tissue has the amplitude 1 / (1 + (k L)^2) exactly; the error must fall with the square of the site."""
    sizes, errors = (20.0, 15.0, 10.0, 7.5, 5.0), []
    k = 2 * np.pi / WAVE
    for site in sizes:
        width = round(WAVE / site)
        tissue = tissue_from(np.full((4, width), PARENCHYMA), site=site, wrap=True)
        own = fields(tissue, ["vegf"], [LENGTH])
        wave = np.cos(2 * np.pi * np.arange(width) / width)
        own.source[:, 0] = np.rint((1.0 + np.tile(wave, 4)) * SOURCE_STEPS * 1000)
        own.relax(1e-12, 3000)
        found = own.concentration[:width, 0] / 1000
        amplitude = 2.0 * float((found * wave).mean())
        errors.append(abs(amplitude * (1.0 + (k * LENGTH) ** 2) - 1.0))
    slope = float(np.polyfit(np.log(sizes), np.log(errors), 1)[0])
    meant = errors[0] * (np.array(sizes) / sizes[0]) ** 2
    figure = Figure(
        "site (um)",
        "relative error of the amplitude",
        (Curve("second order", sizes, meant, "-"), Curve("model", sizes, errors)),
        "log",
    )
    return Outcome(
        "order 2",
        f"order {slope:.2f}, error {errors[2]:.1e} at sites of 10 um",
        "1.8 to 2.2",
        1.8 < slope < 2.2,
        figure,
        {"order": slope},
    )


def twin(knobs: Knobs, fields: Solver = Fields) -> Outcome:
    """Signals of three reaches on ragged tissue with random sources, solved at once and by cycles, against a sparse direct solver of the same equations, and what is secreted against what is there."""
    worst, missing, points = 0.0, 0.0, []
    for case in range(knobs.pick(2, 8)):
        tissue = disc(31, 44, 0.1 + 0.05 * (case % 3), seed=case)
        own = fields(tissue, ["a", "b", "c"], [60.0, 100.0, 170.0], DIRECT_SITES * (case % 2))
        scatter(tissue, own, 30, knobs.seed + case)
        own.relax(1e-10, 3000)
        meant, found = exact(tissue, own), own.concentration[tissue.inside]
        worst = max(worst, float((np.abs(found - meant).max(axis=0) / meant.max(axis=0)).max()))
        total = own.source.sum(axis=0) / SOURCE_STEPS
        missing = max(missing, float(np.abs(own.concentration.sum(axis=0) / total - 1.0).max()))
        points.append((meant[::7].ravel(), found[::7].ravel()))
    x, y = (np.concatenate(p) for p in zip(*points, strict=True))
    figure = Figure(
        "direct solver", "model", (Curve("equal", [0, x.max()], [0, x.max()], "-"), Curve("sites", x, y, "."))
    )
    found_words = f"{worst:.1e} of the highest value apart, {missing:.1e} of the secretion missing"
    return Outcome(
        "the same values; all that is secreted is there",
        found_words,
        "1e-6 both",
        max(worst, missing) < 1e-6,
        figure,
        {"error": worst, "missing": missing},
    )


def rotation(knobs: Knobs, fields: Solver = Fields) -> Outcome:
    """The same ragged tissue, turned by quarter turns with its sources, must have the turned signals."""
    tissue = disc(31, 44, 0.05)
    there = turned(tissue, knobs.turns)
    own, other = (fields(place, ["a", "b"], [60.0, 170.0]) for place in (tissue, there))
    scatter(tissue, own, 30, knobs.seed)
    other.source[:] = _turn(own.source, tissue.height, knobs.turns)
    for each in (own, other):
        each.relax(1e-11, 900)
    meant = _turn(own.concentration, tissue.height, knobs.turns)
    worst = float(np.abs(meant - other.concentration).max() / meant.max())
    figure = Figure(
        "as it lay",
        "turned",
        (
            Curve("equal", [0, meant.max()], [0, meant.max()], "-"),
            Curve("sites", meant[::5, 0], other.concentration[::5, 0], "."),
        ),
    )
    return Outcome(
        f"the turned values ({90 * knobs.turns} degrees)",
        f"{worst:.1e} of the highest value apart",
        "1e-8",
        worst < 1e-8,
        figure,
        {"error": worst},
    )


def _turn(values: np.ndarray, height: int, turns: int) -> np.ndarray:
    """Return values of sites on the turned lattice."""
    picture = values.reshape(height, -1, values.shape[1])
    return np.rot90(picture, turns).reshape(values.shape)
