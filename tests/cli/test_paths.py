"""Every path that a user can name on the command line, and cannot be read or written, ends in one sentence and exit code 2."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import get_args, get_type_hints

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "viz"))

import livermet_sim as lm
from livermet_sim import cli
from livermet_sim.cli import study
from livermet_sim.kernels import jit
from livermet_sim.validation.baseline import Baseline
from livermet_sim.validation.line_records import Lines

SHORT = ["--days", "0.02", "--quiet"]
FIT = """scenario = "strip"
days = 0.02
[calibration]
trials = 1
replicates = 1
[factors]
"cells.kupffer.density" = {}
[[targets]]
measure = "tumour_cells"
value = 8
error = 1
"""
MATCH = """
lobules = 2
[matching]
waves = 1
points = 1
seeds = 1
[factors]
"cells.kupffer.density" = { low = 10000, high = 40000 }
"rules.MV3.maximum" = { low = 0.5, high = 3.0 }
[held_against]
experiments = ["kimura_dectin2_12h"]
"""
# what is read: the ending that the path needs, and the command line around it
READ = {
    "run": (".toml", ["run", "{}"]),
    "run FOLDER": ("", ["run", "{}/"]),
    "draw": ("", ["draw", "{}"]),
    "draw --other": ("", ["draw", "saved", "--figure", "compare_livers", "--other", "{}"]),
    "show scenario": (".toml", ["show", "scenario", "{}"]),
    "show tissue": (".toml", ["show", "tissue", "{}"]),
    "image": (".png", ["check", "strip", "--set", "tissue.kind=mask", "--set", "tissue.image={}"]),
    "explain": (".toml", ["explain", "{}"]),
    "check": (".toml", ["check", "{}"]),
    "new --from": (".toml", ["new", "fresh.toml", "--from", "{}"]),
    "compare": (".toml", ["compare", "strip", "{}"]),
    "sweep": (".toml", ["sweep", "{}"]),
    "ablate": (".toml", ["ablate", "{}"]),
    "sweep --scheduler": (".json", ["sweep", "small.toml", "--scheduler", "{}"]),
    "calibrate": (".toml", ["calibrate", "{}"]),
    "match": (".toml", ["match", "{}"]),
    "dossier --check": ("", ["dossier", "strip", "--check", "{}"]),
    "dossier --verification": ("", ["dossier", "strip", "--verification", "{}"]),
    "dossier --validation": ("", ["dossier", "strip", "--validation", "{}"]),
    "dossier --baseline": (".json", ["dossier", "strip", "--baseline", "{}"]),
    "identify": ("", ["identify", "{}"]),
    "compare --ensemble": ("", ["compare", "strip", "nk_loss", "--ensemble", "{}"]),
    "film": ("", ["film", "{}"]),
    "player": ("", ["player", "{}"]),
    "export": ("", ["export", "{}", "--to", "csv"]),
    "replay": (".zip", ["replay", "{}"]),
    "pack": ("", ["pack", "{}"]),
    "lines": (".toml", ["lines", "--scenario", "{}"]),
    "fork": (".npz", ["fork", "{}"]),
    "validate": (".toml", ["validate", "{}"]),
    "design": (".toml", ["design", "strip", "{}"]),
    "diff": (".toml", ["diff", "strip", "{}"]),
    "bench --against": (".json", ["bench", "growth", "--quick", "--against", "{}"]),
    "rules lint": (".csv", ["rules", "lint", "{}"]),
    "rules import": (".csv", ["rules", "import", "{}"]),
    "study summary": ("", ["study", "summary", "{}"]),
    "study plot": ("", ["study", "plot", "{}"]),
    "study sensitivity": ("", ["study", "sensitivity", "{}", "tumour_cells"]),
    "study failures": ("", ["study", "failures", "{}"]),
    "study export": ("", ["study", "export", "{}"]),
}
# what is written: a file with an ending, or a folder without
WRITTEN = {
    "run --out": ("", ["run", "strip", *SHORT, "--out", "{}"]),
    "run --seeds --out": ("", ["run", "strip", *SHORT, "--seeds", "1,2", "--out", "{}"]),
    "draw --out": (".png", ["draw", "saved", "--figure", "tissue_map", "--out", "{}"]),
    "show tissue --out": (".png", ["show", "tissue", "strip", "--out", "{}"]),
    "show parameters --out": (".csv", ["show", "parameters", "strip", "--out", "{}"]),
    "show rules --out": (".csv", ["show", "rules", "strip", "--out", "{}"]),
    "new": (".toml", ["new", "{}"]),
    "compare --out": ("", ["compare", "strip", "nk_loss", *SHORT, "--seeds", "2", "--workers", "1", "--out", "{}"]),
    "ablate --out": ("", ["ablate", "strip", *SHORT[:2], "--rules", "MV12", "--seeds", "1", "--workers", "1", "--out", "{}"]),
    "sweep --out": ("", ["sweep", "small.toml", "--workers", "1", "--quiet", "--out", "{}"]),
    "calibrate --out": ("", ["calibrate", "fit.toml", "--workers", "1", "--quiet", "--out", "{}"]),
    "explain --network": (".png", ["explain", "strip", "--days", "0.02", "--network", "{}"]),
    "dossier --out": ("", ["dossier", "strip", "--out", "{}"]),
    "match --out": ("", ["match", "match.toml", "--workers", "1", "--quiet", "--out", "{}"]),
    "film --out": (".gif", ["film", "saved", "--quiet", "--out", "{}"]),
    "player --out": (".html", ["player", "saved", "--out", "{}"]),
    "export --out": ("", ["export", "saved", "--to", "csv", "--out", "{}"]),
    "export geojson --out": ("", ["export", "saved", "--to", "geojson", "--out", "{}"]),
    "pack --out": (".zip", ["pack", "real", "--out", "{}"]),
    "docs": ("", ["docs", "{}", "--only", "reference", "--quiet"]),
    "fork --out": ("", ["fork", "kept.npz", "--quiet", "--days", "0.02", "--out", "{}"]),
    "whatif --out": ("", ["whatif", "strip", "--at", "0.01 day", "--without", "MV12", *SHORT, "--out", "{}"]),
    "study plot --out": (".png", ["study", "plot", "study", "--kind", "response", "--out", "{}"]),
    "study export --out": ("", ["study", "export", "study", "--out", "{}"]),
    "validate --out": ("", ["validate", "kimura_dectin2_12h", "--lobules", "1", "--pairs", "1", "--workers", "1", "--quiet", "--out", "{}"]),
    "design --out": ("", ["design", "strip", "strip", "--days", "0.1", "--livers", "3", "--workers", "1", "--quiet", "--out", "{}"]),
    "verify --out": ("", ["verify", "--quick", "--only", "flow-poiseuille", "--out", "{}"]),
    "schema --out": ("", ["schema", "--out", "{}"]),
    "bench --out": (".json", ["bench", "growth", "--quick", "--out", "{}"]),
    "rules import --out": (".toml", ["rules", "import", "physicell.csv", "--out", "{}"]),
    "rules export --out": (".csv", ["rules", "export", "strip", "--out", "{}"]),
    "baseline --csv": (".csv", ["baseline", "--quick", "--quiet", "--csv", "{}"]),
    "lines --figure": (".png", ["lines", "--quiet", "--figure", "{}"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return a folder with a run, a study, and files of a user."""
    from synthetic import result

    place = tmp_path_factory.mktemp("home")
    result(radius=8, count=10).save(place / "saved", figures=False)
    lm.LiverModel(lm.load("strip", {"run.days": 0.02}), seed=1).run().save(place / "real", figures=False)
    lm.LiverModel(lm.load("strip", {"run.days": 0.04}), seed=1).save(place / "kept.npz")
    sweep = lm.Sweep("strip", {"cells.kupffer.density": (0, 30000)}, samples=2, days=0.02)
    sweep.run(place / "study", workers=1, progress=False)
    (place / "fit.toml").write_text(FIT)
    (place / "physicell.csv").write_text("tumour,oxygen,increases,cycle entry,0.003,21.5,4,0\n")
    (place / "match.toml").write_text(MATCH)
    (place / "small.toml").write_text(
        'scenario = "strip"\ndays = 0.02\n[design]\nsamples = 2\n[factors]\n"seeding.dose" = {}\n'
    )
    return place


