"""Write a result into a folder in one piece, and read it back without trusting what lies there."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from livermet_sim.base.arrays import MAX_ARRAY_BYTES, read_npz, write_npz
from livermet_sim.base.checksums import SEAL, compare, seal, sealed
from livermet_sim.base.errors import ResultError
from livermet_sim.base.read import MAX_TEXT_BYTES, content, guarded, is_folder, read_object, read_text, short
from livermet_sim.base.tables import MAX_TABLE_BYTES, read_parquet, to_frame
from livermet_sim.observe import columns, schema, summary
from livermet_sim.observe.columns import Frame
from livermet_sim.observe.readouts.tables import unit
from livermet_sim.observe.record import Record

MISSING = "the file is missing, so this is not a whole result"
TEXTS = {"rules": "rules.txt", "plan": "plan.txt"}
MARK = "provenance.json"
SCENARIO, SOURCE = "scenario.toml", "source.toml"
UNFINISHED, CHECKPOINT = "unfinished.npz", "checkpoint-day"
IMAGES = ("image.png", "image.tif", "image.tiff", "image.npy")
OURS = frozenset(
    (
        "scenario.json",
        SCENARIO,
        SOURCE,
        MARK,
        SEAL,
        "snapshots.npz",
        "frames.npz",
        "summary.txt",
        "figures",
        *TEXTS.values(),
        *IMAGES,
    )
).union(f"{name}.parquet" for name in columns.TABLES)


def write(result: Record, target: Path, draw: Callable[[Path], object] | None = None) -> Path:
    """Write ``result`` beside ``target`` and move it there when it is whole.

    Parameters
    ----------
    draw : callable, optional
        Draws the figures into a folder that it is given.

    Raises
    ------
    ResultError
        When ``target`` is a file, holds something that is not a result, or cannot be written.
    """
    target = Path(os.path.abspath(target))
    if target.exists() and not target.is_dir():
        raise ResultError(str(target), "this is a file; a result needs a folder")
    if target.exists() and not (target / MARK).exists() and not under_way(target):
        raise ResultError(str(target), "the folder holds other files and no earlier result; choose another")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    except OSError as error:
        raise ResultError(str(target), f"cannot be written ({error.strerror})") from error
    try:
        _fill(result, fresh, draw)
        _keep_foreign(target, fresh)
        _flush(fresh)
        _swap(fresh, target)
    except OSError as error:
        raise ResultError(str(target), f"cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def under_way(folder: Path) -> bool:
    """Say whether a folder holds nothing but what a run leaves in it on its way."""
    return all(entry.name == UNFINISHED or entry.name.startswith(CHECKPOINT) for entry in folder.iterdir())


def _fill(result: Record, folder: Path, draw: Callable[[Path], object] | None) -> None:
    """Write all files of a result into an empty folder."""
    for name in ("scenario", "provenance"):
        text = json.dumps(getattr(result, name), indent=1, ensure_ascii=False, allow_nan=False)
        _write_text(folder / f"{name}.json", text + "\n")
    for name, file in TEXTS.items():
        _write_text(folder / file, getattr(result, name))
    for file, text in ((SCENARIO, result.toml), (SOURCE, result.source)):
        if text:
            _write_text(folder / file, text)
    for name, data in result.images.items():
        (folder / name).write_bytes(data)
    for name in columns.TABLES:
        _write_table(getattr(result, name), name, folder / f"{name}.parquet")
    write_npz(folder / "snapshots.npz", result.snapshots)
    if result.frames:
        write_npz(folder / "frames.npz", result.frames)
    _write_text(folder / "summary.txt", summary.report(result) + "\n")
    seal(folder, OURS - {SEAL})
    if draw is not None:
        draw(folder / "figures")


def _write_text(path: Path, text: str) -> None:
    # newline="" keeps the text as it is, so that reading back gives the same string on every system.
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def _write_table(frame: Frame, name: str, path: Path) -> None:
    """Write a table as parquet with the unit of each column in its schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    schema = pa.schema([f.with_metadata({"unit": unit(f.name, name)}) for f in table.schema])
    kept: Any = table.schema.metadata
    pq.write_table(table.cast(schema.with_metadata(kept)), path, compression="zstd")


def _keep_foreign(target: Path, fresh: Path) -> None:
    """Copy what others have put into an earlier result's folder, so that replacing loses nothing."""
    for entry in target.iterdir() if target.exists() else ():
        if entry.name in OURS or entry.name == UNFINISHED:
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
        When a file is missing, damaged, not what was written or too large.
    """
    if not is_folder(folder):
        raise ResultError(short(folder), "there is no such folder")
    files = _Files(folder, sealed(folder, MISSING))
    parts: dict[str, Any] = {}
    for name, types in schema.OBJECTS.items():
        parts[name] = files.read(f"{name}.json", lambda data, types=types: read_object(data, types))
    for name, file in TEXTS.items():
        parts[name] = files.read(file, read_text)
    for name, table in schema.TABLES.items():
        parts[name] = to_frame(
            files.read(
                f"{name}.parquet",
                lambda data, table=table: read_parquet(data, table, most=MAX_TABLE_BYTES),
                MAX_TABLE_BYTES,
            )
        )
    parts["snapshots"] = files.read("snapshots.npz", _read_snapshots, MAX_ARRAY_BYTES)
    sites = len(parts["snapshots"].get("zone", ()))
    parts["frames"] = {}
    if files.has("frames.npz"):
        parts["frames"] = files.read("frames.npz", lambda data: _read_frames(data, sites), MAX_ARRAY_BYTES)
    for name, file in (("toml", SCENARIO), ("source", SOURCE)):
        parts[name] = files.read(file, read_text) if files.has(file) else ""
    parts["images"] = {name: files.read(name, bytes, MAX_ARRAY_BYTES) for name in IMAGES if files.has(name)}
    if (wrong := schema.check_whole(parts)) is not None:
        raise ResultError(str(folder / wrong[0]), f"the file is damaged ({wrong[1]})")
    return parts


@dataclass(frozen=True)
class _Files:
    """Read the files of a sealed folder."""

    folder: Path
    sums: Mapping[str, str]

    def has(self, name: str) -> bool:
        """Say whether a file that a result may lack belongs to this one."""
        return name in self.sums or os.path.lexists(self.folder / name)

    def read(self, name: str, reader: Callable[[bytes], Any], limit: int = MAX_TEXT_BYTES) -> Any:
        """Return what a reader makes of a file that is what was written."""
        path = self.folder / name
        data = compare(path, content(path, limit, missing=MISSING), self.sums.get(name))
        with guarded(path):
            return reader(data)


def _read_snapshots(data: bytes) -> dict[str, np.ndarray]:
    lengths: dict[str, int] = {}
    optional = schema.SNAPSHOTS_OPTIONAL
    arrays = read_npz(data, schema.SNAPSHOTS, lengths, optional, MAX_ARRAY_BYTES)
    schema.check_snapshots(arrays, lengths)
    return arrays


def _read_frames(data: bytes, sites: int) -> dict[str, np.ndarray]:
    arrays = read_npz(data, schema.FRAMES, {"site": sites}, most=MAX_ARRAY_BYTES)
    schema.check_frames(arrays, sites)
    return arrays
