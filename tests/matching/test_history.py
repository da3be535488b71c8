"""Ruling out keeps what is right, drops what is wrong, and says which parameters the results tell of; on known functions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.matching.design import even, open_places, spread
from livermet_sim.matching.emulator import emulate
from livermet_sim.matching.found import Found
from livermet_sim.matching.identify import identify
from livermet_sim.matching.implausible import CUT, Guess, Seen, kept_of_runs, of_runs, telling
from livermet_sim.matching.target import LOG, ODDS, Target, of_anchor, of_experiment, seen_of_anchor
from livermet_sim.sweep.factors import Factor
from livermet_sim.validation import anchors, catalogue
from livermet_sim.validation.measure import Sample

FACTORS = tuple(Factor(name, low=1.0, high=3.0) for name in ("a", "b", "c"))
LUCK = 0.2


def target(name="y", low=-0.1, high=0.1, **keys):
    return Target(name, name, LOG, low, high, keys.pop("error", 0.1), **keys)


def shown(places, functions, seeds=4, seed=0):
    """Return what livers show of known functions, with luck."""
    generator = np.random.default_rng(seed)
    mean = np.stack([f(places) for f in functions], axis=1)
    return Seen(places, mean[:, :, None] + LUCK * generator.standard_normal((*mean.shape, seeds)))


def first(places):
    return 2.0 * (places[:, 0] - 0.6)


def total(places):
    return 3.0 * (places[:, 0] + places[:, 1] - 1.0)


def test_a_set_that_is_right_is_ruled_out_as_rarely_as_three_errors_promise():
    places = np.tile([0.6, 0.3, 0.3], (4000, 1))
    seen = shown(places, [first], seeds=3)
    lost = 1.0 - kept_of_runs(seen, [target(low=0.0, high=0.0)]).mean()
    assert 0.0005 < lost < 0.006  # 0.0027 for a normal error, three standard errors of 4,000 beside


def test_sets_are_ruled_out_by_the_distance_outside_the_band_alone():
    values = np.array([-1.0, -0.1, 0.0, 0.1, 1.0])
    assert target().off(values) == pytest.approx([0.9, 0.0, 0.0, 0.0, 0.9])
    assert target(high=math.inf).off(values) == pytest.approx([0.9, 0, 0, 0, 0])


def test_the_error_by_luck_is_that_of_the_mean_over_livers():
    seen = shown(even(256, 3, 1), [first, total], seeds=5)
    assert np.sqrt(seen.variance) == pytest.approx(LUCK / math.sqrt(5), rel=0.08)
    one = of_runs(seen, [target(), target()])
    by_hand = (abs(seen.mean[7, 1]) - 0.1) / math.sqrt(seen.variance[7, 1])
    assert one[7, 1] == pytest.approx(max(by_hand, 0.0))


def test_a_target_that_no_set_meets_rules_nothing_out_and_is_named():
    seen = shown(even(32, 3, 1), [first, lambda p: 50.0 + p[:, 0]])
    targets = [target(), target("far")]
    assert telling(seen, targets).tolist() == [True, False]
    alone = kept_of_runs(Seen(seen.places, seen.values[:, :1]), targets[:1])
    assert kept_of_runs(seen, targets).tolist() == alone.tolist()
    found = Found("n", "k", "m", FACTORS, tuple(targets), seen, (0,) * 32)
    assert found.held()["does"].tolist() == ["rules out", "met by none"]


def test_a_watched_target_rules_nothing_out():
    seen = shown(even(32, 3, 1), [first])
    assert kept_of_runs(seen, [target(rules_out=False)]).all()
    assert not kept_of_runs(seen, [target()]).all()


def test_an_emulator_finds_the_function_again_with_honest_errors():
    places, new = even(48, 3, 1), even(256, 3, 2)
    seen = shown(places, [lambda p: np.sin(3.0 * p[:, 0]) + p[:, 1] ** 2])
    emulator = emulate(places, seen.mean[:, 0], seen.variance[:, 0])
    mean, variance = emulator.at(new)
    errors = (mean - np.sin(3.0 * new[:, 0]) - new[:, 1] ** 2) / np.sqrt(variance)
    assert np.mean(np.abs(errors) < 2.0) > 0.8
    assert np.std(mean - np.sin(3.0 * new[:, 0]) - new[:, 1] ** 2) < 0.1


def test_too_few_sets_give_a_guess_without_an_end():
    mean, variance = emulate(even(4, 2, 1), np.arange(4.0), np.ones(4)).at(even(3, 2, 2))
    assert np.isinf(variance).all() and mean == pytest.approx(1.5)


def test_waves_close_in_on_what_is_right():
    places = even(48, 3, 1)
    guess = Guess(shown(places, [first, total]), [target(), target()])
    left = open_places(guess, 3, 1)
    assert 0 < len(left) < 4000
    assert np.abs(left[:, 0] - 0.6).max() < 0.35 and np.abs(left[:, 0] + left[:, 1] - 1.0).max() < 0.35
    assert np.ptp(left[:, 2]) > 0.95  # nothing tells of it


def test_next_sets_lie_far_from_each_other_and_from_those_that_were_run():
    places, taken = even(512, 2, 3), even(8, 2, 1)
    found = spread(places, taken, 8)
    chance = places[:8]

    def least(some):
        both = np.concatenate([taken, some])
        apart = np.sqrt(((both[:, None] - both[None]) ** 2).sum(axis=2)) + 9.0 * np.eye(len(both))
        return apart[8:].min()

    assert len(found) == 8 and least(found) > 1.5 * least(chance)
    assert spread(places[:3], taken, 8).tolist() == places[:3].tolist()


def found_of(functions, targets, number=64):
    seen = shown(even(number, 3, 1), functions)
    return Found("known", "k", "m", FACTORS, tuple(targets), seen, (0,) * number)


def test_what_is_told_of_a_parameter_is_told_and_what_only_moves_together_is_named():
    said = identify(found_of([first, total], [target(), target()]))
    by = said.factors.set_index("parameter")
    assert by.says["a"] == "pinned down" and by.says["c"] == "open"
    assert by.left_low["a"] < 1.0 + 2.0 * 0.6 < by.left_high["a"]
    alone = identify(found_of([total], [target()]))
    assert alone.together.loc[0, ["one", "other"]].tolist() == ["a", "b"]
    assert alone.together.correlation[0] < -0.8
    assert 0.05 < alone.open_share < 0.6


def test_the_gain_of_a_further_result_is_what_a_regression_on_it_takes_away():
    watched = target("next", rules_out=False, error=0.3)
    said = identify(found_of([total, first], [target(), watched])).next
    gain = said[(said.result == "next") & (said.parameter == "a")].gain.iloc[0]
    places = open_places(
        Guess(found_of([total, first], [target(), watched]).seen, [target(), watched], 1), 3, 1
    )
    measured = first(places) + 0.3 * np.random.default_rng(1).standard_normal(len(places))
    assert gain == pytest.approx(np.corrcoef(places[:, 0], measured)[0, 1] ** 2, abs=0.05)
    assert gain > said[(said.result == "next") & (said.parameter == "c")].gain.iloc[0] + 0.3


def test_identify_refuses_to_speak_of_nothing():
    impossible = [target(low=-0.001, high=0.0), target(low=0.0, high=0.001)]
    with pytest.raises(LivermetError, match="not ruled out; give wider ranges"):
        identify(found_of([lambda p: 2.0 * p[:, 0] - 0.2, lambda p: 2.0 * p[:, 0] - 1.8], impossible))


def test_found_is_read_back_as_it_was_and_refused_when_damaged(tmp_path):
    found = found_of([first, total], [target(), target("one side", high=math.inf)], 16)
    found.seen.values[3, 1, :] = np.nan
    found.save(tmp_path)
    again = Found.read(tmp_path / Found.FILE)
    assert (
        again.members == found.members and again.targets == found.targets and again.factors == found.factors
    )
    assert again.seen.values == pytest.approx(found.seen.values, abs=1e-5, nan_ok=True)
    text = (tmp_path / Found.FILE).read_text()
    (tmp_path / Found.FILE).write_text(text.replace('"known"', '"other"'))
    with pytest.raises(ResultError, match="checksum"):
        Found.read(tmp_path / Found.FILE)


def test_bands_are_those_of_the_published_figures_and_experiments():
    for anchor in anchors.read()[1]:
        own = of_anchor(f"{anchor.case}:{anchor.measure}")
        assert own.shown(own.low) == pytest.approx(anchor.low, abs=1e-9)
        assert own.shown(own.high) == pytest.approx(anchor.high, abs=1e-9)
    for own in catalogue.shipped().values():
        made = of_experiment(own)
        if own.sized:
            assert (made.shown(made.low), made.shown(made.high)) == pytest.approx((own.low, own.high))
        elif own.expected == "up":
            assert made.off(np.array([-0.5, 0.5])).tolist() == [0.5, 0.0]


def test_a_share_is_taken_as_log_odds_and_known_even_at_none_and_all():
    own = Target("x", "x", ODDS, -1.0, 1.0, 0.1)
    none, all_ = (seen_of_anchor(own, Sample(hits, 10)) for hits in (0, 10))
    assert none == pytest.approx(-all_) and math.isfinite(none)
    assert math.isnan(seen_of_anchor(own, Sample(0, 0))) and CUT == 3.0
