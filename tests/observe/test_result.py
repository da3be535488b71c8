"""Check that a result comes back from its folder as it went in, and that damage is named."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from livermet_sim.base import checksums
from livermet_sim.base.errors import ResultError
from livermet_sim.observe import columns, folder, schema
from livermet_sim.observe.readouts.tables import unit
from livermet_sim.observe.record import plain
from livermet_sim.result import Result


def reseal(run):
    """Give a folder the checksums of what lies there now, as somebody who means it would."""
    checksums.seal(run, folder.OURS - {checksums.SEAL})


@pytest.fixture
def saved(made_up, tmp_path):
    return made_up.save(tmp_path / "run", figures=False)


def test_a_loaded_result_equals_the_saved_one(made_up, saved):
    back = Result.load(saved)
    assert back == made_up and made_up == back
    assert back.funnel().equals(made_up.funnel())
    assert back.summary() == made_up.summary() == (saved / "summary.txt").read_text().rstrip("\n")


@pytest.mark.parametrize(
    "change", ["scenario", "provenance", "rules", "timeseries", "lesions", "events", "snapshots", "frames"]
)
def test_any_difference_makes_results_unequal(made_up, change):
    other = copy.deepcopy(made_up)
    if change in ("scenario", "provenance"):
        getattr(other, change)["seed"] = -1
    elif change == "rules":
        other.rules += "x"
    elif change in ("snapshots", "frames"):
        arrays = getattr(other, change)
        arrays["time_h"] = arrays["time_h"] + 1e-4
    else:
        table = getattr(other, change)
        column = "cause" if change == "events" else table.columns[0]
        table.loc[0, column] = "other" if change == "events" else 12345
    assert other != made_up


def test_text_and_toml_keep_their_line_ends(made_up, tmp_path):
    other = copy.deepcopy(made_up)
    other.rules, other.toml = "one\r\ntwo µm\n", 'name = "x"\r\n'
    back = Result.load(other.save(tmp_path / "run", figures=False))
    assert (back.rules, back.toml) == (other.rules, other.toml)


def test_empty_tables_and_no_snapshots_survive(made_up, tmp_path):
    other = copy.deepcopy(made_up)
    other.snapshots, other.frames = {}, {}
    for name in ("lesions", "events", "cells"):
        setattr(other, name, getattr(other, name).iloc[:0])
    back = Result.load(other.save(tmp_path / "run", figures=False))
    assert back == other
    assert "no tumour cell" in other.summary().lower() or "entered" in other.summary()


def test_units_stand_in_the_parquet_schema(saved):
    import pyarrow.parquet as pq

    schema = pq.read_schema(saved / "timeseries.parquet")
    found = {field.name: field.metadata[b"unit"].decode() for field in schema}
    assert found["time_h"] == "h" and found["vessel_length_mm"] == "mm" and found["oxygen_mmHg"] == "mmHg"
    assert found["n_kupffer"] == "cells" and found["perfused_share"] == "1" and found["day"] == "day"
    assert unit("lesions_growth") == "lesions" and unit("x_um", "lesions") == "um"


@pytest.mark.parametrize(
    "name",
    sorted(
        folder.OURS - {"figures", "scenario.toml", "summary.txt", "frames.npz", folder.SOURCE, *folder.IMAGES}
    ),
)
def test_a_missing_or_damaged_file_is_named(saved, name):
    path = saved / name
    whole = path.read_bytes()
    path.unlink()
    with pytest.raises(ResultError, match=f"{name}: the file is missing"):
        Result.load(saved)
    if name.endswith(".txt"):
        path.write_bytes(b"\xff\xfe\xff")
    else:
        path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ResultError, match=f"{name}: the file is damaged"):
        Result.load(saved)


def test_the_image_and_the_authors_text_come_back_and_are_missed(made_up, tmp_path):
    more = Result(**vars(made_up) | {"source": "line = 'mc38'\n", "images": {"image.png": b"picture"}})
    more.save(tmp_path / "run", figures=False)
    again = Result.load(tmp_path / "run")
    assert again == more and again != made_up and again.images == more.images
    for name in ("image.png", "source.toml"):
        whole = (tmp_path / "run" / name).read_bytes()
        (tmp_path / "run" / name).write_bytes(whole[:-1])
        with pytest.raises(ResultError, match=f"{name}: the file is damaged"):
            Result.load(tmp_path / "run")
        (tmp_path / "run" / name).unlink()
        with pytest.raises(ResultError, match=f"{name}: the file is missing"):
            Result.load(tmp_path / "run")
        (tmp_path / "run" / name).write_bytes(whole)


def test_pickles_are_never_opened(saved):
    with np.load(saved / "snapshots.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["zone"] = np.array([{"a": 1}], dtype=object)
    np.savez(saved / "snapshots.npz", **arrays)
    reseal(saved)
    with pytest.raises(ResultError, match=r"snapshots\.npz: the file is damaged \(array zone holds object"):
        Result.load(saved)


def test_arrays_that_do_not_fit_are_refused(saved):
    with np.load(saved / "snapshots.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    np.savez(saved / "snapshots.npz", **(arrays | {"zone": np.zeros(3)}))
    reseal(saved)
    with pytest.raises(ResultError, match="array zone has shape"):
        Result.load(saved)
    arrays.pop("vegf")
    np.savez(saved / "snapshots.npz", **arrays)
    reseal(saved)
    with pytest.raises(ResultError, match="no array vegf"):
        Result.load(saved)


def test_a_table_without_a_needed_column_is_refused(saved):
    pd.read_parquet(saved / "lesions.parquet").drop(columns="founder").to_parquet(saved / "lesions.parquet")
    reseal(saved)
    with pytest.raises(ResultError, match="no column founder"):
        Result.load(saved)


def test_sizes_are_bounded(saved, monkeypatch):
    monkeypatch.setattr(folder, "MAX_ARRAY_BYTES", 100_000)
    with pytest.raises(
        ResultError, match=r"snapshots\.npz: .* more than a result|snapshots\.npz: .*the arrays are larger"
    ):
        Result.load(saved)
    monkeypatch.undo()
    monkeypatch.setattr(folder, "MAX_TABLE_BYTES", 10)
    with pytest.raises(ResultError, match=r"timeseries\.parquet: the file is larger"):
        Result.load(saved)


def test_saving_again_replaces_the_result_and_keeps_other_files(made_up, saved):
    (saved / "my_notes.txt").write_text("mine")
    (saved / "plots").mkdir()
    (saved / "plots" / "a.svg").write_text("<svg/>")
    other = copy.deepcopy(made_up)
    other.rules = "changed"
    other.save(saved, figures=False)
    assert Result.load(saved).rules == "changed"
    assert (saved / "my_notes.txt").read_text() == "mine" and (saved / "plots" / "a.svg").exists()
    assert [p.name for p in saved.parent.iterdir()] == [saved.name]


def test_a_foreign_folder_is_left_alone(made_up, tmp_path):
    (tmp_path / "thesis.doc").write_text("precious")
    with pytest.raises(ResultError, match="no earlier result; choose another"):
        made_up.save(tmp_path, figures=False)
    with pytest.raises(ResultError, match="this is a file"):
        made_up.save(tmp_path / "thesis.doc", figures=False)
    assert (tmp_path / "thesis.doc").read_text() == "precious"


def test_a_failure_half_way_leaves_the_earlier_result(made_up, saved, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "_write_table", fail)
    with pytest.raises(ResultError, match="No space left on device"):
        made_up.save(saved, figures=False)
    monkeypatch.undo()
    assert Result.load(saved) == made_up
    assert [p.name for p in saved.parent.iterdir()] == [saved.name]


def test_loading_nothing_says_so(tmp_path):
    with pytest.raises(ResultError, match="there is no such folder"):
        Result.load(tmp_path / "nowhere")


def test_plain_makes_json():
    value = {
        1: np.float64(2.5),
        "a": np.arange(2),
        "b": (1, float("nan")),
        "c": {"z", "y"},
        "d": np.bool_(True),
    }
    assert plain(value) == {"1": 2.5, "a": [0, 1], "b": [1, None], "c": ["y", "z"], "d": True}
    assert json.dumps(plain({"x": float("inf")}), allow_nan=False) == '{"x": "inf"}'


def test_figures_are_found_by_name(made_up):
    with pytest.raises(ResultError, match='did you mean "funnel_chart"'):
        made_up.plot("funel_chart")


def test_a_notebook_shows_a_small_table(made_up):
    html = made_up._repr_html_()
    assert html.startswith("<table>") and "50-fold" in html and "MC38" in html
    assert "40 lesions" in repr(made_up)


def test_importing_results_loads_neither_plots_nor_tables():
    code = "import sys, livermet_sim.result; print([m for m in ('matplotlib','pyarrow','pandas') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_every_column_and_array_of_a_result_is_declared(made_up):
    assert set(schema.TABLES) == set(columns.TABLES)
    made = {name: getattr(made_up, name) for name in columns.TABLES}
    for name, declared in schema.TABLES.items():
        assert set(declared.columns) <= set(made[name].columns), name
        assert all(declared.declared(column) is not None for column in made[name].columns), name
    assert set(schema.SNAPSHOTS) == {
        "time_h",
        *schema.SNAPSHOTS_OPTIONAL,
        *columns.SIZES,
        *columns.STACKS,
        *columns.STATIC,
    }


def test_one_flipped_bit_anywhere_in_a_result_is_noticed(made_up, saved):
    rng = np.random.default_rng(1)
    for name in sorted(p.name for p in saved.iterdir() if p.name != "summary.txt"):
        whole = bytearray((saved / name).read_bytes())
        for place in rng.integers(len(whole), size=6):
            broken = whole.copy()
            broken[place] ^= 1 << int(rng.integers(8))
            (saved / name).write_bytes(broken)
            with pytest.raises(ResultError, match=r"damaged|missing"):
                Result.load(saved)
        (saved / name).write_bytes(whole)
    assert Result.load(saved) == made_up


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="the tool is not here")
def test_the_checksums_are_those_of_sha256sum(saved):
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", checksums.SEAL],
        cwd=saved,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "snapshots.npz: OK" in done.stdout
