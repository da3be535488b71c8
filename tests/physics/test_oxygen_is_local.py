"""Check that oxygen is solved again only where something changed, in the order in which blood comes by, to the same bits."""

from __future__ import annotations

import numpy as np
import pytest
from bodies import Body
from hypothesis import given, settings
from hypothesis import strategies as st
from physics_tissues import strip, tissue_from

from livermet_sim.state.downstream import Downstream
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL, SINUSOID


def changed(seed: int, wake_all: bool) -> list[np.ndarray]:
    """Return oxygen after each of some changes of tubes and tissue."""
    rng, body, found = np.random.default_rng(seed), Body(strip(20, 5), tolerance=0.01).settle(), []
    for _ in range(6):
        tubes = np.flatnonzero(body.network.vessel)
        body.network.patency[rng.choice(tubes, 3)] = rng.choice([1e-6, 0.3, 1.0])
        body.world.sites["parenchyma"][rng.choice(body.tissue.inside, 5)] = rng.random(5)
        if rng.random() < 0.3:
            body.network.remove_nodes(rng.choice(tubes[body.network.ports.of[tubes] < 0], 1))
        body.network.solve(1e-10)
        if wake_all:
            body.wake_all()
        body.settle(flow=False)
        found += [body.oxygen.copy(), body.blood.copy()]
    return found


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**20))
def test_what_sleeps_would_not_have_moved(seed):
    for lazy, whole in zip(changed(seed, False), changed(seed, True), strict=True):
        assert np.array_equal(lazy, whole)


def test_another_flow_wakes_vessels_alone():
    body = Body(strip(20, 5), tolerance=0.01).settle()
    body.network.patency[46] = 0.5
    body.network.solve(1e-10)
    body.process._prepare(body.world)
    awake = body.process._awake
    tubes = body.network.vessel & (body.network.ports.of < 0)
    assert np.array_equal(awake[: body.tissue.n], tubes) and awake[body.tissue.n :].all()


def test_oxygen_is_solved_when_it_is_time_and_at_once_where_all_blood_changed():
    body = Body(strip(20, 5), interval=6.0).settle()
    process, world, flow = body.process, body.world, body.world.carried["oxygen_flow"]

    def said() -> bool:
        """Say whether it runs; if so, let it."""
        runs = process.runs(world)
        if runs:
            body.settle(flow=False)
        return runs

    found = {"in time": said()}
    world.clock.tick += 23
    found["before its time"] = said()
    body.network.patency[46] = 0.5
    body.network.solve(1e-10)
    found["one tube narrower"] = said()
    for name in ("portal_tension", "arterial_tension", "capacity"):
        flow[name][0] *= 0.9
        found[name] = said()
    found["followed already"] = said()
    body.network.driving = 0.5
    body.network.solve(1e-10)
    found["throttled"] = said()
    late = {"before its time", "one tube narrower", "followed already"}
    assert {name for name, runs in found.items() if not runs} == late


def test_what_is_left_undone_is_done_the_next_time():
    hurried, patient = (Body(strip(20, 5), tolerance=0.01, most=most) for most in (3, 2000))
    patient.settle()
    for _ in range(40):
        hurried.network.solve(1e-10)
        hurried.network.solved += 1
        hurried.settle(flow=False)
    assert np.abs(hurried.oxygen - patient.oxygen).max() < 0.1


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_places_come_down_the_pressure_and_tissue_behind_the_nearest_vessel(seed: int):
    rng = np.random.default_rng(seed)
    picture = np.full((14, 18), PARENCHYMA)
    picture[3], picture[9], picture[3:10, 7] = SINUSOID, SINUSOID, SINUSOID
    picture[[3, 9], 0], picture[[3, 9], -1] = PORTAL, CENTRAL
    # an island that no way joins to a vessel
    picture[12] = OUTSIDE
    body = Body(tissue_from(picture))
    body.network.patency[:] = rng.uniform(0.01, 1.0, body.tissue.n)
    tissue, net, downstream = body.tissue, body.network, Downstream()
    for gone in (None, 3 * 18 + 5):
        if gone is not None:
            net.remove_nodes(np.array([gone]))
        net.solve(1e-10)
        tube = net.vessel & (net.ports.of < 0)
        order = downstream.order(net, tube)
        sites = order[order >= 0]
        assert sorted(sites) == sorted(tissue.inside[net.ports.of[tissue.inside] < 0])
        assert sorted(-1 - order[order < 0]) == list(range(net.ports.number))
        leads = (order < 0) | tube[order]
        head = np.where(order < 0, net.ports.member[net.ports.first[-1 - np.minimum(order, -1)]], order)
        assert (np.diff(net.pressure[head[leads]]) <= 0.0).all()
        vessels = np.flatnonzero(net.vessel)
        far = np.array([_steps(tissue, s, vessels) for s in order[~leads]])
        leader = np.maximum.accumulate(np.where(leads, np.arange(len(order)), -1))[~leads]
        own = [
            net.ports.member[net.ports.of[net.ports.member] == -1 - o] if o < 0 else [o]
            for o in order[leader]
        ]
        found = np.array([_steps(tissue, s, v) for s, v in zip(order[~leads], own, strict=True)])
        assert np.array_equal(far, found) and np.isinf(far).sum() == 18


def _steps(tissue, site: int, goals: np.ndarray) -> float:
    """Return how many sides lie between a site and the nearest of some, by flooding."""
    front, seen, steps = {int(site)}, set(), 0
    while front:
        if front & set(map(int, goals)):
            return float(steps)
        seen |= front
        front = {int(n) for s in front for n in tissue.sides[s] if n >= 0} - seen
        steps += 1
    return np.inf
