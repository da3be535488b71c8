"""Hand a result to other programs: AnnData for squidpy, OME-TIFF for QuPath and napari, GeoJSON, CSV."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from livermet_sim.base.errors import ResultError
from livermet_sim.base.write import whole_file, write_text
from livermet_sim.observe import columns
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.outline import rings
from livermet_sim.observe.readouts.tables import doc, unit
from livermet_sim.observe.record import Record
from livermet_sim.state.lattice import Lattice

STATE = ("activation", "polarisation", "load", "oxygen_mmHg")
CATEGORIES = ("kind", "state", "layer", "phase")
LABELS = ("compartment", "hepatocyte", "lobule", "lesion in tissue", "lesion in vessels", "cell kind")
FIELDS = ("oxygen", "vegf", "collagen", "parenchyma", "perfused", "adhesion", "net", "debris")
EXTRA = 'pip install "livermet-sim[exchange]"'
UNITS = {"oxygen": "mmHg", "diameter": "um"}


def snapshot_index(result: Record, time_h: float | None) -> int:
    """Return the number of the snapshot nearest to a time, the last one by default.

    Raises
    ------
    ResultError
        When the result has none.
    """
    times = np.asarray(result.snapshots.get("time_h", ()), dtype=float)
    if not len(times):
        raise ResultError("export", "the result has no snapshots; set observe.snapshots to the days to keep")
    return len(times) - 1 if time_h is None else int(np.argmin(np.abs(times - time_h)))


def to_xarray(result: Record) -> Any:
    """Return the tissue at all snapshots as an xarray Dataset.

    Returns
    -------
    Dataset
        Stacks (``oxygen``, ``tumour``, ...) over ``time``, ``y`` and ``x``, static arrays (``zone``, ...) over ``y`` and
        ``x``; the coordinates are ``time`` in h, ``day``, and the middles of sites in um. Scenario, seed and digest are
        attributes. Any other snapshot array of sites is kept by its name.

    Raises
    ------
    ResultError
        When xarray is not installed, or the result has no snapshots.
    """
    snapshot_index(result, None)
    try:
        import xarray
    except ImportError:
        reason = 'xarray is not installed; pip install "livermet-sim[xarray]"'
        raise ResultError("to_xarray", reason) from None
    shots = result.snapshots
    high, wide, site = int(shots["height"]), int(shots["width"]), float(shots["site_um"])
    times = np.asarray(shots["time_h"], dtype=float)
    data: dict[str, Any] = {}
    for name, values in shots.items():
        if np.shape(values) == (len(times), high * wide):
            data[name] = (("time", "y", "x"), values.reshape(-1, high, wide), {"units": UNITS.get(name, "1")})
        elif np.shape(values) == (high * wide,) and name not in columns.SIZES:
            data[name] = (("y", "x"), values.reshape(high, wide), {"units": UNITS.get(name, "1")})
    places = {"time": ("time", times, {"units": "h"}), "day": ("time", times / 24)}
    places |= {
        axis: (axis, (np.arange(n) + 0.5) * site, {"units": "um"}) for axis, n in (("y", high), ("x", wide))
    }
    facts = {"scenario": str(result.scenario.get("name", "")), "seed": result.provenance.get("seed", -1),
             "digest": str(result.provenance.get("digest", "")), "site_um": site}  # fmt: skip
    return xarray.Dataset(data, places, {name: value for name, value in facts.items() if value is not None})


def to_anndata(result: Record, time_h: float | None = None) -> Any:
    """Return the cells of one snapshot as AnnData.

    Parameters
    ----------
    time_h : float, h, optional
        The snapshot nearest to this time; the last by default.

    Returns
    -------
    AnnData
        A row per cell, named by its key: ``X`` holds activation, polarisation, load and oxygen, and in
        ``layers["shares"]`` the same between 0 and 1; ``obs`` holds kind, state, layer and phase as categories
        and the lesion; ``obsm["spatial"]`` the place in um.

    Raises
    ------
    ResultError
        When anndata is not installed, or the result has no snapshots.
    """
    try:
        import anndata
    except ImportError:
        raise ResultError("to_anndata", f"anndata is not installed; {EXTRA}") from None
    import pandas as pd

    hour = float(result.snapshots["time_h"][snapshot_index(result, time_h)])
    cells = result.cells[np.abs(result.cells["time_h"] - hour) < 1e-6]
    # texts as Python objects: anndata writes those, and not yet the texts of pandas 3
    texts = {name: cells[name].astype(str).astype(object) for name in (*CATEGORIES, "key")}
    obs = pd.DataFrame({name: pd.Categorical(texts[name]) for name in CATEGORIES})
    obs["lesion"] = cells["lesion"].to_numpy()
    obs.index = pd.Index(texts["key"], dtype=object)
    values = cells[list(STATE)].to_numpy(dtype=np.float32)
    units = [unit(name, "cells") for name in STATE]
    var = pd.DataFrame({"unit": units}, index=pd.Index(STATE, dtype=object), dtype=object)
    data = anndata.AnnData(X=values, obs=obs, var=var)
    data.layers["shares"] = values / np.maximum(values.max(axis=0, initial=0.0), 1e-9)
    data.obsm["spatial"] = cells[["x_um", "y_um"]].to_numpy(dtype=float)
    data.uns["livermet"] = {
        "scenario": str(result.scenario.get("name", "")), "seed": str(result.provenance.get("seed", "")),
        "digest": str(result.provenance.get("digest", "")), "time_h": hour, "spatial_unit": "um",
    }  # fmt: skip
    return data


def label_images(result: Record, time_h: float | None = None) -> np.ndarray:
    """Return what stands at each site of one snapshot as whole numbers, int32[6, height, width], 0 for nothing.

    The channels are those of ``LABELS``: compartment code, hepatocyte, lobule, lesion (number + 1) in the tissue
    and in the vessels, and the kind (code + 1) of the cell with the lowest code at the site.
    """
    shots, index = result.snapshots, snapshot_index(result, time_h)
    shape = (int(shots["height"]), int(shots["width"]))
    cells = result.cells[np.abs(result.cells["time_h"] - float(shots["time_h"][index])) < 1e-6]
    names = kinds(result)
    kind = np.zeros(shape[0] * shape[1], dtype=np.int32)
    codes = cells["kind"].astype(str).map({name: code + 1 for code, name in enumerate(names)}).to_numpy()
    order = np.argsort(-codes, kind="stable")  # the lowest code is written last
    kind[cells["site"].to_numpy()[order]] = codes[order]
    stack = [
        shots["compartment"][index], shots["hepatocyte"] + 1, shots["lobule"] + 1, shots["tumour"][index] + 1,
        shots["tumour_lumen"][index] + 1, kind,
    ]  # fmt: skip
    return np.stack([np.asarray(image, dtype=np.int32).reshape(shape) for image in stack])


def kinds(result: Record) -> list[str]:
    """Return the kinds of cells of a run, tumour first, in the order of their label."""
    found = sorted(result.cells["kind"].astype(str).unique())
    return [*(name for name in found if name == "tumour"), *(name for name in found if name != "tumour")]


def field_images(result: Record, time_h: float | None = None) -> np.ndarray:
    """Return the fields of one snapshot, float32[fields, height, width], in the order of ``FIELDS``."""
    shots, index = result.snapshots, snapshot_index(result, time_h)
    shape = (int(shots["height"]), int(shots["width"]))
    return np.stack([np.asarray(shots[name][index], dtype=np.float32).reshape(shape) for name in FIELDS])


def write_ome_tiff(
    path: Path, images: np.ndarray, channels: tuple[str, ...], site_um: float, name: str
) -> Path:
    """Write images [channel, y, x] as OME-TIFF with the size of a pixel and the names of the channels.

    Raises
    ------
    ResultError
        When tifffile is not installed or the file cannot be written.
    """
    try:
        import tifffile
    except ImportError:
        raise ResultError(str(path), f"tifffile is not installed; {EXTRA}") from None
    if np.issubdtype(images.dtype, np.integer):
        images = images.astype(np.uint16 if int(images.max(initial=0)) < 1 << 16 else np.uint32)
    facts = {"axes": "CYX", "Name": name, "PhysicalSizeX": site_um, "PhysicalSizeXUnit": "µm",
             "PhysicalSizeY": site_um, "PhysicalSizeYUnit": "µm", "Channel": {"Name": list(channels)}}  # fmt: skip
    with whole_file(path) as part:
        tifffile.imwrite(part, images, ome=True, photometric="minisblack", metadata=facts)
    return path


def lesions_geojson(result: Record, index: int) -> dict[str, Any]:
    """Return the outlines of the lesions at one snapshot as a GeoJSON feature collection.

    Coordinates are um from the upper left corner of the lattice, y downwards, as in an image; each feature
    carries what the table of lesions knows of it. A lesion that crosses joined sides of the tissue is one feature in
    several pieces, with ``crosses_side`` true.
    """
    from scipy import ndimage

    shots = result.snapshots
    shape, site = (int(shots["height"]), int(shots["width"])), float(shots["site_um"])
    lattice = Lattice.of(shots)
    layers = [np.asarray(shots[name][index]).reshape(shape) for name in ("tumour", "tumour_lumen")]
    table = result.lesions.set_index("lesion")
    features = []
    for number in np.unique(np.concatenate([layer[layer >= 0] for layer in layers])).tolist():
        mask = (layers[0] == number) | (layers[1] == number)
        pieces, count = ndimage.label(mask)
        crosses = lattice.wrap and lattice.pieces(mask.ravel(), corners=False)[1] < count
        polygons = [[(ring * site).tolist() for ring in rings(pieces == i + 1)] for i in range(count)]
        facts = {"objectType": "annotation", "name": f"lesion {number}", "lesion": number,
                 "area_um2": int(mask.sum()) * site**2, "time_h": float(shots["time_h"][index]), "crosses_side": bool(crosses)}  # fmt: skip
        if number in table.index:
            row = table.loc[number]
            facts |= {name: _plain(row[name]) for name in table.columns if name not in ("x_um", "y_um")}
            facts["classification"] = {"name": str(row["phase"])}
        one = len(polygons) == 1
        shape_of = {
            "type": "Polygon" if one else "MultiPolygon",
            "coordinates": polygons[0] if one else polygons,
        }
        features.append({"type": "Feature", "geometry": shape_of, "properties": facts})
    return {"type": "FeatureCollection", "features": features}


def cells_geojson(result: Record, index: int) -> dict[str, Any]:
    """Return every cell at one snapshot as a point, with its kind as classification and all that the table knows of it."""
    hour = float(result.snapshots["time_h"][index])
    table = result.cells[np.abs(result.cells["time_h"] - hour) < 1e-6]
    own = [name for name in table.columns if name not in ("x_um", "y_um")]
    features = []
    for row in table.to_dict("records"):
        facts = {"objectType": "detection", "classification": {"name": str(row["kind"])}}
        place = [float(row["x_um"]), float(row["y_um"])]
        facts |= {str(name): _plain(row[name]) for name in own}
        features.append(
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": facts}
        )
    return {"type": "FeatureCollection", "features": features}


def _plain(value: Any) -> Any:
    """Return a table's value as JSON keeps it, None for not-a-number."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _anndata(result: Record, folder: Path, time_h: float | None) -> list[Path]:
    path = folder / "cells.h5ad"
    with whole_file(path) as part:
        to_anndata(result, time_h).write_h5ad(part)
    return [path]


