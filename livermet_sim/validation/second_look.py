"""Take from a run what a second look asks for: the law of growth, the day a lesion is seen, and how few founders get there."""

from __future__ import annotations

import numpy as np

from livermet_sim.validation.course import Course
from livermet_sim.validation.growth_law import CLEARLY, Law, fit
from livermet_sim.validation.measure import STEADY, Sample, figure, median, share

POINTS = 8  # readings of a lesion that a law is fitted to: four days
COUNTABLE_UM = 200.0  # Townson 2009: lesions beyond it are countable by MRI
OVERT_UM = 1000.0  # assumed: what an eye sees on a mouse liver


def _laws(course: Course) -> list[Law]:
    return [fit(*curve) for curve in course.grown(0.0, STEADY, POINTS)]


@figure()
def gompertz(course: Course) -> Sample:
    """Return lesions whose sizes clearly speak for Gompertz, of those that speak clearly for either law."""
    gains = np.array([law.gain for law in _laws(course)])
    return share(gains[np.abs(gains) > CLEARLY] > 0.0)


@figure("um", values=True)
def slowing_diameter(course: Course) -> Sample:
    """Return the diameter at which a lesion's rate has fallen to a half, of those that clearly slow and were seen to, um."""
    found = []
    for curve in course.grown(0.0, STEADY, POINTS):
        law = fit(*curve)
        if law.gain > CLEARLY and law.half_size <= np.exp(curve[1].max()):
            found.append(law.half_size)
    return median(course.engine.world.breadth(np.array(found)))


def _first_day(course: Course, diameter: float) -> Sample:
    world = course.engine.world
    for hours, _, cells in course.curves:
        if len(cells) and world.breadth(cells).max() >= diameter:
            return Sample(values=[hours / 24.0])
    return Sample()


@figure("day", values=True)
def first_countable_day(course: Course) -> Sample:
    """Return the day on which the first lesion of this liver is 200 um wide."""
    return _first_day(course, COUNTABLE_UM)


@figure("day", values=True)
def first_overt_day(course: Course) -> Sample:
    """Return the day on which the first lesion of this liver is 1 mm wide."""
    return _first_day(course, OVERT_UM)


@figure()
def countable_founders(course: Course) -> Sample:
    """Return founders whose own progeny are cells enough for a lesion of 200 um at the end."""
    world = course.engine.world
    cells = course.founders.cells(world.clock.hours)
    return share(world.breadth(cells.astype(float)) >= COUNTABLE_UM)


@figure(values=True)
def cells_per_founder(course: Course) -> Sample:
    """Return the tumour cells of this liver at the end for each founder that entered."""
    cells = course.founders.cells(course.engine.world.clock.hours)
    return median(np.array([cells.mean()]) if len(cells) else np.zeros(0))
