"""Hand a result to other programs: AnnData for squidpy, OME-TIFF for QuPath and napari, GeoJSON, CSV."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.base.errors import ResultError
from livermet_sim.base.write import whole_file, write_text
from livermet_sim.observe import columns, geojson
from livermet_sim.observe.shots import snapshot_index

if TYPE_CHECKING:
    from livermet_sim.observe.result import Result

STATE = ("activation", "polarisation", "load", "oxygen_mmHg")
CATEGORIES = ("kind", "state", "layer", "phase")
LABELS = ("compartment", "hepatocyte", "lobule", "lesion in tissue", "lesion in vessels", "cell kind")
FIELDS = ("oxygen", "vegf", "collagen", "parenchyma", "perfused", "adhesion", "net", "debris")
EXTRA = 'pip install "livermet-sim[exchange]"'


def to_anndata(result: Result, time_h: float | None = None) -> Any:
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
        import anndata  # type: ignore[import-not-found]
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
    units = [columns.unit(name) for name in STATE]
    var = pd.DataFrame({"unit": units}, index=pd.Index(STATE, dtype=object), dtype=object)
    data = anndata.AnnData(X=values, obs=obs, var=var)
    data.layers["shares"] = values / np.maximum(values.max(axis=0, initial=0.0), 1e-9)
    data.obsm["spatial"] = cells[["x_um", "y_um"]].to_numpy(dtype=float)
    data.uns["livermet"] = {
        "scenario": str(result.scenario.get("name", "")), "seed": str(result.provenance.get("seed", "")),
        "digest": str(result.provenance.get("digest", "")), "time_h": hour, "spatial_unit": "um",
    }  # fmt: skip
    return data


def label_images(result: Result, time_h: float | None = None) -> np.ndarray:
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


def kinds(result: Result) -> list[str]:
    """Return the kinds of cells of a run, tumour first, in the order of their label."""
    found = sorted(result.cells["kind"].astype(str).unique())
    return [*(name for name in found if name == "tumour"), *(name for name in found if name != "tumour")]


def field_images(result: Result, time_h: float | None = None) -> np.ndarray:
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


def _anndata(result: Result, folder: Path, time_h: float | None) -> list[Path]:
    path = folder / "cells.h5ad"
    with whole_file(path) as part:
        to_anndata(result, time_h).write_h5ad(part)
    return [path]


def _ome_tiff(result: Result, folder: Path, time_h: float | None) -> list[Path]:
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


def _png(result: Result, folder: Path, time_h: float | None) -> list[Path]:
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


def _geojson(result: Result, folder: Path, time_h: float | None) -> list[Path]:
    index = snapshot_index(result, time_h)
    paths = []
    for name, collect in (("lesions", geojson.lesions), ("cells", geojson.cells)):
        paths.append(folder / f"{name}.geojson")
        write_text(paths[-1], json.dumps(collect(result, index), allow_nan=False))
    return paths


def _csv(result: Result, folder: Path, time_h: float | None) -> list[Path]:
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
    return paths


FORMATS: dict[str, Callable[[Result, Path, float | None], list[Path]]] = {
    "anndata": _anndata, "ome-tiff": _ome_tiff, "png": _png, "geojson": _geojson, "csv": _csv,
}  # fmt: skip


def export(result: Result, to: str, folder: str | Path, time_h: float | None = None) -> list[Path]:
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
