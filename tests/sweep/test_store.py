"""A study's folder loses, doubles, tears and mixes nothing, whatever ends the work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.engine import Engine
from livermet_sim.sweep import plan, store, version
from livermet_sim.sweep.study import Study

TOLD = ["seconds"]


def same(one: Study, other: Study) -> bool:
    """Say whether two studies hold the same runs, bit by bit, but for how long they took."""
    pd.testing.assert_frame_equal(
        one.runs.drop(columns=TOLD), other.runs.drop(columns=TOLD), check_exact=True
    )
    return True


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a study that ran in one go, in this process."""
    from sweep_worlds import small

    return small(series="1 h").run(tmp_path_factory.mktemp("whole") / "study", workers=1, progress=False)


def test_any_number_of_workers_order_and_shards_give_the_same_bits(whole, make, tmp_path):
    sweep = make(series="1 h")
    assert len(whole.runs) == 8 and (whole.runs["status"] == "done").all()
    two = sweep.run(tmp_path / "two", workers=2, progress=False)
    for part in (3, 1, 2):
        sharded = sweep.run(tmp_path / "shards", workers=1, shard=(part, 3), progress=False)
        assert len(sharded.runs) == {3: 2, 1: 5, 2: 8}[part]
    assert same(whole, two) and same(whole, sharded)
    pd.testing.assert_frame_equal(whole.timeseries, two.timeseries, check_exact=True)
    pd.testing.assert_frame_equal(whole.timeseries, sharded.timeseries, check_exact=True)


def test_a_run_of_a_study_is_the_run_of_its_scenario(whole, make):
    from livermet_sim.model import LiverModel

    row = whole.runs.iloc[5]
    changes = {path: row[path].item() if hasattr(row[path], "item") else row[path] for path in whole.factors}
    model = LiverModel(make().base.with_({"observe.interval": "1 h"} | changes), seed=int(row["seed"]))
    result = model.run()
    measures = model.engine.measures()
    assert {name: row[name] for name in measures} == pytest.approx(measures, abs=0, nan_ok=True)
    series = whole.series(["n_tumour", "oxygen_mmHg"], runs=[5]).drop(columns="run")
    expected = result.timeseries[list(series.columns)]
    pd.testing.assert_frame_equal(series, expected, check_exact=True)


def test_what_is_done_is_never_computed_again(make, tmp_path, monkeypatch):
    first = make().run(tmp_path / "study", workers=1, progress=False)
    monkeypatch.setattr(Engine, "run", lambda *_: pytest.fail("a run was computed twice"))
    again = make().run(tmp_path / "study", workers=1, progress=False)
    assert same(first, again)
    fewer = make(replicates=1).run(tmp_path / "study", workers=1, progress=False)
    assert len(fewer.runs) == 4 == len(fewer)


