"""Load tumour lines: presets of the traits in which one line differs from the tumour cell by default.

A line is one TOML file. It sets properties of the cell (size, adhesion, vulnerability, secretion), never what
becomes of it in the liver; what a line is known to do there is said in its ``doc``, as something to check.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple, get_args

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.key_lines import with_lines
from livermet_sim.base.specs import Grade, Parameter, Value
from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.tumour import TUMOUR
from livermet_sim.state.signals import FIELDS

DEFAULT = "default of tumour cells"
_TEXTS = ("title", "primary", "species", "doc")
_TRAIT_KEYS = ("value", "source", "grade", "why")


@dataclass(frozen=True, slots=True)
class Trait:
    """Hold one trait of a line: a number in the unit of its parameter, its source and the reason for it."""

    value: Value
    unit: str
    source: str = "assumed"
    grade: Grade = "assumed"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Describe a tumour line.

    Attributes
    ----------
    name : str
        Name of its file, as written in a scenario.
    primary, species : str
        Organ of the primary tumour and species of the line.
    doc : str
        What sets the line apart, and the published anchor it should reproduce.
    traits : dict of str to Trait
        What differs from the tumour cell by default, by parameter name.
    """

    name: str
    title: str
    primary: str
    species: str
    doc: str
    traits: dict[str, Trait]

    def values(self) -> dict[str, Value]:
        """Return the numbers alone, ready to override the defaults of ``cells.tumour``."""
        return {name: trait.value for name, trait in self.traits.items()}


class Row(NamedTuple):
    """Hold one row of `table`."""

    line: str
    trait: str
    value: Value
    unit: str
    source: str
    grade: str
    why: str


def names() -> tuple[str, ...]:
    """Return the names of the lines that ship with the model, sorted."""
    return tuple(sorted(file.name[:-5] for file in _folder().iterdir() if file.name.endswith(".toml")))


def load(name: str) -> Line:
    """Return a line that ships with the model.

    Raises
    ------
    ScenarioError
        When there is no such line; the nearest is named.
    """
    if name not in names():
        raise ScenarioError("cells.tumour.line", f'"{name}" is not a tumour line', name=name, valid=names())
    return _shipped(name)


@cache
def _shipped(name: str) -> Line:
    """Return a line that ships; writing down where each value of a scenario comes from asks for it once a value."""
    return read(_folder() / f"{name}.toml")


def read(file: Path | Traversable) -> Line:
    """Return the line that a TOML file describes, every trait checked against the tumour parameters.

    Raises
    ------
    ScenarioError
        When the file is missing or not TOML, lacks a text, or has an unknown key or trait, an impossible
        value, or a graded value without a source.
    """
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(file.name, f"the line cannot be read ({error})") from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(file.name, f"the line is not valid TOML: {error}") from None
    with with_lines({file.name: text}):
        return _line(file, data)


def _line(file: Path | Traversable, data: Mapping[str, object]) -> Line:
    _check_keys(file.name, data, (*_TEXTS, "traits"))
    texts = {key: _text(file.name, data, key) for key in _TEXTS}
    given = data.get("traits", {})
    if not isinstance(given, dict):
        raise ScenarioError(f"{file.name}, traits", f"{given!r} is not a table of traits")
    known = parameters()
    traits = {name: _trait(f"{file.name}, traits.{name}", name, raw, known) for name, raw in given.items()}
    return Line(file.name.removesuffix(".toml"), **texts, traits=traits)


def parameters() -> dict[str, Parameter]:
    """Return the tumour parameters that a line can set, by name, in the order of the tumour kind."""
    section = TUMOUR.section(tuple(FIELDS), tuple(kind.name for kind in KINDS))
    return {parameter.name: parameter for parameter in section.parameters}


def table(chosen: tuple[str, ...] | None = None) -> list[Row]:
    """Return lines side by side: one row per trait that any of them sets and per line, in parameter order.

    Where a line leaves a trait at the default of tumour cells, its row shows that default, and says so.

    Parameters
    ----------
    chosen : tuple of str, optional
        The lines to compare; all by default.
    """
    lines = [load(name) for name in (names() if chosen is None else chosen)]
    rows = []
    for name, parameter in parameters().items():
        if not any(name in line.traits for line in lines):
            continue
        default = Trait(parameter.default, parameter.unit, parameter.source, parameter.grade, DEFAULT)
        for line in lines:
            trait = line.traits.get(name, default)
            rows.append(Row(line.name, name, trait.value, trait.unit, trait.source, trait.grade, trait.why))
    return rows


def _folder() -> Traversable:
    return resources.files("livermet_sim") / "library" / "lines"


def _check_keys(place: str, data: Mapping[str, object], valid: tuple[str, ...]) -> None:
    for key in data:
        if key not in valid:
            raise ScenarioError(place, f'"{key}" is not a key here', name=key, valid=valid)


def _text(place: str, data: Mapping[str, object], key: str) -> str:
    text = data.get(key)
    if not isinstance(text, str) or not text.strip():
        raise ScenarioError(place, f'"{key}" is missing or not a text')
    return " ".join(text.split())


def _trait(place: str, name: str, raw: object, known: Mapping[str, Parameter]) -> Trait:
    if name not in known:
        raise ScenarioError(place, "tumour cells have no such trait", name=name, valid=known)
    if not isinstance(raw, dict):
        raise ScenarioError(place, f"{raw!r} is not a table; write value, source, grade and why")
    _check_keys(place, raw, _TRAIT_KEYS)
    if "value" not in raw:
        raise ScenarioError(place, '"value" is missing')
    given = {key: _text(place, raw, key) for key in ("source", "grade", "why") if key in raw}
    source, grade = given.get("source", "assumed"), given.get("grade", "assumed")
    if grade not in get_args(Grade):
        raise ScenarioError(place, f'"{grade}" is not a grade of evidence', name=grade, valid=get_args(Grade))
    if source == "assumed" and grade != "assumed":
        raise ScenarioError(place, f'the grade "{grade}" needs a source')
    parameter = known[name]
    return Trait(parameter.read(raw["value"], place), parameter.unit, source, grade, given.get("why", ""))  # type: ignore[arg-type]
