"""Designs have the points they promise, factors the values; every mistake is one sentence."""

from __future__ import annotations

import numpy as np
import pytest

from livermet_sim.base.errors import LivermetError
from livermet_sim.interventions import deplete
from livermet_sim.scenario.load import load
from livermet_sim.sweep import designs
from livermet_sim.sweep.factors import Factor, change_paths, read_factors
from livermet_sim.sweep.kept import Kept
from livermet_sim.sweep.sensitivity import Sensitivity, analyse
from livermet_sim.sweep.sweep import Sweep

FACTORS = (Factor("a", low=2, high=4), Factor("b", low=1, high=100, log=True), Factor("c", ("x", "y", "z")))


@pytest.fixture(scope="module")
def scenario():
    """Return a scenario with an intervention."""
    return load("strip").with_(interventions=[deplete("kupffer", at="1 day"), deplete("nk", efficacy=0.5)])


@pytest.mark.parametrize(
    ("kind", "samples", "number"),
    [("grid", 1, 5 * 5 * 3), ("one-at-a-time", 1, 1 + 4 + 4 + 2), ("latin-hypercube", 12, 12), ("sobol-sequence", 16, 16), ("sobol", 64, 64 * 5),
     ("saltelli", 64, 64 * 5), ("morris", 4, 4 * 4), ("fast", 65, 65 * 3)],
)  # fmt: skip
def test_a_design_has_its_points_inside_the_ranges(kind, samples, number):
    points = designs.points(kind, FACTORS, samples, 1)
    assert len(points) == number and points == designs.points(kind, FACTORS, samples, 1)
    a, b, c = (np.array(column) for column in zip(*points, strict=True))
    assert 2 <= a.min() < a.max() <= 4 and 1 <= b.min() < b.max() <= 100 and set(c) == {"x", "y", "z"}


@pytest.mark.parametrize(("kind", "few"), [("sobol", 4), ("saltelli", 32), ("morris", 2), ("fast", 64)])
def test_a_design_for_indices_refuses_too_few_points(kind, few):
    with pytest.raises(LivermetError, match=r"design\.samples: .* or more"):
        designs.points(kind, FACTORS, few, 1)


def test_a_latin_hypercube_meets_every_share_of_every_range_once():
    points = designs.points("latin-hypercube", FACTORS[:2], 20, 5)
    for i, factor in enumerate(FACTORS[:2]):
        assert sorted(int(factor.position(point[i]) * 20) for point in points) == list(range(20))


def test_ranges_default_to_those_declared_and_units_are_read(scenario):
    declared, given, log, nested, switch, fold = read_factors(
        {
            "cells.kupffer.density": {}, "cells.tumour.divide": ("0.1 /day", 0.05),
            "seeding.dose": {"low": 1, "high": 100, "scale": "log"}, "cells": {"nk": {"density": (10, 20)}},
            "rules.MV12.enabled": [True, False], "rules.GR5.crawl.maximum": ("x0.05", "x0.5"),
        },
        scenario,
    )  # fmt: skip
    parameter = next(p for p in scenario.sections["cells.kupffer"].parameters if p.name == "density")
    assert (declared.low, declared.high) == (parameter.low, parameter.high)
    assert given.low == pytest.approx(0.1 / 24) and given.high == 0.05 and given.shown_unit == "/h"
    assert (
        log.at(0.5) == pytest.approx(10)
        and nested.path == "cells.nk.density"
        and switch.values == (True, False)
    )
    changed = change_paths(scenario, {fold.path: fold.written(fold.at(1.0))})
    assert changed.rules["GR5.crawl"].maximum == 0.5 and changed.rules["GR5.crawl"].fold


def test_interventions_and_lines_are_factors(scenario):
    factors = read_factors(
        {
            "interventions[0].start": (0, 3),
            "interventions[1].enabled": [True, False],
            "line": ["mc38", "b16f1"],
        },
        scenario,
    )
    changed = change_paths(scenario, {f.path: f.written(f.at(0.9)) for f in factors})
    assert len(changed.interventions) == 1 and changed.interventions[0]["start"] == pytest.approx(2.7)
    assert changed.line == "b16f1" and len(scenario.interventions) == 2


def test_points_share_their_seeds_unless_told_otherwise():
    options = {"design": "grid", "replicates": 3, "seed": 7, "days": 1}
    paired = Sweep("strip", {"rules.MV12.enabled": [True, False]}, **options)
    apart = Sweep("strip", {"rules.MV12.enabled": [True, False]}, **options, paired=False)
    assert list(paired.plan()["seed"]) == [7, 8, 9, 7, 8, 9] and list(apart.plan()["seed"]) == list(
        range(7, 13)
    )


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        ({"cells.kupffer.densty": (1, 2)}, 'cells.kupffer has no such parameter; did you mean "density"'),
        ({"cells.kupffer.densty": {}}, 'cells.kupffer has no such parameter; did you mean "density"'),
        ({"cells.kupffer.density": (1, 1e30)}, "1e+30 /mm3 is impossible"),
        ({"cells.kupffer.density": ("1 um", 3)}, '"1 um" is a length'),
        ({"cells.kupffer.density": (3, 1)}, "low (3) must be below high (1)"),
        ({"cells.kupffer.density": {"lo": 1}}, 'a factor has no such key; did you mean "low"'),
        (
            {"rules.MV12.enabled": {"valuesx": [True, False]}},
            'a factor has no such key; did you mean "values"',
        ),
        ({"cells.kupffer.density": {"value": [1, 2]}}, 'a factor has no such key; did you mean "values"'),
        ({"cells.kupffer.density": {"scale": "log"}}, "on a log scale low must be above 0"),
        ({"cells.kupffer.density": []}, "[] is not a list of values"),
        ({"cells.kupffer.density": [1, 1]}, "a value is given twice"),
        ({"rules.MV12.enabled": {}}, "no range is declared for it"),
        ({"rules.MV99.enabled": [True]}, "there is no such rule"),
        ({"rules.MV3.maximum": ("x0.1", 0.5)}, "must be written in the same unit"),
        ({"interventions[2].start": (0, 1)}, "the scenario has 2, counted from 0"),
        ({"interventions[0].begin": (0, 1)}, "there is no such key"),
        ({"line": ["mc39"]}, 'there is no tumour line "mc39"; did you mean "mc38"'),
    ],
)
def test_a_mistake_in_a_factor_is_one_sentence(factors, words, scenario):
    with pytest.raises(LivermetError) as caught:
        read_factors(factors, scenario)
    assert words in caught.value.sentence and "\n" not in caught.value.sentence


