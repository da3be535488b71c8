"""A study is read back as tables, arrays and pictures; a large one quickly and in little memory."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from livermet_sim.base.errors import LivermetError
from livermet_sim.sweep.export import export
from livermet_sim.sweep.sweep import Sweep
from livermet_sim.viz import studies


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a full grid, two runs a point, with its time series."""
    factors = {"cells.kupffer.density": [0, 9000, 18000], "rules.MV12.enabled": [True, False]}
    sweep = Sweep(
        "strip", factors, design="grid", replicates=2, days=0.25, series="1 h", changes={"seeding.dose": 50}
    )
    return sweep.run(tmp_path_factory.mktemp("grid") / "study", workers=1, progress=False)


def test_runs_and_series(study):
    assert list(study.runs.columns[:8]) == [
        "run", "point", "replicate", "seed", "cells.kupffer.density", "rules.MV12.enabled", "status", "error",
    ]  # fmt: skip
    assert len(study) == 12 and study.open == 0 and "tumour_cells" in study.measures
    series = study.timeseries
    assert list(series.columns[:3]) == ["run", "time_h", "day"] and len(series) == 12 * 6
    some = study.series(["n_kupffer"], runs=[0, 11])
    assert list(some.columns) == ["run", "time_h", "day", "n_kupffer"] and set(some["run"]) == {0, 11}
    assert (some.loc[some["run"] == 0, "n_kupffer"] == 0).all() and (
        some.loc[some["run"] == 11, "n_kupffer"] > 0
    ).all()
    assert study.dataset().count_rows() == 12 * 6
    with pytest.raises(LivermetError, match='no column "n_kupfer"; did you mean "n_kupffer"'):
        study.series(["n_kupfer"])


def test_labelled_arrays(study):
    data = study.to_xarray(["n_tumour"])
    assert dict(data["tumour_cells"].sizes) == {
        "cells.kupffer.density": 3,
        "rules.MV12.enabled": 2,
        "replicate": 2,
    }
    row = study.runs.iloc[5]
    place = {path: row[path] for path in (*study.factors, "replicate")}
    assert float(data["tumour_cells"].sel(place)) == row["tumour_cells"]
    assert data["n_tumour"].sizes["day"] == 6 and data["cells.kupffer.density"].attrs["units"] == "/mm3"


def test_exports_hold_the_same_numbers(study, tmp_path):
    runs, series = export(study, tmp_path / "csv", "csv")
    pd.testing.assert_frame_equal(
        pd.read_csv(runs)[list(study.measures)], study.runs[list(study.measures)], check_dtype=False
    )
    back = pd.read_csv(series).sort_values(["run", "time_h"], ignore_index=True)
    pd.testing.assert_frame_equal(back, study.timeseries, check_dtype=False)
    files = export(study, tmp_path / "parquet", "parquet")
    assert sum(len(pd.read_parquet(path)) for path in files[1:]) == 12 * 6
    (path,) = export(study, tmp_path / "nc", "netcdf")
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("kind", [k for k in studies.PLOTS if k not in ("sensitivity", "ablation", "phases")])
def test_every_plot_is_drawn(study, kind):
    picture = study.plot(kind)._repr_png_()
    assert picture.startswith(b"\x89PNG") and len(picture) > 5000


def test_a_tornado_shows_means_at_both_ends(study):
    axes = study.plot("tornado", "founders_alive").axes[0]
    runs = study.runs
    wanted = {runs.loc[runs["rules.MV12.enabled"] == on, "founders_alive"].mean() for on in (True, False)}
    drawn = {round(bar.get_x() + bar.get_width(), 9) for bar in axes.patches}
    assert {round(value, 9) for value in wanted} <= drawn


def test_what_cannot_be_drawn_or_measured_is_said(study, tmp_path):
    with pytest.raises(LivermetError, match='no plot "heatmop"; did you mean "heatmap"'):
        study.plot("heatmop")
    with pytest.raises(LivermetError, match='no measure "metastasis"; did you mean "metastases"'):
        study.plot("response", "metastasis")
    with pytest.raises(LivermetError, match="6 points are too few"):
        study.sensitivity("tumour_cells")
    bare = Sweep("strip", days=0.02, samples=1).run(tmp_path / "bare", workers=1, progress=False)
    with pytest.raises(LivermetError, match="the study varies nothing"):
        bare.plot("response")
    with pytest.raises(LivermetError, match="no series is kept"):
        _ = bare.timeseries


def test_a_study_that_grows_is_seen_after_reload(tmp_path):
    sweep = Sweep("strip", {"rules.MV12.enabled": [True, False]}, design="grid", days=0.02)
    study = sweep.run(tmp_path / "study", workers=1, shard=(1, 2), progress=False)
    assert (len(study.runs), study.open) == (1, 1)
    sweep.run(tmp_path / "study", workers=1, progress=False)
    assert len(study.runs) == 1 and len(study.reload().runs) == 2


def synthetic(folder, number: int) -> None:
    """Write a study of many runs as the runner would, with made-up numbers."""
    sweep = Sweep(
        "strip",
        {"cells.kupffer.density": (0, 9000), "seeding.dose": (1, 90)},
        samples=number,
        series="12 h",
        days=3,
    )
    sweep._addresses = lambda: [f"{i:020x}" for i in range(number)]
    from livermet_sim.sweep.store import Store

    store, luck = Store(folder), np.random.default_rng(1)
    store.create()
    addresses = sweep._prepare(store, False)
    for start in range(0, number, 25):
        rows, series = [], []
        for i in range(start, start + 25):
            density, dose = sweep.points[i]
            row = {
                "address": addresses[i],
                "status": "done",
                "kind": "",
                "error": "",
                "trace": "",
                "seconds": 1.0,
                "tried": 1,
            }
            rows.append(
                row | {"tumour_cells": dose * 3 - density / 900 + luck.normal(), "metastases": float(i % 3)}
            )
            series += [
                {"address": addresses[i], "time_h": 12.0 * t, "day": t / 2}
                | {f"n_{k}": i + t for k in range(40)}
                for t in range(1, 7)
            ]
        store.write_part(rows, series)


# The peak is asked of the program's own memory map: `ru_maxrss` begins with that of the process that started it.
READ = """
import re, sys, time
start = time.process_time()
from livermet_sim.sweep.study import Study
study = Study(sys.argv[1])
assert len(study.runs) == 10_000
assert len(study.series(["n_3"])) == 60_000
for kind in ("response", "heatmap", "tornado", "parallel", "sensitivity"):
    study.plot(kind, "tumour_cells").savefig(sys.argv[1] + "/" + kind + ".png")
study.summary()
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
print(time.process_time() - start, peak / 1024)
"""


def test_ten_thousand_runs_are_read_and_drawn_in_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda handle: None)
    synthetic(tmp_path / "study", 10_000)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / "study")], capture_output=True, text=True, check=True
    )
    seconds, megabytes = map(float, done.stdout.split())
    print(f"{seconds:.1f} s of computing, {megabytes:.0f} MB")
    assert seconds < 15 and megabytes < 1000  # 5 s on a machine that does nothing else
