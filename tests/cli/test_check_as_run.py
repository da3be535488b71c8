"""``livermet check`` finds all that ``livermet run`` would refuse, because it goes the same way to the first step."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from livermet_sim import cli, engine
from livermet_sim.engine import assembly
from livermet_sim.kernels import jit


def labels():
    picture = np.full((30, 40), 3, dtype=np.uint8)
    picture[:, :3], picture[:, -3:], picture[10, 3:-3] = 1, 4, 2
    return picture


@pytest.fixture
def livermet(monkeypatch, capsys, tmp_path):
    """Return a function that runs a command line in a folder of images and gives exit code, output and messages."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(jit, "compiled", lambda: True)
    for name, picture in IMAGES.items():
        Image.fromarray(picture()).save(name)
    Path("broken.png").write_bytes(b"no picture")

    def call(*words: str):
        monkeypatch.setattr(sys, "argv", ["livermet", *words])
        code = cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return SimpleNamespace(code=code, out=out, err=err)

    return call


def loose():
    picture = labels()
    picture[20:24, 5:20] = 2
    return picture


IMAGES = {
    "fine.png": labels,
    "loose.png": loose,
    "plain.png": lambda: np.where(labels() == 2, 3, labels()),
    "veinless.png": lambda: np.where(labels() == 4, 3, labels()),
}


def of_image(name, *more):
    return ["tissue.kind=mask", f"tissue.image={name}", "tissue.image_pixel=10 um", *more]


MISTAKES = {
    "missing image": (of_image("nowhere.png"), "nowhere.png: there is no such file"),
    "no image": (["tissue.kind=mask"], "tissue.image: a tissue of kind"),
    "broken image": (of_image("broken.png"), "broken.png: the image cannot be read"),
    "no vein": (of_image("veinless.png"), "no site is labelled central (4)"),
    "loose sinusoids": (of_image("loose.png"), "60 of 94 drawn sinusoid sites (64%) lie on no way"),
    "no pixel": (["tissue.kind=mask", "tissue.image=fine.png"], "does not say how wide a pixel is"),
    "grown and drawn": (of_image("fine.png", "tissue.waviness=2"), "tissue.waviness: nothing reads it where"),
    "share of nothing": (of_image("plain.png", "tissue.image_dropped=0.5"), "tissue.image_dropped: nothing reads it where"),
    "snapshots": (["observe.snapshots=1,2"], '"1,2" is not a list of days'),
    "snapshots with nan": (["observe.snapshots=1 nan"], '"1 nan" is not a list of days'),
    "dose": (["seeding.dose=1e6", "seeding.enrichment=1e5"], "seeding.dose x seeding.enrichment: 1e+11 /mm3"),
    "cells": (
        ["cells.nk.density=1e6", "tissue.length=3 mm", "tissue.width=5 mm", "tissue.thickness=60 um", "tissue.kind=strip"],
        None,
    ),
    "too many sites": (["tissue.kind=patch", "tissue.lobules=100000"], "sites are too many"),
    "idle": (["tissue.lobules=24"], 'nothing reads it where tissue.kind is "strip"'),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_check_refuses_what_run_refuses_in_the_same_words(livermet, mistake, monkeypatch):
    changes, sentence = MISTAKES[mistake]
    if sentence is None:
        monkeypatch.setattr(assembly, "MOST_CELLS", 100_000)
        sentence = "cells.nk.density: 1e+06 /mm3 are 9.12e+05 cells in this tissue"
    words = [word for change in changes for word in ("--set", change)]
    checked = livermet("check", "strip", *words)
    assert checked.code == 2 and sentence in checked.err and not checked.out
    ran = livermet("run", "strip", *words, "--days", "0", "--no-figures", "--out", "there")
    assert (ran.code, ran.err) == (2, checked.err) and not Path("there").exists()


def test_check_builds_what_run_builds(livermet, monkeypatch):
    built = []
    whole = engine.Engine.__init__
    monkeypatch.setattr(engine.Engine, "__init__", lambda self, *a: built.append(a[1]) or whole(self, *a))
    done = livermet("check", "strip", "--seed", "5")
    assert done.code == 0 and built == [5]


def test_check_and_show_tissue_say_what_was_left_out_of_a_drawing(livermet):
    words = [word for change in of_image("loose.png", "tissue.image_dropped=1") for word in ("--set", change)]
    note = "60 of 94 drawn sinusoid sites (64%) lie on no way from a portal tract to a central vein"
    assert note in livermet("check", "strip", *words).out
    plain = livermet("show", "tissue", "strip", *words, "--out", "loose-tissue.png")
    assert f"{note}; they carry no blood and are parenchyma here. The picture crosses them out." in plain.out
    assert np.array(Image.open("loose-tissue.png").convert("L")).min() == 0
    ran = livermet("run", "strip", *words, "--days", "0.1", "--no-figures", "--out", "there")
    assert note in ran.out and note in Path("there/summary.txt").read_text()
