"""Check that what other programs get is what the result holds."""

from __future__ import annotations

import copy
import itertools
import json
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from livermet_sim.base.errors import ResultError
from livermet_sim.observe import columns, exchange
from livermet_sim.observe.outline import rings


@pytest.fixture(scope="module")
def cells(made_up):
    return made_up.cells[made_up.cells["time_h"] == 672.0]


def test_anndata_holds_every_cell_of_a_snapshot(made_up, cells):
    pytest.importorskip("anndata", reason="the extra exchange is not installed")
    data = made_up.to_anndata()
    assert data.n_obs == len(cells) and list(data.var_names) == list(exchange.STATE)
    assert data.obs_names.tolist() == cells["key"].astype(str).tolist() and data.obs_names.is_unique
    assert np.array_equal(data.obsm["spatial"], cells[["x_um", "y_um"]])
    for name in exchange.CATEGORIES:
        assert isinstance(data.obs[name].dtype, pd.CategoricalDtype)
        assert (data.obs[name].astype(str).to_numpy() == cells[name].astype(str).to_numpy()).all()
    assert np.allclose(data.X, cells[list(exchange.STATE)], rtol=1e-6)
    assert (
        data.layers["shares"].max(axis=0).tolist() == [1, 1, 1, 1]
        and data.var["unit"]["oxygen_mmHg"] == "mmHg"
    )
    early = made_up.to_anndata(time_h=20.0)
    assert early.uns["livermet"]["time_h"] == 24.0 and early.n_obs < data.n_obs


def test_anndata_comes_back_from_its_file(made_up, tmp_path):
    anndata = pytest.importorskip("anndata", reason="the extra exchange is not installed")
    (path,) = made_up.export("anndata", tmp_path)
    back = anndata.read_h5ad(path)
    assert np.array_equal(back.X, made_up.to_anndata().X) and back.uns["livermet"]["scenario"] == "made_up"


