"""Make the folder of results before anything is computed, and read which seeds are wanted."""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from livermet_sim.base.errors import LivermetError, ResultError

MOST_SEEDS = 10_000
_PART = re.compile(r"(\d{1,19})(?:-(\d{1,19}))?")


def seeds(text: str) -> list[int]:
    """Return the seeds that a text such as ``1-5`` or ``1,4,7-9`` names, in its order.

    Raises
    ------
    LivermetError
        When it names none, one of them twice, or more than make sense.
    """
    found: list[int] = []
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if last < first:
            raise LivermetError("--seeds", f'"{text}" are not seeds; write for example 1-5 or 1,4,7')
        if len(found) + last - first >= MOST_SEEDS:
            raise LivermetError(
                "--seeds", f'"{text}" are more than {MOST_SEEDS:,}; a study has room for them'
            )
        found += range(first, last + 1)
    if len(set(found)) < len(found):
        raise LivermetError("--seeds", f'"{text}" names a seed twice')
    if max(found) >= 2**62:
        raise LivermetError("--seeds", f"{max(found)} is impossible; a seed is from 0 to {2**62 - 1}")
    return found


def reserve(
    out: Path | None, name: str, seed: int, overwrite: bool | None = None,
    goes_on: Callable[[Path], bool] = lambda folder: False,
) -> Path:  # fmt: skip
    """Make the folder of the results, never one that already holds something else.

    Parameters
    ----------
    overwrite : bool, optional
        Whether a folder that holds an earlier run will do; None where that is not offered.
    goes_on : callable, optional
        Whether a folder holds the same run, cut off, so that it will do too.

    Raises
    ------
    ResultError
        When the folder holds something, or cannot be written.
    """
    stem = re.sub(r"[^\w.-]+", "-", name).strip(".-")[:80] or "run"
    usual = Path("results") / f"{stem}-seed{seed}"
    folder = out or usual
    try:
        for number in itertools.count(2):
            made = _made(folder, named=out is not None)
            if made or (overwrite and _holds_a_run(folder)) or (not overwrite and goes_on(folder)):
                break
            if out is None and not overwrite:
                folder = Path(f"{usual}-{number}")
            else:
                raise _refusal(folder, overwrite)
        # Results are written beside the folder and moved into place, so both must be writable.
        for place in (folder, folder.resolve().parent):
            tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ResultError(str(folder), f"the results cannot be written there ({reason})") from None
    return folder


def drop_empty(folders: Iterable[Path]) -> None:
    """Take away the folders in which nothing came to be kept."""
    for folder in folders:
        if not any(folder.iterdir()):
            folder.rmdir()


def _made(folder: Path, named: bool) -> bool:
    """Make a folder; an empty one will do where somebody named it, else it may be that of a run under way."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return named and folder.is_dir() and not any(folder.iterdir())
    return True


def _holds_a_run(folder: Path) -> bool:
    from livermet_sim.observe.folder import MARK, UNFINISHED

    return (folder / MARK).is_file() or (folder / UNFINISHED).is_file()


def _refusal(folder: Path, overwrite: bool | None) -> ResultError:
    if not folder.is_dir():
        return ResultError(str(folder), "this is a file; results need a folder")
    if overwrite:
        return ResultError(
            str(folder), "the folder holds no earlier run to be replaced; give another with --out"
        )
    words = "" if overwrite is None else ", or --overwrite to replace the run in it"
    return ResultError(str(folder), f"the folder is not empty; give another with --out{words}")
