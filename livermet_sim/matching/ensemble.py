"""Give the ensemble that ships with the model: parameter sets that published results do not rule out."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from livermet_sim.base.errors import LivermetError
from livermet_sim.matching.found import Found


def path() -> Path:
    """Return the file of the shipped ensemble."""
    return Path(str(resources.files("livermet_sim") / "library" / "matching" / "default.json"))


def shipped() -> Found:
    """Return the shipped ensemble with all that made it.

    Raises
    ------
    LivermetError
        Where none ships.
    """
    if not path().is_file():
        raise LivermetError("ensemble", "none ships with this version; make one with  livermet match")
    return Found.read(path())
