"""The benchmarks measure what they say, and a figure that has become worse by a tenth is found."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from typer.testing import CliRunner

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.bench import peers, suite
from livermet_sim.bench.forks import forks
from livermet_sim.bench.growth import DIES, DIVIDES, STEP, Ours
from livermet_sim.bench.measure import MORE, Figure
from livermet_sim.cli import app

KEPT = suite.Report(
    (
        Figure("run", 2.0, "s"),
        Figure("speed", 10.0, "M/s", MORE),
        Figure("memory", 100.0, "MB", timed=False),
        Figure("blink", 0.01, "s"),
    ),
    yardstick=0.025,
)


def now(yardstick: float = 0.025, **values: float) -> suite.Report:
    figures = tuple(dataclasses.replace(one, value=values.get(one.name, one.value)) for one in KEPT.figures)
    return suite.Report(figures, yardstick)


def test_nothing_is_worse_than_itself():
    assert suite.regressions(KEPT, KEPT) == []
    assert set(suite.ratios(KEPT, KEPT).values()) == {1.0}


@pytest.mark.parametrize(("name", "value"), [("run", 2.3), ("speed", 8.9), ("memory", 115.0)])
def test_a_figure_that_is_more_than_a_tenth_worse_is_found(name, value):
    assert suite.regressions(now(**{name: value}), KEPT) == [name]


@pytest.mark.parametrize(
    ("name", "value"), [("run", 2.1), ("speed", 9.2), ("memory", 105.0), ("blink", 0.02)]
)
def test_less_than_that_and_what_is_too_short_to_tell_are_not(name, value):
    assert suite.regressions(now(**{name: value}), KEPT) == []


def test_the_yardstick_sets_a_slower_machine_alike_but_not_memory():
    slow = now(0.05, run=4.0, speed=5.0, blink=0.02)
    assert suite.regressions(slow, KEPT) == []
    assert suite.regressions(now(0.05, run=4.0, speed=5.0, memory=150.0), KEPT) == ["memory"]


def test_a_report_is_read_as_it_was_saved(tmp_path):
    KEPT.save(tmp_path / "kept.json")
    found = suite.load(tmp_path / "kept.json")
    assert found.figures == KEPT.figures and found.yardstick == KEPT.yardstick


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"figures": [1], "yardstick": 1.0}', '{"figures": {}, "yardstick": 1}']
)
def test_a_file_that_is_no_report_is_refused(tmp_path, text):
    (tmp_path / "kept.json").write_text(text)
    with pytest.raises(ResultError):
        suite.load(tmp_path / "kept.json")


def test_the_report_that_ships_is_whole():
    kept = suite.load()
    assert kept.machine and kept.date and kept.yardstick > 0.0 and not kept.quick
    assert suite.regressions(kept, kept) == [] and len(suite.ratios(kept, kept)) == len(kept.figures)


def test_an_unknown_benchmark_is_refused_with_the_nearest_name():
    with pytest.raises(LivermetError, match="baseline"):
        suite.names(["basline"])
    assert suite.names([]) == list(suite.BENCHMARKS)


def test_the_command_measures_in_a_process_of_its_own_and_keeps_what_it_found(tmp_path):
    out = tmp_path / "found.json"
    done = CliRunner().invoke(app, ["bench", "rest", "--quick", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "at rest" in done.output and "yardstick" in done.output
    worse = suite.load(out)
    better = [dataclasses.replace(one, value=0.01 * one.value) for one in worse.figures]
    suite.Report(tuple(better), worse.yardstick).save(tmp_path / "better.json")
    words = ["bench", "rest", "--quick", "--check", "--against", str(tmp_path / "better.json")]
    assert CliRunner().invoke(app, words).exit_code == 1


def test_a_fork_into_four_is_timed_beside_five_runs():
    (found,) = forks(quick=True)
    assert (
        0.0 < found.value < 2.0
        and not found.timed
        and found.name == "a fork on day 0.25 into 4, share of five runs"
    )


def number_after(model, steps: int) -> int:
    for _ in range(steps):
        model.step()
    return model.number


def test_the_growth_model_is_the_same_in_all_three():
    # few cells on much room, so that growth is exponential: mean and spread of a birth and death process
    cells, steps = 300, 12
    hours = steps * STEP
    growth = math.exp((DIVIDES - DIES) * hours)
    spread = (DIVIDES + DIES) / (DIVIDES - DIES) * growth * (growth - 1.0)
    mean, error = cells * growth, math.sqrt(cells * spread)
    for model in (Ours(cells), peers.InMesa(cells, 120), peers.InNumPy(cells, 120)):
        assert abs(number_after(model, steps) - mean) < 4.0 * error, type(model).__name__


def test_all_three_stop_where_there_is_no_room():
    full = peers.InNumPy(16 * 16, 16)
    for _ in range(50):
        full.step()
        assert full.number <= 16 * 16
    held = peers.InNumPy(1, 16)
    held.held[:] = False
    held.held[0] = True
    assert np.flatnonzero(held.held).tolist() == [0]
    mesa = peers.InMesa(100, 10)
    for _ in range(50):
        mesa.step()
    assert 0 < mesa.number <= 100
