"""Keep the runs of a study in a folder that survives whatever ends the work.

::

    study.toml            the study as it was written
    manifest.json         its name, factors, columns, model version
    design.parquet        a row per run: run, point, replicate, seed, address, the factors' values
    runs/PART.parquet     a row per finished run: address, status, error, seconds, the measures
    series/PART.parquet   the rows of the time series of the runs of runs/PART.parquet

A part is written beside its place, flushed to the disk, and moved there whole; after that it never changes. Its series
is moved first, so a series counts only where its runs exist. What is done is what the parts hold: there is no second
account that could disagree with them. A run that failed is a row as well; when it was tried again, the later row counts.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import ResultError

FORMAT = 1
DONE, FAILED = "done", "failed"
DAY_SECONDS = 86_400.0
MAX_TEXT_BYTES = 64 << 20
KEPT_COLUMNS = ("address", "status", "kind", "error", "trace", "seconds", "tried")


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
        """Make the folders.

        Raises
        ------
        ResultError
            When they cannot be made, or the folder holds something that is no study.
        """
        if self.folder.is_file():
            raise ResultError(str(self.folder), "this is a file; a study needs a folder")
        if (
            self.folder.is_dir()
            and any(self.folder.iterdir())
            and not (self.folder / "manifest.json").exists()
        ):
            raise ResultError(str(self.folder), "the folder holds other files and no study; choose another")
        for path in (self.runs, self.series):
            with told(path):
                path.mkdir(parents=True, exist_ok=True)

    def write_part(self, runs: Sequence[Mapping[str, Any]], series: Sequence[Mapping[str, Any]]) -> str:
        """Write finished runs, and the rows of their time series, as one part; return its name."""
        text = " ".join(f"{row['address']} {row['tried']}" for row in runs)
        name = hashlib.sha256(text.encode()).hexdigest()[:16] + ".parquet"
        if series:
            write_table(table_of(series), self.series / name)
        write_table(table_of(runs), self.runs / name)
        return name

    def clean(self) -> int:
        """Remove what was left half-written by work that has ended; return how many files."""
        removed = 0
        for path in self.folder.glob("**/*.tmp"):
            if _abandoned(path):
                with contextlib.suppress(OSError):
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
            When the folder is no study.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        tables = []
        for path in sorted(self.runs.glob("*.parquet")):
            table = read_table(path, columns)
            if table is not None:
                tables.append(table.append_column("part", pa.array([path.name] * len(table), pa.string())))
        if not tables:
            return pa.table({name: pa.array([], pa.string()) for name in ("address", "status", "part")})
        rows = pa.concat_tables(tables, promote_options="permissive")
        failed = pc.equal(rows["status"], FAILED)  # type: ignore[attr-defined]
        tried = pc.negate(rows["tried"])  # type: ignore[attr-defined]
        order = pc.sort_indices(  # type: ignore[attr-defined]
            pa.table({"address": rows["address"], "failed": failed, "tried": tried, "part": rows["part"]}),
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
        """Rename parts that cannot be read, so that their runs are computed again; return their names."""
        found = []
        for folder in (self.runs, self.series):
            for path in sorted(folder.glob("*.parquet")):
                if not _readable(path):
                    os.replace(path, path.with_suffix(".damaged"))
                    found.append(f"{folder.name}/{path.name}")
                    # without its series a run is not whole, so it counts as not done either
                    other = self.runs / path.name
                    if folder == self.series and other.exists():
                        os.replace(other, other.with_suffix(".damaged"))
        return found


def table_of(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as an arrow table; a column that a row lacks is null there."""
    import pyarrow as pa

    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})


def write_table(table: Any, path: Path) -> None:
    """Write an arrow table to ``path``, whole or not at all."""
    import pyarrow.parquet as pq

    _write(path, lambda place: pq.write_table(table, place, compression="zstd"))


def write_text(text: str, path: Path) -> None:
    """Write a text to ``path``, whole or not at all."""
    _write(path, lambda place: place.write_text(text, encoding="utf-8"))


def write_json(value: Any, path: Path) -> None:
    """Write plain values to ``path``, whole or not at all."""
    write_text(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n", path)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file.

    Raises
    ------
    ResultError
        When it is missing, too large, or no JSON object.
    """
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            raise ResultError(str(path), "the file is too large for a study")
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise ResultError(str(path.parent), f"this is no study: it has no {path.name}") from None
    except (ValueError, RecursionError) as error:
        raise ResultError(str(path), f"the file is damaged ({error})") from None
    if not isinstance(value, dict):
        raise ResultError(str(path), "the file is damaged (a JSON object is expected)")
    return value


def read_table(path: Path, columns: Iterable[str] | None = None) -> Any:
    """Return a part as an arrow table, or None when it cannot be read as one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path, columns=list(columns) if columns else None)
    except (OSError, pa.ArrowException):
        return None


def _readable(path: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return file.metadata.num_rows > 0 and "address" in file.schema_arrow.names
    except (OSError, pa.ArrowException):
        return False


@contextlib.contextmanager
def told(path: Path) -> Any:
    """Turn the system's refusal to write into a sentence."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ResultError(str(path), f"it cannot be written ({reason})") from error


def _write(path: Path, fill: Callable[[Path], Any]) -> None:
    place = path.with_name(f"{path.name}.{socket.gethostname()}.{os.getpid()}.tmp")
    with told(path):
        try:
            fill(place)
            with open(place, "rb") as file:
                os.fsync(file.fileno())
            os.replace(place, path)
        finally:
            with contextlib.suppress(OSError):
                place.unlink()


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
