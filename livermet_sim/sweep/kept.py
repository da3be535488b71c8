"""Read what the folder of a study keeps: its design, its runs, their time series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.base.read import guarded
from livermet_sim.base.tables import to_frame
from livermet_sim.observe.columns import Frame
from livermet_sim.sweep.factors import Factor
from livermet_sim.sweep.schema import DONE, FAILED, expected_sum, read_design, read_manifest, read_part
from livermet_sim.sweep.store import KEPT_COLUMNS, Store, mended

HEAD = ("run", "point", "replicate", "seed")


class Kept:
    """Hold what the folder of a study gives so far. It is read when somebody asks; `reload` looks again.

    Attributes
    ----------
    folder : Path
    manifest : dict
        Name, scenario, design, factors and model version.
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self.store = Store(self.folder)
        self.manifest = read_manifest(self.folder)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.manifest.get('name')!r}, {len(self.runs)} of {len(self.design)} runs)"

    def __len__(self) -> int:
        """Return the number of runs of the design."""
        return len(self.design)

    def reload(self) -> Self:
        """Forget what was read, so that runs that ended since are seen."""
        for name in ("design", "_rows", "runs"):
            self.__dict__.pop(name, None)
        return self

    @cached_property
    def design(self) -> Frame:
        """Return a row per run of the design: run, point, replicate, seed, address and the factors' values."""
        path = self.folder / "design.parquet"
        try:
            frame = to_frame(read_design(path, self.manifest["table"]))
        except ResultError as error:
            raise ResultError("", f"{error.sentence}; the study's own command mends it") from None
        for name in self.factors:
            if name not in frame:
                raise ResultError(str(path), f"the file is damaged (no column {name})")
        return frame

    @cached_property
    def _rows(self) -> Frame:
        return to_frame(self.store.rows())

    @cached_property
    def runs(self) -> Frame:
        """Return a row per run that ended: run, point, replicate, seed, the factors, status, error, seconds, measures.

        Runs of another model version, or of an earlier design in the same folder, are not among them.
        """
        rows = self._rows.drop(columns=["trace", "part", "tried", "kind"], errors="ignore")
        joined = self.design.merge(rows, on="address", how="inner", sort=False)
        return joined.sort_values("run", ignore_index=True).drop(columns="address")

    @property
    def factors(self) -> tuple[str, ...]:
        """Return the paths of what the study varies."""
        return tuple(factor["path"] for factor in self.manifest["factors"])

    @property
    def ranges(self) -> list[Factor]:
        """Return what the study varies, as far as places in the ranges go."""
        return [
            Factor(f["path"], tuple(f["values"]), f.get("low", 0.0), f.get("high", 1.0), f.get("log", False))
            for f in self.manifest["factors"]
        ]

    @property
    def measures(self) -> tuple[str, ...]:
        """Return the names of what a run yields."""
        return tuple(c for c in self._rows.columns if c not in (*KEPT_COLUMNS, "part"))

    @property
    def failures(self) -> Frame:
        """Return a row per run that failed: run, seed, the factors, tries, kind of error, what it said, trace."""
        rows = self._rows
        if "tried" not in rows:
            rows = rows.assign(tried=0, kind="", error="", trace="")
        rows = rows.loc[rows["status"] == FAILED, ["address", "tried", "kind", "error", "trace"]]
        joined = self.design.merge(rows, on="address", how="inner", sort=False)
        return joined.sort_values("run", ignore_index=True).drop(columns="address")

    @property
    def open(self) -> int:
        """Return how many runs have not ended yet."""
        return len(self.design) - len(self.runs)

    @property
    def timeseries(self) -> Frame:
        """Return the time series of all runs: a row a run and time. `series` reads a part of it."""
        return self.series()

    def series(self, columns: Sequence[str] | None = None, runs: Iterable[int] | None = None) -> Frame:
        """Return some columns of the time series of some runs; only those are read from the disk.

        Parameters
        ----------
        columns : sequence of str, optional
            All by default; ``run``, ``time_h`` and ``day`` always come first.
        runs : iterable of int, optional
            Numbers of runs; all by default.

        Raises
        ------
        LivermetError
            When the study keeps no series, or has no such column.
        """
        import pyarrow as pa

        parts = list(self._parts(columns, self._places(runs)))
        if not parts:
            raise LivermetError(
                "series", "no series is kept; write  series = true  in the study file and run it again"
            )
        with guarded(self.store.series):
            table = pa.concat_tables(parts, promote_options="permissive")
        return _frame(table.sort_by([("run", "ascending"), ("time_h", "ascending")]))

    def series_by_part(self) -> Iterator[Frame]:
        """Yield the time series of some runs at a time, so that a study larger than the memory can be gone through."""
        for table in self._parts(None, self._places(None)):
            yield _frame(table)

    def series_columns(self) -> list[str]:
        """Return the columns of the time series over all parts, ``run`` first."""
        names: dict[str, None] = {}
        for name in sorted(set(self._places(None)["part"])):
            if (table := self._kept(name)) is not None:
                names |= dict.fromkeys(table.column_names)
        return ordered(["run", *(name for name in names if name != "address")])

    def _kept(self, name: str) -> Any:
        """Return the series of a part as an arrow table, or None where none was kept."""
        path = self.store.series / name
        if path.stem.endswith("-none"):
            return None
        with mended(path):
            return read_part(path)
        raise ResultError(str(path), "the file is missing; the study's own command mends it")

    def _parts(self, columns: Sequence[str] | None, place: Frame) -> Iterator[Any]:
        for name, own in place.groupby("part", sort=True):
            part = self._part(str(name), columns, own)
            if part is not None:
                yield part

    def _places(self, runs: Iterable[int] | None) -> Frame:
        """Return run, address and part of the finished runs."""
        place = self.design[["run", "address"]].merge(
            self._rows.loc[self._rows["status"] == DONE, ["address", "part"]], on="address", sort=False
        )
        return place if runs is None else place[place["run"].isin(list(runs))]

    def _part(self, name: str, columns: Sequence[str] | None, own: Frame) -> Any:
        """Return the wanted columns and runs of one part, or None where it has no series."""
        import pyarrow as pa

        table = self._kept(name)
        if table is None:
            return None
        if columns is not None:
            names = table.column_names
            for column in columns:
                if column not in names and not column.startswith("dead_"):
                    raise LivermetError("series", f'there is no column "{column}"', name=column, valid=names)
            table = table.select(
                [c for c in dict.fromkeys(("address", "time_h", "day", *columns)) if c in names]
            )
        addresses = table["address"].to_numpy(zero_copy_only=False)
        several = (
            own.groupby("address", sort=False)["run"].apply(list).to_dict()
        )  # equal points share one run
        pieces = []
        for depth in range(max(map(len, several.values()))):
            number = {address: runs[depth] for address, runs in several.items() if len(runs) > depth}
            run = np.fromiter((number.get(a, -1) for a in addresses), dtype=np.int64, count=len(addresses))
            piece = table.drop_columns("address").add_column(0, "run", pa.array(run))
            pieces.append(piece.filter(pa.array(run >= 0)))
        return pa.concat_tables(pieces)

    def dataset(self, what: str = "series") -> Any:
        """Return the parts as a ``pyarrow.dataset.Dataset``, for questions of one's own.

        The column ``address`` tells the runs apart; `design` says which is which.

        Parameters
        ----------
        what : str
            ``"series"`` or ``"runs"``.
        """
        import pyarrow.dataset as ds

        names = sorted(set(self._places(None)["part"]))
        files = [
            path for name in names if expected_sum(path := self.folder / what / name) not in ("", "none")
        ]
        for path in files:
            with mended(path):
                read_part(path)
        if not files:
            raise LivermetError(
                "dataset", f'the study has no parts of "{what}"', name=what, valid=("series", "runs")
            )
        return ds.dataset([str(path) for path in files], format="parquet")

    def by_point(self, measure: str, statistic: str = "mean") -> Frame:
        """Return a row per point: the factors, a measure over its replicates, and ``n``.

        Parameters
        ----------
        measure : str
            One of ``measures``.
        statistic : str
            ``"mean"`` or ``"std"`` over the replicates.

        Raises
        ------
        LivermetError
            When there is no such measure.
        """
        self.check(measure)
        good = self.runs[self.runs["status"] == DONE]
        grouped = good.groupby("point", sort=True)
        found = grouped[measure].agg([statistic, "count"]).rename(columns={statistic: measure, "count": "n"})
        return grouped[list(self.factors)].first().join(found).reset_index()

    def check(self, measure: str) -> None:
        """Refuse a measure that the study does not have, with the nearest that it has.

        Raises
        ------
        LivermetError
        """
        if measure not in self.measures:
            if not self.measures:
                raise LivermetError(
                    str(self.folder), "no run of this study has ended well, so there is nothing to measure"
                )
            raise LivermetError(
                "measure", f'there is no measure "{measure}"', name=measure, valid=self.measures
            )


def _frame(table: Any) -> Frame:
    """Return rows of a time series; a cause of death not met yet counts 0."""
    frame = to_frame(table)
    frame = frame[ordered(frame.columns)]
    totals = [c for c in frame.columns if c.startswith("dead_")]
    frame[totals] = frame[totals].fillna(0).astype(np.int64)
    return frame


def ordered(names: Iterable[str]) -> list[str]:
    """Return columns with the causes of death last, by name: which are there first depends on the runs."""
    return sorted(names, key=lambda name: name if name.startswith("dead_") else "")
