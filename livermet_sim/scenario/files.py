"""Find scenario files by name or path and read them as TOML, saying in one sentence what is wrong."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.key_lines import with_lines
from livermet_sim.base.read import read_object

LARGEST = 1_000_000
DEEPEST = 12
LARGEST_WHOLE = 1 << 64
TREATMENTS = "treatments"
RUN_MARK = "provenance.json"  # lies in the folder of a run, which stands for the scenario in it
# keys of files of another kind than the one that is read, and what those are
HOMES = {
    **dict.fromkeys(("extends", "line", "cells", "rules", "interventions"), "a scenario (livermet run)"),
    **dict.fromkeys(("scenario", "set", "design", "factors", "points"), "a study (livermet sweep)"),
    **dict.fromkeys(("calibration", "arms", "targets"), "a calibration (livermet calibrate)"),
    **dict.fromkeys(("matching", "held_against", "watched"), "a matching (livermet match)"),
    **dict.fromkeys(("reference", "readout", "treated", "expected"), "an experiment (livermet validate)"),
}
# what the parser says, and what helps against it
_HELP = (
    (r"cannot declare \('?(.*?)'?,?\) twice", "the table {0} is there twice; put its keys under one head"),
    (r"cannot overwrite a value", "cannot overwrite a value: the same name is there twice"),
    (r"illegal character '\\n'", "a quote is opened and not closed on its line"),
    (
        r"(expected newline .*)",
        '{0}; a value with a unit or several words stands between quotes, as in "5 day"',
    ),
    (r"(expected '=' .*)", "{0}; a line is name = value, or a head such as [run]"),
    (r"(invalid value)", "{0}; true and false are written small, a text stands between straight quotes"),
)
_WHERE = re.compile(r"^(.*?) \(at (?:line (\d+), column \d+|end of document)\)$", re.DOTALL)


def packaged() -> Path:
    """Return the folder of the scenarios that ship with the model: installed, or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "library" / "scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def known() -> dict[str, Path]:
    """Return every scenario that can be called by name: those in ./scenarios and its treatments, then the shipped ones."""
    found: dict[str, Path] = {}
    for folder in (Path("scenarios"), packaged()):
        for path in (*sorted(folder.glob("*.toml")), *sorted((folder / TREATMENTS).glob("*.toml"))):
            found.setdefault(path.stem, path)
    return found


def label(path: Path) -> str:
    """Return how to call a file in a message: relative to the working folder where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (ValueError, OSError, RuntimeError):  # a loop of links
        return str(path)


def find(wanted: str | Path, beside: Path | None = None) -> Path:
    """Return the file of a scenario.

    Parameters
    ----------
    wanted : str or Path
        A name, or a path to a TOML file.
    beside : Path, optional
        The file that extends it: paths are relative to its folder, and names are sought there first.

    Raises
    ------
    ScenarioError
        When there is none; the nearest known name is suggested.
    """
    text = str(wanted)
    place = f"{label(beside)}, extends" if beside else ""
    path = Path(text)
    is_path = isinstance(wanted, Path) or path.suffix in (".toml", ".json") or "/" in text or "\\" in text
    names = known()
    is_path |= beside is None and text not in names and os.path.isfile(path / RUN_MARK)
    try:
        if is_path:
            path = beside.parent / path if beside else path
            if path.is_dir() and (path / RUN_MARK).is_file():
                path = path / "scenario.toml"
            if path.is_dir():
                raise ScenarioError(place, f'"{text}" is a folder; a scenario is a file ending in .toml')
            if path.is_file():
                return path
            if path.exists():
                raise ScenarioError(place, f'"{text}" is not a file')
            near = {p.stem: p for p in path.parent.glob("*.toml")} | names
            raise ScenarioError(place, f'there is no file "{text}"', name=path.stem, valid=near)
        if beside:
            names = {p.stem: p for p in beside.parent.glob("*.toml")} | names
            sibling = beside.parent / f"{text}.toml"
            if sibling.is_file() and sibling.resolve() != beside.resolve():
                return sibling
            names = _without(names, beside)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(place, f'"{_short(text)}" cannot be a scenario: {reason.lower()}') from None
    if text not in names:
        raise ScenarioError(place, f'there is no scenario "{_short(text)}"', name=text, valid=names)
    return names[text]


def _without(names: dict[str, Path], beside: Path) -> dict[str, Path]:
    """Let a file that extends its own name mean the shipped scenario of that name."""
    if beside.stem in names and names[beside.stem].resolve() == beside.resolve():
        shipped = packaged() / beside.name
        if shipped.is_file() and shipped.resolve() != beside.resolve():
            return names | {beside.stem: shipped}
    return names


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def read(path: Path) -> tuple[dict[str, Any], str]:
    """Return the tables of a TOML file, and its text.

    Raises
    ------
    ScenarioError
        When it cannot be opened, is larger than 1 MB, is not UTF-8 text or not TOML.
    """
    place = label(path)
    try:
        if not path.is_file():
            raise ScenarioError(place, "this is not a file")
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise ScenarioError(place, f"it cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(content) > LARGEST:
        raise ScenarioError(place, "it is larger than 1 MB; that is no scenario")
    try:
        text = content.decode("utf-8-sig")
        tables, text = (_json(content, place), "") if path.suffix == ".json" else (tomllib.loads(text), text)
        with with_lines({place: text}):
            _check_whole(tables, place)
        return tables, text
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ScenarioError(f"{place}, line {line}", "it is not text in UTF-8") from None
    except RecursionError:
        raise ScenarioError(place, "its lists or tables are nested too deeply") from None
    except ValueError as error:
        raise _syntax(place, content, str(error)) from None


def _json(content: bytes, place: str) -> dict[str, Any]:
    """Return the tables of a resolved scenario as results keep it beside the TOML file."""
    try:
        return read_object(content)
    except ValueError as error:
        raise ScenarioError(place, f"it is not the JSON of a scenario: {error}") from None


def _check_whole(value: Any, place: str, name: str = "") -> None:
    """Refuse a whole number beyond the 64 bits that TOML allows, with which nothing could compute."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            own = f"{name}[{key}]" if isinstance(value, list) else f"{name}.{key}" if name else f"{key}"
            _check_whole(item, place, own)
    elif isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        reason = "the number is too large or too small to compute with"
        raise ScenarioError(f"{place}, {name}", reason)


def _syntax(place: str, content: bytes, message: str) -> ScenarioError:
    """Turn a parser's message into a sentence with the line in front."""
    match = _WHERE.match(message)
    if not match:
        return ScenarioError(place, f"it is not TOML: {message}")
    last = content.rstrip().count(b"\n") + 1
    reason = match[1][0].lower() + match[1][1:]
    for pattern, words in _HELP:
        if found := re.fullmatch(pattern, reason):
            reason = words.format(*(re.sub(r"', '", ".", group) for group in found.groups()))
            break
    return ScenarioError(f"{place}, line {match[2] or last}", f"it is not TOML: {reason}")
