"""The commands that show a saved run elsewhere: what they write, where, and what they say to a mistake."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from livermet_sim import cli
from livermet_sim.viz import encoding

sys.path.insert(0, str(Path(__file__).parents[1] / "viz"))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    from synthetic import result

    return result(radius=14, count=20).save(tmp_path_factory.mktemp("runs") / "mine", figures=False)


@pytest.fixture
def say(monkeypatch, capsys):
    """Return a function that calls the command line: exit code, output, errors."""

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["livermet", *map(str, words)])
        code = cli.main()
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_a_film_without_ffmpeg_is_a_gif_in_the_run(run, say, monkeypatch):
    monkeypatch.setattr(encoding, "encoder", lambda: None)
    code, out, err = say("film", run, "--fps", "6")
    assert code == 0 and out == f"6 pictures, 1 s, in {run / 'film.gif'}\n" and "day 28.0 of 28" in err
    assert (run / "film.gif").read_bytes().startswith(b"GIF89a")


def test_a_player_is_one_file(run, say, tmp_path):
    code, out, _ = say("player", run, "--out", tmp_path / "new" / "page.html")
    page = tmp_path / "new" / "page.html"
    assert code == 0 and out == f"{page.stat().st_size / 1e6:.1f} MB in {page}\n"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert say("player", run, "--quiet") == (0, "", "") and (run / "player.html").exists()


def test_exports_go_into_a_folder_of_the_run(run, say):
    code, out, _ = say("export", run, "--to", "geojson", "--day", "7")
    assert (
        code == 0 and out.endswith(f"MB in {run / 'export' / 'cells.geojson'}\n") and "lesions.geojson" in out
    )


def test_one_figure_is_drawn_by_its_name(run, say, tmp_path):
    code, out, _ = say("draw", run, "--figure", "tissue_map", "--day", "7", "--layer", "oxygen")
    assert code == 0 and out == f"Picture in {run / 'figures' / 'tissue_map.png'}\n"
    code, _, _ = say("draw", run, "--figure", "compare_livers", "--other", run, "--out", tmp_path / "two.svg")
    assert code == 0 and b"<svg" in (tmp_path / "two.svg").read_bytes()[:500]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("film RUN --layer oxgen", 'tissue map: there is no layer "oxgen"; did you mean "oxygen"?'),
        ("film RUN --out x.avi", "x.avi: a film's name ends in .mp4 or .gif"),
        ("film RUN --fps 0 --out x.gif", "fps: 0 pictures a second cannot be shown; give 0.1 to 60"),
        ("player nowhere", "nowhere: there is no such folder"),
        ("draw RUN --figure histolgy", 'plot: there is no figure "histolgy"; did you mean "histology"?'),
        ("draw RUN --figure kills --day 3", "kills: this figure takes no --day"),
        ("draw RUN --day 3", "draw: --day, --layer, --other and --out go with --figure"),
        ("draw RUN --figure kills --out x.foo", '--out: "x.foo" is not a picture; its name must end in .png, .pdf, .svg'),
        ("draw RUN --figure compare_livers", "compare_livers: a second run is needed; give it as other= "),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(run, say, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    code, out, err = say(*[run if word == "RUN" else word for word in words.split()])
    assert code == 2 and out == "" and err.startswith(f"livermet: {sentence}") and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
