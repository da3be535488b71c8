"""Take published figures from a run: each measure returns a share (hits of trials) or a list of values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from livermet_sim.kernels.codes import (
    ANOIKIS,
    APOPTOSIS,
    ARREST,
    DIE,
    NITRIC_OXIDE,
    SHEAR,
    WASH_OUT,
)
from livermet_sim.observe.founders import by
from livermet_sim.observe.known import FIRST, NOW, Known
from livermet_sim.observe.known import by as since
from livermet_sim.observe.standing import phase_of_cells, standing
from livermet_sim.state.lesions import GROWTH
from livermet_sim.state.tissue import PORTAL
from livermet_sim.validation.course import Course

OWN_DEATHS = (SHEAR, NITRIC_OXIDE, ANOIKIS, APOPTOSIS)
FIRST_DAY, GROWTH_FROM_H, CURVE_POINTS = 24.0, 240.0, 6
STEADY, SMALL_UM = 1.6, 200.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold what one run says about one figure: ``hits`` of ``trials``, or ``values`` whose median counts."""

    hits: int = 0
    trials: int = 0
    values: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Figure:
    """Declare a figure that is held against a published one.

    Attributes
    ----------
    name : str
    of : callable
        Takes a `Course` and returns a `Sample`.
    unit : str
    known : Known
        A check's own run is as long as its case says; shorter ones miss what they cannot know.
    values : bool
        Whether it gives values, of which the median counts; else hits of trials.
    doc : str
    """

    name: str
    of: Callable[[Course], Sample]
    unit: str
    known: Known
    values: bool
    doc: str


FIGURES: dict[str, Figure] = {}


def figure(unit: str = "1", *, known: Known = NOW, values: bool = False) -> Callable[[Any], Any]:
    """Declare a function a figure, under its own name."""

    def add(of: Callable[[Course], Sample]) -> Callable[[Course], Sample]:
        doc = (of.__doc__ or "").partition("\n")[0]
        FIGURES[of.__name__] = Figure(of.__name__, of, unit, known, values, doc)
        return of

    return add


def share(hits: np.ndarray) -> Sample:
    """Return how many are true."""
    return Sample(int(np.count_nonzero(hits)), len(hits))


def median(values: np.ndarray) -> Sample:
    """Return finite values."""
    return Sample(values=[float(v) for v in np.asarray(values, dtype=float) if np.isfinite(v)])


@figure("um", values=True)
def arrest_depth(course: Course) -> Sample:
    """Return the way from the sinusoid's inlet to each founder's first arrest along the vessels, um."""
    tissue = course.engine.world.tissue
    a, b = tissue.edges.T
    graph = coo_matrix((tissue.lattice.distance(a, b), (a, b)), shape=(tissue.n, tissue.n)).tocsr()
    way = dijkstra(graph, directed=False, indices=np.flatnonzero(tissue.compartment == PORTAL), min_only=True)
    # from the wall of the portal vessel, half a site before the first sinusoid site's near side
    return median(way[_first_arrests(course)[:, 6]] - 0.5 * tissue.site)


@figure()
def arrest_periportal(course: Course) -> Sample:
    """Return first arrests in the third of the lobule next to the portal tracts."""
    return share(course.engine.world.tissue.zone[_first_arrests(course)[:, 6]] < 1.0 / 3.0)


def _first_arrests(course: Course) -> np.ndarray:
    arrests = course.events[course.events[:, 1] == ARREST]
    return arrests[np.unique(arrests[:, 4], return_index=True)[1]]


@figure()
def arrest_prompt(course: Course) -> Sample:
    """Return founders held in the step in which they entered, or the next."""
    founders = course.founders
    return share(by(founders.arrested - founders.entered, max(course.engine.world.clock.dt, 0.25)))


@figure(known=since(FIRST_DAY))
def alive_of_held_24h(course: Course) -> Sample:
    """Return those alive at 24 h among founders that were held at all and not washed out."""
    founders = course.founders
    here = by(founders.arrested, FIRST_DAY) & (founders.count(WASH_OUT, FIRST_DAY) == 0)
    return share(founders.cells(FIRST_DAY)[here] > 0)


def _found_in_liver(course: Course) -> tuple[np.ndarray, np.ndarray]:
    """Return which founders live, and which were engulfed by Kupffer cells, at 24 h."""
    world, founders = course.engine.world, course.founders
    engulfed = founders.count(DIE, FIRST_DAY, (world.log.causes.index("kupffer"),)) > 0
    alive = founders.cells(FIRST_DAY) > 0
    return alive, engulfed & ~alive


@figure(known=since(FIRST_DAY))
def free_24h(course: Course) -> Sample:
    """Return free cells at 24 h among those found: free or inside Kupffer cells."""
    alive, engulfed = _found_in_liver(course)
    return share(alive[alive | engulfed])


@figure(known=since(FIRST_DAY))
def engulfed_24h(course: Course) -> Sample:
    """Return cells inside Kupffer cells at 24 h among those found."""
    alive, engulfed = _found_in_liver(course)
    return share(engulfed[alive | engulfed])


def _outside(course: Course, hours: float) -> Sample:
    founders = course.founders
    alive = founders.cells(hours) > 0
    return share(by(founders.crossed, hours)[alive])


