"""A matching proposes the same whatever computes it, goes on where it stood, and its sets can be run over."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from livermet_sim import cli
from livermet_sim.base.errors import LivermetError
from livermet_sim.matching import carry_out
from livermet_sim.matching.file import read
from livermet_sim.matching.found import Found
from livermet_sim.matching.match import match
from livermet_sim.scenario.load import load
from livermet_sim.sweep.comparison import compare
from livermet_sim.validation.trial import Plan, Trial
from livermet_sim.validation.verdict import score

FILE = """
scenario = "baseline"
lobules = 2
[matching]
waves = 2
points = 3
seeds = 1
[factors]
"cells.kupffer.density" = { low = 10000, high = 40000 }
"rules.MV3.maximum" = { low = 0.5, high = 3.0, scale = "log" }
[held_against]
anchors = ["b16f1_without_liver:*"]
experiments = ["kimura_dectin2_12h"]
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Return a small matching file."""
    path = tmp_path_factory.mktemp("matching") / "small.toml"
    path.write_text(FILE)
    return path


@pytest.fixture(scope="module")
def folder(file):
    """Return the folder of that matching, carried out."""
    match(read(str(file)), file.parent / "whole", workers=1)
    return file.parent / "whole"


def test_a_stopped_matching_goes_on_as_if_it_had_not_been(file, folder, tmp_path, monkeypatch):
    matching, whole = read(str(file)), Found.read(folder / Found.FILE)
    real, done = carry_out.work, []

    def stopping(task):
        if len(done) == 8:
            raise KeyboardInterrupt
        done.append(task)
        return real(task)

    monkeypatch.setattr(carry_out, "work", stopping)
    with pytest.raises(KeyboardInterrupt):
        match(matching, tmp_path / "parts", workers=1)
    done.clear()
    monkeypatch.setattr(carry_out, "work", lambda task: done.append(task) or real(task))
    parts = match(matching, tmp_path / "parts", workers=1)
    assert len(done) == 4
    assert json.dumps(parts.to_dict()) == json.dumps(whole.to_dict())
    assert whole.waves == (0, 0, 0, 1, 1, 1)
    said = CliRunner().invoke(cli.app, ["match", str(file), "--out", str(folder), "--workers", "1"])
    assert said.exit_code == 0 and "6 sets in 2 waves" in said.output and len(done) == 4
    other = tmp_path / "other.toml"
    other.write_text(FILE.replace("seeds = 1", "seeds = 2"))
    with pytest.raises(LivermetError, match="it holds another matching"):
        match(read(str(other)), folder, workers=1)


SETS = [{"cells.kupffer.density": 12_000}, {"cells.kupffer.density": 36_000}]


def test_pairs_take_the_sets_of_an_ensemble_in_turn_and_both_arms_the_same(tmp_path):
    control = load("strip", {"run.days": 0.125})
    done = [{"action": "deplete", "target": "nk", "start": "1 h"}]
    found = compare(control, done, 4, ensemble=SETS, workers=1)
    for seed, own in zip((1, 2, 3, 4), SETS + SETS, strict=True):
        alone = compare(control.with_(own), done, [seed], workers=1).pairs
        mine = found.pairs[found.pairs.seed == seed].reset_index(drop=True)
        assert mine.control.tolist() == pytest.approx(alone.control.tolist(), nan_ok=True)
        assert mine.treated.tolist() == pytest.approx(alone.treated.tolist(), nan_ok=True)
    assert found.sets == 2 and "over 2 parameter sets" in str(found)
    assert compare(control, done, 1, workers=1).sets == 0


def test_an_experiment_is_decided_over_an_ensemble(tmp_path):
    from livermet_sim.validation.experiment import of

    own = of(
        {"reference": "A 2001 Journal", "source": "PMID 1", "what": "NK lost", "line": "mc38", "readout": "kupffer_cells",
         "scenario": "strip", "day": 0.125, "expected": "up", "treated": [{"action": "deplete", "target": "nk", "start": "1 h"}]},
        "mine", "mine.toml",
    )  # fmt: skip
    trial = Trial([own], tmp_path, Plan(most=2), SETS).run(workers=1)
    trial.scores()
    counts = [
        trial.store.get(trial._at(trial.livers[0], seed).control, seed)[0.125]["kupffer_cells"]
        for seed in (1, 2)
    ]
    assert counts[1] > 2.0 * counts[0]
    assert trial.scores()[0].ratio == score(own, counts, counts).ratio == pytest.approx(1.0, abs=0.02)


def test_an_ensemble_is_read_from_the_folder_of_a_matching(folder):
    found = Found.read(folder / Found.FILE)
    control = load("strip", {"run.days": 0.02})
    done = [{"action": "deplete", "target": "nk", "start": "0.1 h"}]
    both = compare(control, done, 2, ensemble=folder, workers=1)
    assert both.sets == min(2, len(found.members))
    assert found.ensemble().shape == (len(found.members), 3)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("waves = 2", "wave = 2", 'matching.wave: there is no such key; did you mean "waves"?'),
        ("points = 3", "points = 0", "matching.points"),
        ("points = 3", "points = 100000", "100000 is more than 2000"),
        (
            "kimura_dectin2_12h",
            "kimura_dectin",
            'there is no experiment "kimura_dectin"; did you mean "kimura_dectin2_ko"?',
        ),
        ("kimura_dectin2_12h", "mcdonald_lps", None),
        ("b16f1_without_liver:*", "b16f2:*", 'there is no published figure "b16f2:*"'),
        ('"rules.MV3.maximum"', '"rules.MV33.maximum"', "MV33"),
        ("[held_against]", "[held]", "held"),
        ('"cells.kupffer.density" = { low = 10000, high = 40000 }', "", "at least two parameters"),
        ("low = 10000, high = 40000", "values = [10000, 40000]", "a range, not a list"),
    ],
)
def test_a_mistake_in_a_matching_file_is_one_sentence(old, new, says, tmp_path):
    from livermet_sim.validation import catalogue

    if says is None:
        new = next(name for name, own in catalogue.shipped().items() if catalogue.held_out(own))
        says = "held out of every fit"
    path = tmp_path / "mine.toml"
    path.write_text(FILE.replace(old, new))
    said = CliRunner().invoke(cli.app, ["match", str(path)])
    assert said.exit_code != 0
    with pytest.raises(LivermetError) as error:
        read(str(path))
    assert says in error.value.sentence and "mine.toml" in error.value.sentence


def test_an_ensemble_that_is_none_is_refused_with_a_sentence(tmp_path):
    for given, says in (
        (tmp_path, "there is no such ensemble"),
        ([], "it holds 0 parameter sets"),
        ([{"a": [1]}], "is not a parameter set"),
    ):
        with pytest.raises(LivermetError, match=says):
            compare("strip", [], 1, ensemble=given, workers=1)