@pytest.fixture
def livermet(home, tmp_path, monkeypatch, capsys):
    """Return a function that runs a command line beside a user's files."""
    place = tmp_path / "here"
    shutil.copytree(home, place)
    monkeypatch.chdir(place)
    monkeypatch.setattr(jit, "compiled", lambda: True)

    def call(words):
        monkeypatch.setattr(sys, "argv", ["livermet", *words])
        code = cli.main()
        return SimpleNamespace(code=code, err=capsys.readouterr().err)

    return call


def one_sentence(done):
    """Say whether a command ended with exit code 2 and one sentence of moderate length."""
    said = [line for line in done.err.splitlines() if line.startswith("livermet: ")]
    assert done.code == 2, done.err
    assert len(said) == 1 and done.err.rstrip().endswith(said[0]) and "Traceback" not in done.err, done.err
    assert 20 < len(said[0]) < 1600 and said[0].isprintable(), done.err
    return said[0]


def bad(how, ending):
    """Return a path that cannot be used, made where it has to be."""
    if how == "long":
        return "x" * 5000 + ending
    if how == "long name":
        return f"a/{'y' * 300}{ending}"
    if how == "below a file":
        return f"fit.toml/inside{ending}"
    path = Path(f"bad{ending}")
    if how == "loop":
        path.symlink_to(path)
    elif how == "other":  # a folder in place of a file, a file in place of a folder
        path.mkdir() if ending else path.write_text("mine")
    return str(path)


