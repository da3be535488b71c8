"""Check what new vessels do in whole livers: they carry blood, keep to tumours, hang on VEGF, and matter for growth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import livermet_sim as lm
from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import SINUSOID, TISSUE
from livermet_sim.processes.collapse import Vessels
from livermet_sim.sweep.execute import execute
from livermet_sim.sweep.paired import ratio_of_means

LIVER = {"tissue.lobules": 8, "observe.snapshots": "", "observe.frames": 0}
SEEDS = range(21, 31)
READ = (21, 28, 35)
# a tube is old from the third day on; "deep" is so far inside a lesion, "far" so far outside
OLD_H, DEEP_UM, FAR_UM = 72.0, 50.0, 60.0
VEGF = {
    "control": [],
    "none": [lm.block("all", "secrete.vegf")],
    "four": [lm.boost("all", "secrete.vegf", factor=4.0)],
    "week": [lm.block("all", "secrete.vegf", at="21 day", until="28 day")],
}


@dataclass
class Reading:
    """Hold what the vessels of one liver are on one day; counts of 10 um sites, shares, tubes per site of tumour."""

    burden: int
    laid: int
    new: int
    old: int
    old_perfused: int
    perfused: int
    far: int
    inside: int
    tubes_inside: int
    density: float
    vessels: float
    deep: int
    deep_perfused: int
    hypoxic: float
    cover: float


def read(engine: Engine, laid: int) -> Reading:
    """Return the reading of this moment."""
    world, lattice = engine.world, engine.world.tissue.lattice
    world.count()
    sites, held = world.sites, world.census.tumour_at[TISSUE] >= 0
    tube, perfused = world.compartment == SINUSOID, sites["perfused"] > 0.0
    age = sites["vessel_age"]
    new, old = tube & (age > 0.0), tube & (age >= OLD_H)
    inside = lattice.filled(held)
    deep, far = lattice.distances(~inside) > DEEP_UM, lattice.distances(held) > FAR_UM
    return Reading(
        burden=int(held.sum()), laid=laid, new=int(new.sum()), old=int(old.sum()),
        old_perfused=int((old & perfused).sum()), perfused=int((new & perfused).sum()), far=int((new & far).sum()),
        inside=int(inside.sum()), tubes_inside=int((inside & tube & perfused).sum()),
        density=float((tube & perfused)[inside].mean()) if inside.any() else 0.0,
        vessels=float(tube[inside].mean()) if inside.any() else 0.0, deep=int(deep.sum()),
        deep_perfused=int((deep & tube & perfused).sum()), hypoxic=float((sites["oxygen"][held] < 8.0).mean()),
        cover=float(sites["cover"][old].mean()) if old.any() else 0.0,
    )  # fmt: skip


def course(item: tuple[str, int, int]) -> list[Reading]:
    """Return the readings of one liver up to a day, under one of VEGF."""
    name, seed, until = item
    engine = Engine(lm.load("baseline", LIVER | {"run.days": until}).with_(interventions=VEGF[name]), seed)
    hours, laid, found = engine.setting.read("vessels", Vessels).interval, 0, []
    for day in (day for day in READ if day <= until):
        while engine.world.clock.hours < 24.0 * day:
            engine.run(hours)
            age = engine.world.sites["vessel_age"]
            laid += int(((age > 0.0) & (age <= hours + 0.1)).sum())
        found.append(read(engine, laid))
    return found


def courses(name: str, until: int = 28, seeds: range = SEEDS) -> list[list[Reading]]:
    """Return the readings of a liver for each seed."""
    runs = {
        i: outcome.result()
        for i, outcome in execute(course, [(name, seed, until) for seed in seeds], workers=2)
    }
    return [runs[i] for i in range(len(seeds))]


def share(runs: list[list[Reading]], day: int, part: str, whole: str) -> float:
    """Return a share of all livers' sites taken together."""
    at = READ.index(day)
    return sum(getattr(run[at], part) for run in runs) / max(1, sum(getattr(run[at], whole) for run in runs))


def compared(
    treated: list[list[Reading]], control: list[list[Reading]], day: int, what: str
) -> tuple[float, ...]:
    """Return the ratio of means over livers that share their luck, with its 95 % interval."""
    at = READ.index(day)
    pair = (np.array([float(getattr(run[at], what)) for run in runs]) for runs in (control, treated))
    return ratio_of_means(*pair)


@pytest.fixture(scope="module")
def control() -> list[list[Reading]]:
    """Return untreated livers up to day 35."""
    return courses("control", 35)


@pytest.mark.long
@pytest.mark.parametrize("day", [21, 28])
def test_most_new_vessels_carry_blood(control, day):
    assert share(control, day, "old_perfused", "old") >= 0.8


@pytest.mark.long
def test_blood_gets_deep_into_lesions_and_not_all_tips_go_in_vain(control):
    # what carries blood could be had by taking away what carries none: then little would be laid for good, or supplied
    assert share(control, 28, "deep_perfused", "deep") >= 0.04
    assert share(control, 28, "new", "laid") >= 0.3


@pytest.mark.long
@pytest.mark.parametrize("day", [21, 28])
def test_new_vessels_keep_to_tumours(control, day):
    assert share(control, day, "far", "new") <= 0.2


@pytest.mark.long
def test_without_vegf_there_are_few_new_vessels_and_less_tumour(control):
    none = courses("none")
    assert compared(none, control, 28, "perfused")[0] <= 0.2
    assert compared(none, control, 28, "burden")[2] < 1.0


@pytest.mark.long
def test_four_times_the_vegf_makes_for_more_tumour(control):
    assert compared(courses("four"), control, 28, "burden")[0] > 1.0


@pytest.fixture(scope="module")
def week() -> list[list[Reading]]:
    """Return livers whose VEGF is blocked from day 21 to 28, up to day 35."""
    return courses("week", 35)


# Mancuso 2006 doi:10.1172/JCI24612 counted all vessels of tumours: 50-60 % lost in 7 days of block, all back 7 days after
BOTH = pytest.mark.parametrize("what", ["density", "vessels"])


@pytest.mark.long
@BOTH
def test_a_week_without_vegf_takes_half_of_a_tumours_vessels(control, week, what):
    assert 0.45 <= 1.0 - compared(week, control, 28, what)[0] <= 0.65


@pytest.mark.long
@BOTH
def test_a_week_later_there_are_as_many_vessels_as_before(week, what):
    before, after = (np.array([getattr(run[at], what) for run in week]) for at in (0, 2))
    assert ratio_of_means(before, after)[0] >= 0.9


@pytest.mark.long
@pytest.mark.xfail(
    reason="0.69 (0.62 to 0.76) of untreated livers, all tubes 0.73, 20 pairs; 1.15 and 1.09 of what they had on day 28, with nearly as much tumour"
)
@BOTH
def test_a_week_later_the_vessels_are_back(control, week, what):
    assert compared(week, control, 35, what)[0] >= 0.9
