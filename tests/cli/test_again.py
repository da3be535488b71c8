"""Check that the folder of a run gives the run back to the bit, and that its archive does so elsewhere."""

from __future__ import annotations

import json
import random
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from livermet_sim import cli
from livermet_sim.base.errors import ResultError
from livermet_sim.model import LiverModel
from livermet_sim.observe.archive import METADATA, opened
from livermet_sim.observe.origin import origin
from livermet_sim.result import Result

CHILD = 'extends = "parent"\nline = "b16f1"\n[cells.kupffer]\ndensity = "9000 /mm3"\n'
PARENT = 'extends = "strip"\n[run]\ndays = 0.3\n[rules.MV13]\nenabled = false\n[[interventions]]\naction = "deplete"\ntarget = "nk"\nstart = "0.1 day"\n'


@pytest.fixture
def livermet(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["livermet", *words])
        code = cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return call


def labels() -> np.ndarray:
    picture = np.full((22, 40), 3, dtype=np.uint8)
    picture[3::5] = 2
    picture[:, :2], picture[:, -2:] = 1, 4
    return picture


@pytest.fixture(params=["strip", "child", "mask"])
def run(request, livermet, tmp_path) -> Path:
    """Run something into the folder q1, and take away or change what it was made from."""
    words = ["--days", "0.25", "--seed", "3", "--set", "cells.kupffer.density=0"]
    if request.param == "strip":
        name = "strip"
    elif request.param == "child":
        (tmp_path / "parent.toml").write_text(PARENT)
        (tmp_path / "child.toml").write_text(CHILD)
        name, words = "child.toml", ["--seed", "5"]
    else:
        np.save(tmp_path / "section.npy", labels())
        (tmp_path / "mine.toml").write_text(
            'extends = "lobule"\n[tissue]\nkind = "mask"\nimage = "section.npy"\nimage_pixel = "10 um"\n'
        )
        name = "mine.toml"
    assert livermet("run", name, *words, "--no-figures", "--quiet", "--out", "q1")[0] == 0
    for file in ("parent.toml", "child.toml", "mine.toml", "section.npy"):
        (tmp_path / file).unlink(missing_ok=True)
    return tmp_path / "q1"


def digest(folder: Path) -> str:
    return json.loads((folder / "provenance.json").read_text())["digest"]


def test_a_folder_gives_its_run_again(run, livermet, tmp_path):
    for number, name in enumerate(("q1", "q1/scenario.toml", "q1/scenario.json")):
        if name.endswith("json") and (run / "image.npy").exists():
            continue  # it names the image where it was
        out = tmp_path / f"again{number}"
        assert livermet("run", name, "--no-figures", "--quiet", "--out", out.name)[0] == 0
        assert digest(out) == digest(run), name
        assert Result.load(out).hours == Result.load(run).hours
    code, out, _ = livermet("check", "q1")
    assert code == 0 and "no mistakes" in out
    assert livermet("replay", "q1", "--quiet")[:2] == (0, "")


def test_an_archive_gives_its_run_again_elsewhere(run, livermet, tmp_path):
    code, out, _ = livermet("pack", "q1", "--out", "mine.zip")
    assert code == 0 and out.startswith("Packed in mine.zip")
    first = (tmp_path / "mine.zip").read_bytes()
    livermet("pack", "q1", "--out", "mine.zip")
    assert (tmp_path / "mine.zip").read_bytes() == first
    sealed = set((run / "checksums.sha256").read_text().split()[1::2])
    shutil.rmtree(run)
    code, out, _ = livermet("replay", "mine.zip")
    assert code == 0 and "the same to the bit" in out
    with zipfile.ZipFile("mine.zip") as crate:
        assert set(crate.namelist()) == {*sealed, "checksums.sha256", METADATA}
        crate.extractall("unpacked")
    assert livermet("replay", "unpacked", "--quiet")[0] == 0
    Result.load("unpacked")


def test_the_description_is_an_ro_crate(livermet, tmp_path):
    livermet("run", "strip", "--days", "0.05", "--no-figures", "--quiet", "--out", "q1")
    livermet("pack", "q1", "--license", "https://creativecommons.org/publicdomain/zero/1.0/")
    with zipfile.ZipFile("q1.zip") as crate:
        graph = {entity["@id"]: entity for entity in json.loads(crate.read(METADATA))["@graph"]}
        names = set(crate.namelist()) - {METADATA}
        sizes = {entry.filename: str(entry.file_size) for entry in crate.infolist()}
    about, root = graph[METADATA], graph["./"]
    assert about["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"} and about["about"] == {"@id": "./"}
    assert {"name", "description", "datePublished", "license"} <= root.keys() and root["@type"] == "Dataset"
    assert {part["@id"] for part in root["hasPart"]} == names
    for name in names:
        assert graph[name]["@type"] == "File" and graph[name]["contentSize"] == sizes[name]
        assert len(graph[name]["sha256"]) == 64
    action = graph[root["mentions"]["@id"]]
    assert {"@id": "scenario.toml"} in action["object"] and graph["#seed"]["value"] == 1
    assert graph[action["instrument"]["@id"]]["softwareVersion"]

    def links(value):
        if isinstance(value, dict):
            yield from (
                [value["@id"]] if set(value) == {"@id"} else [x for v in value.values() for x in links(v)]
            )
        elif isinstance(value, list):
            yield from (x for v in value for x in links(v))

    dangling = {link for entity in graph.values() for link in links(entity)} - set(graph)
    assert all(link.startswith(("http://schema.org/", "https://w3id.org/ro/crate/")) for link in dangling)