def _ome_tiff(result: Record, folder: Path, time_h: float | None) -> list[Path]:
    site, name = float(result.snapshots["site_um"]), str(result.scenario.get("name", "livermet"))
    words = ", ".join(f"{code} {kind}" for code, kind in enumerate(kinds(result), 1))
    labels = (*LABELS[:-1], f"{LABELS[-1]} ({words})")
    return [
        write_ome_tiff(
            folder / "labels.ome.tif", label_images(result, time_h), labels, site, f"{name} labels"
        ),
        write_ome_tiff(
            folder / "fields.ome.tif", field_images(result, time_h), FIELDS, site, f"{name} fields"
        ),
    ]


def _png(result: Record, folder: Path, time_h: float | None) -> list[Path]:
    from PIL import Image

    paths = []
    for name, image in zip(LABELS, label_images(result, time_h), strict=True):
        path = folder / f"{name.replace(' ', '_')}.png"
        if int(image.max(initial=0)) >= 1 << 16:
            raise ResultError(str(path), "there are more labels than a PNG can number; export ome-tiff")
        with whole_file(path) as part:
            Image.fromarray(image.astype(np.uint16)).save(part, format="PNG")
        paths.append(path)
    return paths


def _geojson(result: Record, folder: Path, time_h: float | None) -> list[Path]:
    index = snapshot_index(result, time_h)
    paths = []
    for name, collect in (("lesions", lesions_geojson), ("cells", cells_geojson)):
        paths.append(folder / f"{name}.geojson")
        write_text(paths[-1], json.dumps(collect(result, index), allow_nan=False))
    return paths


