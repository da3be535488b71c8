"""Check that taking nodes away one by one gives the pressures of a dense solver, however far conductances lie apart."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rings import ring

from livermet_sim.kernels.elimination import eliminate, order_nodes
from livermet_sim.state.network import Network
from livermet_sim.verification.worlds.tissues import strip


def graph(seed: int, nodes: int, decades: float) -> tuple[np.ndarray, ...]:
    """Return a ring with chords, some of its tubes side by side, as its pairs, lists of ends, conductances and free nodes."""
    rng = np.random.default_rng(seed)
    pairs, (first, _, other), order = ring(rng, nodes)
    tubes = pairs.shape[1]
    edge = np.tile(np.arange(tubes, dtype=np.int32), 2)[order]
    free = rng.random(nodes) > 0.3
    free[0] = False
    return pairs, first, other, edge, 10.0 ** rng.uniform(-decades, decades, tubes), free


def solved(given: tuple[np.ndarray, ...], start: np.ndarray) -> np.ndarray:
    _, first, other, edge, conductance, free = given
    pressure = start.copy()
    eliminate(order_nodes(first, other, free), first, other, edge, conductance, pressure)
    return pressure


def twin(given: tuple[np.ndarray, ...], start: np.ndarray) -> np.ndarray:
    """Solve in fractions, which do not round."""
    (a, b), _, _, _, conductance, free = given
    n = len(start)
    rows = [[Fraction(0)] * (n + 1) for _ in range(n)]
    for i in range(n):
        if not free[i]:
            rows[i][i], rows[i][n] = Fraction(1), Fraction(float(start[i]))
    for i, j, g in zip(a, b, conductance, strict=True):
        for near, far in ((i, j), (j, i)):
            if free[near]:
                rows[near][near] += Fraction(float(g))
                rows[near][far] -= Fraction(float(g))
    for i in range(n):
        for j in range(i + 1, n):
            if rows[j][i]:
                share = rows[j][i] / rows[i][i]
                rows[j] = [x - share * y for x, y in zip(rows[j], rows[i], strict=True)]
    found = [Fraction(0)] * n
    for i in range(n - 1, -1, -1):
        found[i] = (rows[i][n] - sum(rows[i][j] * found[j] for j in range(i + 1, n))) / rows[i][i]
    return np.array([float(each) for each in found])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**20), nodes=st.integers(3, 16), decades=st.sampled_from([0.0, 2.0, 9.0]))
def test_pressures_are_those_of_fractions_to_rounding(seed: int, nodes: int, decades: float):
    given, start = graph(seed, nodes, decades), np.random.default_rng(seed).uniform(4.0, 6.0, nodes)
    assert np.abs(solved(given, start) / twin(given, start) - 1.0).max() < 1e-14


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**20), nodes=st.integers(3, 400))
def test_who_is_taken_away_is_joined_to_those_that_are_left(seed: int, nodes: int):
    given, start = graph(seed, nodes, 6.0), np.random.default_rng(seed).uniform(4.0, 6.0, nodes)
    _, first, other, _, _, free = given
    order, begin, far = order_nodes(first, other, free)
    assert np.array_equal(np.sort(order), np.arange(nodes)) and len(begin) == free.sum() + 1
    assert free[order[: free.sum()]].all()
    for turn in range(len(begin) - 1):
        ends = far[begin[turn] : begin[turn + 1]]
        assert (ends > turn).all() and (np.diff(ends) > 0).all()
    found = solved(given, start)
    # no pressure lies beyond those that are given, and those stay as they are
    assert np.array_equal(found[~free], start[~free])
    low, high = start[~free].min(), start[~free].max()
    assert (found >= low * (1.0 - 1e-12)).all() and (found <= high * (1.0 + 1e-12)).all()


def test_a_network_of_many_tubes_fills_few_places():
    tissue = strip(61, 31, every=4)
    network = Network(tissue, 2.5e-9)
    network.solve()
    assert network._forks is not None and network._forks.planned is not None
    _, begin, far = network._forks.planned[1]
    # a planar graph of n nodes need not fill more than some n log n places
    assert len(far) < 2.0 * len(begin) * np.log2(len(begin))


@pytest.mark.parametrize("seed", range(3))
def test_a_network_has_the_same_bits_wherever_it_starts(seed: int):
    tissue, rng = strip(41, 7), np.random.default_rng(seed)
    warm, cold = Network(tissue, 2.5e-9), Network(tissue, 2.5e-9)
    warm.solve()
    patency = 10.0 ** -rng.uniform(0.0, 6.0, tissue.n)
    for each in (warm, cold):
        each.patency[:] = patency
        assert each.solve() == 0
    assert np.array_equal(warm.pressure, cold.pressure) and np.array_equal(warm.outflow, cold.outflow)
