"""Read an ensemble: parameter sets that published results do not rule out, which pairs take in turn.

An interval over pairs that each have a set of their own carries both luck and what is not known of the parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.base.read import is_folder
from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.factors import change_paths
from livermet_sim.sweep.schema import read_sealed

FILE, SHIPPED = "found.json", "default"
MOST = 10_000
Member = Mapping[str, Any]
Ensemble = str | Path | Iterable[Member]


def members(ensemble: Ensemble | None) -> tuple[Member, ...]:
    """Return the parameter sets of an ensemble: values by path.

    Parameters
    ----------
    ensemble : str, Path or sequence of mappings, optional
        "default" for the one that ships, the folder or ``found.json`` of ``livermet match``, or the sets themselves;
        None for one set, the scenario's own.

    Raises
    ------
    LivermetError
        When there is none, or the file is damaged.
    """
    if ensemble is None:
        return ({},)
    found = _read(_path(ensemble)) if isinstance(ensemble, str | Path) else list(ensemble)
    for one in found:
        good = isinstance(one, Mapping) and all(isinstance(key, str) for key in one)
        if not good or not all(isinstance(v, int | float | str) for v in one.values()):
            raise LivermetError("ensemble", f"{one!r} is not a parameter set: values by path")
    if not 0 < len(found) <= MOST:
        raise LivermetError("ensemble", f"it holds {len(found)} parameter sets; 1 to {MOST} will do")
    return tuple(found)


def _path(word: str | Path) -> Path:
    if word == SHIPPED:
        return Path(str(resources.files("livermet_sim") / "library" / "matching" / f"{SHIPPED}.json"))
    path = Path(word)
    return path / FILE if is_folder(path) else path


def _read(path: Path) -> list[Member]:
    kept = read_sealed(path, {"members": list}, "there is no such ensemble; livermet match makes one")
    if "members" not in kept:
        raise ResultError(str(path), "it holds no parameter sets")
    return kept["members"]


def taken_by(own: Sequence[Member], number: int, scenario: Scenario) -> Scenario:
    """Return a scenario with the set that the pair of this number takes, in turn."""
    member = own[number % len(own)]
    return change_paths(scenario, member) if member else scenario
