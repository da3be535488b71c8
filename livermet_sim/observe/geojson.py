"""Give lesions and cells of a snapshot as GeoJSON, for QuPath, napari and geographic tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.observe.outline import rings

if TYPE_CHECKING:
    from livermet_sim.observe.result import Result


def lesions(result: Result, index: int) -> dict[str, Any]:
    """Return the outlines of the lesions at one snapshot as a GeoJSON feature collection.

    Coordinates are um from the upper left corner of the lattice, y downwards, as in an image; each feature
    carries what the table of lesions knows of it.
    """
    from scipy import ndimage

    shots = result.snapshots
    shape, site = (int(shots["height"]), int(shots["width"])), float(shots["site_um"])
    layers = [np.asarray(shots[name][index]).reshape(shape) for name in ("tumour", "tumour_lumen")]
    table = result.lesions.set_index("lesion")
    features = []
    for number in np.unique(np.concatenate([layer[layer >= 0] for layer in layers])).tolist():
        mask = (layers[0] == number) | (layers[1] == number)
        pieces, count = ndimage.label(mask)  # type: ignore[misc]
        polygons = [[(ring * site).tolist() for ring in rings(pieces == i + 1)] for i in range(count)]
        facts = {"objectType": "annotation", "name": f"lesion {number}", "lesion": number,
                 "area_um2": int(mask.sum()) * site**2, "time_h": float(shots["time_h"][index])}  # fmt: skip
        if number in table.index:
            row = table.loc[number]
            facts |= {name: plain(row[name]) for name in table.columns if name not in ("x_um", "y_um")}
            facts["classification"] = {"name": str(row["phase"])}
        one = len(polygons) == 1
        shape_of = {
            "type": "Polygon" if one else "MultiPolygon",
            "coordinates": polygons[0] if one else polygons,
        }
        features.append({"type": "Feature", "geometry": shape_of, "properties": facts})
    return {"type": "FeatureCollection", "features": features}


def cells(result: Result, index: int) -> dict[str, Any]:
    """Return every cell at one snapshot as a point, with its kind as classification and all that the table knows of it."""
    hour = float(result.snapshots["time_h"][index])
    table = result.cells[np.abs(result.cells["time_h"] - hour) < 1e-6]
    own = [name for name in table.columns if name not in ("x_um", "y_um")]
    features = []
    for row in table.to_dict("records"):
        facts = {"objectType": "detection", "classification": {"name": str(row["kind"])}}
        place = [float(row["x_um"]), float(row["y_um"])]
        facts |= {str(name): plain(row[name]) for name in own}
        features.append(
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": facts}
        )
    return {"type": "FeatureCollection", "features": features}


def plain(value: Any) -> Any:
    """Return a table's value as JSON keeps it, None for not-a-number."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not np.isfinite(value) else value
