"""Check blood and oxygen of a whole lobule at rest, with less flow, without artery, clamped and cut."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import spearmanr

from livermet_sim.engine import Engine
from livermet_sim.observe.circulation import Circulation, circulation
from livermet_sim.processes.oxygenation import Oxygenate
from livermet_sim.scenario.load import load
from livermet_sim.state.tissue import SINUSOID


class Liver:
    """Hold a resting lobule whose blood can be changed; every test leaves it as it was."""

    def __init__(self, name: str = "lobule", changed: dict[str, object] | None = None):
        self.engine = Engine(load(name, {"seeding.dose": 0.0} | (changed or {})), 1)
        self.world = self.engine.world
        self.network = self.world.network
        self.oxygenate = next(p for p in self.engine.plan.processes if isinstance(p, Oxygenate))
        self.rest = self.settle().oxygen.copy()

    def settle(self, **own: float) -> Liver:
        """Set what drives the flow, or what the artery brings, and solve both."""
        self.network.driving = own.get("driving", 1.0)
        self.network.ports.arterial[:] = own.get("arterial", 0.25)
        self.network.solve(1e-8)
        self.oxygenate.step(self.world)
        return self

    @property
    def oxygen(self) -> np.ndarray:
        return self.world.sites["oxygen"]

    @property
    def blood(self) -> Circulation:
        return Circulation(self.world, self.oxygenate)

    @property
    def outlet(self) -> float:
        blood = self.blood
        return blood.blood_oxygen(blood.balance.left)


@pytest.fixture(scope="module")
def built() -> Liver:
    return Liver()


@pytest.fixture
def liver(built):
    yield built
    built.network.patency[:] = 1.0
    built.settle()
    assert np.abs(built.oxygen - built.rest)[built.world.tissue.inside].max() < 0.1


def test_blood_at_rest_is_that_of_one_published_set(liver):
    found = {m.name: m for m in circulation(liver.world, liver.oxygenate)}
    # a lobule cut out of the liver has corners with half an inlet
    assert [m.name for m in found.values() if not m.ok] == ["transit, variation between paths"]
    assert found["speed, pericentral fifth"].value > found["speed, periportal fifth"].value
    balance = liver.blood.balance
    assert balance.brought - balance.left == pytest.approx(balance.used, rel=1e-3)


def test_oxygen_falls_from_tract_to_vein_though_uptake_is_the_same_everywhere(liver):
    tissue = liver.world.tissue
    plates = np.flatnonzero(tissue.compartment == SINUSOID)
    fifth = np.minimum((5.0 * tissue.zone[plates]).astype(int), 4)
    falls = np.bincount(fifth, liver.oxygen[plates]) / np.bincount(fifth)
    assert (np.diff(falls) < 0.0).all() and falls[0] - falls[-1] > 12.0
    assert np.unique(liver.world.carried["oxygen"]["uptake"][plates]).size == 1


def test_with_half_the_flow_tissue_takes_as_much_and_with_less_than_a_third_it_cannot(liver):
    used, rows = liver.blood.balance.used, []
    for driving in (1.0, 0.7, 0.5, 0.4, 0.3, 0.25, 0.15):
        balance = liver.settle(driving=driving).blood.balance
        rows.append((driving, liver.outlet, balance.extraction, balance.used / used))
        assert balance.brought - balance.left == pytest.approx(balance.used, rel=0.01)
    half = rows[2]
    assert 16.0 < half[1] < 33.0 and half[3] > 0.98
    for _, outlet, extraction, share in rows:
        assert share > 0.95 or extraction > 0.9 or outlet < 10.0
    assert rows[-1][2] > 0.97 and rows[-1][3] < 0.6


def test_without_artery_blood_brings_less_and_poor_blood_makes_poor_tissue(liver):
    whole = liver.blood.balance
    # three quarters of the flow are left, of blood that holds 0.136 where the mixture held 0.147
    shut = liver.settle(driving=0.75, arterial=0.0)
    assert shut.blood.balance.brought / whole.brought == pytest.approx(0.694, abs=0.003)
    assert shut.outlet < 35.0
    assert 0.95 < shut.blood.balance.used / whole.used < 1.0
    only = liver.settle(driving=0.25, arterial=1.0)
    assert only.blood.balance.used < 0.97 * whole.used and only.blood.balance.extraction > 0.9
    capacity = liver.world.level_names.index("oxygen.capacity")
    liver.world.levels["value"][capacity] *= 0.5
    anaemic = liver.settle().outlet
    liver.world.levels["value"][capacity] *= 2.0
    assert anaemic < liver.settle().outlet - 10.0


SOURCED = {
    "as shipped": {},
    "poor portal blood (40 mmHg, the low end in mice)": {"oxygen.portal_tension": 40.0},
    "slow blood (1.0 mL/min/mL, mouse) and poor portal blood": {"flow.plasma_viscosity": 1.6, "oxygen.portal_tension": 40.0},
    "uptake that falls early (Km of the GreensV4 brain set)": {"oxygen.michaelis": 10.5, "oxygen.portal_tension": 45.0},
    "blood of the dog, its uptake": {"oxygen.half_saturation": 30.0, "oxygen.capacity": 0.2, "oxygen.uptake": 6.8e-4},
    "walls that pass little": {"oxygen.wall_conductance": 0.05},
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCED)
def test_no_sourced_set_loses_a_quarter_of_its_uptake_with_the_artery(name):
    """Hold the reason why occlusion of the artery does not lower uptake to 0.64-0.76, as in dogs.

    There portal flow falls too: 0.59 of all flow is left (Hasselgren 1979 PMID 539330). Uptake that does not change at half
    the flow and extraction that reaches 97 % (Lutz 1975) speak against it, and only one of the two can be met: of all sets
    the lowest is 0.94, with blood at its slowest and poorest.
    """
    liver = Liver(changed=SOURCED[name])
    used = liver.blood.balance.used
    half = liver.settle(driving=0.5).blood.balance.used / used
    shut = liver.settle(driving=0.59, arterial=0.0).blood.balance.used / used
    assert half > 0.95 and 0.92 < shut < 1.0


def test_a_clamped_liver_empties_in_10_to_25_s_and_comes_back(liver):
    inside = liver.world.tissue.inside
    liver.network.driving = 0.0
    liver.network.solve()
    # beside a portal tract, which is full of blood, tissue holds out longer
    away, course = inside[liver.world.tissue.zone[inside] > 0.2], []
    for _ in range(25):
        liver.oxygenate.advance(liver.world, 1.0, 2)
        course.append(np.mean(liver.oxygen[away] < 1.0))
    seconds = np.searchsorted(course, [0.1, 0.5, 0.9]) + 1
    assert 10 <= seconds[0] < seconds[1] < seconds[2] <= 25
    assert liver.settle(driving=0.0).oxygen.max() < 0.05
    assert np.abs(liver.settle().oxygen - liver.rest)[inside].max() < 0.1


def test_a_tube_that_is_cut_is_missed_by_as_much_as_it_fed(liver):
    tubes = np.flatnonzero((liver.world.tissue.compartment == SINUSOID) & (liver.network.wall > 0.0))
    chosen = np.random.default_rng(1).choice(tubes, 16, replace=False)
    flows, missed, away = [], [], []
    for tube in chosen:
        flows.append(liver.settle().network.throughput[tube])
        liver.network.patency[tube] = 1e-6
        fall = liver.rest - liver.settle().oxygen
        liver.network.patency[tube] = 1.0
        missed.append(np.abs(fall).sum())
        far = liver.world.tissue.lattice.distance(tube, tubes) > 200.0
        away.append(np.abs(fall[tubes[far]]).mean())
    assert spearmanr(flows, missed).statistic > 0.5
    # a tube is no more than a five-hundredth of the lobule
    assert max(away) < 0.5 and max(missed) > 100.0


def test_hypoxia_comes_and_goes_without_a_jump(liver):
    tissue = liver.world.tissue
    tubes = np.flatnonzero(tissue.compartment == SINUSOID)
    tube = tubes[np.argmax(liver.network.throughput[tubes])]
    near = tissue.inside[tissue.lattice.distance(tube, tissue.inside) < 60.0]
    means, used = [], []
    for patency in np.geomspace(1.0, 1e-6, 30):
        liver.network.patency[tube] = patency
        liver.settle()
        means.append(liver.oxygen[near].mean())
        used.append(liver.blood.balance.used)
    falls = -np.diff(means)
    assert means[0] - means[-1] > 0.5 and falls.max() < 0.35 * (means[0] - means[-1])
    assert falls.min() > -0.02 and np.diff(used).max() < 1e-3 * used[0]


def test_plugs_raise_the_pressure_across_what_is_open_and_cost_less_than_their_share(liver):
    tubes = np.flatnonzero(liver.world.tissue.compartment == SINUSOID)
    flow, drop = liver.network.inflow, liver.blood.drop()
    plugged = np.random.default_rng(2).choice(tubes, len(tubes) // 20, replace=False)
    liver.network.patency[plugged] = 1e-3
    liver.settle()
    assert liver.blood.drop() > 1.2 * drop
    assert liver.network.inflow / flow > 0.75
    # the tubes alone, held at the same pressure, would pass far less
    assert liver.network.inflow / liver.blood.drop() < 0.75 * flow / drop


def ahead(network) -> float:
    """Return the spread of transit times by looking ahead from each tract, fork by fork, where the model looks back."""
    flow, of, neighbours = (
        np.maximum(network.outflow, 0.0) / 3600.0,
        network.ports.of,
        network.tissue.neighbours,
    )

    @cache
    def moments(site: int) -> tuple[float, float]:
        if of[site] >= 0:
            return 0.0, 0.0
        time, first, second = network.volume[site] / flow[site].sum(), 0.0, 0.0
        for slot in np.flatnonzero(flow[site]):
            share, (one, two) = flow[site, slot] / flow[site].sum(), moments(int(neighbours[site, slot]))
            first, second = first + share * one, second + share * two
        return time + first, time**2 + 2.0 * time * first + second

    begins = [
        (s, k) for s in np.flatnonzero(of >= 0) for k in np.flatnonzero(flow[s]) if of[neighbours[s, k]] < 0
    ]
    weights = [flow[s, k] for s, k in begins]
    first, second = np.average([moments(int(neighbours[s, k])) for s, k in begins], axis=0, weights=weights)
    return float(np.sqrt(second - first**2) / first)


def test_transit_times_vary_alike_looking_back_and_looking_ahead(liver):
    assert liver.blood.path_spread() == pytest.approx(ahead(liver.network), rel=1e-3)


def test_a_liver_without_edge_spreads_transit_times_as_published():
    liver = Liver("baseline", {"tissue.lobules": 4})
    found = {m.name: m for m in circulation(liver.world, liver.oxygenate)}
    assert 45.0 < found["transit, variation between paths"].value < 70.0
