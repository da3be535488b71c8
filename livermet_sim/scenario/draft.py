"""Hold what was written before it is checked: dotted names and values, later layers over earlier ones."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.scenario.files import DEEPEST

HEAD = ("name", "doc", "line", "resolved", "plugins")


@dataclass
class Draft:
    """Collect written values.

    Attributes
    ----------
    flat : dict
        Dotted name -> value, the latest last, rules included (``rules.MV12.enabled``), interventions apart;
        an empty table is kept as ``{}``.
    interventions : list or None
        Tables, None where none were written.
    origin : dict
        Dotted name -> file or option that wrote it.
    rank : dict
        Dotted name -> number of the layer that wrote it last; of a scenario that was checked before, -1.
    lenient : bool
        Whether what is idle falls back to its default without a word, as at a point of a design.
    """

    flat: dict[str, Any] = field(default_factory=dict)
    interventions: list[Any] | None = None
    origin: dict[str, str] = field(default_factory=dict)
    rank: dict[str, int] = field(default_factory=dict)
    lenient: bool = False
    _layers: int = 0

    def write(self, tables: Mapping[str, Any], origin: str, checked: bool = False) -> Draft:
        """Lay nested or dotted tables over what is there; return the draft.

        Parameters
        ----------
        checked : bool
            Whether the tables are those of a scenario, in which nothing was written in vain.

        Raises
        ------
        ScenarioError
            For a name given twice, or tables nested too deeply.
        """
        new: dict[str, Any] = {}
        for name, value in _flatten(tables, origin):
            if name in new:
                raise ScenarioError(place(origin, name), "it is given twice")
            new[name] = value
        self._switch_variants(new)
        rank, self._layers = (-1 if checked else self._layers), self._layers + 1
        for name, value in new.items():
            self.origin[name], self.rank[name] = origin, rank
            if name == "interventions":
                self.interventions = _tables(value, place(origin, name))
            elif not (isinstance(value, dict) and any(key.startswith(f"{name}.") for key in self.flat)):
                self.flat.pop(name, None)
                self.flat[name] = value
        return self

    def _switch_variants(self, new: Mapping[str, Any]) -> None:
        """Let a switch of a whole mechanism (``rules.MV6.enabled``) win over earlier ones of its variants."""
        for name, value in new.items():
            family = name.removesuffix("enabled")
            if name.startswith("rules.") and family.endswith("."):
                for variant in self.flat:
                    if variant.startswith(family) and variant.endswith(".enabled"):
                        self.flat[variant] = value

    def rank_of(self, name: str) -> int:
        """Return the number of the layer that wrote a name last, -1 for none."""
        return self.rank.get(name, -1)

    def in_vain(self, name: str, governor: str) -> bool:
        """Say whether a name was written at or after the one that makes it idle, by someone who is to be told."""
        return not self.lenient and self.rank_of(name) >= max(0, self.rank_of(governor))

    def rules(self) -> dict[str, dict[str, Any]]:
        """Return the changes to rules by id; a rule's key has no dot, its id may.

        Raises
        ------
        ScenarioError
            Where a rule is not a table of keys.
        """
        changes: dict[str, dict[str, Any]] = {}
        for name, value in self.flat.items():
            head, _, rest = name.partition(".")
            if head != "rules" or (name == "rules" and value == {}):
                continue
            id, _, key = rest.rpartition(".")
            if not id or isinstance(value, dict):
                reason = "a rule is changed by a table of keys, for example rules.MV12 = {enabled = false}"
                raise ScenarioError(place(self.origin[name], name), reason)
            changes.setdefault(id, {})[key] = plain(value, place(self.origin[name], name))
        return changes

    def given(self) -> dict[str, Any]:
        """Return what was written, as a dictionary that can be written again."""
        tables: dict[str, Any] = deepcopy(self.flat)
        if self.interventions is not None:
            tables["interventions"] = deepcopy(self.interventions)
        return tables


def place(origin: str, name: str) -> str:
    """Return where a value was written: ``file.toml, tissue.kind`` or ``--set tissue.kind``."""
    return f"{origin}{',' if origin.endswith('.toml') else ''} {name}" if origin else name


def parse(text: str) -> Any:
    """Return an override's value: as TOML where it is a TOML number, switch, text or list, else as text."""
    try:
        tables = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    value = tables["value"]
    return value if len(tables) == 1 and isinstance(value, bool | int | float | str | list | dict) else text


def split(text: str, option: str = "--set") -> tuple[str, str]:
    """Return name and text of an override such as ``cells.kupffer.density=0``.

    Raises
    ------
    ScenarioError
        When there is no name or no equals sign.
    """
    name, equals, value = text.partition("=")
    name = name.replace('"', "").strip()
    if not equals or not name:
        raise ScenarioError(option, f'"{text}" is not name=value; write for example cells.kupffer.density=0')
    return name, value.strip()


def plain(value: Any, where: str, depth: int = 0) -> Any:
    """Return a copy made of dictionaries, lists, texts, numbers and switches alone.

    Raises
    ------
    ScenarioError
        For anything else: a date, a number that is not finite, text that is not Unicode.
    """
    if depth > DEEPEST:
        raise ScenarioError(where, "it is nested too deeply")
    if isinstance(value, Mapping):
        return {plain(str(k), where): plain(v, f"{where}.{k}", depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v, f"{where}[{i}]", depth + 1) for i, v in enumerate(value)]
    if isinstance(value, str):
        if not _unicode(value):
            raise ScenarioError(where, "it holds characters that are not Unicode text")
        return value
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ScenarioError(where, f"{value} is not a text, a finite number, true or false")


def _unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _tables(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ScenarioError(where, "interventions are a list of tables, each headed [[interventions]]")
    return list(value)


def _flatten(
    tables: Mapping[str, Any], origin: str, prefix: str = "", depth: int = 0
) -> Iterable[tuple[str, Any]]:
    for key, value in tables.items():
        name = f"{prefix}{key}"
        if not isinstance(key, str) or not _unicode(name) or not all(name.split(".")):
            raise ScenarioError(place(origin, ascii(name)), "this is not a name")
        if depth > DEEPEST:
            raise ScenarioError(place(origin, name[:40] + "..."), "it is nested too deeply")
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, origin, f"{name}.", depth + 1)
        else:
            yield name, dict(value) if isinstance(value, Mapping) else value
