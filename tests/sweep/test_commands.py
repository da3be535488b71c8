"""The commands do what they say, and every mistake is one sentence with the right exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from livermet_sim import cli
from livermet_sim.engine import Engine
from livermet_sim.sweep.study import Study

FILE = """
scenario = "strip"
days = 0.05
series = "0.5 h"
[design]
kind = "grid"
[factors]
"cells.kupffer.density" = [0, 9000]
"rules.MV12.enabled" = [true, false]
"""


@pytest.fixture
def livermet(tmp_path, monkeypatch, capsys):
    """Return a function that runs a command line in an empty folder and gives exit code, output and messages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(FILE)

    def call(line: str):
        monkeypatch.setattr(sys, "argv", ["livermet", *line.split()])
        code = cli.main()
        return (code, *capsys.readouterr())

    return call


def test_a_study_from_plan_to_pictures(livermet, tmp_path):
    code, out, _ = livermet("sweep mine.toml --plan")
    assert (
        code == 0
        and "grid, 4 points, 4 runs, into results/mine" in out
        and not (tmp_path / "results").exists()
    )
    code, out, err = livermet("sweep mine.toml --workers 1 --shard 1/2")
    assert code == 0 and "2 of 4 runs done, 0 failed, 2 open" in out and "2 of 2 runs, took" in err
    code, out, err = livermet("sweep mine.toml --workers 1")
    assert code == 0 and "4 of 4 runs done" in out and "2 of 4 runs are there already" in err
    assert livermet("sweep mine.toml --workers 1 --quiet") == (0, "", "")

    code, out, _ = livermet("study summary results/mine")
    assert code == 0 and "4 of 4 runs done, 0 failed, 0 open" in out and "founders_alive_share" in out
    code, out, _ = livermet("study plot results/mine")
    assert code == 0 and "pictures in results/mine/figures" in out
    code, out, _ = livermet("study plot results/mine --kind heatmap --measure tumour_cells --out heat.svg")
    assert code == 0 and (tmp_path / "heat.svg").stat().st_size > 5000
    assert livermet("study failures results/mine")[1] == "0 of 4 runs failed\n"
    code, out, _ = livermet("study export results/mine")
    assert code == 0 and out.splitlines() == [
        "results/mine/export/runs.csv",
        "results/mine/export/timeseries.csv",
    ]


def test_a_study_in_which_all_fail_says_so_and_exits_1(livermet, monkeypatch):
    def fail(engine, *hours):
        raise ZeroDivisionError("nothing works")

    monkeypatch.setattr(Engine, "run", fail)
    code, _, err = livermet("sweep mine.toml --workers 1 --quiet")
    assert code == 1 and err == "livermet: all 4 runs failed; run 0: nothing works\n"
    code, out, _ = livermet("study failures results/mine --trace")
    assert code == 0 and "ZeroDivisionError: nothing works" in out and "in fail" in out
    monkeypatch.undo()


def test_a_study_in_which_some_fail_says_how_many_and_exits_1(livermet, monkeypatch):
    real = Engine.run

    def sometimes(engine, *hours):
        if engine.setting.cell("kupffer", "density") == 0:
            raise ZeroDivisionError("nothing works")
        return real(engine, *hours)

    monkeypatch.setattr(Engine, "run", sometimes)
    code, _, err = livermet("sweep mine.toml --workers 1 --quiet")
    assert code == 1 and err.startswith("livermet: 2 of 4 runs failed; run ") and "nothing works" in err


@pytest.mark.parametrize(
    "name", ["../evil", "/evil", "..", "a/../../evil", "results/../../evil", ".evil", ""]
)
@pytest.mark.parametrize("command", ["sweep", "calibrate"])
def test_no_name_leads_out_of_the_results(livermet, tmp_path, command, name):
    inner = tmp_path / "work"
    inner.mkdir()
    os.chdir(inner)
    own = FILE if command == "sweep" else CALIBRATION
    (inner / "mine.toml").write_text(f"name = {name!r}\n{own}")
    code, _, err = livermet(f"{command} mine.toml --workers 1 --quiet")
    assert code == 0, err
    assert {path.name for path in inner.iterdir()} == {"mine.toml", "results"}
    assert {path.name for path in tmp_path.iterdir()} == {"mine.toml", "work"}
    assert len(list((inner / "results").iterdir())) == 1


CALIBRATION = """
scenario = "strip"
days = 0.05
[calibration]
trials = 1
replicates = 1
[factors]
"cells.kupffer.density" = { low = 0, high = 9000 }
[[targets]]
measure = "tumour_cells"
value = 5
error = 2
"""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sweep kupfer", 'there is no study file "kupfer"; did you mean "kupffer"'),
        ("sweep mine.toml --shard 3/2", '--shard: "3/2" is not part K of N'),
        ("sweep mine.toml --scheduler nowhere.json", "there is no such scheduler file"),
        ("study summary nowhere", "nowhere: this is no study"),
        ("study plot nowhere --kind heatmap", "nowhere: this is no study"),
        ("calibrate growht", 'there is no calibration file "growht"; did you mean "growth"'),
    ],
)
def test_a_mistake_is_one_sentence_and_exits_2(livermet, line, words):
    code, out, err = livermet(line)
    assert code == 2 and out == "" and words in err and err.count("\n") == 1 and err.startswith("livermet: ")


def test_ctrl_c_keeps_what_ended_and_the_same_command_goes_on(livermet, tmp_path):
    (tmp_path / "long.toml").write_text(FILE.replace('"grid"', '"grid"\nreplicates = 400'))
    words = [sys.executable, "-m", "livermet_sim.cli", "sweep", "long.toml", "--workers", "2"]
    run = subprocess.Popen(
        words, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True, env=os.environ
    )
    place, deadline = tmp_path / "results" / "long", time.monotonic() + 60
    while len(list(place.glob("runs/*.parquet"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130 and "Traceback" not in err
    assert err.splitlines()[-1] == (
        "livermet: stopped; what ended is kept in results/long, and the same command goes on from there."
    )
    assert 2 <= len(Study(place).runs) < 1600 and not list(place.rglob("*.tmp"))