@figure(known=since(FIRST_DAY))
def outside_24h(course: Course) -> Sample:
    """Return survivors that have left the vessel at 24 h."""
    return _outside(course, FIRST_DAY)


@figure(known=since(96.0))
def outside_96h(course: Course) -> Sample:
    """Return survivors that have left the vessel at day 4."""
    return _outside(course, 96.0)


@figure(known=since(8.0))
def apoptosis_8h(course: Course) -> Sample:
    """Return founders that died a death of their own by 8 h, among those held by then."""
    founders = course.founders
    held = by(founders.arrested, 8.0)
    return share(founders.count(DIE, 8.0, OWN_DEATHS)[held] > 0)


@figure("h", values=True)
def crossing_time(course: Course) -> Sample:
    """Return hours from first arrest to extravasation of the founders that crossed."""
    founders = course.founders
    return median(founders.crossed - founders.arrested)


@figure(known=since(312.0))
def undivided_day13(course: Course) -> Sample:
    """Return founders not divided by day 13 among the lines that live then."""
    founders = course.founders
    alive = founders.cells(312.0) > 0
    return share(~by(founders.divided, 312.0)[alive])


@figure(known=since(312.0))
def solitary_day13(course: Course) -> Sample:
    """Return founders alive and not divided at day 13."""
    founders = course.founders
    return share((founders.cells(312.0) > 0) & ~by(founders.divided, 312.0))


@figure()
def micrometastasis_share(course: Course) -> Sample:
    """Return founders whose own progeny reached the size of a micrometastasis."""
    return share(np.isfinite(course.founders.own("micrometastasis")))


@figure(known=since(72.0), values=True)
def compactness_day3(course: Course) -> Sample:
    """Return the compactness of each clone at day 3."""
    return median(np.array(course.compactness.get(3.0, ())))


@figure(known=since(120.0), values=True)
def compactness_day5(course: Course) -> Sample:
    """Return the compactness of each clone at day 5."""
    return median(np.array(course.compactness.get(5.0, ())))


def _order(course: Course, first: str, then: str) -> Sample:
    """Return lesions that met ``first`` no later than ``then``, among those that met ``then``."""
    lesions = course.engine.world.lesions
    met = ~np.isnan(lesions[then])
    return share(np.nan_to_num(lesions[first][met], nan=np.inf) <= lesions[then][met])


@figure()
def stellate_before_vessel(course: Course) -> Sample:
    """Return lesions that touched an activated stellate cell before they held a vessel."""
    return _order(course, "stellate", "vessel")


@figure()
def hypoxia_before_sprout(course: Course) -> Sample:
    """Return lesions that had a hypoxic cell before a sprout came in."""
    return _order(course, "hypoxic", "sprout")


@figure("day", known=FIRST, values=True)
def first_vessel_day(course: Course) -> Sample:
    """Return the day on which the first lesion of this liver entered the angiogenic phase."""
    first = course.engine.world.lesions["angiogenic"]
    return median(np.array([np.nanmin(first) / 24.0]) if np.isfinite(first).any() else np.zeros(0))


@figure("um", values=True)
def first_sprout_diameter(course: Course) -> Sample:
    """Return the diameter of each lesion when a sprout first lay inside, um."""
    world = course.engine.world
    cells = world.lesions["sprout_cells"][~np.isnan(world.lesions["sprout"])]
    return median(world.breadth(cells))


@figure("um", values=True)
def necrosis_depth(course: Course) -> Sample:
    """Return the distance of each necrotic death from the nearest perfused vessel, um."""
    return median(np.array(course.necrosis))


@figure("day", values=True)
def doubling_time(course: Course) -> Sample:
    """Return the doubling time of each lesion, days, from its area between days 10 and 28.

    A straight line through the logarithm of area. The tissue is a slab, in which volume is area times thickness, so this is
    the time in which its volume there doubles too. A lesion counts
    while it has 50 cells and from the last time it took in another (a jump of 1.6-fold or more in 12 h).
    """
    times = []
    for days, logarithm in course.grown(GROWTH_FROM_H, STEADY, CURVE_POINTS):
        slope = np.polyfit(days, logarithm, 1)[0]
        times.append(np.log(2.0) / slope if slope > 1e-3 else np.nan)
    return median(np.array(times))


@figure(values=True)
def replacement_of_small(course: Course) -> Sample:
    """Return, per liver, the mean replacement share of lesions below 200 um less that of larger ones, all weeks together."""
    cells, replaced = np.concatenate([*course.borders, np.zeros((2, 0))], axis=1)
    small = course.engine.world.breadth(cells) < SMALL_UM
    if small.all() or not small.any():
        return median(np.zeros(0))
    return median(np.array([replaced[small].mean() - replaced[~small].mean()]))


@figure()
def growing_liver(course: Course) -> Sample:
    """Return whether this liver has a lesion in the growth phase at the end."""
    return share(np.array([(standing(course.engine.world).phase == GROWTH).any()]))


@figure()
def growing_founders(course: Course) -> Sample:
    """Return founders whose own progeny made a growing lesion by the end, of which cells still live."""
    world = course.engine.world
    alive = np.unique(world.cells["founder"][phase_of_cells(world) == GROWTH])
    grew = np.isfinite(world.lesions["own_growth"][alive[alive >= 0]])
    return Sample(int(grew.sum()), world.totals.get("entered", 0))
