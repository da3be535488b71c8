"""Say on paper what larger tissues would take, from the constants that the benchmarks have measured.

A site in space has 26 neighbours instead of 8. What a step costs there lies between what a site costs in the slab (work
on cells and on the site itself) and 26 / 8 times as much (work that asks all neighbours); so does its memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from livermet_sim.base.aligned import aligned
from livermet_sim.base.errors import LivermetError
from livermet_sim.bench.measure import Figure

WIDE = 450  # lobules, over one day
STEP, DAYS, SITE = 0.25, 28.0, 10.0  # h, day, um
AROUND = {2: 8, 3: 26}
LAPTOP, SERVER, WEEK = 16.0, 1024.0, 168.0  # GB, GB, h


@dataclass(frozen=True)
class Constants:
    """Hold what was measured on a wide tissue.

    Attributes
    ----------
    step : float, s
        Processor time of a site and step.
    build : float, s
        Processor time of a site until the first step is done.
    memory : float, bytes
        Of a site; all that the process holds, over its sites.
    lobule : float, mm2
        Area of a lobule.
    """

    step: float
    build: float
    memory: float
    lobule: float


@dataclass(frozen=True)
class Place:
    """Hold a tissue to be estimated: its extent in mm2 or mm3, and whose word that is."""

    name: str
    dimensions: int
    extent: float
    source: str

    @property
    def sites(self) -> float:
        """Return the sites of 10 um that fill it."""
        return self.extent / (SITE * 1e-3) ** self.dimensions


@dataclass(frozen=True)
class Estimate:
    """Hold the sites of a place, and the least and the most that they take: h of one core, h to build, GB."""

    place: Place
    sites: float
    hours: tuple[float, float]
    build: tuple[float, float]
    memory: tuple[float, float]

    @property
    def engine(self) -> str:
        """Return on what it could run: by the most memory and, where that fits, by the most time."""
        if self.memory[1] > SERVER:
            return "a lattice spread over several machines or graphics cards"
        machine = "a laptop" if self.memory[1] <= LAPTOP else "one large server"
        return f"this one, {machine}" + (", all its cores" if self.hours[1] > WEEK else "")


def constants(figures: Sequence[Figure]) -> Constants:
    """Return the constants that a run of the benchmark ``wide`` has given.

    Raises
    ------
    LivermetError
        Where it was not among those that were run.
    """
    known = {figure.name: figure.value for figure in figures}
    wanted = (
        f"{WIDE} lobules, 1 days", f"{WIDE} lobules, 1 days, a site and step",
        f"{WIDE} lobules: built, first step done", f"{WIDE} lobules: memory",
    )  # fmt: skip
    for name in wanted:
        if name not in known:
            raise LivermetError("estimate", f'the figures lack "{name}"; run livermet bench wide --out FILE')
    whole, step, build, memory = (known[name] for name in wanted)
    sites = whole / (step * 1e-9) / (round(24.0 / STEP) - 1)
    return Constants(step * 1e-9, build / sites, memory * 2**20 / sites, sites / WIDE * (SITE * 1e-3) ** 2)


def places(own: Constants) -> tuple[Place, ...]:
    """Return what one would like to simulate."""
    return (
        Place("mouse liver slice, one cell thick", 2, 150.0, "section of a lobe, 15 x 10 mm: assumed"),
        Place("one lobule in space", 3, own.lobule * 1.0, "a lobule's area here, 1 mm high: assumed"),
        Place("left lateral lobe of a mouse", 3, 450.0, "a third of 1.3 mL: recalled"),
    )


def estimate(own: Constants, place: Place) -> Estimate:
    """Return what four weeks of a place take."""
    more = AROUND[place.dimensions] / AROUND[2]
    steps = DAYS * 24.0 / STEP
    hours, build = place.sites * own.step * steps / 3600.0, place.sites * own.build / 3600.0
    memory = place.sites * own.memory / 1e9
    return Estimate(place, place.sites, (hours, hours * more), (build, build * more), (memory, memory * more))


def table(own: Constants) -> str:
    """Return the estimates as text."""
    rows = [("tissue, 28 days", "sites", "hours of one core", "hours to build", "GB", "runs on", "extent")]
    for place in places(own):
        found = estimate(own, place)
        spans = (_span(found.hours), _span(found.build), _span(found.memory))
        rows.append((place.name, f"{found.sites:.3g}", *spans, found.engine, place.source))
    basis = f"From {own.step * 1e9:.0f} ns and {own.memory:.0f} bytes a site, measured on {WIDE} lobules of {own.lobule:.2f} mm2."
    return "\n".join(
        [
            aligned(rows),
            basis,
            "In space the larger number holds if all that a site costs grows with its neighbours, 26 for 8.",
        ]
    )


def _span(values: tuple[float, float]) -> str:
    """Return one number, or two that differ."""
    low, high = (f"{value:.2g}" if value < 100.0 else f"{value:.0f}" for value in values)
    return low if low == high else f"{low} to {high}"