def test_without_the_extra_the_way_to_it_is_said(made_up, tmp_path, monkeypatch):
    for name, to in (("anndata", "anndata"), ("tifffile", "ome-tiff")):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(
            ResultError, match=rf'{name} is not installed; pip install "livermet-sim\[exchange\]"'
        ):
            made_up.export(to, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_ome_tiff_knows_its_pixels_and_channels(made_up, tmp_path):
    tifffile = pytest.importorskip("tifffile", reason="the extra exchange is not installed")
    labels, fields = made_up.export("ome-tiff", tmp_path)
    shots = made_up.snapshots
    shape = (int(shots["height"]), int(shots["width"]))
    with tifffile.TiffFile(labels) as file:
        assert file.is_ome and file.series[0].axes == "CYX" and file.series[0].dtype == np.uint16
        xml, image = file.ome_metadata, file.asarray()
    assert (
        'PhysicalSizeX="10.0"' in xml and 'PhysicalSizeXUnit="µm"' in xml and 'Name="lesion in tissue"' in xml
    )
    assert image.shape == (len(exchange.LABELS), *shape)
    assert np.array_equal(image[3].astype(int) - 1, shots["tumour"][-1].reshape(shape))
    assert np.array_equal(image[0], shots["compartment"][-1].reshape(shape))
    with tifffile.TiffFile(fields) as file:
        assert np.array_equal(file.asarray()[0], shots["oxygen"][-1].reshape(shape).astype(np.float32))


def test_the_kind_of_a_site_is_that_of_a_cell_there_tumour_first(made_up, cells):
    image = exchange.label_images(made_up)[5].ravel()
    names = ["", *exchange.kinds(made_up)]
    assert names[1] == "tumour"
    for site, group in cells.groupby("site"):
        assert names[image[site]] == min(group["kind"], key=names.index)
    assert (image[np.setdiff1d(np.arange(len(image)), cells["site"])] == 0).all()


def test_png_labels_come_back(made_up, tmp_path):
    paths = made_up.export("png", tmp_path, time_h=0.0)
    assert [path.stem for path in paths] == [name.replace(" ", "_") for name in exchange.LABELS]
    for path, image in zip(paths, exchange.label_images(made_up, 0.0), strict=True):
        with Image.open(path) as shown:
            assert np.array_equal(np.asarray(shown), image)


def filled(outline: list[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Return which sites lie within rings, by counting crossings on the way to the left: slow and obvious."""
    inside = np.zeros(shape, dtype=bool)
    for row in range(shape[0]):
        for column in range(shape[1]):
            crossed = 0
            for ring in outline:
                for (x0, y0), (x1, y1) in itertools.pairwise(ring):
                    crossed += x0 == x1 and x0 <= column and min(y0, y1) < row + 0.5 < max(y0, y1)
            inside[row, column] = crossed % 2 == 1
    return inside


@pytest.mark.parametrize("seed", range(6))
def test_rings_go_around_exactly_the_sites(seed):
    from scipy import ndimage

    mask = np.random.default_rng(seed).random((9, 11)) < 0.62
    pieces, count = ndimage.label(mask)
    for number in range(1, count + 1):
        found = rings(pieces == number)
        assert np.array_equal(filled(found, mask.shape), pieces == number)
        assert all((ring[0] == ring[-1]).all() and len(ring) >= 5 for ring in found)
        straight = [np.diff(ring, axis=0) for ring in found]
        assert all((np.count_nonzero(step, axis=1) == 1).all() for step in straight)
        outer = found[0]
        assert outer.min() >= 0 and (outer.max(axis=0) <= (11, 9)).all()


def test_rings_of_a_site_and_of_a_frame():
    one = np.zeros((3, 3), dtype=bool)
    one[1, 1] = True
    (ring,) = rings(one)
    assert {tuple(point) for point in ring.tolist()} == {(1, 1), (2, 1), (2, 2), (1, 2)} and len(ring) == 5
    outer, hole = rings(~one)
    assert {tuple(p) for p in outer.tolist()} == {(0, 0), (3, 0), (3, 3), (0, 3)} and len(hole) == 5


def test_geojson_outlines_every_lesion_with_what_is_known_of_it(made_up, tmp_path):
    path, _ = made_up.export("geojson", tmp_path)
    features = json.loads(path.read_text())["features"]
    shots = made_up.snapshots
    counts = np.bincount(shots["tumour"][-1][shots["tumour"][-1] >= 0])
    assert {f["properties"]["lesion"] for f in features} == set(np.flatnonzero(counts).tolist())
    for feature in features:
        number, facts = feature["properties"]["lesion"], feature["properties"]
        assert facts["area_um2"] == counts[number] * 100.0 and facts["name"] == f"lesion {number}"
        kind, places = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        pieces = [places] if kind == "Polygon" else places
        found = sum(filled([np.array(ring) / 10 for ring in piece],
                           (int(shots["height"]), int(shots["width"]))).sum() for piece in pieces)  # fmt: skip
        assert found == counts[number]
        row = made_up.lesions.set_index("lesion").loc[number]
        assert facts["phase"] == row["phase"] and facts["classification"] == {"name": row["phase"]}
        assert facts["lost_h"] is None if np.isnan(row["lost_h"]) else facts["lost_h"] == row["lost_h"]


def test_geojson_marks_every_cell_at_its_place_with_what_is_known_of_it(made_up, tmp_path):
    _, path = made_up.export("geojson", tmp_path, time_h=160.0)
    features = json.loads(path.read_text())["features"]
    cells = made_up.cells[made_up.cells["time_h"] == 168.0]
    assert path.name == "cells.geojson" and len(features) == len(cells) > 100
    for feature, (_, row) in zip(features, cells.iterrows(), strict=True):
        facts = feature["properties"]
        assert feature["geometry"] == {"type": "Point", "coordinates": [row["x_um"], row["y_um"]]}
        assert facts["objectType"] == "detection" and facts["classification"] == {"name": row["kind"]}
        assert (facts["key"], facts["lesion"], facts["state"]) == (row["key"], row["lesion"], row["state"])
        assert facts["activation"] == pytest.approx(row["activation"])


def test_xarray_holds_every_array_of_sites_with_places_and_units(made_up):
    data, shots = made_up.to_xarray(), made_up.snapshots
    high, wide = int(shots["height"]), int(shots["width"])
    assert dict(data.sizes) == {"time": len(shots["time_h"]), "y": high, "x": wide}
    for name in columns.STACKS:
        assert np.array_equal(data[name].to_numpy().reshape(len(shots["time_h"]), -1), shots[name])
    for name in columns.STATIC:
        assert np.array_equal(data[name].to_numpy().ravel(), shots[name])
    row, column = np.argwhere(data["tumour"].isel(time=-1).to_numpy() >= 0)[0]
    cell = made_up.cells[
        (made_up.cells["time_h"] == 672.0) & (made_up.cells["site"] == row * wide + column)
    ].iloc[0]
    assert (data["x"][column], data["y"][row]) == (cell["x_um"], cell["y_um"])
    assert data["oxygen"].attrs["units"] == "mmHg" and data["x"].attrs["units"] == "um"
    assert data["day"].to_numpy().tolist() == (shots["time_h"] / 24).tolist()
    assert data.sel(time=160.0, method="nearest")["time"] == 168.0 and data.attrs["seed"] == 5
    bare = copy.copy(made_up)
    bare.snapshots = {}
    with pytest.raises(ResultError, match=r"no snapshots; set observe\.snapshots"):
        bare.to_xarray()


def test_csv_holds_the_tables(made_up, tmp_path):
    paths = {path.stem: path for path in made_up.export("csv", tmp_path)}
    assert set(paths) == {*columns.TABLES, "columns"}
    back = pd.read_csv(paths["lesions"])
    assert np.allclose(back["diameter_um"], made_up.lesions["diameter_um"])
    assert len(pd.read_csv(paths["cells"])) == len(made_up.cells)
    made_up.export("csv", tmp_path, time_h=670.0)
    assert set(pd.read_csv(paths["cells"])["time_h"]) == {672.0}


def test_mistakes_are_said(made_up, tmp_path):
    with pytest.raises(ResultError, match='no format "geojsn"; did you mean "geojson"'):
        made_up.export("geojsn", tmp_path)
    bare = copy.copy(made_up)
    bare.snapshots = {}
    for to in ("anndata", "ome-tiff", "png", "geojson"):
        with pytest.raises(ResultError, match=r"no snapshots; set observe\.snapshots"):
            bare.export(to, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultError, match="cannot be written"):
        made_up.export("geojson", tmp_path / "file")