def test_points_that_are_equal_share_one_run(make, tmp_path):
    points = [{"cells.kupffer.density": 0}, {"cells.kupffer.density": "0 /mm3"}]
    from livermet_sim.sweep.sweep import Sweep

    sweep = Sweep("strip", design="list", points=points, days=0.05, series="0.25 h")
    study = sweep.run(tmp_path / "study", workers=1, progress=False)
    assert len(study.runs) == 2 and study.store.rows().num_rows == 1
    series = study.timeseries
    assert (series["run"].value_counts() == len(series) // 2).all()


def test_torn_and_damaged_files_are_mended(whole, make, tmp_path, capsys):
    sweep = make(series="1 h")
    study = sweep.run(tmp_path / "study", workers=1, progress=False)
    runs = sorted(study.store.runs.glob("*.parquet"))
    assert len(runs) > 3
    runs[0].write_bytes(runs[0].read_bytes()[:100])  # half a part
    os.truncate(study.store.series / runs[1].name, 50)
    runs[2].unlink()  # its series is left alone, and must not count twice
    torn = study.store.runs / f"x.parquet.{store.socket.gethostname()}.999999999.tmp"
    torn.write_bytes(b"half")
    with pytest.raises(ResultError, match=r"runs/.*parquet: the file is damaged .*own command mends it"):
        Study(study.folder).runs  # noqa: B018
    mended = sweep.run(study.folder, workers=1, progress=False)
    said = capsys.readouterr().err
    assert all(
        f"runs/{part.name}: the part is damaged; its runs are computed again" in said
        for part in (runs[0], runs[1])
    )
    assert same(whole, mended) and not torn.exists()
    pd.testing.assert_frame_equal(whole.timeseries, mended.timeseries, check_exact=True)


def test_another_model_version_is_never_mixed_in(make, tmp_path, monkeypatch):
    make().run(tmp_path / "study", workers=1, shard=(1, 2), progress=False)
    monkeypatch.setattr(version, "model", lambda: "0.0.0+another")
    with pytest.raises(ResultError, match=r"runs are of model .* and this is model 0\.0\.0\+another"):
        make().run(tmp_path / "study", workers=1, progress=False)
    study = make().run(tmp_path / "study", workers=1, new_version=True, progress=False)
    assert len(study.runs) == 8 and study.store.rows().num_rows == 12


def test_a_run_that_fails_is_a_row_and_can_be_tried_again(whole, make, tmp_path, monkeypatch):
    real = Engine.run

    def sometimes(engine, *hours):
        if engine.seed == 4:
            raise RuntimeError("no luck")
        real(engine, *hours)

    monkeypatch.setattr(Engine, "run", sometimes)
    sweep = make(series="1 h")
    study = sweep.run(tmp_path / "study", workers=1, progress=False)
    assert (study.runs["status"] == "failed").sum() == len(study.failures) == 4
    row = study.failures.iloc[0]
    assert (row["kind"], row["error"], row["seed"]) == ("RuntimeError", "no luck", 4)
    assert "in sometimes" in row["trace"] and set(study.failures["tried"]) == {1}
    assert (study.runs["error"] == "no luck").sum() == 4 and "4 failed" in study.summary()

    assert len(sweep.run(study.folder, workers=1, progress=False).failures) == 4  # not tried unless asked
    assert set(sweep.run(study.folder, workers=1, retry=True, progress=False).failures["tried"]) == {2}
    monkeypatch.setattr(Engine, "run", real)
    assert same(whole, sweep.run(study.folder, workers=1, retry=True, progress=False))


def test_an_impossible_point_fails_alone(tmp_path):
    from livermet_sim.sweep.sweep import Sweep

    names = [f"cells.kupffer.share_{zone}" for zone in ("periportal", "midzonal")]
    sweep = Sweep("strip", {name: [0.1, 0.7] for name in names}, design="grid", days=0.02)
    study = sweep.run(tmp_path / "study", workers=1, progress=False)
    assert list(study.runs["status"]) == ["done", "done", "done", "failed"]
    assert "shares add up to 1.4" in study.failures.iloc[0]["error"]


def test_a_full_disk_tears_nothing(whole, make, tmp_path, monkeypatch):
    sweep, real, written = make(series="1 h"), os.fsync, []

    def full(handle):
        if len(written) > 8:
            raise OSError(28, "No space left on device")
        written.append(handle)
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LivermetError, match=r"it cannot be written \(no space left on device\)"):
        sweep.run(tmp_path / "study", workers=1, progress=False)
    monkeypatch.setattr(os, "fsync", real)
    assert 0 < len(Study(tmp_path / "study").runs) < 8
    assert not list((tmp_path / "study").rglob("*.tmp"))
    assert same(whole, sweep.run(tmp_path / "study", workers=1, progress=False))


