"""Seal the files of a folder with their SHA-256, in the form that ``sha256sum -c`` reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from livermet_sim.base.errors import ResultError
from livermet_sim.base.read import content, guarded, read_text, short
from livermet_sim.base.write import write_text

SEAL = "checksums.sha256"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


def sha256(data: bytes) -> str:
    """Return the checksum of a file's content."""
    return hashlib.sha256(data).hexdigest()


def of_file(path: Path) -> str:
    """Return the checksum of a file, however large."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def lines(sums: Mapping[str, str]) -> str:
    """Return checksums by name as the text of a file."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def seal(folder: Path, names: Iterable[str]) -> None:
    """Write the checksums of those files of a folder that are there."""
    sums = {name: of_file(folder / name) for name in names if (folder / name).is_file()}
    write_text(folder / SEAL, lines(sums))


def sealed(folder: Path, missing: str) -> dict[str, str]:
    """Return the checksums of a folder by name.

    Raises
    ------
    ResultError
        When there are none (with ``missing``), or the file that holds them is damaged.
    """
    path = folder / SEAL
    data = content(path, missing=missing)
    with guarded(path):
        found = [_LINE.fullmatch(line) for line in read_text(data).splitlines()]
        if not all(found) or not data.endswith(b"\n"):
            raise ValueError("it is not a list of checksums and names")
        sums = {match[2]: match[1] for match in found if match}
        if len(sums) < len(found):
            raise ValueError("a name is there twice")
        return sums


def compare(path: Path, data: bytes, expected: str | None) -> bytes:
    """Return a file's content, or refuse it when it is not what was written.

    Raises
    ------
    ResultError
    """
    if expected is None:
        raise ResultError(short(path), f"the file is damaged ({SEAL} has no checksum of it)")
    if sha256(data) != expected:
        raise ResultError(short(path), f"the file is damaged (its checksum is not the one in {SEAL})")
    return data
