"""Check which vessels lie on a way through against a slow twin, and that seeds are thrown apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.kernels.meshes import through, throw
from livermet_sim.state.lattice import Lattice


def reached(lists: list[list[int]], start: int, without: int) -> set[int]:
    """Return the nodes that can be reached from one, another being gone."""
    found, new = {start}, [start]
    while new:
        beside = set(lists[new.pop()]) - found - {without}
        found |= beside
        new += beside
    return found


@settings(max_examples=60, deadline=None)
@given(
    nodes=st.integers(2, 12),
    edges=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=24),
)
def test_ways_through_are_those_that_no_single_node_cuts_off(nodes: int, edges: list[tuple[int, int]]):
    pairs = {(0, 1), (1, 0)} | {
        (a, b) for x, y in edges for a, b in ((x, y), (y, x)) if x != y and max(x, y) < nodes
    }
    lists = [sorted(b for a, b in pairs if a == node) for node in range(nodes)]
    start = np.cumsum([0, *map(len, lists)])
    found = through(start, np.array([other for own in lists for other in own], dtype=np.int64))
    ways = [
        node for node in range(2, nodes)
        if all(reached(lists, node, cut) & {0, 1} - {cut} for cut in range(nodes) if cut != node)
    ]  # fmt: skip
    assert sorted(found) == [1, *ways]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**20), wrap=st.booleans())
def test_seeds_are_as_the_plain_rule_throws_them(seed: int, wrap: bool):
    rng, lattice = np.random.default_rng(seed), Lattice(17, 13, 10.0, wrap)
    angle, long, short = (
        rng.uniform(0, 6, lattice.n),
        rng.uniform(1, 4, lattice.n),
        rng.uniform(1, 2, lattice.n),
    )
    free, reach = rng.random(lattice.n) > 0.2, 4
    order = rng.permutation(np.flatnonzero(free))
    frames = np.stack([np.cos(angle), np.sin(angle), long, short])
    seeds = np.empty(len(order), dtype=np.int64)
    number = throw(order, ~free, frames, reach, lattice.around, np.array(lattice.side_steps), seeds)
    taken, wanted = ~free, []
    dx, dy = lattice.square_around(reach)
    for at in order:
        if not taken[at]:
            wanted.append(at)
            ahead = dx * np.cos(angle[at]) + dy * np.sin(angle[at])
            aside = dy * np.cos(angle[at]) - dx * np.sin(angle[at])
            ellipse = (ahead / long[at]) ** 2 + (aside / short[at]) ** 2 < 1.0
            held = lattice.moved(at, dx[ellipse], dy[ellipse])
            taken[held[held >= 0]] = True
    assert seeds[:number].tolist() == wanted
