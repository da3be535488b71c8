"""The command line says what it did, and every mistake in one sentence, with the right exit code."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livermet_sim import cli, engine
from livermet_sim.base.errors import LivermetError
from livermet_sim.cli.place import seeds
from livermet_sim.cli.progress import DRAWING, Progress
from livermet_sim.kernels import jit
from livermet_sim.scenario import files


class FakeResult:
    """Keep what a run was told, and write one file and a folder of no pictures."""

    def __init__(self, days: float, complete: bool):
        self.days, self.complete = days, complete
        self.timeseries = pd.DataFrame({"n_tumour": [3, 2]})

    def save(self, path: Path, *, figures: bool = True) -> Path:
        (path / "result.txt").write_text(f"{self.days:g} {self.complete}")
        return path

    on_picture: ClassVar[dict] = {}

    def figures(self, path: Path, which: str, told) -> list[Path]:
        assert (path.parent / "result.txt").exists()
        path.mkdir()
        names = {"few": ["overview", "tissue_map"]}.get(which) or which.split(",")
        for done, name in enumerate(names):
            self.on_picture.get(name, lambda: None)()
            told(name, done, len(names))
        return [path / f"{name}.png" for name in names]

    def summary(self) -> str:
        return f"After {self.days:g} days."


class FakeEngine:
    """Run a day a call of ``progress`` and let a test do something on one of them."""

    on_day: ClassVar[dict] = {}
    world = SimpleNamespace(tissue=SimpleNamespace(note=""), clock=SimpleNamespace(hours=0.0))

    def __init__(self, scenario, seed=1):
        self.days, self.total = 0.0, scenario.value("run.days")
        self.on_day.get(-1, lambda: None)()

    def run(self, hours=None, progress=None) -> None:
        assert hours is None  # to the end of the scenario
        while self.days < self.total:
            self.days += 1
            self.on_day.get(self.days, lambda: None)()
            progress(self.days * 24, self.total * 24)

    def result(self, complete: bool = True) -> FakeResult:
        assert complete == (self.days == self.total)
        return FakeResult(self.days, complete)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Work in an empty folder, with a model that only counts days."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engine, "Engine", FakeEngine)
    monkeypatch.setattr(FakeEngine, "on_day", {})
    monkeypatch.setattr(FakeResult, "on_picture", {})
    monkeypatch.setattr(jit, "compiled", lambda: True)
    return tmp_path


@pytest.fixture
def livermet(monkeypatch, capsys):
    """Return a function that runs a command line and gives exit code, output and messages."""

    def call(*words: str):
        monkeypatch.setattr(sys, "argv", ["livermet", *words])
        code = cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return SimpleNamespace(code=code, out=out, err=err)

    return call


def test_a_run_saves_and_says_what_happened(livermet, place):
    done = livermet("run", "strip", "--seed", "7", "--days", "3")
    assert (done.code, done.out) == (0, "After 3 days.\n\nSaved in results/strip-seed7\n")
    assert (place / "results/strip-seed7/result.txt").read_text() == "3 True"
    drawing = ["drawing overview (1 of 2)", "drawing tissue_map (2 of 2)"]
    assert done.err.splitlines() == ["day 1.0 of 3", "day 2.0 of 3", "day 3.0 of 3", *drawing]


def test_figures_are_chosen_by_name_and_a_wrong_name_costs_no_run(livermet, place):
    done = livermet("run", "strip", "--days", "1", "--figures", "kills,map_vegf", "--out", "a")
    assert done.err.splitlines()[1:] == ["drawing kills (1 of 2)", "drawing map_vegf (2 of 2)"]
    livermet("run", "strip", "--days", "1", "--figures", "none", "--out", "b")
    assert not (place / "b/figures").exists()
    done = livermet("run", "strip", "--figures", "map_vgef", "--out", "c")
    assert (done.code, done.out) == (2, "") and not (place / "c").exists()
    assert done.err == 'livermet: figures: there is no figure "map_vgef"; did you mean "map_vegf"?\n'


def test_the_bar_is_full_when_the_last_picture_is_drawn(monkeypatch):
    seen = []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    progress = Progress(quiet=False, after=DRAWING)
    monkeypatch.setattr(progress, "_show", lambda share, words: seen.append((round(share, 3), words)))
    progress(12.0, 24.0)
    progress(24.0, 24.0)
    progress.part("drawing overview (1 of 2)", 0, 2)
    progress.part("drawing kills (2 of 2)", 1, 2)
    progress.part("drawn", 2, 2)
    whole = 1 - DRAWING
    assert [share for share, _ in seen] == [
        round(x, 3) for x in (whole / 2, whole, whole, whole + DRAWING / 2, 1)
    ]
    assert seen[0][1] == "day 0.5 of 1" and whole < 1


def test_stopping_while_pictures_are_drawn_loses_no_table(livermet, place):
    FakeResult.on_picture["tissue_map"] = lambda: signal.raise_signal(signal.SIGINT)
    done = livermet("run", "strip", "--days", "1", "--out", "a")
    assert done.code == 130 and (place / "a/result.txt").read_text() == "1 True"
    assert "livermet: stopped; all tables are in a, some pictures are missing.\n" in done.err


def test_a_picture_that_cannot_be_written_is_a_sentence(livermet, place):
    def full():
        raise OSError(28, "No space left on device")

    FakeResult.on_picture["overview"] = full
    done = livermet("run", "strip", "--days", "1", "-q", "--out", "a")
    assert done.code == 2
    assert (
        done.err
        == "livermet: a: the tables are saved, but the pictures cannot be written (no space left on device)\n"
    )


def test_a_second_run_gets_its_own_folder(livermet, place):
    livermet("run", "strip", "--days", "1", "-q")
    done = livermet("run", "strip", "--days", "2", "-q", "--no-figures")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert (place / "results/strip-seed1/result.txt").read_text() == "1 True"
    assert (place / "results/strip-seed1-2/result.txt").read_text() == "2 True"
    assert (place / "results/strip-seed1/figures").exists()
    assert not (place / "results/strip-seed1-2/figures").exists()


def test_a_line_appears_every_tenth_and_not_every_step(livermet):
    done = livermet("run", "strip", "--days", "200", "--no-figures")
    assert len(done.err.splitlines()) == 10


def test_the_first_run_says_that_it_compiles(livermet, monkeypatch):
    monkeypatch.setattr(jit, "compiled", lambda: False)
    done = livermet("run", "strip", "--days", "1")
    assert done.err.splitlines()[0] == "compiling the kernels, once, about 20 s"


def test_ctrl_c_saves_what_was_computed_and_marks_it(livermet, place):
    FakeEngine.on_day = {3: lambda: os.kill(os.getpid(), signal.SIGINT)}
    done = livermet("run", "strip", "--days", "9", "-q", "--out", "mine")
    assert done.code == 130
    assert done.err.splitlines()[-1] == (
        "livermet: stopped; what was computed is in mine, marked as incomplete."
    )
    assert (place / "mine/result.txt").read_text() == "3 False"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_twice_stops_at_once(livermet, place):
    FakeEngine.on_day = {3: lambda: [os.kill(os.getpid(), signal.SIGINT) for _ in range(2)]}
    done = livermet("run", "strip", "--days", "9", "-q")
    assert (done.code, done.err.splitlines()[-1]) == (130, "livermet: stopped; nothing was saved.")
    assert list((place / "results").iterdir()) == []


def test_a_full_disk_is_a_sentence(livermet, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "results/strip-seed1/events.parquet")

    monkeypatch.setattr(FakeResult, "save", full)
    done = livermet("run", "strip", "--days", "1", "-q")
    assert (done.code, done.err) == (
        2,
        "livermet: results/strip-seed1/events.parquet: no space left on device\n",
    )


def test_too_little_memory_is_a_sentence(livermet, place):
    def exhausted():
        raise MemoryError

    FakeEngine.on_day = {-1: exhausted}
    done = livermet("run", "strip", "-q")
    assert (done.code, done.err) == (
        2,
        "livermet: there is not enough memory for this; take a smaller tissue or fewer snapshots\n",
    )
    assert not (place / "results/strip-seed1").exists()


def test_a_folder_that_holds_something_is_left_alone(livermet, place):
    (place / "mine").mkdir()
    (place / "mine/thesis.txt").write_text("all of it")
    done = livermet("run", "strip", "--out", "mine")
    assert (done.code, done.err) == (
        2,
        "livermet: mine: the folder is not empty; give another with --out, or --overwrite to replace the run in it\n",
    )
    assert [p.name for p in (place / "mine").iterdir()] == ["thesis.txt"]
    (place / "empty").mkdir()
    assert livermet("run", "strip", "--out", "empty", "--days", "1").code == 0


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("a.txt", "livermet: a.txt: this is a file; results need a folder\n"),
        ("a.txt/b", "livermet: a.txt/b: the results cannot be written there (not a directory)\n"),
        ("n" * 300, f"livermet: {'n' * 300}: the results cannot be written there (file name too long)\n"),
    ],
)
def test_a_folder_that_cannot_be(livermet, place, out, sentence):
    (place / "a.txt").write_text("")
    FakeEngine.on_day = {-1: lambda: pytest.fail("computed before looking")}
    done = livermet("run", "strip", "--out", out)
    assert (done.code, done.err) == (2, sentence)


def test_a_folder_without_permission(livermet, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    done = livermet("run", "strip")
    assert (done.code, done.err) == (
        2,
        "livermet: results/strip-seed1: the results cannot be written there (permission denied)\n",
    )


def test_a_wild_name_stays_inside_the_results(livermet, place):
    Path("wild.toml").write_text('name = "../../up and away"\nextends = "strip"')
    assert livermet("run", "wild.toml", "--days", "1", "-q").code == 0
    assert [p.name for p in (place / "results").iterdir()] == ["up-and-away-seed1"]


MISTAKES = [
    (["run", "basline"], 'there is no scenario "basline"; did you mean "baseline"?'),
    (["check", "no/such.toml"], 'there is no file "no/such.toml"; valid: anti_egfr, anti_vegf, b16f1, baseline, cc531s, '
     "ccr2_block, cxcr2_block, cytotoxic, exosome_priming, fibrosis, ischaemia_reperfusion, kupffer_loss_early, ..."),
    (["check", "folder/x.toml"], '"folder/x.toml" is a folder; a scenario is a file ending in .toml'),
    (["check", "broken.toml"], "broken.toml, line 2: it is not TOML: invalid value; true and false are written small, a text stands between straight quotes"),
    (["check", "big.toml"], "big.toml: it is larger than 1 MB; that is no scenario"),
    (["check", "round.toml"], "round.toml, line 1, extends: the files extend each other in a circle: round > round"),
    (["run", "strip", "--days", "-3"], "--set run.days: -3 day is impossible; it must be from 0 to 3650"),
    (["run", "strip", "--set", "run.days=3 um"], '--set run.days: "3 um" is a length; a time is needed, for example "1 day"'),
    (["run", "strip", "--set", "cells.kupffer.density=many"], '--set cells.kupffer.density: "many" is not a quantity; write for example "1 /mm3"'),
    (["run", "strip", "--set", "cells.kupffer.density=-1"], "--set cells.kupffer.density: -1 /mm3 is impossible; it must be from 0 to 1e+06"),
    (["run", "strip", "--set", "cells.kuppfer.density=1"], '--set cells.kuppfer: there is no such kind of cell (a new one says what it is like, as in kuppfer.like = "nk"); did you mean "kupffer"?'),
    (["run", "strip", "--set", "line=b16"], '--set line: there is no tumour line "b16"; did you mean "b16f1"?'),
    (["run", "strip", "--set", "observe.events=yes"], "--set observe.events: 'yes' is not true or false"),
    (["run", "strip", "--set", "nonsense"], '--set: "nonsense" is not name=value; write for example cells.kupffer.density=0'),
    (["show", "parameters", "strip", "--section", "cells.kuppfer"], 'cells.kuppfer: there is no such section; did you mean "cells.kupffer"?'),
    (["explain", "strip", "--rule", "MV"], 'rules.MV: there is no such rule; did you mean'),
    (["show", "tissue", "strip", "--out", "a.xyz"], '--out: "a.xyz" is not a picture; its name must end in .png, .pdf, .svg'),
]  # fmt: skip


@pytest.mark.parametrize(("words", "sentence"), MISTAKES, ids=[" ".join(w) for w, _ in MISTAKES])
def test_a_mistake_is_one_sentence_and_exit_code_2(livermet, place, words, sentence):
    Path("folder/x.toml").mkdir(parents=True)
    Path("broken.toml").write_text("[run]\ndays =\n")
    Path("big.toml").write_text("#" * 1_000_001)
    Path("round.toml").write_text('extends = "round.toml"')
    done = livermet(*words)
    assert done.code == 2
    if sentence.endswith("did you mean"):
        assert done.err.startswith(f"livermet: {sentence}")
    else:
        assert done.err == f"livermet: {sentence}\n"
    assert not Path("results").exists()


@pytest.mark.parametrize(
    "words",
    [["fly"], ["run"], ["run", "strip", "--seed", "x"], ["run", "strip", "--seed", "-1"],
     ["run", "strip", "--dayz", "3"], ["show", "moon"]],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(livermet, words):
    done = livermet(*words)
    assert done.code == 2
    assert "Usage" in done.err


def test_several_mistakes_are_a_sentence_each(livermet):
    done = livermet("check", "strip", "--set", "line=b16", "--set", "run.days=-1")
    assert done.code == 2
    assert [line.startswith("livermet: --set ") for line in done.err.splitlines()] == [True, True]


def test_check_says_what_the_scenario_is(livermet):
    done = livermet("check", "b16f1", "--set", "tissue.kind=lobule")
    assert done.code == 0
    assert done.out.startswith("b16f1: no mistakes. lobule, 28 days, line b16f1, 11 kinds of cells, ")


def test_show_scenario_gives_toml_that_can_be_run(livermet):
    text = livermet("show", "scenario", "strip").out
    Path("again.toml").write_text(text)
    assert livermet("show", "scenario", "again.toml").out == text


def test_show_scenario_lists_those_that_can_be_called_by_name(livermet):
    Path("scenarios").mkdir()
    Path("scenarios/mine.toml").write_text('doc = "A scenario of my own."')
    Path("scenarios/odd.toml").write_text("doc = ")
    words = livermet("show", "scenario").out
    assert [line.split()[0] for line in words.splitlines() if line[0] != " "] == sorted(files.known())
    assert re.search(r"^mine +A scenario of my own\.$", words, re.MULTILINE)
    assert re.search(
        r"^odd +scenarios/odd.toml, line 1: it is not TOML: invalid value; true and false",
        words,
        re.MULTILINE,
    )


def test_show_prints_lines_parameters_and_rules(livermet):
    assert "CC531s (colorectal, rat)" in livermet("show", "lines").out
    table = livermet("show", "parameters", "b16f1", "--section", "cells.tumour").out
    assert "cells.tumour.die.shear" in table and "(b16f1)" in table
    rules = livermet("show", "rules").out
    assert "MV12" in rules and "Kupffer" in rules


def test_explain_gives_sentence_numbers_and_source(livermet):
    words = livermet("explain", "baseline", "--rule", "MV12").out
    assert words.startswith("MV12") and "half of the effect at 4 cells" in words and "Source:" in words
    missing = livermet("explain", "--missing").out.splitlines()
    assert len(missing) > 5


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=st.text(max_size=30), name=st.text(max_size=15))
def test_no_words_end_in_a_traceback(livermet, change, name):
    assert livermet("check", "--set", change, "strip").code in (0, 2)
    assert livermet("check", "--", f"{name}x").code == 2


def test_help_is_fast_and_imports_nothing_heavy():
    code = (
        "import sys; from livermet_sim import cli; sys.argv = ['livermet', '--help']; cli.main(); "
        "print([m for m in ('numpy', 'mesa', 'numba', 'matplotlib', 'pandas') if m in sys.modules])"
    )
    root = Path(cli.__file__).parents[2]
    best = 9.0
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
        )
        best = min(best, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
        assert done.stdout.splitlines()[-1] == "[]"
    assert best < 0.6


def test_version_is_told(livermet):
    assert livermet("--version").out.startswith("livermet")


def test_several_seeds_have_a_folder_and_a_line_each(livermet, place):
    done = livermet("run", "strip", "--seeds", "3-4,9", "--days", "5", "--no-figures")
    folders = [f"results/strip-seed{seed}" for seed in (3, 4, 9)]
    assert done.code == 0 and [line.split("saved in ")[1] for line in done.out.splitlines()] == folders
    assert all((place / folder / "result.txt").is_file() for folder in folders)
    # a tenth of all three is a line
    assert len(done.err.splitlines()) == 10 and done.err.splitlines()[-1] == "seed 9, day 5.0 of 5"
    done = livermet("run", "strip", "--seeds", "1,2", "--days", "1", "-q", "--no-figures", "--out", "all")
    assert (done.code, done.out) == (0, "") and sorted(p.name for p in (place / "all").iterdir()) == [
        "seed1",
        "seed2",
    ]


def test_ctrl_c_keeps_the_seeds_that_ended(livermet, place):
    seen = []

    def stop():
        seen.append(1)
        if len(seen) == 2:
            os.kill(os.getpid(), signal.SIGINT)

    FakeEngine.on_day = {3: stop}
    done = livermet("run", "strip", "--seeds", "1-4", "--days", "9", "-q", "--no-figures", "--out", "all")
    assert done.code == 130 and done.err.splitlines()[-1] == (
        "livermet: stopped; what was computed is in all/seed2, marked as incomplete; 1 of 4 runs ended."
    )
    assert sorted(p.name for p in (place / "all").iterdir()) == ["seed1", "seed2"]


@pytest.mark.parametrize(
    "text", ["", "x", "5-3", "1,,2", "1-", "-3", "1.5", "1,1", "1-3,2", "0-99999999", f"{2**62}"]
)
def test_seeds_that_are_none_are_refused(text):
    with pytest.raises(LivermetError, match=r"^--seeds: "):
        seeds(text)


@given(st.lists(st.integers(0, 2**62 - 1), min_size=1, max_size=20, unique=True))
def test_seeds_come_as_they_are_written(chosen):
    assert seeds(",".join(map(str, chosen))) == chosen
    assert seeds(f"{chosen[0]}-{min(chosen[0] + 3, 2**62 - 1)}")[0] == chosen[0]


def test_nothing_is_replaced_but_an_earlier_run_and_only_when_asked(livermet, place):
    (place / "mine").mkdir()
    (place / "mine/thesis.txt").write_text("years of work")
    words = ("run", "strip", "--days", "1", "-q", "--no-figures", "--out", "mine")
    done = livermet(*words, "--overwrite")
    assert (done.code, done.err) == (
        2,
        "livermet: mine: the folder holds no earlier run to be replaced; give another with --out\n",
    )
    (place / "mine/provenance.json").write_text("{}")
    assert livermet(*words).err.endswith("or --overwrite to replace the run in it\n")
    assert livermet(*words, "--overwrite").code == 0
    assert (place / "mine/result.txt").exists() and (place / "mine/thesis.txt").read_text() == "years of work"
    (place / "results/strip-seed1").mkdir(parents=True)
    (place / "results/strip-seed1/provenance.json").write_text("{}")
    assert livermet(*words[:-2], "--overwrite").code == 0 and len(list((place / "results").iterdir())) == 1
    assert livermet(*words[:-2]).code == 0 and len(list((place / "results").iterdir())) == 2
    assert livermet("run", "strip", "--seed", "2", "--seeds", "1-2").err == (
        "livermet: --seeds: give --seed or --seeds, not both\n"
    )
