"""Read study files: TOML with a scenario, a design and factors, as `livermet_sim.sweep.sweep` shows one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from livermet_sim.base.errors import LivermetError, ScenarioError, reworded
from livermet_sim.base.key_lines import with_lines
from livermet_sim.scenario import files
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario

Made = TypeVar("Made")
KEYS = ("name", "doc", "scenario", "days", "set", "series", "design", "factors", "points")
DESIGN = ("kind", "samples", "replicates", "seed", "paired")


def known(kind: str = "sweeps") -> dict[str, Path]:
    """Return every file of a kind that can be called by name: those in ./scenarios/KIND, then the shipped ones."""
    found: dict[str, Path] = {}
    for folder in (Path("scenarios") / kind, files.packaged() / kind):
        for path in sorted(folder.glob("*.toml")):
            found.setdefault(path.stem, path)
    return found


def find(wanted: str | Path, kind: str = "sweeps") -> Path:
    """Return the path of a study file (or one of ``calibrations``), given by path or name.

    Raises
    ------
    ScenarioError
        When there is none; the nearest known name is suggested.
    """
    path, names = Path(wanted), known(kind)
    if path.is_file():
        return path
    if str(wanted) in names:
        return names[str(wanted)]
    what = {"sweeps": "study", "calibrations": "calibration"}[kind]
    raise ScenarioError("", f'there is no {what} file "{wanted}"', name=path.stem, valid=names)


def read(wanted: str | Path, make: Callable[..., Made]) -> tuple[Made, str]:
    """Return the study that a file describes, and its text.

    Parameters
    ----------
    make : callable
        Takes what `Sweep` takes.

    Raises
    ------
    LivermetError
        For a file that is missing or not TOML, and for every mistake in it.
    """
    path = find(wanted)
    tables, text = files.read(path)
    place = files.label(path)
    with within(place, text):
        check_keys(tables, KEYS, "")
        check_texts(tables, ("name", "doc"), "")
        for key in ("design", "factors"):
            if not isinstance(tables.get(key, {}), Mapping):
                raise ScenarioError(key, f"this is a table, headed [{key}]")
        design = tables.get("design", {})
        check_keys(design, DESIGN, "design.")
        check_texts(design, ("kind",), "design.")
        kind = design.get("kind", "list" if "points" in tables else "latin-hypercube")
        made = make(
            base(tables, path), tables.get("factors"), design=str(kind), points=_points(tables),
            name=str(tables.get("name", path.stem)), days=tables.get("days"), changes=tables.get("set"),
            series=_series(tables), **{key: design[key] for key in DESIGN[1:] if key in design},
        )  # fmt: skip
    return made, text


@contextmanager
def within(place: str, text: str) -> Generator[None]:
    """Put a file, and the line of the key, in front of each mistake in what it holds."""
    with with_lines({place: text}):
        try:
            yield
        except LivermetError as error:
            lines = [s if s.startswith(place) else f"{place}, {s}" for s in error.sentence.splitlines()]
            raise ScenarioError("", "\n".join(lines)) from None


def base(tables: Mapping[str, Any], path: Path) -> Scenario:
    """Return the scenario that a study file names: by name, or by a path from the file's folder."""
    wanted = tables.get("scenario", "baseline")
    if not isinstance(wanted, str):
        raise ScenarioError("scenario", f"{wanted!r} is not a text")
    beside = path.parent / wanted
    with naming("scenario"):
        found = files.find(beside if wanted.endswith(".toml") and beside.is_file() else wanted)
    return load(found)


def naming(key: str) -> AbstractContextManager[None]:
    """Say of a mistake that it is about what a key names."""
    return reworded(lambda sentence: f"{key}: {sentence}")


def check_keys(table: Mapping[str, Any], valid: tuple[str, ...], prefix: str) -> None:
    """Refuse a key that is none of those.

    Raises
    ------
    ScenarioError
        With the nearest key that is.
    """
    for key in table:
        if key not in valid:
            if not prefix and key in files.HOMES:
                raise ScenarioError(
                    key, f"this belongs into {files.HOMES[key]}; valid: {', '.join(sorted(valid))}"
                )
            raise ScenarioError(f"{prefix}{key}", "there is no such key", name=key, valid=valid)


def check_texts(table: Mapping[str, Any], keys: tuple[str, ...], prefix: str) -> None:
    """Refuse what should be a text and is none.

    Raises
    ------
    ScenarioError
    """
    for key in keys:
        if not isinstance(table.get(key, ""), str):
            raise ScenarioError(f"{prefix}{key}", f"{table[key]!r} is not a text")


def _points(tables: Mapping[str, Any]) -> list[dict[str, Any]]:
    points = tables.get("points", [])
    if not isinstance(points, list) or not all(isinstance(point, Mapping) for point in points):
        raise ScenarioError("points", "points are a list of tables, each headed [[points]]")
    return [dict(_flat(point, "")) for point in points]


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _series(tables: Mapping[str, Any]) -> bool | str:
    series = tables.get("series", False)
    if not isinstance(series, bool | str):
        raise ScenarioError("series", f'{series!r} is neither true, false nor a time such as "6 h"')
    return series