def _csv(result: Record, folder: Path, time_h: float | None) -> list[Path]:
    paths = []
    for name in columns.TABLES:
        table = getattr(result, name)
        if name == "cells" and time_h is not None:
            table = table[
                np.abs(table["time_h"] - result.snapshots["time_h"][snapshot_index(result, time_h)]) < 1e-6
            ]
        paths.append(folder / f"{name}.csv")
        with whole_file(paths[-1]) as part:
            table.to_csv(part, index=False)
    paths.append(folder / "columns.csv")
    with whole_file(paths[-1]) as part:
        described(result).to_csv(part, index=False)
    return paths


def described(result: Record) -> Frame:
    """Return a row per column of the tables: ``table``, ``column``, ``unit``, ``doc``."""
    import pandas as pd

    return pd.DataFrame(
        {"table": table, "column": str(name), "unit": unit(str(name), table), "doc": doc(str(name), table)}
        for table in columns.TABLES
        for name in getattr(result, table).columns
    )


FORMATS: dict[str, Callable[[Record, Path, float | None], list[Path]]] = {
    "anndata": _anndata, "ome-tiff": _ome_tiff, "png": _png, "geojson": _geojson, "csv": _csv,
}  # fmt: skip


def export(result: Record, to: str, folder: str | Path, time_h: float | None = None) -> list[Path]:
    """Write a result in another format into a folder and return the files.

    Parameters
    ----------
    to : str
        ``anndata``, ``ome-tiff``, ``png``, ``geojson`` or ``csv``.
    time_h : float, h, optional
        The snapshot nearest to this time; the last by default, and for ``csv`` all of them.

    Raises
    ------
    ResultError
        For an unknown format, a missing extra, a result without snapshots, or a file that cannot be written.
    """
    if to not in FORMATS:
        raise ResultError("export", f'there is no format "{to}"', name=to, valid=FORMATS)
    if to != "csv" or time_h is not None:
        snapshot_index(result, time_h)
    return FORMATS[to](result, Path(folder), time_h)
