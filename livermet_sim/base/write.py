"""Write files whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import ResultError
from livermet_sim.base.read import is_folder, reason, short


def inside(folder: Path, *names: str) -> Path:
    """Return a path in a folder that was named, made of names that files gave; nothing leads out of the folder.

    Letters that are not of words become "-", so that a name such as "../a b" becomes "a-b".

    Raises
    ------
    ResultError
        When something on the way is a symbolic link, which would lead elsewhere.
    """
    path = folder
    for name in names:
        path = path / (re.sub(r"[^\w.-]+", "-", name).strip(".-")[:80] or "unnamed")
        if path.is_symlink():
            raise ResultError(str(path), f"this is a symbolic link, and nothing is written outside {folder}")
    return path


@contextmanager
def whole_file(path: str | Path) -> Generator[Path]:
    """Lend a temporary name beside ``path`` with the same ending; the file moves to its place when it is whole.

    Raises
    ------
    ResultError
        When the file cannot be written.
    """
    path = Path(path)
    part = _begun(path)
    try:
        yield part
        os.chmod(part, 0o644)
        os.replace(part, path)
    except OSError as error:
        raise _refusal(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def check_place(path: str | Path) -> None:
    """Refuse, before long work, a file that could not be written after it.

    Raises
    ------
    ResultError
    """
    _begun(Path(path)).unlink()


def _begun(path: Path) -> Path:
    """Return an empty file of a temporary name beside ``path``, with the same ending."""
    if is_folder(path):
        raise ResultError(short(path), "this is a folder; a file's name is needed")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent)
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from None
    os.close(handle)
    return Path(name)


def _refusal(path: Path, error: Exception) -> ResultError:
    return ResultError(short(path), f"cannot be written ({reason(error)})")


def save_picture(figure: Any, path: str | Path, **options: Any) -> None:
    """Write a figure of matplotlib as a picture, whole or not at all."""
    with whole_file(path) as part:
        figure.savefig(part, **options)


def write_text(path: str | Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all."""
    with whole_file(path) as part, open(part, "w", encoding="utf-8", newline="") as file:
        file.write(text)
