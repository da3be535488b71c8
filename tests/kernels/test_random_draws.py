"""Check the counter-based draws against published vectors and for uniformity and independence."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from kernel_worlds import plain_kernels, random_keys

from livermet_sim.kernels import codes, rng
from livermet_sim.verification.checks.randomness import KNOWN


def drawn(keys: np.ndarray, seed: int = 1, purpose: int = 5, tick: int = 0) -> np.ndarray:
    """Return one draw a key."""
    return rng.draws(seed, purpose, tick, keys)


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_philox_gives_the_published_words(counter, key, words):
    assert tuple(rng.philox(*counter, *key)) == words
    assert plain_kernels().rng.philox(*counter, *key) == words


def test_counter_holds_key_tick_and_purpose_and_key_holds_the_seed():
    key, tick, purpose, seed = (0x2BCDEF12 << 32) | 0x3456789A, 77, 9, (5 << 32) | 6
    words = rng.philox(0x3456789A, 0x2BCDEF12, tick, purpose, 6, 5)
    assert rng.draw4(seed, purpose, tick, key) == tuple((w + 0.5) * 2.0**-32 for w in words)
    assert rng.draw(seed, purpose, tick, key) == (words[0] + 0.5) * 2.0**-32


def test_compiled_and_plain_draws_have_the_same_bits():
    plain, random = plain_kernels().rng, np.random.default_rng(3)
    for _ in range(200):
        seed, key = (int(x) for x in random.integers(0, 2**62, 2))
        purpose = int(random.integers(0, 2**16)) + (int(random.integers(0, 4001)) << 16)
        tick = int(random.integers(0, 2**31))
        assert plain.draw4(seed, purpose, tick, key) == rng.draw4(seed, purpose, tick, key)
        assert plain.child_key(seed, purpose, tick, key) == rng.child_key(seed, purpose, tick, key)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64])
def test_plain_draws_take_numbers_of_every_width(kind):
    """An element of an array brings its width with it, and in 32 bits there is no room for the masks of the words."""
    plain = plain_kernels().rng
    for number in (0, 1, 77, int(np.iinfo(kind).max) >> 1):
        given = kind(number)
        assert plain.draw4(given, 5, given, given) == rng.draw4(number, 5, number, number)
        assert plain.child_key(given, 5, given, given) == rng.child_key(number, 5, number, number)


def test_draws_of_seeds_purposes_repeats_ticks_and_keys_are_independent():
    keys = np.arange(20_000)
    series = [
        drawn(keys), drawn(keys, seed=2), drawn(keys, seed=1 << 33), drawn(keys, purpose=6),
        drawn(keys, purpose=5 + (1 << 16)), drawn(keys, tick=1), drawn(keys, tick=2), drawn(keys + 1),
        drawn(keys + (1 << 32)),
    ]  # fmt: skip
    series[7] = np.roll(series[7], 3)
    for a, b in combinations(series, 2):
        assert abs(np.corrcoef(a, b)[0, 1]) < 5 / np.sqrt(len(keys))
        low = np.count_nonzero((a < 0.1) & (b < 0.1))
        assert abs(low - 0.01 * len(keys)) < 5 * np.sqrt(0.01 * len(keys))
    # the next key is not the next word
    assert abs(np.corrcoef(series[0][:-1], series[0][1:])[0, 1]) < 5 / np.sqrt(len(keys))


def test_the_four_draws_of_one_call_are_uniform_and_independent():
    four = np.array([rng.draw4(1, 5, 0, key) for key in range(6000)])
    assert np.abs(four.mean(axis=0) - 0.5).max() < 5 / np.sqrt(12 * len(four))
    between = np.corrcoef(four.T)[np.triu_indices(4, 1)]
    assert np.abs(between).max() < 5 / np.sqrt(len(four))


def test_a_draw_depends_on_nothing_but_its_arguments():
    keys = random_keys(500)
    order = np.random.default_rng(1).permutation(len(keys))
    assert np.array_equal(drawn(keys)[order], drawn(keys[order]))


def test_draws_of_many_keys_are_those_of_each():
    keys = random_keys(50)
    for module in (rng, plain_kernels().rng):
        assert module.draws(1, 5, 2, keys).tolist() == [rng.draw(1, 5, 2, int(key)) for key in keys]
        assert module.child_keys(1, 5, 2, keys).tolist() == [rng.child_key(1, 5, 2, int(key)) for key in keys]
        bell = [sum(u for turn in range(3) for u in rng.draw4(1, 5, turn, int(key))) - 6.0 for key in keys]
        assert module.bell(1, 5, keys).tolist() == bell


def test_bell_numbers_have_mean_0_and_deviation_1():
    numbers = rng.bell(1, 5, random_keys(20_000))
    assert abs(numbers.mean()) < 5 / np.sqrt(20_000) and abs(numbers.std() - 1.0) < 0.03


def test_child_keys_are_distinct_and_fit_62_bits():
    mothers = random_keys(3000)
    keys = [rng.child_key(1, codes.DAUGHTER, tick, int(m)) for tick in range(3) for m in mothers]
    # a line of eldest daughters
    line = [12345]
    for tick in range(2000):
        line.append(rng.child_key(1, codes.DAUGHTER, tick, line[-1]))
    everyone = np.array([*keys, *line, *mothers])
    assert len(np.unique(everyone)) == len(everyone)
    assert everyone.min() >= 0 and everyone.max() < 2**62
    # all bits are used: the upper half is as uniform as the lower
    assert abs((np.array(keys) >> 61).mean() - 0.5) < 5 * 0.5 / np.sqrt(len(keys))


def test_no_two_purposes_share_a_number():
    names = (
        "PLACE APTITUDE DIAMETER ENTRY FATE RACE PRIORITY FLOW CROSS DIVISION DAUGHTER CRAWL TURNOVER RECRUIT "
        "RECRUITED SPROUT SPROUT_STEP COLLAPSE CHANCE DEPLETE NET"
    )
    numbers = [getattr(codes, name) for name in names.split()]
    assert len(set(numbers)) == len(numbers) and max(numbers) < 64
