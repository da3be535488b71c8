"""Check that a tissue that was built before comes back as it was, and that nothing else does."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from livermet_sim.anatomy import build, construction, shelf
from livermet_sim.scenario.load import load

SETTINGS = load("baseline", {"tissue.lobules": 2, "tissue.lobule_diameter": 300.0}).values["tissue"]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Keep tissues here."""
    monkeypatch.setattr(shelf.jit, "side_folder", lambda name: tmp_path)
    return tmp_path


def same(one, other) -> bool:
    """Say whether two tissues are equal to the bit."""
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in fields(one)]
    arrays = [(a, b) for a, b in pairs if isinstance(a, np.ndarray)]
    return (
        all(np.array_equal(a, b) and a.dtype == b.dtype and not b.flags.writeable for a, b in arrays)
        and [p for p in pairs if not isinstance(p[0], np.ndarray) and p[0] != p[1]] == []
    )


def test_what_comes_back_is_what_was_built(folder, monkeypatch):
    first = build.build(SETTINGS, 1)
    assert len(list(folder.iterdir())) == 1
    monkeypatch.setattr(construction, "construct", lambda *given: pytest.fail("built again"))
    assert same(first, build.build(SETTINGS, 1))


def test_another_seed_setting_or_source_builds_anew(folder, monkeypatch):
    build.build(SETTINGS, 1)
    assert shelf.kept(SETTINGS, 2) is None
    assert shelf.kept(dict(SETTINGS) | {"waviness": 0.1}, 1) is None
    monkeypatch.setattr(shelf, "_made_by", lambda: b"another source")
    assert shelf.kept(SETTINGS, 1) is None


@pytest.mark.parametrize("at", [0, 40, 3000, -1])
def test_a_damaged_file_is_built_anew(folder, at: int):
    first = build.build(SETTINGS, 1)
    (file,) = folder.iterdir()
    body = bytearray(file.read_bytes())
    body[at] ^= 1
    file.write_bytes(body)
    assert shelf.kept(SETTINGS, 1) is None
    assert same(first, build.build(SETTINGS, 1))
    assert shelf.kept(SETTINGS, 1) is not None


def test_as_many_of_the_last_are_kept_as_there_is_room_for(folder, monkeypatch):
    build.build(SETTINGS, 1)
    (first,) = folder.iterdir()
    monkeypatch.setattr(shelf, "MOST_BYTES", int(2.5 * first.stat().st_size))
    os.utime(first, (0, 0))
    for seed in (2, 3):
        build.build(SETTINGS, seed)
    assert [shelf.kept(SETTINGS, seed) is not None for seed in (1, 2, 3)] == [False, True, True]
    monkeypatch.setattr(shelf, "MOST_BYTES", 10)
    build.build(SETTINGS, 4)
    assert shelf.kept(SETTINGS, 4) is None


def test_an_image_is_always_read(folder):
    assert shelf._place(dict(SETTINGS) | {"kind": "mask"}, 1) is None
