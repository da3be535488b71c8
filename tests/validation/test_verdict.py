"""Verdicts follow from the interval and the published direction, size or band alone."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livermet_sim.validation.experiment import of
from livermet_sim.validation.verdict import ALIKE, IN_BAND, REPRODUCED, UNDECIDED, WRONG, Score, score

PLAIN = {
    "reference": "A 2001 Journal", "source": "PMID 1", "what": "NK cells lost", "line": "mc38", "readout": "tumour_cells",
    "day": 2, "expected": "up", "treated": [{"action": "deplete", "target": "nk"}],
}  # fmt: skip


def experiment(**keys):
    return of(PLAIN | keys, "mine", "mine.toml")


CASES = [
    # expected, published, band, low, ratio, high, verdict
    ("up", None, None, 1.01, 1.5, 3.0, REPRODUCED),
    ("up", None, None, 0.9, 1.5, 3.0, UNDECIDED),
    ("up", None, None, 0.3, 0.5, 0.9, WRONG),
    ("up", None, None, 0.95, 1.0, 1.05, WRONG),  # no effect at all
    ("up", None, None, 1.01, 1.03, 1.05, REPRODUCED),
    ("up", 3.0, None, 1.2, 2.5, 5.0, IN_BAND),
    ("up", 3.0, None, 4.6, 9.0, 20.0, REPRODUCED),
    ("down", None, None, 0.3, 0.5, 0.99, REPRODUCED),
    ("down", 0.2, [0.1, 0.3], 0.05, 0.25, 0.9, IN_BAND),
    ("down", None, None, 1.01, 1.5, 3.0, WRONG),
    ("none", None, None, 0.7, 1.0, 1.4, REPRODUCED),
    ("none", None, None, 0.6, 1.0, 1.4, UNDECIDED),
    ("none", None, None, 1.6, 2.0, 4.0, WRONG),
    ("none", None, [0.9, 1.1], 0.7, 1.0, 1.4, UNDECIDED),
]


@pytest.mark.parametrize(("expected", "published", "band", "low", "ratio", "high", "verdict"), CASES)
def test_a_verdict_is_that_of_its_interval(expected, published, band, low, ratio, high, verdict):
    keys = {"published": published, "band": band}
    own = experiment(expected=expected, **{k: v for k, v in keys.items() if v is not None})
    assert Score(own, 9, ratio, low, high).verdict == verdict


def test_a_rise_by_one_is_a_fall_by_the_other_and_swapped_arms_turn_the_ratio_round():
    rng = np.random.default_rng(3)
    control, treated = rng.poisson(50, 12).astype(float), rng.poisson(100, 12).astype(float)
    up = score(experiment(expected="up"), control, treated)
    down = score(experiment(expected="down"), treated, control)
    swapped = score(experiment(expected="down", swapped=True), control, treated)
    assert up.verdict == down.verdict == swapped.verdict == REPRODUCED
    assert up.ratio == pytest.approx(1.0 / down.ratio)
    assert swapped.ratio == pytest.approx(down.ratio)


def test_livers_that_never_differ_show_no_effect_and_that_takes_a_number_of_pairs():
    same = np.full(ALIKE, 7.0)
    assert score(experiment(), same, same).verdict == WRONG
    assert score(experiment(expected="none"), same, same).verdict == REPRODUCED
    assert score(experiment(), same[1:], same[1:]).verdict == UNDECIDED


def test_pairs_in_which_nothing_is_left_or_known_say_nothing():
    control = np.array([0.0, math.nan, 4.0, 0.0])
    treated = np.array([0.0, 3.0, 8.0, 2.0])
    found = score(experiment(), control, treated)
    assert found.pairs == 2  # a count of 0 in one liver counts as a half
    none = score(experiment(), np.zeros(3), np.zeros(3))
    assert none.pairs == 0 and math.isnan(none.ratio) and none.words == "undecided at 0 pairs"


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["up", "down", "none"]),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=20),
)
def test_whatever_the_counts_a_verdict_is_one_of_four_and_agrees_with_its_interval(expected, pairs):
    own = experiment(expected=expected)
    found = score(own, [a for a, _ in pairs], [b for _, b in pairs])
    assert found.verdict in (REPRODUCED, WRONG, UNDECIDED)
    if found.pairs:
        assert found.low <= found.ratio * (1 + 1e-9)
        assert found.ratio <= found.high * (1 + 1e-9)
    if found.verdict == REPRODUCED:
        assert found.right
    other = score(
        replace(own, expected={"up": "down", "down": "up"}.get(expected, "none")),
        [b for _, b in pairs],
        [a for a, _ in pairs],
    )
    assert other.verdict == found.verdict
