"""Check that oxygen solved block by block is that of one block, that blocks at work do not meet, and that threads do not show."""

from __future__ import annotations

import numpy as np
import pytest
from bodies import Body
from hypothesis import given, settings
from hypothesis import strategies as st
from physics_tissues import strip

from livermet_sim.base import threads
from livermet_sim.state import blocks
from livermet_sim.state.blocks import Blocks


@pytest.fixture(autouse=True)
def _one_thread():
    yield
    threads.use(None)


def in_blocks(size: int, seed: int, number: int, tolerance: float = 1e-7) -> list[np.ndarray]:
    """Return oxygen after each of some changes of a tissue cut into blocks of ``size`` sites."""
    threads.use(number)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads, "WIDE", 1)
        patch.setattr(blocks, "BLOCK", size)
        rng, body, found = np.random.default_rng(seed), Body(strip(30, 9), tolerance=tolerance).settle(), []
        for _ in range(4):
            tubes = np.flatnonzero(body.network.vessel)
            body.network.patency[rng.choice(tubes, 3)] = rng.choice([1e-6, 0.3, 1.0])
            body.world.sites["parenchyma"][rng.choice(body.tissue.inside, 5)] = rng.random(5)
            body.network.solve(1e-10)
            body.settle(flow=False)
            found += [body.oxygen.copy(), body.blood.copy()]
    return found


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**20), size=st.integers(35, 150))
def test_blocks_come_to_what_one_block_comes_to(seed: int, size: int):
    whole = in_blocks(10**6, seed, 1)
    for one, other in zip(whole, in_blocks(size, seed, 1), strict=True):
        assert np.abs(one - other).max() < 1e-4


@pytest.mark.parametrize("number", [2, 3])
def test_the_number_of_threads_does_not_show(number: int):
    for one, other in zip(in_blocks(40, 1, 1, 0.01), in_blocks(40, 1, number, 0.01), strict=True):
        assert np.array_equal(one, other)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_blocks_of_one_colour_share_no_border(data: st.DataObject):
    n = data.draw(st.integers(1, 60))
    site = st.integers(-1, n - 1)
    around = np.array(data.draw(st.lists(st.lists(site, min_size=3, max_size=3), min_size=n, max_size=n)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads, "WIDE", 1)
        patch.setattr(blocks, "BLOCK", data.draw(st.integers(1, 20)))
        found = Blocks(around, np.arange(n))
    assert sorted(b for colour in found.colours for b in colour) == list(range(found.number))
    colour = {b: c for c, some in enumerate(found.colours) for b in some}
    for here in range(n):
        for there in around[here][around[here] >= 0]:
            a, b = int(found.of[here]), int(found.of[there])
            assert a == b or colour[a] != colour[b]


def test_a_tissue_that_is_not_wide_is_one_block():
    assert Blocks(np.full((threads.WIDE - 1, 8), -1, np.int32), np.arange(threads.WIDE - 1)).number == 1
    assert Blocks(np.full((threads.WIDE, 8), -1, np.int32), np.arange(threads.WIDE)).number > 1
