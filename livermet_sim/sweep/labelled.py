"""Turn a study into labelled arrays for xarray."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.sweep.kept import Kept
from livermet_sim.sweep.schema import DONE


def to_xarray(study: Kept, series: Sequence[str] = ()) -> Any:
    """Return the measures of a study as a dataset: dimensions are a grid's factors, or the points, and the replicates.

    Raises
    ------
    LivermetError
        When xarray is not installed.
    """
    try:
        import xarray  # noqa: F401
    except ImportError:
        raise LivermetError(
            "xarray", 'this needs xarray; install it with  pip install "livermet-sim[xarray]"'
        ) from None
    grid = study.manifest["design"] == "grid" and study.factors
    dims = [*(study.factors if grid else ("point",)), "replicate"]
    good = study.runs[study.runs["status"] == DONE]
    data = good.set_index(dims)[list(study.measures)].to_xarray()
    if series:
        rows = study.series(series).merge(good[["run", *dims]], on="run")
        data = data.merge(rows.set_index([*dims, "day"])[list(series)].to_xarray())
    if not grid:
        points = study.design.drop_duplicates("point").set_index("point")
        for path in study.factors:
            data = data.assign_coords(
                {path: ("point", points.loc[data["point"].to_numpy(), path].to_numpy())}
            )
    for factor in study.manifest["factors"]:
        if factor["path"] in data.coords:
            data[factor["path"]].attrs["units"] = factor["unit"]
    return data.assign_attrs(name=study.manifest["name"], model=study.manifest["model"])
