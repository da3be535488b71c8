"""Hold oxygen, carried by blood and used by tissue, to what balances ask of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livermet_sim.state.tissue import CENTRAL, PARENCHYMA, PORTAL, SINUSOID
from livermet_sim.verification.check import Curve, Figure, Knobs, Outcome
from livermet_sim.verification.twins.oxygen import slow_twin
from livermet_sim.verification.worlds.bodies import Body
from livermet_sim.verification.worlds.tissues import strip, tissue_from

Make = Callable[..., Body]


def along(knobs: Knobs, body: Make = Body) -> Outcome:
    """Along a sinusoid whose tissue uses oxygen at a constant rate, the content of the blood must fall in a straight line: by the uptake of each site over the flow."""
    sites = knobs.pick(24, 40)
    own = body(
        tissue_from(np.array([[PORTAL] + [SINUSOID] * sites + [CENTRAL]])),
        uptake=5e-4 * 12 / sites,
        michaelis=0.01,
    ).settle()
    content = own.content(own.blood)[1 : sites + 1]
    x = 10.0 * np.arange(1, sites + 1)
    # far from the ends, where tract and vein feed their neighbours, all comes from the blood beside
    inner = slice(6, sites - 6)
    falls = np.diff(content[inner]) * own.network.inflow / 3600.0
    meant = -5e-4 * 12 / sites * 2500.0
    worst, lost = float(np.abs(falls / meant - 1.0).max()), own.lost()
    line = content[inner][0] + meant / (own.network.inflow / 3600.0) * np.arange(len(content[inner]))
    figure = Figure(
        "way along the sinusoid (um)",
        "oxygen content of blood (mL/mL)",
        (Curve("straight line", x[inner], line, "-"), Curve("model", x, content)),
    )
    words = f"the fall is at most {worst:.2%} away; {lost:.1e} of the oxygen lost"
    return Outcome(
        "a fall of uptake over flow a site",
        words,
        "1 %; 1e-5",
        worst < 0.01 and lost < 1e-5,
        figure,
        {"fall": worst, "lost": lost},
    )


def order(knobs: Knobs, body: Make = Body) -> Outcome:
    """Along a sinusoid whose tissue uses oxygen in proportion to its tension, the tension must fall as exp(-k x); the scheme looks upstream, so the error must fall with the site in the first order."""
    way, sizes, errors, curves = 600.0, (20.0, 10.0, 5.0, 2.5), [], []
    for site in sizes:
        n = round(way / site)
        tissue = tissue_from(np.array([[PORTAL] + [SINUSOID] * n + [CENTRAL]]), site=site)
        # no haemoglobin, and a Michaelis tension out of reach: everything is proportional
        own = body(
            tissue,
            uptake=5.0 / site,
            michaelis=1e4,
            wall_conductance=100.0,
            capacity=0.0,
            portal_tension=60.0,
        )
        own.network.ports.arterial[:] = 0.0
        own.network.driving = 40.0
        own.settle()
        middle, blood, x = n // 2, own.blood[: n - 1], site * np.arange(n - 1)
        used = 1.0 / (
            1.0 / own.state["exchange"][middle] + (1e4 + blood[middle]) / own.state["uptake"][middle]
        )
        meant = blood[0] * np.exp(-used / site * x / (own.network.inflow / 3600.0 * own.own.solubility))
        errors.append(float(np.abs(blood - meant).max()))
        if site == 10.0:
            curves += [Curve("exp(-k x)", x, meant, "-"), Curve("model, sites of 10 um", x, blood)]
    slope = float(np.polyfit(np.log(sizes), np.log(errors), 1)[0])
    figure = Figure("way along the sinusoid (um)", "oxygen tension of blood (mmHg)", tuple(curves))
    words = f"order {slope:.2f}, {errors[1]:.2f} mmHg away at sites of 10 um"
    return Outcome("order 1", words, "0.75 to 1.25", 0.75 < slope < 1.25, figure, {"order": slope})


def krogh(knobs: Knobs, body: Make = Body) -> Outcome:
    """A slab of tissue beside a vessel at 60 mmHg must have Krogh's parabola, D a P'' = M with no flux at its far side, whatever the site."""
    depth, uptake, errors, curves = 50.0, 4e-4, [], []
    for site in (10.0, 5.0) if knobs.quick else (10.0, 5.0, 2.5):
        found, far, meant = _slab(body, depth, uptake, site)
        errors.append(float(np.abs(found - meant).max()))
        curves += [
            Curve(f"parabola, sites of {site:g} um", far, meant, "-"),
            Curve(f"model, sites of {site:g} um", far, found),
        ]
    figure = Figure("distance from the vessel (um)", "oxygen tension (mmHg)", tuple(curves))
    worst = max(errors)
    return Outcome(
        "the parabola",
        f"at most {worst:.2f} mmHg away",
        "0.2 mmHg of 20 that it falls",
        worst < 0.2,
        figure,
        {"error": worst},
    )


def _slab(body: Make, depth: float, uptake: float, site: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return tension found, distance from the vessel's middle, and the parabola, along a slab."""
    sites = round(depth / site)
    picture = np.full((2 * sites + 1, 5), PARENCHYMA)
    picture[sites], picture[sites, 0], picture[sites, -1] = SINUSOID, PORTAL, CENTRAL
    tissue = tissue_from(picture, site=site)
    own = body(
        tissue, portal_tension=60.0, uptake=uptake, wall_conductance=100.0, capacity=0.4, michaelis=0.5
    )
    own.network.ports.arterial[:] = 0.0
    own.network.driving = 1e4
    own.settle()
    found = tissue.image(own.oxygen)[sites:, 2]
    far = site * np.arange(sites + 1)
    closed = site * (sites + 0.5)
    return found[1:], far[1:], found[0] - uptake / 0.06 * (closed * far[1:] - 0.5 * far[1:] ** 2)


def twin(knobs: Knobs, body: Make = Body) -> Outcome:
    """Small tissues with random blood flow, uptake and walls against every balance written out and solved by scipy."""
    worst, points = 0.0, []
    for case in range(3):
        rng = np.random.default_rng(case)
        own = body(
            strip(10, 3, every=4), uptake=rng.uniform(4e-4, 1.5e-3), wall_conductance=rng.uniform(0.1, 0.5)
        )
        own.network.patency[:] = rng.uniform(0.02, 1.0, own.tissue.n)
        own.world.sites["parenchyma"][:] = rng.uniform(0.0, 1.0, own.tissue.n)
        # so slow that some places lack oxygen
        own.network.driving = (0.5, 0.1, 0.02)[case]
        own.settle()
        oxygen, blood = slow_twin(own)
        for meant, found in ((oxygen, own.oxygen), (blood, own.blood)):
            worst = max(worst, float(np.abs(found - meant).max()))
            points.append((meant, found))
    x, y = (np.concatenate(p) for p in zip(*points, strict=True))
    figure = Figure(
        "written out (mmHg)",
        "model (mmHg)",
        (Curve("equal", [0, x.max()], [0, x.max()], "-"), Curve("sites", x, y, ".")),
    )
    return Outcome(
        "the same tensions of tissue and blood",
        f"at most {worst:.1e} mmHg apart",
        "2e-3 mmHg",
        worst < 2e-3,
        figure,
        {"error": worst},
    )
