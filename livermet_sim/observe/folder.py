"""Write a result into a folder in one piece, and read it back without trusting what lies there."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from livermet_sim.base.errors import ResultError
from livermet_sim.observe import columns
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.frames import check_frames

if TYPE_CHECKING:
    from livermet_sim.observe.result import Result

MAX_TEXT_BYTES = 64 << 20
MAX_TABLE_BYTES = 8 << 30
MAX_ARRAY_BYTES = 8 << 30
TEXTS = {"rules": "rules.txt", "plan": "plan.txt"}
MARK = "provenance.json"
OURS = frozenset(
    (
        "scenario.json",
        "scenario.toml",
        MARK,
        "snapshots.npz",
        "frames.npz",
        "summary.txt",
        "figures",
        *TEXTS.values(),
    )
).union(f"{name}.parquet" for name in columns.TABLES)


def write(result: Result, target: Path, *, figures: bool = True) -> Path:
    """Write ``result`` beside ``target`` and move it there when it is whole.

    Raises
    ------
    ResultError
        When ``target`` is a file, holds something that is not a result, or cannot be written.
    """
    target = Path(os.path.abspath(target))
    if target.exists() and not target.is_dir():
        raise ResultError(str(target), "this is a file; a result needs a folder")
    if target.exists() and any(target.iterdir()) and not (target / MARK).exists():
        raise ResultError(str(target), "the folder holds other files and no earlier result; choose another")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    except OSError as error:
        raise ResultError(str(target), f"cannot be written ({error.strerror})") from error
    try:
        _fill(result, fresh, figures)
        _keep_foreign(target, fresh)
        _flush(fresh)
        _swap(fresh, target)
    except OSError as error:
        raise ResultError(str(target), f"cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def _fill(result: Result, folder: Path, figures: bool) -> None:
    """Write all files of a result into an empty folder."""
    for name in ("scenario", "provenance"):
        text = json.dumps(getattr(result, name), indent=1, ensure_ascii=False, allow_nan=False)
        _write_text(folder / f"{name}.json", text + "\n")
    for name, file in TEXTS.items():
        _write_text(folder / file, getattr(result, name))
    if result.toml:
        _write_text(folder / "scenario.toml", result.toml)
    for name in columns.TABLES:
        _write_table(getattr(result, name), folder / f"{name}.parquet")
    with open(folder / "snapshots.npz", "wb") as file:
        np.savez_compressed(file, allow_pickle=False, **result.snapshots)  # type: ignore[arg-type]
    if result.frames:
        with open(folder / "frames.npz", "wb") as file:
            np.savez_compressed(file, allow_pickle=False, **result.frames)  # type: ignore[arg-type]
    _write_text(folder / "summary.txt", result.summary() + "\n")
    if figures:
        result.figures(folder / "figures")


def _write_text(path: Path, text: str) -> None:
    # newline="" keeps the text as it is, so that reading back gives the same string on every system.
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def _write_table(frame: Frame, path: Path) -> None:
    """Write a table as parquet with the unit of each column in its schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [f.with_metadata({"unit": columns.unit(f.name)}) for f in table.schema]
    pq.write_table(table.cast(pa.schema(fields, metadata=table.schema.metadata)), path, compression="zstd")


def _keep_foreign(target: Path, fresh: Path) -> None:
    """Copy what others have put into an earlier result's folder, so that replacing loses nothing."""
    for entry in target.iterdir() if target.exists() else ():
        if entry.name in OURS:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, fresh / entry.name, follow_symlinks=False)


