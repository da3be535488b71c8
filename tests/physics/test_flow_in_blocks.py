"""Check that pressures solved block by block are those of one block, and that threads do not show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rings import ring

from livermet_sim.base import threads
from livermet_sim.kernels.elimination import eliminate, order_nodes
from livermet_sim.state import blocks, forks, network
from livermet_sim.state.relaxed import Relaxed
from livermet_sim.verification.worlds.livers import liver


@pytest.fixture(autouse=True)
def _one_thread():
    yield
    threads.use(None)


def graph(seed: int, nodes: int) -> tuple[tuple[np.ndarray, ...], np.ndarray, np.ndarray]:
    """Return a ring with chords as lists of ends, their weights, and which of its nodes are free."""
    rng = np.random.default_rng(seed)
    pairs, lists, order = ring(rng, nodes)
    weight = np.tile(10.0 ** rng.uniform(-2.0, 2.0, pairs.shape[1]), 2)[order]
    free = rng.random(nodes) > 0.2
    free[0] = False
    return lists, weight, free


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**20), nodes=st.integers(5, 80), cuts=st.lists(st.integers(0, 80), max_size=5))
def test_blocks_come_to_what_one_block_comes_to(seed: int, nodes: int, cuts: list[int]):
    lists, weight, free = graph(seed, nodes)
    start = np.where(free, 5.0, np.random.default_rng(seed).uniform(4.0, 6.0, nodes))
    wanted, alone, several = start.copy(), start.copy(), start.copy()
    edge = np.arange(len(weight), dtype=np.int32)
    first, _, other = lists
    eliminate(order_nodes(first, other, free), first, other, edge, weight, wanted)
    count = Relaxed(lists, [0, nodes], weight, free, alone).solve(1e-10, 2000)
    assert np.abs(alone - wanted).max() < 1e-6
    # what starts where it will end has nothing to do
    assert Relaxed(lists, [0, nodes], weight, free, wanted.copy()).solve(1e-10, 2000) <= min(count, 1)
    bounds = [0, *sorted(min(cut, nodes) for cut in cuts), nodes]
    Relaxed(lists, bounds, weight, free, several).solve(1e-10, 2000)
    assert np.abs(several - wanted).max() < 1e-6
    assert np.array_equal(several[~free], start[~free])


def solved(size: int, tolerance: float = 1e-8, most: int = forks.STEPS) -> network.Network:
    """Return the vessels of a liver of which some narrowed, the graph cut into blocks of at most ``size`` sites."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads, "WIDE", 1)
        patch.setattr(blocks, "BLOCK", size)
        patch.setattr(forks, "PARTS", max(1, 3600 // size))
        net = liver(1).world.network
        assert net._forks is not None and len(net._forks.bounds) > 3600 // size
        net.patency[np.flatnonzero(net.vessel)[::7]] = 0.1
        net.solve(tolerance, most)
    return net


def pressures(number: int, size: int) -> np.ndarray:
    """Return the pressures in them, solved in some threads."""
    threads.use(number)
    return solved(size).pressure


def imbalance(tolerance: float, most: int = forks.STEPS) -> float:
    """Return the largest share of what passes a site that is lost there or comes from nowhere."""
    net = solved(60, tolerance, most)
    inside = net.fed & (net.ports.of < 0)
    return float((np.abs(net.outflow[inside].sum(axis=1)) / net.throughput[inside].max()).max())


def test_where_steps_do_not_suffice_or_tubes_are_gone_the_solution_is_exact(monkeypatch):
    assert imbalance(tolerance=1e-3) > 1e-5
    assert imbalance(tolerance=1e-3, most=2) < 1e-9
    monkeypatch.setattr(network, "WHOLE", 1.0)
    assert imbalance(tolerance=1e-3) < 1e-9


def test_a_liver_in_blocks_has_the_pressures_of_one_block_whatever_the_threads():
    whole, one = pressures(1, 10**6), pressures(1, 60)
    assert np.abs(whole - one).max() < 1e-5
    assert np.array_equal(pressures(2, 60), one)
    assert np.array_equal(pressures(3, 60), one)
