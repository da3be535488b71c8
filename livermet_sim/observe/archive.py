"""Pack a run's folder into one self-contained zip with RO-Crate metadata, and read such a zip without trusting it.

RO-Crate 1.1 (doi:10.5281/zenodo.5146228) and its profile for the run of a process (doi:10.5281/zenodo.12158562).
"""

from __future__ import annotations

import json
import struct
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from livermet_sim.base.checksums import SEAL, of_file, sealed
from livermet_sim.base.errors import ResultError
from livermet_sim.base.read import MAX_TEXT_BYTES, guarded, short
from livermet_sim.base.write import whole_file
from livermet_sim.observe.folder import IMAGES, MARK, MISSING, SCENARIO
from livermet_sim.observe.origin import MAX_IMAGE_BYTES, Origin, origin

METADATA = "ro-crate-metadata.json"
MOST_ENTRIES, MOST_DIRECTORY_BYTES = 1000, 1 << 20
MOST_BYTES = (4 << 30) - (1 << 20)
NEEDED = {SEAL: MAX_TEXT_BYTES, MARK: MAX_TEXT_BYTES, SCENARIO: MAX_TEXT_BYTES, "scenario.json": MAX_TEXT_BYTES} | (
    dict.fromkeys(IMAGES, MAX_IMAGE_BYTES)
)  # fmt: skip
PACKED = (".parquet", ".npz", ".png")
SPEC, PROFILE = "https://w3id.org/ro/crate/1.1", "https://w3id.org/ro/wfrun/process/0.5"
_END = struct.Struct("<4s4H2LH")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORMATS = {
    ".json": "application/json", ".toml": "application/toml", ".txt": "text/plain", ".sha256": "text/plain",
    ".parquet": "application/vnd.apache.parquet", ".npz": "application/zip", ".png": "image/png", ".tif": "image/tiff",
    ".tiff": "image/tiff", ".npy": "application/octet-stream",
}  # fmt: skip


