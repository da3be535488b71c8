"""Check that a run leaves its state behind: a killed one goes on with the same command, a saved one is forked."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livermet_sim import cli
from livermet_sim.engine import Engine

RUN = ["run", "strip", "--seed", "3", "--no-figures", "--days"]
LATE = 'name = "late"\n[[interventions]]\naction = "deplete"\ntarget = "kupffer"\nstart = "12 h"\n'


@pytest.fixture
def there(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*words: str) -> str:
    """Return what a command that ends well says."""
    found = CliRunner().invoke(cli.app, list(words), catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def digest(folder: Path) -> str:
    """Return the digest of the end of the run in a folder."""
    return json.loads((folder / "provenance.json").read_text(encoding="utf-8"))["digest"]


def test_a_killed_run_goes_on_with_the_same_command(there):
    said(*RUN, "2", "--out", "whole", "-q")
    words = [*RUN, "2", "--autosave", "0.02"]
    code = "import sys; from livermet_sim import cli; sys.exit(cli.main())"
    child = subprocess.Popen([sys.executable, "-c", code, *words, "-q"], cwd=there, env=os.environ)
    kept, until = there / "results" / "strip-seed3" / "unfinished.npz", time.monotonic() + 60
    while not kept.exists() and time.monotonic() < until:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert kept.exists() and not (kept.parent / "provenance.json").exists()
    # another seed and another length are other runs; they leave this one alone
    said(*RUN, "0.1", "-q")
    assert (there / "results" / "strip-seed3-2" / "provenance.json").exists() and kept.exists()
    assert "going on from day" in said(*words)
    assert digest(kept.parent) == digest(there / "whole") and not kept.exists()
    assert sorted(path.name for path in (there / "results").iterdir()) == ["strip-seed3", "strip-seed3-2"]


def test_one_that_is_to_be_overwritten_begins_anew(there):
    said(*RUN, "0.5", "--save-at", "0.25 day", "-q", "--out", "first")
    folders = [there / "again", there / "anew"]
    for folder in folders:
        folder.mkdir()
        shutil.copy(there / "first" / "checkpoint-day0.25.npz", folder / "unfinished.npz")
    assert "going on from day 0.25" in said(*RUN, "0.5", "--out", "again")
    assert "going on" not in said(*RUN, "0.5", "--out", "anew", "--overwrite")
    assert digest(folders[0]) == digest(folders[1]) == digest(there / "first")


def test_a_saved_state_is_forked_into_treatments_that_share_its_luck(there):
    (there / "late.toml").write_text(LATE, encoding="utf-8")
    said(*RUN, "1", "--save-at", "6 h", "--save-at", "0.5 day", "-q")
    saved = there / "results" / "strip-seed3"
    assert {path.name for path in saved.glob("*.npz")} >= {"checkpoint-day0.25.npz", "checkpoint-day0.5.npz"}
    lines = (
        said("fork", str(saved / "checkpoint-day0.25.npz"), "late.toml", "--days", "0.75", "-q"),
        said("fork", str(saved / "checkpoint-day0.25.npz"), "--days", "0.75"),
    )
    assert lines[0] == "" and "untreated:" in lines[1]
    treated, untreated = (there / "results" / f"strip-day0.25-{arm}-seed3" for arm in ("late", "untreated"))
    assert digest(untreated) == digest(saved) != digest(treated)
    # the folder of a fork is that of a run like any other: it gives the same bits from its beginning
    assert "the same to the bit" in said("replay", str(treated))


def test_arms_that_come_to_differ_later_are_one_liver_until_then(there, monkeypatch):
    for name, hour in {"late": 12, "later": 18, "latest": 18}.items():
        text = LATE.replace("late", name).replace("12 h", f"{hour} h")
        (there / f"{name}.toml").write_text(
            text.replace("kupffer", "nk") if name == "latest" else text, "utf-8"
        )
    said(*RUN, "0.25", "--save-at", "6 h", "-q", "--out", "saved")
    words, steps, step = ["fork", "saved/checkpoint-day0.25.npz"], [], Engine.step
    for name in ("late", "later", "latest"):
        said(*words, f"{name}.toml", "--days", "0.75", "-q", "--out", "alone")
    monkeypatch.setattr(Engine, "step", lambda engine: (steps.append(1), step(engine))[1])
    lines = said(*words, "late.toml", "later.toml", "latest.toml", "--days", "0.75", "--out", "together")
    # 18 h of the first, 12 h of the second that leaves it after 6 h, 6 h of the third that leaves that one after 12 h
    assert len(steps) == 4 * (18 + 12 + 6)
    assert [line.partition(":")[0] for line in lines.splitlines()[-3:]] == ["late", "later", "latest"]
    found = {name: digest(there / "together" / name) for name in ("late", "later", "latest")}
    assert found == {name: digest(there / "alone" / name) for name in found} and len(set(found.values())) == 3


def test_a_fork_that_is_stopped_keeps_the_arm_under_way_and_leaves_no_empty_folder(there, monkeypatch):
    for name in ("one", "two"):
        (there / f"{name}.toml").write_text(LATE.replace("late", name), encoding="utf-8")
    said(*RUN, "0.25", "--save-at", "6 h", "-q", "--out", "saved")
    steps, step = [], Engine.step

    def pressed(engine: Engine) -> None:
        steps.append(1)
        if len(steps) == 30:
            signal.raise_signal(signal.SIGINT)
        step(engine)

    monkeypatch.setattr(Engine, "step", pressed)
    words = [
        "fork",
        "saved/checkpoint-day0.25.npz",
        "one.toml",
        "two.toml",
        "--days",
        "0.75",
        "--out",
        "forks",
    ]
    found = CliRunner().invoke(cli.app, words)
    assert found.exit_code == 130 and "marked as incomplete" in found.output
    [kept] = (there / "forks").iterdir()
    record = json.loads((kept / "provenance.json").read_text(encoding="utf-8"))
    assert record["complete"] is False and record["hours"] == 6.0 + 30 * 0.25


MISTAKES = {
    "past": (LATE.replace("12 h", "1 h"), "fork: deplete starts on day 0.0416667, before the fork on day 0.25"),
    "more": (f"[run]\nstep = 0.5\n{LATE[14:]}", '"run" cannot change in the middle of a run; a fork takes interventions'),
    "none": ('name = "x"\n', "it has no [[interventions]]"),
    "wrong": (LATE.replace("kupffer", "kupfer"), 'did you mean "kupffer"'),
}  # fmt: skip


def test_mistakes_get_a_sentence(there, capsys, monkeypatch):
    said(*RUN, "0.5", "--save-at", "6 h", "-q")
    saved = str(there / "results" / "strip-seed3" / "checkpoint-day0.25.npz")
    cases = [(["fork", saved, "nowhere"], "nowhere"), (["fork", "nowhere.npz"], "there is no such file")]
    cases += [([*RUN, "1", "--save-at", "noon"], "--save-at")]
    cases += [([*RUN, "1", "--save-at", "3 day"], "--save-at: day 3 is after the end of the run, day 1")]
    for name, (text, sentence) in MISTAKES.items():
        (there / f"{name}.toml").write_text(text, encoding="utf-8")
        cases.append((["fork", saved, f"{name}.toml"], sentence))
    for words, sentence in cases:
        monkeypatch.setattr(sys, "argv", ["livermet", *words])
        assert cli.main() == 2
        assert sentence in capsys.readouterr().err, words
    assert [path.name for path in (there / "results").iterdir()] == ["strip-seed3"]
