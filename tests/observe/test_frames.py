"""Check that frames show the run as it was, change nothing of it, stay in bounds, and that damage is named."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from livermet_sim.base.errors import ResultError
from livermet_sim.engine import Engine
from livermet_sim.observe import frames as film
from livermet_sim.observe import shut
from livermet_sim.observe.frames import CELLS, FIELDS, LOAD_STEP, Film, moment
from livermet_sim.observe.recorder import SITE_STACKS, Recorder, snapshot
from livermet_sim.observe.schema import check_frames
from livermet_sim.processes.plan import Plan
from livermet_sim.result import Result
from livermet_sim.scenario.load import load


@pytest.fixture(scope="module")
def strip():
    """A short run whose film has four frames, and its end."""
    engine = Engine(load("strip", {"observe.frames": 12, "observe.snapshots": "0.25"}), 3)
    engine.run(7.0)
    return engine


def test_frames_are_six_times_as_many_on_the_first_day():
    engine = Engine(load("strip", {"observe.frames": 12}), 3)
    engine.plan = Plan([engine.film])
    engine.run(72.0)
    hours = engine.film.arrays(engine.world)["time_h"]
    assert hours.tolist() == [0.25, *np.arange(2.0, 26.0, 2.0), 36.0, 48.0, 60.0, 72.0]


def test_keeping_frames_changes_nothing_of_the_run(strip):
    other = Engine(load("strip", {"observe.frames": 0, "observe.snapshots": "0.25"}), 3)
    other.run(7.0)
    assert other.digest() == strip.digest() and other.result().frames == {}


def test_a_frame_shows_what_a_snapshot_of_the_same_hour_shows(strip):
    result = strip.result()
    assert result.frames["time_h"].tolist() == [0.25, 2.0, 4.0, 6.0, 7.0]
    shots, cells = moment(result.frames, result.snapshots, 4)
    exact = snapshot(strip.world, 7.0)
    for name in FIELDS:
        scale = result.frames[f"{name}_scale"][4]
        assert np.abs(shots[name][0] - exact[name]).max() <= 0.5 * scale / 255 + 1e-5
    for name in ("compartment", "tumour", "tumour_lumen"):
        assert np.array_equal(shots[name][0], exact[name])
    kept = result.cells[result.cells["time_h"] == 7.0].reset_index(drop=True)
    for name in ("site", "kind", "layer", "state", "phase", "lesion", "x_um", "y_um"):
        assert (cells[name].to_numpy() == kept[name].to_numpy()).all(), name
    for name, step in (("activation", 1 / 255), ("polarisation", 1 / 255), ("load", LOAD_STEP)):
        assert np.abs(cells[name] - kept[name]).max() <= 0.5 * step + 1e-6
    assert cells["key"].is_unique


def test_memory_is_bounded_by_leaving_out_every_second_frame(strip):
    one = Film(strip.setting)
    one.step(strip.world)
    small = Film(strip.setting, budget=int(4.5 * one.size))
    for tick in range(40):
        strip.world.clock.tick += 1
        small.next = 0.0
        small.step(strip.world)
        assert small.size <= small.budget, tick
    assert small.interval > one.interval and 2 <= len(small.frames) <= 4
    hours = [frame["time_h"] for frame in small.frames]
    assert hours == sorted(hours) and hours[-1] > 16.0


def test_large_frames_are_kept_compressed_and_come_out_as_they_were(strip, monkeypatch):
    films = []
    for large in (1 << 40, 0):
        monkeypatch.setattr(shut, "LARGE_BYTES", large)
        films.append(Film(strip.setting))
        for hours in (0.0, 1.0):
            films[-1].next = hours
            films[-1].step(strip.world)
    plain, packed = films
    assert packed.size == plain.size and not any(isinstance(v, np.ndarray) for v in packed.kept[0].values())
    held = sum(len(v.data) for v in packed.kept[0].values() if isinstance(v, shut.Shut))
    assert held < 0.5 * plain.size / 2
    meant, found = plain.arrays(strip.world), packed.arrays(strip.world)
    assert meant.keys() == found.keys()
    for name, value in meant.items():
        assert value.dtype == found[name].dtype and np.array_equal(value, found[name]), name
    films[0].frames = packed.frames
    assert films[0].size == packed.size and np.array_equal(
        films[0].frames[1]["oxygen"], plain.frames[1]["oxygen"]
    )


def test_the_site_arrays_of_a_large_snapshot_never_lie_side_by_side(strip):
    each, meant = shut.early(2_000_000, 1), snapshot(strip.world, 7.0)
    made = snapshot(strip.world, 7.0, each)
    names = (*SITE_STACKS, "patency", "vegf")
    assert all(isinstance(made[name], shut.Shut) for name in names)
    assert all(np.array_equal(shut.opened(made[name]), meant[name]) for name in names)
    assert shut.early(1000, 7)(meant["oxygen"]) is meant["oxygen"]


def test_a_large_snapshot_is_kept_compressed_and_comes_out_as_it_was(strip, monkeypatch):
    monkeypatch.setattr(shut, "LARGE_BYTES", 0)
    meant, recorder = snapshot(strip.world, 7.0), Recorder(strip.setting)
    recorder.shots = [meant]
    assert shut.size(recorder.kept[0]) == shut.size(meant)
    assert isinstance(recorder.kept[0]["cells"]["key"], shut.Shut)
    (found,) = recorder.shots
    assert found["time_h"] == 7.0 and found.keys() == meant.keys()
    for a, b in ((meant, found), (meant["cells"], found["cells"])):
        assert all(
            np.array_equal(a[n], b[n]) and a[n].dtype == b[n].dtype for n in a if isinstance(a[n], np.ndarray)
        )


def test_a_run_with_frames_comes_back_from_its_folder(strip, tmp_path):
    result = strip.result()
    back = Result.load(result.save(tmp_path / "run", figures=False))
    assert back == result and set(back.frames) == set(result.frames)


def test_a_damaged_or_missing_film_is_named_and_a_run_without_one_has_none(made_up, tmp_path):
    path = made_up.save(tmp_path / "run", figures=False) / "frames.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ResultError, match=r"frames\.npz: the file is damaged"):
        Result.load(tmp_path / "run")
    path.unlink()
    with pytest.raises(ResultError, match=r"frames\.npz: the file is missing"):
        Result.load(tmp_path / "run")
    other = copy.deepcopy(made_up)
    other.frames = {}
    assert Result.load(other.save(tmp_path / "other", figures=False)).frames == {}


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("oxygen", lambda a: a[:, :-1], "array oxygen has shape"),
        ("cell_site", lambda a: a + np.uint32(1 << 30), "cell_site has a value beyond"),
        ("cell_kind", lambda a: np.full_like(a, 99), "cell_kind has a value beyond"),
        ("cell_start", lambda a: a[::-1].copy(), "cell_start is not level"),
    ],
)
def test_frames_that_do_not_fit_are_refused(made_up, name, change, words):
    frames = copy.deepcopy(made_up.frames)
    sites = len(made_up.snapshots["zone"])
    check_frames(frames, sites)
    frames[name] = change(frames[name])
    with pytest.raises(ValueError, match=words):
        check_frames(frames, sites)
    del frames[name]
    with pytest.raises(ValueError, match=f"no array {name}"):
        check_frames(frames, sites)


def test_every_column_of_a_frame_is_packed(made_up):
    assert {f"cell_{name}" for name in CELLS} <= set(made_up.frames)
    assert film.columns_of(made_up.frames, 0)["site"].dtype == np.int64