STUDY = """
scenario = "strip"
days = 0.1
[design]
kind = "saltelli"
samples = 64
[factors]
"cells.kupffer.density" = { low = "0 /mm3", high = "9000 /mm3" }
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("saltelli", "saltel", '"saltel" is not a design; did you mean "saltelli"'),
        (
            "samples = 64",
            "samples = 65",
            "need a power of two, 64 samples or more (each of factors + 2 points), not 65; take 64",
        ),
        ("samples = 64", "sampels = 4", 'design.sampels: there is no such key; did you mean "samples"'),
        ("samples = 64", "replicates = 0", "0 is not a whole number of 1 or more"),
        ("samples = 64", "paired = 1", "design.paired: 1 is not true or false"),
        ("days = 0.1", "day = 0.1", 'day: there is no such key; did you mean "days"'),
        ('"strip"', '"stripe"', 'there is no scenario "stripe"; did you mean "strip"'),
        ("[factors]", "[factor]", 'factor: there is no such key; did you mean "factors"'),
        ("days = 0.1", "points = []\ndays = 0.1", None),
    ],
)
def test_a_mistake_in_a_study_file_names_file_and_place(old, new, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert old in STUDY
    (tmp_path / "mine.toml").write_text(STUDY.replace(old, new))
    if words is None:
        assert len(Sweep.load("mine.toml").points) == 64 * 3
        return
    with pytest.raises(LivermetError) as caught:
        Sweep.load("mine.toml")
    assert caught.value.sentence.startswith("mine.toml, ") and words in caught.value.sentence


def test_shipped_study_files_are_found_and_have_no_mistakes(tmp_path, monkeypatch):
    from livermet_sim.sweep.file import known

    monkeypatch.chdir(tmp_path)
    assert "kupffer" in known()
    assert all(len(Sweep.load(name)) > 1 for name in known())
    with pytest.raises(LivermetError, match='there is no study file "kupfer"; did you mean "kupffer"'):
        Sweep.load("kupfer")


class Fake:
    """Stand for a study whose measure is a known function of its factors."""

    folder = "nowhere"

    def __init__(self, kind: str, samples: int):
        import pandas as pd

        factors = [
            Factor("a"),
            Factor("b"),
            Factor("c", (True, False)),
            Factor("d", low=1, high=10, log=True),
        ]
        points = designs.points(kind, factors, samples, 1)
        x = np.array([[f.position(v) for f, v in zip(factors, point, strict=True)] for point in points])
        self.table = pd.DataFrame(points, columns=[f.path for f in factors])
        self.table["y"] = 3 * x[:, 0] + x[:, 1] + 0.01 * x[:, 3]
        listed = [
            {"path": f.path, "values": f.values, "low": f.low, "high": f.high, "log": f.log} for f in factors
        ]
        self.manifest = {"design": kind, "points": len(points), "factors": listed}

    ranges = Kept.ranges

    def by_point(self, measure, statistic):
        return self.table


@pytest.mark.parametrize(
    ("kind", "samples", "method"),
    [
        ("saltelli", 128, "sobol"),
        ("fast", 200, "fast"),
        ("morris", 20, "morris"),
        ("latin-hypercube", 400, "rbd-fast"),
    ],
)
def test_sensitivity_finds_what_matters_and_how_much(kind, samples, method):
    found = analyse(Fake(kind, samples), "y")
    assert found.method == method and list(found.table["factor"][:2]) == ["a", "b"]
    leading = dict(zip(found.table["factor"], found.table[found.leading], strict=True))
    expected = {"a": 3, "b": 1} if method == "morris" else {"a": 0.9, "b": 0.1}
    for path, value in expected.items():
        assert leading[path] == pytest.approx(value, abs=0.12)
    assert abs(leading["c"]) < 0.12 and abs(leading["d"]) < 0.12
    assert "a" in str(found)


def test_a_measure_that_never_changes_and_a_hole_in_the_design_are_said():
    study = Fake("saltelli", 64)
    with pytest.raises(LivermetError, match="of 384 points have no y"):
        study.table.loc[3, "y"] = np.nan
        analyse(study, "y")
    study.table["y"] = 2.0
    with pytest.raises(LivermetError, match="y is 2 at every point"):
        analyse(study, "y")


def test_indices_that_cannot_be_believed_carry_a_caution():
    import pandas as pd

    def found(s1, conf):
        table = pd.DataFrame({"factor": ["a", "b"], "S1": s1, "S1_conf": conf, "ST": s1, "ST_conf": conf})
        return str(Sensitivity("sobol", "y", "mean", table, 24))

    assert "wider than the index" in found([0.5, 0.1], [0.9, 0.1])
    assert "add up to more than 1" in found([1.86, 0.1], [0.2, 0.1])
    assert "Take care" not in found([0.7, 0.2], [0.1, 0.1])
