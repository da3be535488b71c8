"""`livermet verify`: what it prints, what it leaves, how it ends."""

from __future__ import annotations

import json

import pytest
from PIL import Image
from typer.testing import CliRunner

from livermet_sim import cli
from livermet_sim.base.errors import LivermetError
from livermet_sim.verification import suite
from livermet_sim.verification.check import Check, Outcome

FEW = ["--quick", "--only", "flow-*", "--only", "signal-order,rules-hill"]


def call(*words):
    return CliRunner().invoke(cli.app, ["verify", *map(str, words)])


def test_it_says_and_leaves_everything(tmp_path):
    outcome = call(*FEW, "--out", tmp_path / "v")
    assert outcome.exit_code == 0 and "5 of 5 checks hold" in outcome.output
    found = json.loads((tmp_path / "v" / "verification.json").read_text())
    assert [row["name"] for row in found["checks"]] == [
        "signal-order", "flow-poiseuille", "flow-balance", "flow-rotation", "rules-hill",
    ]  # fmt: skip
    page, text = ((tmp_path / "v" / name).read_text() for name in ("index.html", "verification.md"))
    for row in found["checks"]:
        assert row["verdict"] == "holds" and row["expected"] in text and f'id="{row["name"]}"' in page
        assert f"{row['name']}.png" in page and f"{row['name']}.png" in text
        with Image.open(tmp_path / "v" / f"{row['name']}.png") as picture:
            assert picture.width > 600
    assert found["knobs"]["step"] == 0.125


def test_json_alone():
    outcome = call("--quick", "--only", "rules-hill", "--json")
    assert json.loads(outcome.stdout)["checks"][0]["verdict"] == "holds"


def test_knobs_are_turned():
    outcome = call("--quick", "--only", "walk-spread", "--step", "30 min", "--seed", 4, "--json")
    assert (
        json.loads(outcome.stdout)["knobs"] | {"step": 0.5, "seed": 4} == json.loads(outcome.stdout)["knobs"]
    )


def test_a_list_makes_no_check(monkeypatch):
    monkeypatch.setattr(Check, "__call__", None)
    outcome = call("--list")
    assert outcome.exit_code == 0 and len(outcome.output.splitlines()) == len(suite.CHECKS)


def fails(knobs):
    """Fail."""
    return Outcome("1", "2", "0", False)


def breaks(knobs):
    """Break."""
    raise ZeroDivisionError("by nought")


@pytest.mark.parametrize(("run", "words"), [(fails, "found: 2"), (breaks, "ZeroDivisionError: by nought")])
def test_what_fails_is_said_and_shows_in_the_exit_code(monkeypatch, tmp_path, run, words):
    monkeypatch.setattr(suite, "CHECKS", (Check("mine", "Mine", run),))
    outcome = call("--out", tmp_path / "v")
    assert (
        outcome.exit_code == 1
        and words in outcome.output
        and "0 of 1 checks hold; not mine" in outcome.output
    )
    assert 'class="fails"' in (tmp_path / "v" / "index.html").read_text()


def test_what_was_checked_when_it_is_stopped_is_kept(monkeypatch, tmp_path):
    def stop(knobs):
        raise KeyboardInterrupt

    monkeypatch.setattr(suite, "CHECKS", (Check("mine", "Mine", fails), Check("stop", "Stop", stop)))
    outcome = call("--out", tmp_path / "v")
    assert (
        outcome.exit_code == 130
        and len(json.loads((tmp_path / "v" / "verification.json").read_text())["checks"]) == 1
    )


@pytest.mark.parametrize(("words", "sentence"), [
    (["--only", "flow-balanc"], '--only: there is no check "flow-balanc"; did you mean "flow-balance"?'),
    (["--step", "7 um"], '--step: "7 um" is a length'),
    (["--step", "9 h"], "step: 9 is impossible"),
    (["--site", "1 um"], "site: 1 is impossible"),
])  # fmt: skip
def test_mistakes_end_in_a_sentence(words, sentence):
    outcome = call(*words)
    assert isinstance(outcome.exception, LivermetError) and sentence in str(outcome.exception)
