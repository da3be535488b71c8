"""Write a study as tables for other tools."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.write import whole_file
from livermet_sim.sweep.store import told

if TYPE_CHECKING:
    from livermet_sim.sweep.study import Study


def export(study: Study, folder: Path, form: str) -> list[Path]:
    """Write the runs, and the time series part by part, into a folder; return the files.

    Parameters
    ----------
    form : str
        csv, parquet, or netcdf: measures over the factors or points, and replicates.

    Raises
    ------
    LivermetError
        For another form, a folder that cannot be written, or netcdf without xarray.
    """
    forms = {"csv": _csv, "parquet": _parquet, "netcdf": _netcdf}
    if form not in forms:
        raise LivermetError("to", f'"{form}" is not a form', name=form, valid=forms)
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return forms[form](study, folder)


def _csv(study: Study, folder: Path) -> list[Path]:
    with whole_file(folder / "runs.csv") as part:
        study.runs.to_csv(part, index=False)
    files = [folder / "runs.csv"]
    names = study.series_columns()
    parts = enumerate(study.series_by_part())
    for first in parts:
        files.append(folder / "timeseries.csv")
        with whole_file(files[-1]) as part, open(part, "w", encoding="utf-8", newline="") as file:
            for number, frame in itertools.chain([first], parts):
                frame = frame.reindex(columns=names)
                totals = [name for name in names if name.startswith("dead_")]
                frame[totals] = frame[totals].fillna(0)
                frame.to_csv(file, index=False, header=not number)
    return files


def _parquet(study: Study, folder: Path) -> list[Path]:
    with whole_file(folder / "runs.parquet") as part:
        study.runs.to_parquet(part, index=False)
    files = [folder / "runs.parquet"]
    for number, frame in enumerate(study.series_by_part()):
        files.append(folder / f"timeseries-{number:05d}.parquet")
        with whole_file(files[-1]) as part:
            frame.to_parquet(part, index=False)
    return files


def _netcdf(study: Study, folder: Path) -> list[Path]:
    data = study.to_xarray()
    path = folder / "runs.nc"
    # netCDF knows neither switches nor a dot at home in a name's first place
    for name in data.coords:
        if data[name].dtype == bool:
            data[name] = data[name].astype("int8")
    with whole_file(path) as part:
        data.to_netcdf(part, engine="scipy")
    return [path]