def pack(folder: Path, target: Path, license: str = "") -> Path:
    """Write the files of a run, its image among them, and their description into one zip; the same run, the same bytes.

    Parameters
    ----------
    license : str
        Address of the licence under which the run is given on.

    Raises
    ------
    ResultError
        When the folder is not whole, or what it holds does not fit into a zip of 4 GB.
    """
    found, sums = origin(folder), sealed(folder, MISSING)
    for name, expected in sums.items():
        if "/" in name or "\\" in name or not (folder / name).is_file():
            raise ResultError(short(folder / name), MISSING)
        if of_file(folder / name) != expected:
            raise ResultError(short(folder / name), "the file is damaged (it is not what was written)")
    names = [*sorted(sums), SEAL]
    text = json.dumps(describe(folder, found, names, license), indent=1, ensure_ascii=False)
    try:
        with whole_file(target) as part, zipfile.ZipFile(part, "w", allowZip64=False) as crate:
            for name in names:
                stored = Path(name).suffix in PACKED
                head = entry(name, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
                with open(folder / name, "rb") as source, crate.open(head, "w") as into:
                    while block := source.read(1 << 20):
                        into.write(block)
            crate.writestr(entry(METADATA, zipfile.ZIP_DEFLATED), text + "\n")
    except (zipfile.LargeZipFile, RuntimeError):
        raise ResultError(short(folder), "the run is larger than the 4 GB that a zip holds") from None
    return target


def entry(name: str, how: int) -> zipfile.ZipInfo:
    """Return the head of an entry that does not tell when it was written."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type, entry.external_attr = how, 0o644 << 16
    return entry


def describe(folder: Path, found: Origin, names: list[str], license: str = "") -> dict[str, Any]:
    """Return the RO-Crate metadata of a run: its files with checksums, the software, the run as an action."""
    day = datetime.fromtimestamp((folder / MARK).stat().st_mtime, UTC).date().isoformat()
    inputs = [{"@id": name} for name in names if name == SCENARIO or name in IMAGES]
    outputs = [{"@id": name} for name in names if {"@id": name} not in inputs]
    terms = {
        "@id": license or "#no-licence-stated",
        "@type": "CreativeWork",
        "name": license or "No licence stated",
    }
    root = {
        "@id": "./", "@type": "Dataset", "name": f"{found.name}, seed {found.seed}: a run of livermet_sim",
        "description": f"A simulated liver metastasis, {found.hours / 24:g} days; digest of the end state {found.digest}. "
        "`livermet replay` on this archive runs it again and compares.",
        "datePublished": day, "license": {"@id": terms["@id"]}, "conformsTo": {"@id": PROFILE},
        "hasPart": [{"@id": name} for name in names], "mentions": {"@id": "#run"},
    }  # fmt: skip
    action = {
        "@id": "#run", "@type": "CreateAction", "name": f"livermet run {found.name} --seed {found.seed}",
        "instrument": {"@id": "#livermet_sim"}, "object": [*inputs, {"@id": "#seed"}], "result": outputs,
        "actionStatus": {"@id": f"http://schema.org/{'Completed' if found.complete else 'Failed'}ActionStatus"},
    }  # fmt: skip
    others = [name for name in found.versions if name != "livermet_sim"]
    software = {
        "@id": "#livermet_sim", "@type": "SoftwareApplication", "name": "livermet_sim",
        "url": "https://pypi.org/project/livermet-sim/",
        "softwareVersion": found.versions.get("livermet_sim", "unknown"),
        "softwareRequirements": [{"@id": f"#{name}"} for name in others],
    }  # fmt: skip
    needs = [
        {"@id": f"#{n}", "@type": "SoftwareApplication", "name": n, "softwareVersion": found.versions[n]}
        for n in others
    ]
    files = [
        {"@id": name, "@type": "File", "name": name, "contentSize": str((folder / name).stat().st_size),
         "sha256": of_file(folder / name), "encodingFormat": _FORMATS.get(Path(name).suffix, "application/octet-stream")}
        for name in names
    ]  # fmt: skip
    about = {"@id": METADATA, "@type": "CreativeWork", "conformsTo": {"@id": SPEC}, "about": {"@id": "./"}}
    seed = {"@id": "#seed", "@type": "PropertyValue", "name": "seed", "value": found.seed}
    profile = {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    context = [f"{SPEC}/context", {"sha256": "https://schema.org/sha256"}]
    return {
        "@context": context,
        "@graph": [about, root, action, software, *needs, *files, seed, profile, terms],
    }


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """Lend the folder of a run; of a zip, one for a while with what is needed to run it again.

    Raises
    ------
    ResultError
        When it is neither, or the zip has names, sizes or entries that `pack` never writes.
    """
    if path.is_dir():
        yield path
        return
    if not path.is_file():
        raise ResultError(short(path), "there is no such folder or zip")
    with tempfile.TemporaryDirectory(prefix="livermet-") as place:
        _unpack(path, Path(place))
        yield Path(place)


def _unpack(path: Path, folder: Path) -> None:
    with guarded(path):
        check_directory(path)
        with zipfile.ZipFile(path) as crate:
            entries = checked(path, crate.infolist())
            for name, limit in NEEDED.items():
                if name not in entries:
                    continue
                with crate.open(entries[name]) as source:
                    data = source.read(limit + 1)
                if len(data) > limit:
                    raise ResultError(
                        short(path), f"{name} is larger than {limit >> 20} MB, more than it can hold"
                    )
                with whole_file(folder / name) as part, open(part, "wb") as file:
                    file.write(data)


def check_directory(path: Path) -> None:
    """Refuse a zip whose list of entries is too long, before it is read."""
    if path.stat().st_size > MOST_BYTES:
        raise ResultError(short(path), "the zip is larger than 4 GB, more than one of a run can be")
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - _END.size))
        end = file.read(_END.size)
    if len(end) < _END.size or not end.startswith(b"PK\x05\x06"):
        raise ResultError(short(path), "this is not a zip that livermet has packed")
    _, _, _, _, number, size, _, _ = _END.unpack(end)
    if number > MOST_ENTRIES or size > MOST_DIRECTORY_BYTES:
        raise ResultError(short(path), f"the zip has {number} entries, more than one of a run can have")


def checked(
    path: Path, entries: list[zipfile.ZipInfo], folders: bool = False
) -> Mapping[str, zipfile.ZipInfo]:
    """Return the entries by name, refusing what leads elsewhere, is there twice, encrypted or packed in a strange way.

    With ``folders`` a name may have one folder before it.
    """
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename
        parts = name.split("/") if folders and name.count("/") == 1 else [name]
        plain = all(
            p == Path(p).name and not set(p) & set("/\\:") and p not in ("", ".", "..") for p in parts
        )
        why = (
            "is a name that a run's file never has" if not plain or not name.isprintable()
            else "is there twice" if name in found
            else "is encrypted" if entry.flag_bits & 0x1
            else "is packed in a way that livermet does not use" if entry.compress_type not in (0, 8)
            else ""
        )  # fmt: skip
        if why:
            raise ResultError(short(path), f"the zip cannot be read: {name[:60]!a} {why}")
        found[name] = entry
    return found
