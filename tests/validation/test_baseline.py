"""Check that the published figures are sound, the scores right, and that the check runs and can fail."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from livermet_sim import cli
from livermet_sim.base.errors import LivermetError
from livermet_sim.cells import tumour_lines
from livermet_sim.state.lattice import Lattice
from livermet_sim.validation.anchors import FIRST, SECOND, chosen, read
from livermet_sim.validation.baseline import Baseline, scenario_of
from livermet_sim.validation.course import compactness
from livermet_sim.validation.line_records import LineRecord
from livermet_sim.validation.measure import FIGURES, Sample
from livermet_sim.validation.reason import bearing, sentence, widest
from livermet_sim.validation.score import score


@pytest.fixture
def livermet(monkeypatch, capsys):
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["livermet", *words])
        code = cli.main()
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.mark.parametrize("file", [FIRST, SECOND])
def test_every_figure_has_band_source_and_reason(file):
    cases, anchors = read(file)
    assert {a.case for a in anchors} == set(cases)
    for anchor in anchors:
        assert anchor.low < anchor.high and anchor.measure in FIGURES, anchor.name
        assert anchor.grade in ("found", "recalled", "derived"), anchor.name
        assert len(anchor.source) > 5 and len(anchor.why) > 15 and anchor.published, anchor.name
        if anchor.unit == "share" and anchor.measure != "replacement_of_small":
            assert anchor.low >= 0 and anchor.high <= 1, anchor.name


def test_every_figure_is_held_against_something():
    assert set(FIGURES) == {a.measure for file in (FIRST, SECOND) for a in read(file)[1]}


def test_every_case_is_a_scenario():
    for case in (*read(FIRST)[0].values(), *read(SECOND)[0].values()):
        assert case.line in tumour_lines.names()
        assert len(scenario_of(case, "strip").interventions) == len(case.interventions)


def test_an_unknown_line_is_named():
    with pytest.raises(LivermetError, match='did you mean "b16f1"'):
        chosen(("b16",))


def one(low: float, high: float, measure: str, scored: bool = True):
    cases, anchors = read()
    anchor = next(a for a in anchors if a.measure == measure)
    from dataclasses import replace

    return replace(anchor, low=low, high=high, scored=scored), cases[anchor.case]


def test_shares_are_pooled_and_judged_by_their_estimate():
    samples = [Sample(3, 10), Sample(0, 0), Sample(1, 30)]
    found = score(*one(0.05, 0.2, "free_24h"), samples)
    assert found.value == pytest.approx(0.1) and found.number == 40 and found.verdict == "inside"
    assert found.low < 0.05 < found.value  # the interval is wider than the band, and does not matter
    assert score(*one(0.2, 0.3, "free_24h"), samples).verdict == "outside"
    assert score(*one(0.2, 0.3, "free_24h", scored=False), samples).verdict == "shown"
    assert score(*one(0.2, 0.3, "free_24h"), [Sample()]).verdict == "not applicable"


def test_medians_allow_for_livers():
    samples = [Sample(values=[1.0, 2.0]), Sample(values=[]), Sample(values=[3.0, 9.0, 9.5])]
    found = score(*one(2, 4, "crossing_time"), samples)
    assert found.value == 3.0 and found.number == 5 and (found.low, found.high) == (1.0, 9.5)
    assert score(*one(2, 4, "crossing_time"), [Sample()]).verdict == "not applicable"


def test_compactness_of_known_shapes():
    flat = Lattice(41, 41, 10.0)
    y, x = np.mgrid[0:41, 0:41]
    disc = np.flatnonzero(((x - 20) ** 2 + (y - 20) ** 2 <= 15**2).ravel())
    assert compactness(disc, flat) == pytest.approx(1.0, abs=0.05)
    assert compactness(np.array([0, 1, 41, 42]), flat) == pytest.approx(1.0, abs=0.1)
    spread = (disc // 41) * 4 * 200 + (disc % 41) * 4
    assert compactness(spread, Lattice(200, 200, 10.0)) == pytest.approx(0.25, abs=0.03)
    tall = Lattice(41, 5000, 10.0)
    astray = np.append(disc[:-1], 41 * 41 * 100)
    assert compactness(astray, tall) == pytest.approx(1.0, abs=0.05)
    joined = Lattice(101, 101, 10.0, wrap=True)
    corner = joined.moved(np.zeros(len(disc), dtype=int), disc % 41 - 20, disc // 41 - 20)
    assert compactness(corner, joined) == pytest.approx(compactness(disc, flat))


def test_the_check_runs_and_its_exit_code_tells(livermet, tmp_path):
    file = tmp_path / "figures.csv"
    words = (
        "baseline",
        "--quick",
        "--seeds",
        "1",
        "--lines",
        "cc531s",
        "--workers",
        "1",
        "--quiet",
        "--csv",
        str(file),
    )
    code, out, _ = livermet(*words, "--json")
    found = json.loads(out)
    verdicts = [figure["verdict"] for figure in found["figures"]]
    assert code == (1 if "outside" in verdicts else 0) and "enriched" in found["seeding"]
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [row["verdict"] for row in rows] == verdicts and len(rows) == 4
    free = found["figures"][0]
    assert 0 <= free["value"] <= 1 and free["number"] > 10 and free["interval_low"] <= free["value"]


def test_a_mistake_ends_in_one_sentence(livermet):
    code, _, err = livermet("baseline", "--lines", "mc83")
    assert (
        code == 2 and err == 'livermet: --lines: no published figure is about "mc83"; did you mean "mc38"?\n'
    )
    code, _, err = livermet("lines", "mc83")
    assert code == 2 and 'did you mean "mc38"' in err
    code, _, err = livermet("lines", "mc38", "--figure", "x.txt")
    assert code == 2 and err.startswith("livermet: --figure:")


def test_stopping_keeps_the_runs_that_are_done(monkeypatch):
    check = Baseline(("cc531s",), (1, 2), "strip")

    def stopped(function, items, **_):
        from livermet_sim.sweep.execute import Outcome

        yield 0, Outcome(dict.fromkeys(items[0].measures, Sample(1, 4)))
        raise KeyboardInterrupt

    monkeypatch.setattr("livermet_sim.validation.baseline.execute", stopped)
    with pytest.raises(KeyboardInterrupt):
        check.run()
    assert len(check.done) == 1 and check.scores()[0].value == 0.25


def test_lines_are_shown_side_by_side(livermet, tmp_path):
    picture = tmp_path / "lines.png"
    words = (
        "lines",
        "b16f1",
        "cc531s",
        "--seeds",
        "1",
        "--scenario",
        "strip",
        "--days",
        "1",
        "--workers",
        "1",
        "-q",
    )
    code, out, _ = livermet(*words, "--figure", str(picture))
    assert code == 0 and "vulnerability.kupffer" in out and "alive day 1" in out and "alive day 7" not in out
    assert "founders live" in out and picture.stat().st_size > 10000


def record(line: str, alive: int, **lost: int) -> LineRecord:
    return LineRecord(
        line, 1, 100, 50, {1: alive}, {(1, c): n for c, n in lost.items()}, dict.fromkeys(lost, 0)
    )


def test_the_reason_follows_the_losses_and_not_the_names():
    scenario = scenario_of(read()[0]["mc38"], "strip")
    tough, weak = record("b16f1", 60, kupffer=5, shear=35), record("cc531s", 10, kupffer=80, shear=10)
    day, most, fewest = widest([weak, tough], [1])
    said = sentence(scenario, day, most, fewest)
    assert "Kupffer cells, 80% of cc531s and 5% of b16f1" in said and "vulnerability.kupffer" in said
    # the other way round no trait differs in the direction of the loss, and none is made up
    swapped = sentence(scenario, 1, record("cc531s", 60, kupffer=5), record("b16f1", 10, kupffer=80))
    assert "vulnerability" not in swapped and "No trait" in swapped
    assert "nothing to explain" in sentence(scenario, 1, tough, tough)
    assert widest([tough], [1]) is None


def test_rules_say_which_traits_bear_on_a_cause():
    scenario = scenario_of(read()[0]["mc38"], "strip")
    assert bearing(scenario, "washed_out", False) == dict.fromkeys(
        ("arrest_adhesive", "selectin_ligand", "diameter", "cortical_tension", "viscosity"), -1
    ) | {
        name: sign
        for name, sign in bearing(scenario, "washed_out", False).items()
        if name.startswith("trait.")
    }
    found = bearing(scenario, "nitric_oxide", True)
    assert found["die.nitric_oxide"] == 1 and found["extravasate"] == -1 and found["trait.gsh"] == -1


def test_data_lie_beside_the_code():
    assert (Path(cli.__file__).parents[1] / "validation" / "anchors.toml").is_file()
