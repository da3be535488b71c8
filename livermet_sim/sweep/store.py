"""Keep the runs of a study in a folder that survives whatever ends the work.

::

    study.toml            the study as it was written
    manifest.json         its name, factors, columns, model version
    design.parquet        a row per run: run, point, replicate, seed, address, the factors' values
    runs/PART.parquet     a row per finished run: address, status, error, seconds, the measures
    series/PART.parquet   the rows of the time series of the runs of runs/PART.parquet
    */PART.damaged        a part that was not what had been written; its runs were computed again

The manifest comes first: a folder with one is a study, whatever else is there yet. A part is written beside its place,
flushed to the disk, and moved there whole; after that it never changes, and its name holds the checksums of its two
files. Its series is moved first, so a series counts only where its runs exist. What is done is what the parts hold: there is no second
account that could disagree with them. A run that failed is a row as well; when it was tried again, the later row counts.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import ResultError
from livermet_sim.base.read import guarded
from livermet_sim.sweep.schema import FAILED, WORDS, part_name, read_part, sealed_json

FORMAT = 2
MANIFEST_NAME = "manifest.json"
DAY_SECONDS = 86_400.0
KEPT_COLUMNS = ("address", "status", "kind", "error", "trace", "seconds", "tried", *WORDS)


@dataclass(frozen=True)
class Store:
    """Write and read the parts of a study's folder."""

    folder: Path

    @property
    def runs(self) -> Path:
        """Return the folder of the finished runs."""
        return self.folder / "runs"

    @property
    def series(self) -> Path:
        """Return the folder of the time series."""
        return self.folder / "series"

    def create(self) -> None:
        """Make the folder, and see that it holds nothing else.

        Raises
        ------
        ResultError
            When it cannot be made, or holds something that is no study.
        """
        with told(self.folder):
            if self.folder.is_file():
                raise ResultError(str(self.folder), "this is a file; a study needs a folder")
            self.folder.mkdir(parents=True, exist_ok=True)
            # others may start at this very moment, so what comes before a manifest is no stranger
            foreign = [path for path in self.folder.iterdir() if not _ours(path)]
            if foreign and not (self.folder / MANIFEST_NAME).exists():
                raise ResultError(
                    str(self.folder), "the folder holds other files and no study; choose another"
                )

    def begin(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, then make the folders of the parts."""
        write_text(sealed_json(manifest), self.folder / MANIFEST_NAME)
        self.open()

    def open(self) -> None:
        """Make the folders of the parts where they are not there yet."""
        for path in (self.runs, self.series):
            with told(path):
                path.mkdir(parents=True, exist_ok=True)

    def write_part(self, runs: Sequence[Mapping[str, Any]], series: Sequence[Mapping[str, Any]]) -> str:
        """Write finished runs, and the rows of their time series, as one part; return its name."""
        own, recorded = packed(table_of(runs)), packed(table_of(series)) if series else None
        name = part_name(own, recorded)
        if recorded is not None:
            write_bytes(recorded, self.series / name)
        write_bytes(own, self.runs / name)
        return name

    def clean(self) -> int:
        """Remove what was left half-written by work that has ended; return how many files."""
        removed = 0
        for path in self.folder.glob("**/*.tmp"):
            with contextlib.suppress(OSError):
                if _abandoned(path):
                    path.unlink()
                    removed += 1
        for path in self.series.glob("*.parquet"):
            with contextlib.suppress(OSError):
                if not (self.runs / path.name).exists() and _age(path) > DAY_SECONDS:
                    path.unlink()
                    removed += 1
        return removed

    def rows(self, columns: Sequence[str] | None = None) -> Any:
        """Return the finished runs as an arrow table with a column ``part``; one row an address, the best one.

        Raises
        ------
        ResultError
            When a part is damaged.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        tables = []
        for path in sorted(self.runs.glob("*.parquet")):
            with mended(path):
                table = read_part(path, list(columns) if columns else None)
                tables.append(table.append_column("part", pa.array([path.name] * len(table), pa.string())))
        if not tables:
            return pa.table({name: pa.array([], pa.string()) for name in ("address", "status", "part")})
        with guarded(self.runs):
            rows = pa.concat_tables(tables, promote_options="permissive")
        failed = pc.equal(rows["status"], FAILED)  # type: ignore[attr-defined]
        tried = pc.negate(rows["tried"])
        order = pc.sort_indices(
            rows.select(["address", "part"]).append_column("failed", failed).append_column("tried", tried),
            sort_keys=[(name, "ascending") for name in ("address", "failed", "tried", "part")],
        )
        rows = rows.take(order)
        addresses = rows["address"].to_numpy(zero_copy_only=False)
        first = [True, *(addresses[1:] != addresses[:-1])]
        return rows.filter(pa.array(first))

    def status(self) -> dict[str, tuple[str, int]]:
        """Return status and number of tries of every finished run by address."""
        rows = self.rows(("address", "status", "tried"))
        if "tried" not in rows.column_names:
            return {}
        columns = (rows[name].to_pylist() for name in ("address", "status", "tried"))
        return {address: (status, tried) for address, status, tried in zip(*columns, strict=True)}

    def set_aside_damaged(self) -> list[str]:
        """Rename parts that are not what was written, so that their runs are computed again; return their names."""
        found = []
        for path in sorted(self.runs.glob("*.parquet")):
            series = self.series / path.name
            try:
                read_part(path)
                if not path.stem.endswith("-none"):
                    read_part(series)
            except ResultError:
                for part in (path, series):
                    with contextlib.suppress(FileNotFoundError):  # a colleague was quicker
                        os.replace(part, part.with_suffix(".damaged"))
                found.append(f"{self.runs.name}/{path.name}")
        return found


def table_of(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as an arrow table; a column that a row lacks is null there."""
    import pyarrow as pa

    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})


def packed(table: Any) -> bytes:
    """Return an arrow table as a parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def write_bytes(data: bytes, path: Path) -> None:
    """Write a file's content to ``path``, whole or not at all."""
    place = path.with_name(f"{path.name}.{socket.gethostname()}.{os.getpid()}.tmp")
    with told(path):
        try:
            with open(place, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(place, path)
        finally:
            with contextlib.suppress(OSError):
                place.unlink()


def write_text(text: str, path: Path) -> None:
    """Write a text to ``path``, whole or not at all."""
    write_bytes(text.encode(), path)


@contextlib.contextmanager
def mended(path: Path) -> Iterator[None]:
    """Add to what is said of a damaged part how to mend it; a part that has just been set aside is left out."""
    try:
        yield
    except ResultError as error:
        if os.path.lexists(path):
            raise ResultError("", f"{error.sentence}; the study's own command mends it") from None


@contextlib.contextmanager
def told(path: Path) -> Any:
    """Turn the system's refusal to write into a sentence."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ResultError(str(path), f"it cannot be written ({reason})") from error


def _ours(path: Path) -> bool:
    """Say whether a file may lie in the folder of a study that has no manifest yet."""
    if path.name in ("runs", "series"):
        return path.is_dir() and not any(path.iterdir())
    return path.name.startswith(MANIFEST_NAME)


def _abandoned(path: Path) -> bool:
    """Say whether nobody writes a file any more: its process on this machine is gone, or it is a day old."""
    host, _, pid = path.name.removesuffix(".tmp").rpartition(".")
    if os.name == "posix" and host.endswith("." + socket.gethostname()) and pid.isdigit():
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return int(pid) == os.getpid()
    return _age(path) > DAY_SECONDS


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime
