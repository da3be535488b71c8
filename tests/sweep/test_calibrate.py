"""A calibration proposes the same whatever computes it, resumes, finds back what is to be found, and says so."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from livermet_sim.base.errors import LivermetError
from livermet_sim.engine import Engine
from livermet_sim.sweep.calibrate import Calibration
from livermet_sim.sweep.fit import Fit
from livermet_sim.sweep.targets import Target

FILE = """
scenario = "strip"
days = 0.125
[calibration]
trials = 4
batch = 2
replicates = 1
[factors]
"cells.kupffer.density" = { low = 1000, high = 40000 }
"rules.MV12.enabled" = [true, false]
[arms.depleted]
"seeding.dose" = 50
[[targets]]
series = "n_kupffer"
day = [0.0417, 0.125]
value = [20, 20]
error = 2
[[targets]]
measure = "founders_entered"
arm = "depleted"
over = "main"
value = 1
error = 0.5
"""


@pytest.fixture
def calibration(tmp_path):
    """Return a small calibration read from a file."""
    (tmp_path / "small.toml").write_text(FILE)
    return Calibration.load(tmp_path / "small.toml")


def test_a_stopped_calibration_goes_on_as_if_it_had_not_been(calibration, tmp_path, monkeypatch):
    one = calibration.run(tmp_path / "one", workers=1, progress=False)
    assert [trial.number for trial in one.trials] == list(range(4))
    real, calls = Engine.run, []

    def stop(engine, *hours):
        calls.append(engine)
        if len(calls) == 7:
            raise KeyboardInterrupt
        real(engine, *hours)

    monkeypatch.setattr(Engine, "run", stop)
    with pytest.raises(KeyboardInterrupt):
        calibration.run(tmp_path / "two", workers=1, progress=False)
    half = json.loads((tmp_path / "two" / "trials.json").read_text())["trials"]
    assert len(half) == 2
    two = calibration.run(tmp_path / "two", workers=1, progress=False)
    assert two.trials == one.trials
    assert 8 < len(calls) <= 10  # 4 trials x 2 arms; those of the chunk under way twice
    before = len(calls)
    assert calibration.run(tmp_path / "two", workers=1, progress=False).trials == one.trials
    assert len(calls) == before
    report = (tmp_path / "two" / "report.txt").read_text()
    assert "n_kupffer" in report and "founders_entered, depleted over main" in report
    with pytest.raises(LivermetError, match="another calibration"):
        calibration.seed = 2
        calibration.run(tmp_path / "two", workers=1, progress=False)


def test_the_targets_steer_the_proposals(tmp_path):
    """Kupffer cells are placed by density, so a wanted number of them tells which density was meant."""
    from livermet_sim.scenario.load import load

    scenario = load("strip", {"run.days": 0.05})
    target = {"series": "n_kupffer", "day": 0.04, "value": 24, "error": 2}
    fit = Calibration(
        scenario, {"cells.kupffer.density": (0, 90000)}, [target], trials=40, batch=8, replicates=1
    ).run(tmp_path / "fit", workers=1, progress=False)
    first, last = (np.mean([abs(t.places[0] * 90000 - fit.values["cells.kupffer.density"]) for t in part])
                   for part in (fit.trials[:16], fit.trials[24:]))  # fmt: skip
    assert fit.best.loss < 1 and last < first
    assert fit.table["fits"].any() and "range over the" in fit.report()


def test_a_ratio_is_one_of_means():
    target = Target("r", "m", (), (2.0,), (0.5,), "treated", "main")
    found = {"treated": np.array([[4.0], [8.0]]), "main": np.array([[1.0], [3.0]])}
    assert target.predicted(found) == [3.0] and target.loss(np.array([3.0])) == 4.0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('series = "n_kupffer"', 'series = "n_kupfer"', 'no column in the time series "n_kupfer"; did you mean "n_kupffer"'),
        ('arm = "depleted"', 'arm = "deplete"', 'there is no arm "deplete"; did you mean "depleted"'),
        ("error = 2", "error = 0", "a standard error must be above 0"),
        ("day = [0.0417, 0.125]", "day = [0.0417, 3]", "the days must be after 0 and within"),
        ("day = [0.0417, 0.125]", "day = [0.0417]", "do not fit each other"),
        ("trials = 4", "trails = 4", 'calibration.trails: there is no such key; did you mean "trials"'),
        ("value = 1\n", "valu = 1\n", 'a target has no such key; did you mean "value"'),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(old, new, words, tmp_path):
    assert old in FILE
    (tmp_path / "small.toml").write_text(FILE.replace(old, new))
    with pytest.raises(LivermetError) as caught:
        Calibration.load(tmp_path / "small.toml").run(tmp_path / "out", workers=1, progress=False)
    assert words in caught.value.sentence and "\n" not in caught.value.sentence
    assert re.search(r"small\.toml, line \d+, ", caught.value.sentence)


def test_a_fit_is_drawn(calibration, tmp_path):
    from livermet_sim.viz.fits import draw

    fit = calibration.run(tmp_path / "one", workers=1, progress=False)
    assert isinstance(fit, Fit) and draw(fit)._repr_png_()
