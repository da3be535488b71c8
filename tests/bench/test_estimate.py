"""Check the estimates on paper by hand."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from livermet_sim.base.errors import LivermetError
from livermet_sim.bench import estimate, suite
from livermet_sim.bench.measure import Figure
from livermet_sim.cli import app

# 450 lobules of 2,000 sites, 95 steps of 200 ns: 17.1 s; 1,000 bytes and 10 us a site
FIGURES = (
    Figure("450 lobules, 1 days", 17.1, "s"),
    Figure("450 lobules, 1 days, a site and step", 200.0, "ns"),
    Figure("450 lobules: built, first step done", 9.0, "s"),
    Figure("450 lobules: memory", 900e6 / 2**20, "MB"),
)


def test_constants_are_those_of_the_wide_tissue():
    own = estimate.constants(FIGURES)
    assert own.step == pytest.approx(200e-9) and own.build == pytest.approx(10e-6)
    assert own.memory == pytest.approx(1000.0) and own.lobule == pytest.approx(0.2)


def test_a_square_centimetre_by_hand():
    own = estimate.constants(FIGURES)
    found = estimate.estimate(own, estimate.Place("square", 2, 100.0, ""))
    # a million sites, 2,688 steps of 0.2 s; 10 s to build; 1 GB
    assert found.sites == pytest.approx(1e6)
    assert found.hours == pytest.approx((2688 * 0.2 / 3600,) * 2)
    assert found.build == pytest.approx((10 / 3600,) * 2) and found.memory == pytest.approx((1.0, 1.0))
    assert found.engine == "this one, a laptop"


def test_a_cubic_millimetre_by_hand():
    own = estimate.constants(FIGURES)
    found = estimate.estimate(own, estimate.Place("cube", 3, 1.0, ""))
    assert found.sites == pytest.approx(1e6) and found.hours[1] == pytest.approx(found.hours[0] * 3.25)
    assert found.memory == pytest.approx((1.0, 3.25))


@pytest.mark.parametrize(
    ("extent", "engine"),
    [
        (4.9, "this one, a laptop"), (5.1, "this one, one large server"),
        (400.0, "a lattice spread over several machines or graphics cards"),
    ],
)  # fmt: skip
def test_memory_says_on_what_it_runs(extent, engine):
    own = estimate.Constants(1e-12, 1e-12, 1000.0, 0.2)
    assert estimate.estimate(own, estimate.Place("cube", 3, extent, "")).engine == engine


def test_a_week_needs_all_cores():
    own = estimate.Constants(1e-3, 1e-12, 1.0, 0.2)
    assert estimate.estimate(own, estimate.Place("cube", 3, 1.0, "")).engine.endswith("all its cores")


def test_what_is_kept_gives_estimates_and_what_lacks_figures_says_so():
    found = CliRunner().invoke(app, ["bench", "--estimate"])
    assert found.exit_code == 0, found.output
    own = estimate.constants(suite.load(suite.KEPT).figures)
    for place in estimate.places(own):
        assert place.name in found.output and f"{place.sites:.3g}" in found.output
    with pytest.raises(LivermetError, match="livermet bench wide"):
        estimate.constants(FIGURES[1:])