def test_a_folder_of_something_else_is_left_alone(make, tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(ResultError, match="holds other files and no study"):
        make().run(tmp_path, workers=1, progress=False)
    with pytest.raises(ResultError, match="this is a file"):
        make().run(tmp_path / "mine.txt", workers=1, progress=False)
    with pytest.raises(ResultError, match=r"no study: it has no manifest\.json"):
        Study(tmp_path)


DRIVER = """
import sys
from sweep_worlds import small
small(samples=20, series="1 h").run(sys.argv[1], workers=2, progress=False)
"""


def test_killing_the_driver_and_its_workers_loses_and_doubles_nothing(make, tmp_path):
    place = tmp_path / "study"
    path = os.pathsep.join([os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")])
    run = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(place)],
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while len(list(place.glob("runs/*.parquet"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    half = len(Study(place).runs)
    assert 3 <= half < 40
    study = make(samples=20, series="1 h").run(place, workers=1, progress=False)
    assert list(study.runs["run"]) == list(range(40)) and (study.runs["status"] == "done").all()
    series = study.timeseries
    assert not series.duplicated(["run", "time_h"]).any() and (series.groupby("run").size() == 3).all()


def test_chunks_are_small_at_both_ends():
    from livermet_sim.sweep.chunk import Chunk, Report, Run

    runs = [Run(str(i), i, {}) for i in range(1000)]
    chunks = plan.Chunks(lambda own: Chunk("", "", None, False, tuple(own)), runs, 2)
    sizes, seen = [], []
    for chunk in chunks:
        sizes.append(len(chunk.runs))
        seen += chunk.runs
        chunks.note(Report(len(chunk.runs), 0, 1.0 * len(chunk.runs)))
    assert seen == runs
    assert sizes[0] == 1 and max(sizes) == 15 and sizes[-3:] == [1, 1, 1]


def test_the_manifest_says_what_was_done(whole):
    manifest = json.loads((whole.folder / "manifest.json").read_text())
    assert manifest["model"] == version.model() and manifest["runs"] == 8
    assert [f["path"] for f in manifest["factors"]] == ["cells.kupffer.density", "rules.MV12.enabled"]


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize("what", ["manifest.json", "design.parquet", "runs/*.parquet", "series/*.parquet"])
def test_one_flipped_bit_is_named_and_mended(whole, make, tmp_path, what, capsys):
    sweep = make(series="1 h")
    study = sweep.run(tmp_path / "study", workers=1, progress=False)
    rng = np.random.default_rng(1)
    for _ in range(4):
        path = sorted(study.folder.glob(what))[0]
        flip(path, int(rng.integers(1 << 30)))
        with pytest.raises(ResultError, match=r"damaged"):
            Study(study.folder).timeseries, Study(study.folder).summary()
        mended = sweep.run(study.folder, workers=1, progress=False)
        assert same(whole, mended) and (what == "design.parquet" or "damaged" in capsys.readouterr().err)
    pd.testing.assert_frame_equal(whole.timeseries, mended.timeseries, check_exact=True)


START = """
import sys
from sweep_worlds import small
part = int(sys.argv[2])
small(series="1 h").run(sys.argv[1], workers=1, shard=(part, 3) if part else (1, 1), progress=False)
"""


def start(place, part):
    path = os.pathsep.join([os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-c", START, str(place), str(part)], env=os.environ | {"PYTHONPATH": path}
    )


def test_three_shards_and_two_whole_sweeps_can_start_together(whole, tmp_path):
    started = [start(tmp_path / "study", part) for part in (1, 2, 3, 0, 0)]
    assert [run.wait(300) for run in started] == [0] * 5
    assert same(whole, Study(tmp_path / "study"))
    pd.testing.assert_frame_equal(whole.timeseries, Study(tmp_path / "study").timeseries, check_exact=True)


@pytest.mark.parametrize("moment", range(6))
def test_a_kill_at_any_moment_of_the_start_does_no_harm(whole, make, tmp_path, monkeypatch, moment):
    class Killed(BaseException):
        pass

    real, calls = os.replace, []

    def kill(*places):
        if len(calls) == moment:
            raise Killed
        calls.append(places)
        real(*places)

    monkeypatch.setattr(os, "replace", kill)
    monkeypatch.setattr(type(store.Store(tmp_path)), "clean", lambda self: None)
    with pytest.raises(Killed):
        make(series="1 h").run(tmp_path / "study", workers=1, progress=False)
    monkeypatch.undo()
    assert same(whole, make(series="1 h").run(tmp_path / "study", workers=1, progress=False))
