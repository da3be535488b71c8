"""The animals that a plan asks for give the power that it promises, in simulated experiments."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import nct, t, ttest_ind
from typer.testing import CliRunner

from livermet_sim import cli
from livermet_sim.base.errors import LivermetError
from livermet_sim.scenario.load import load
from livermet_sim.validation.planning import options_of, plan
from livermet_sim.validation.power import MOST_ANIMALS, animals, power

TRIALS = 6000


def simulated(effect, spread, number, alpha, seed):
    """Return the share of simulated experiments in which a t-test on logarithms finds the effect."""
    rng = np.random.default_rng(seed)
    control, treated = rng.normal(0.0, spread, (TRIALS, number)), rng.normal(effect, spread, (TRIALS, number))
    return float((ttest_ind(control, treated, axis=1).pvalue < alpha).mean())


@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize(("ratio", "spread"), [(0.5, 0.4), (3.0, 0.8), (1.3, 0.25), (0.1, 0.9)])
@pytest.mark.parametrize("wanted", [0.8, 0.9])
def test_the_power_promised_is_that_of_simulated_experiments_within_three_points(
    ratio, spread, wanted, alpha
):
    effect = math.log(ratio)
    number = int(animals(effect, spread, wanted, alpha))
    promised = power(effect, spread, number, alpha)
    assert promised >= wanted
    assert number == 2 or power(effect, spread, number - 1, alpha) < wanted
    assert simulated(effect, spread, number, alpha, 5) == pytest.approx(promised, abs=0.03)


def noncentral(effect, spread, number):
    """Return the power by scipy's noncentral t, NaN where that fails."""
    free, centre = 2 * number - 2, effect / spread * math.sqrt(number / 2)
    edge = t.ppf(0.975, free)
    return nct.sf(edge, free, centre) + nct.cdf(-edge, free, centre)


def test_power_is_that_of_noncentral_t_where_that_can_be_computed_and_never_falls_with_more_animals():
    for spread in (0.3, 1.0):
        found = [power(0.4, spread, n) for n in range(2, 200)]
        exact = [noncentral(0.4, spread, n) for n in range(2, 200)]
        assert all(a == pytest.approx(b, abs=0.001) for a, b in zip(found, exact, strict=True) if b == b)
        assert all(b >= a - 1e-9 for a, b in itertools.pairwise(found))


def test_what_cannot_be_seen_needs_more_animals_than_there_are():
    assert animals(0.0, 0.5) == math.inf
    assert animals(0.001, 1.0) == math.inf
    assert power(0.0, 1.0, 10) == pytest.approx(0.05, abs=0.001)
    assert animals(0.2, 1.0) <= MOST_ANIMALS


def reads(rng, number, effect, luck=0.6, own=0.4):
    """Give pairs of livers that share some of their luck, read on two days; on the second the effect is there."""
    shared = rng.normal(0.0, luck, number)
    arms = []
    for shift in (0.0, effect):
        own_ = rng.normal(0.0, own, (2, number))
        logs = [5.0 + shared + own_[0], 6.0 + shared + own_[1] + shift]
        arms.append(
            [
                {1.0: {"tumour_area_mm2": math.exp(a)}, 2.0: {"tumour_area_mm2": math.exp(b)}}
                for a, b in zip(*logs, strict=True)
            ]
        )
    return arms


def test_from_simulated_livers_to_animals_that_have_the_power_promised():
    rng = np.random.default_rng(8)
    control, treated = reads(rng, 400, -0.9)
    options = options_of(control, treated, (1.0, 2.0), ("tumour_area_mm2",), spread=0.3)
    best = options[0]
    assert best.day == 2.0
    # an animal differs from the next by shared luck, its own and what is not simulated
    true = math.sqrt(0.6**2 + 0.4**2 + 0.3**2)
    assert best.spread == pytest.approx(true, rel=0.1)
    assert math.log(best.ratio) == pytest.approx(-0.9, abs=0.1)
    number = int(best.animals)
    promised = power(math.log(best.ratio), best.spread, number)
    assert simulated(-0.9, true, number, 0.05, 9) == pytest.approx(promised, abs=0.06)
    assert best.animals <= best.cautious
    assert options[1].cautious == math.inf  # on day 1 nothing was there to be seen


def test_the_best_of_many_estimates_is_chosen_by_its_weak_end():
    rng = np.random.default_rng(3)
    control, treated = reads(rng, 5, 0.0)
    for option in options_of(control, treated, (1.0, 2.0), ("tumour_area_mm2",)):
        assert option.cautious >= option.animals


def test_an_experiment_is_planned_from_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lost = '[[interventions]]\naction = "deplete"\ntarget = "kupffer"\nstart = "-1 h"\n'
    (tmp_path / "treated.toml").write_text(f'extends = "strip"\n{lost}')
    line = "design strip treated.toml --set line=cc531s --days 0.5 --on 0.25,0.5 --livers 4 --workers 1 --out plan -q"
    found = CliRunner().invoke(cli.app, [*line.split(), "--readouts", "dead_kupffer,founders_alive"])
    assert found.exit_code == 0, found.output
    assert "Best: dead_kupffer" in found.output
    assert {path.name for path in (tmp_path / "plan").iterdir()} == {"options.csv", "animals.png"}


def test_mistakes_are_one_sentence():
    richer = load("strip", {"seeding.enrichment": 7})
    with pytest.raises(
        LivermetError, match=r"^design: the control has seeding.enrichment = \S+ and the treated arm 7.0; "
    ):
        plan("strip", richer, livers=3)
    with pytest.raises(
        LivermetError, match=r'^readouts: there is no readout "dead_kupfer"; did you mean "dead_kupffer"'
    ):
        plan("strip", "strip", [0.05], ["dead_kupfer"], livers=3, workers=1)
    with pytest.raises(LivermetError, match=r"^days: day 99 is not after 0 and by the end of the run"):
        plan("strip", "strip", [99], livers=3)
    with pytest.raises(LivermetError, match=r"^livers: 2 do not tell how much livers differ; give 3 or more"):
        plan("strip", "strip", livers=2)