WAYS = ("long", "long name", "below a file", "loop", "other")


@pytest.mark.parametrize("how", [*WAYS, "missing"])
@pytest.mark.parametrize("name", READ)
def test_what_cannot_be_read(livermet, name, how):
    ending, words = READ[name]
    path = bad(how, ending)
    one_sentence(livermet([word.format(path) if "{}" in word else word for word in words]))


# a link in the place of a file is replaced by the file, whatever it leads to
PLACES = [(name, how) for name in WRITTEN for how in WAYS if how != "loop" or not WRITTEN[name][0]]


@pytest.mark.parametrize(("name", "how"), PLACES)
def test_where_nothing_can_be_written(livermet, monkeypatch, name, how):
    for long in (Baseline, Lines):
        monkeypatch.setattr(long, "run", lambda *_: pytest.fail("it ran before it looked where to write"))
    ending, words = WRITTEN[name]
    path = bad(how, ending)
    one_sentence(livermet([word.format(path) if "{}" in word else word for word in words]))
    assert Path("fit.toml").read_text() == FIT


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
# what takes minutes first is left out, and what is timed in another process, where compiling meets the full disk first
@pytest.mark.parametrize("name", sorted(WRITTEN.keys() - {"baseline --csv", "lines --figure", "bench --out"}))
def test_a_full_disk(livermet, name):
    import resource

    ending, words = WRITTEN[name]
    path = Path(f"fresh{ending}")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, before[1]))  # every file ends there, as on a full disk
    try:
        done = livermet([word.format(path) if "{}" in word else word for word in words])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    one_sentence(done)
    assert not ending or not path.exists()
    assert not list(Path().rglob("*.part")) and not list(Path().glob(".fresh*"))


def test_every_option_that_is_a_path_is_here():
    """The tables above hold a line for each parameter of each command that is a path."""
    found = set()
    for command in (*cli.COMMANDS, *(own.callback for own in study.app.registered_commands)):
        for parameter, kind in get_type_hints(command).items():
            if kind is Path or Path in get_args(kind):
                found.add((command.__name__, parameter))
    assert len(found) > 20
    lines = [words for _, words in (READ | WRITTEN).values()]
    for command, parameter in sorted(found):
        assert any(
            command in words[:2]
            and (
                "{}" in words[1:3]
                if parameter in ("folder", "file", "path", "checkpoint")
                or (command, parameter) == ("docs", "out")
                else f"--{parameter}" in words
            )
            for words in lines
        ), (command, parameter)