def test_a_run_in_python_stops_where_it_stopped(livermet, tmp_path):
    LiverModel("strip", seed=7).run("7 h").save(tmp_path / "q1", figures=False)
    assert origin(tmp_path / "q1").hours == 7.0
    assert livermet("replay", "q1", "--quiet")[0] == 0
    assert livermet("run", "q1", "--no-figures", "--quiet", "--out", "q2")[0] == 0
    assert digest(tmp_path / "q2") == digest(tmp_path / "q1")


def test_a_run_that_cannot_be_repeated_says_so(livermet, tmp_path):
    model = LiverModel("strip", seed=7)
    model.run("2 h")
    for cell in list(model.agents)[:50]:
        cell.remove()
    model.run("2 h").save(tmp_path / "q1", figures=False)
    code, out, err = livermet("replay", "q1")
    assert code == 1 and not out and "not the same" in err and "all versions are the same" in err


def test_what_is_no_run_is_said(livermet, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("no zip at all, but long enough to be read as the end of one")
    for name in ("empty", "text.zip", "nowhere", "nowhere.zip"):
        code, _, err = livermet("replay", name)
        assert code == 2 and err.count("\n") == 1 and name in err
    assert livermet("pack", "empty")[0] == 2 and livermet("pack", "empty", "--out", "a.tar")[0] == 2
    livermet("run", "strip", "--days", "0.05", "--no-figures", "--quiet", "--out", "q1")
    for name in ("scenario.toml", "provenance.json", "events.parquet"):
        whole = (tmp_path / "q1" / name).read_bytes()
        (tmp_path / "q1" / name).write_bytes(whole.replace(b"a", b"e", 1))
        assert livermet("pack", "q1")[0] == 2 and name in livermet("pack", "q1")[2]
        (tmp_path / "q1" / name).write_bytes(whole)


def strange(kind: str, path: Path, good: Path) -> None:
    """Write a zip that nobody should trust."""
    with zipfile.ZipFile(good) as source:
        parts = {entry.filename: source.read(entry) for entry in source.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA if kind == "lzma" else zipfile.ZIP_DEFLATED) as crate:
        for name, data in parts.items():
            crate.writestr(name, b" " * (65 << 20) if (kind, name) == ("bomb", "scenario.toml") else data)
        extra = {"up": "../evil", "root": "/evil", "back": "..\\evil", "drive": "C:evil", "control": "a\nb"}
        if kind in extra:
            crate.writestr(extra[kind], "evil")
        if kind == "twice":
            with pytest.warns(UserWarning):
                crate.writestr("scenario.toml", "evil")
        for number in range(1001 if kind == "many" else 0):
            crate.writestr(f"{number}.txt", "")
    if kind == "encrypted":
        data = bytearray(path.read_bytes())
        at = data.rindex(b"PK\x01\x02")
        data[at + 8] |= 1
        path.write_bytes(data)


@pytest.mark.parametrize(
    "kind", ["up", "root", "back", "drive", "control", "twice", "many", "encrypted", "lzma", "bomb"]
)
def test_an_archive_of_a_stranger_is_refused(kind, livermet, tmp_path):
    livermet("run", "strip", "--days", "0.05", "--no-figures", "--quiet", "--out", "q1")
    livermet("pack", "q1")
    strange(kind, tmp_path / "evil.zip", tmp_path / "q1.zip")
    code, _, err = livermet("replay", "evil.zip")
    assert code == 2 and err.count("\n") == 1 and "evil.zip" in err
    assert not list(tmp_path.parent.glob("evil")) and not Path("/evil").exists()


def test_damaged_archives_end_in_one_sentence(livermet, tmp_path):
    livermet("run", "strip", "--days", "0.05", "--no-figures", "--quiet", "--out", "q1")
    livermet("pack", "q1")
    whole, rng = (tmp_path / "q1.zip").read_bytes(), random.Random(1)
    needed, refused = len(whole), 0
    for number in range(200):
        broken = bytearray(whole)
        if number % 2:
            del broken[rng.randrange(needed) :]
        else:
            for _ in range(rng.randrange(1, 4)):
                # near the end lie the texts, the list of entries and its head
                broken[-rng.randrange(1, 20_000) if number % 4 else rng.randrange(needed)] ^= (
                    1 << rng.randrange(8)
                )
        (tmp_path / "cut.zip").write_bytes(broken)
        try:
            with opened(tmp_path / "cut.zip") as folder:
                found = origin(folder)
        except ResultError as error:
            refused += 1
            assert "\n" not in error.sentence
        else:
            assert found.seed == 1 and found.digest == origin(tmp_path / "q1").digest
    assert refused > 100
