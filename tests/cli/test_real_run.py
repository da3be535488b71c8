"""The command line with the real engine: a run can be read back, and Ctrl-C leaves what was computed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import livermet_sim
from livermet_sim import cli
from livermet_sim.result import Result
from livermet_sim.scenario.load import from_dict, load

MAIN = "import sys; from livermet_sim import cli; sys.exit(cli.main())"


def test_a_run_is_saved_whole_and_can_be_run_again(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    line = ["livermet", "run", "strip", "--days", "0.25", "--seed", "3", "--no-figures"]
    monkeypatch.setattr(sys, "argv", [*line, "--set", "cells.kupffer.density=0"])
    assert cli.main() == 0
    out, err = capsys.readouterr()
    assert out.endswith("Saved in results/strip-seed3\n") and err.splitlines()[-1] == "day 0.2 of 0.25"
    saved = Result.load("results/strip-seed3")
    assert saved.provenance["complete"] and saved.hours == 6
    scenario = load("strip", {"run.days": 0.25, "cells.kupffer.density": 0})
    assert from_dict(saved.scenario) == scenario
    assert (saved.cells["kind"] == "kupffer").sum() == 0

    again = livermet_sim.LiverModel(from_dict(saved.scenario), seed=3).run()
    assert again.provenance["digest"] == saved.provenance["digest"]


def test_ctrl_c_keeps_the_days_that_were_computed(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[2])}
    words = [sys.executable, "-c", MAIN, "run", "strip", "--days", "60", "--out", "mine", "--no-figures"]
    run = subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert run.stderr is not None
        first = next(line for line in run.stderr if line.startswith("day"))
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=120)
    finally:
        run.kill()
    assert first == "day 6.0 of 60\n"
    assert run.returncode == 130
    assert err.splitlines()[-1] == "livermet: stopped; what was computed is in mine, marked as incomplete."
    saved = Result.load(tmp_path / "mine")
    assert not saved.provenance["complete"]
    assert 6 <= saved.days < 60


def test_a_few_pictures_are_drawn_and_all_can_be_later(tmp_path):
    line = [sys.executable, "-m", "livermet_sim.cli", "run", "strip", "--days", "0.1", "--out", "mine"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Saved in mine" in done.stdout
    pictures = sorted((tmp_path / "mine" / "figures").glob("*.png"))
    assert [p.stem for p in pictures] == ["overview", "phase_timeline", "tissue_map"]
    assert done.stderr.splitlines()[-1] == "drawing phase_timeline (3 of 3)"
    pictures[0].unlink()
    again = [sys.executable, "-m", "livermet_sim.cli", "draw", "mine"]
    done = subprocess.run(again, cwd=tmp_path, capture_output=True, text=True, check=True)
    every = sorted((tmp_path / "mine" / "figures").glob("*.png"))
    assert (
        done.stdout.startswith(f"{len(every)} pictures") and set(pictures) < set(every) and len(every) >= 15
    )
    assert all(p.stat().st_size > 5000 for p in every)
    again[-1] = "nowhere"
    done = subprocess.run(again, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "nowhere" in done.stderr and "Traceback" not in done.stderr


def test_show_tissue_measures_the_liver_and_its_blood_and_draws(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["livermet", "show", "tissue", "strip", "--out", "t.png"])
    assert cli.main() == 0
    form, blood = capsys.readouterr().out.split("Blood at rest")
    head = ["quantity", "here", "should", "be", "unit", "fits", "published", "source"]
    assert form.splitlines()[0].split() == blood.splitlines()[1].split() == head
    wanted = (
        "perfusion",
        "speed, mean by flow",
        "wall shear",
        "transit",
        "pressure drop",
        "oxygen of blood, outlet",
    )
    assert all(f"\n{name}" in blood for name in (*wanted, "oxygen extracted"))
    assert Path("t.png").read_bytes().startswith(b"\x89PNG")
