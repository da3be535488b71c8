"""Write files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livermet_sim.base.errors import ResultError


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Lend a temporary name beside ``path`` with the same ending; the file moves to its place when it is whole.

    Raises
    ------
    ResultError
        When the file cannot be written.
    """
    path = Path(path)
    if path.is_dir():
        raise ResultError(str(path), "this is a folder; a file's name is needed")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise ResultError(
            str(path), f"cannot be written ({(error.strerror or str(error)).lower()})"
        ) from None
    os.close(handle)
    part = Path(name)
    try:
        yield part
        os.chmod(part, 0o644)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all."""
    with whole_file(path) as part, open(part, "w", encoding="utf-8", newline="") as file:
        file.write(text)