def _flush(folder: Path) -> None:
    """Make sure that all files are on the disk before the folder gets its name."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with open(path, "rb") as file:
                os.fsync(file.fileno())
    os.chmod(folder, 0o755)
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _swap(fresh: Path, target: Path) -> None:
    """Give the finished folder its name; the earlier one goes only after that."""
    if not target.exists():
        os.rename(fresh, target)
        return
    old = fresh.with_suffix(".old")
    os.rename(target, old)
    try:
        os.rename(fresh, target)
    except OSError:
        os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def read(folder: Path) -> dict[str, Any]:
    """Return the contents of a result's folder by attribute name.

    Raises
    ------
    ResultError
        When a file is missing, damaged or too large.
    """
    if not folder.is_dir():
        raise ResultError(str(folder), "there is no such folder")
    parts: dict[str, Any] = {}
    for name in ("scenario", "provenance"):
        parts[name] = _checked(folder / f"{name}.json", _read_json, MAX_TEXT_BYTES)
    for name, file in TEXTS.items():
        parts[name] = _checked(folder / file, _read_text, MAX_TEXT_BYTES)
    for name in columns.TABLES:
        parts[name] = _checked(folder / f"{name}.parquet", _read_table, MAX_TABLE_BYTES)
    parts["snapshots"] = _checked(folder / "snapshots.npz", _read_snapshots, MAX_ARRAY_BYTES)
    parts["frames"] = _frames(folder / "frames.npz", parts["snapshots"])
    own = folder / "scenario.toml"
    parts["toml"] = _checked(own, _read_text, MAX_TEXT_BYTES) if own.exists() else ""
    return parts


def _checked(path: Path, reader: Callable[[Path], Any], limit: int) -> Any:
    """Read one file, turning whatever goes wrong into a sentence that names it."""
    import pyarrow as pa

    if not path.is_file():
        raise ResultError(str(path), "the file is missing, so this is not a whole result")
    if path.stat().st_size > limit:
        raise ResultError(str(path), f"the file is larger than {limit >> 20} MB, more than a result can hold")
    try:
        return reader(path)
    except ResultError:
        raise
    except (
        ValueError,
        KeyError,
        EOFError,
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        pa.ArrowException,
    ) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise ResultError(str(path), f"the file is damaged ({first})") from error


def _read_text(path: Path) -> str:
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def _read_json(path: Path) -> dict[str, Any]:
    value = json.loads(_read_text(path))
    if not isinstance(value, dict):
        raise ValueError("a JSON object is expected")
    return value


def _read_table(path: Path) -> Frame:
    """Read a parquet table after looking at how large it becomes and whether its columns are there."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        meta = file.metadata
        size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if size > MAX_TABLE_BYTES or meta.num_rows * meta.num_columns * 8 > MAX_TABLE_BYTES:
            raise ResultError(str(path), f"the table is larger than {MAX_TABLE_BYTES >> 20} MB when unpacked")
        missing = [name for name in columns.TABLES[path.stem] if name not in file.schema_arrow.names]
        if missing:
            raise ValueError(f"no column {missing[0]}")
        return file.read().to_pandas()


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read arrays without pickle, after looking at how large they become."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_ARRAY_BYTES:
            raise ResultError(
                str(path), f"the arrays are larger than {MAX_ARRAY_BYTES >> 20} MB when unpacked"
            )
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _read_snapshots(path: Path) -> dict[str, np.ndarray]:
    arrays = _read_arrays(path)
    check_snapshots(arrays)
    return arrays


def _frames(path: Path, snapshots: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Read the frames of the film, where a run kept any, and check that they fit its tissue."""
    if not path.exists():
        return {}

    def reader(file: Path) -> dict[str, np.ndarray]:
        arrays = _read_arrays(file)
        check_frames(arrays, len(snapshots.get("zone", ())))
        return arrays

    return _checked(path, reader, MAX_ARRAY_BYTES)


def check_snapshots(arrays: dict[str, np.ndarray]) -> None:
    """Refuse snapshots whose arrays do not fit each other.

    Raises
    ------
    ValueError
        Naming the first array that is missing or has the wrong shape.
    """
    if not arrays:
        return
    for name in ("time_h", *columns.SIZES, *columns.STATIC, *columns.STACKS):
        if name not in arrays:
            raise ValueError(f"no array {name}")
    times, sites = len(arrays["time_h"]), int(arrays["width"]) * int(arrays["height"])
    shapes = dict.fromkeys(columns.STACKS, (times, sites)) | dict.fromkeys(columns.STATIC, (sites,))
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ValueError(f"array {name} has shape {arrays[name].shape} and not {shape}")
