"""Say from the folder of a run, or from its archive, what to do to get the same run again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from livermet_sim.base.checksums import compare, sealed
from livermet_sim.base.errors import ResultError
from livermet_sim.base.read import content, guarded, read_object, short
from livermet_sim.observe import schema
from livermet_sim.observe.folder import IMAGES, MARK, MISSING, SCENARIO

MAX_IMAGE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Origin:
    """Hold where a run came from.

    Attributes
    ----------
    scenario : Path
        The resolved scenario, beside it the image of the tissue where it has one.
    seed : int
    hours : float, h
        The time at which the run ended, counted from when tumour cells may enter.
    complete : bool
        False for a run cut short.
    digest : str
        Of the state at the end.
    versions : dict of str
        With what it was made.
    name : str
    """

    scenario: Path
    seed: int
    hours: float
    complete: bool
    digest: str
    versions: dict[str, str]
    name: str


def is_run(path: Path) -> bool:
    """Say whether a folder looks like that of a run."""
    try:
        return path.is_dir() and (path / MARK).is_file()
    except (OSError, ValueError):
        return False


def origin(folder: Path) -> Origin:
    """Return where the run in a folder came from; its scenario and image are those that were saved.

    Raises
    ------
    ResultError
        When a file is missing or not what was written.
    """
    if not is_run(folder):
        raise ResultError(short(folder), "this is not the folder of a run")
    sums = sealed(folder, MISSING)
    found = {}
    for name in ("provenance", "scenario"):
        path = folder / f"{name}.json"
        data = compare(path, content(path, missing=MISSING), sums.get(path.name))
        with guarded(path):
            found[name] = read_object(data, schema.OBJECTS[name])
    compare(folder / SCENARIO, content(folder / SCENARIO, missing=MISSING), sums.get(SCENARIO))
    for name in IMAGES:
        if name in sums or os.path.lexists(folder / name):
            compare(folder / name, content(folder / name, MAX_IMAGE_BYTES), sums.get(name))
    own = found["provenance"]
    with guarded(folder / MARK):
        hours = own["hours"]
        if (
            isinstance(hours, bool)
            or not isinstance(hours, int | float)
            or not abs(hours) <= schema.LONGEST_H
        ):
            raise ValueError("hours is not a time")
        versions = {str(name): str(version) for name, version in own["versions"].items()}
        return Origin(
            folder / SCENARIO, own["seed"], float(hours), own["complete"], own["digest"], versions,
            str(found["scenario"].get("name", "run")),
        )  # fmt: skip
