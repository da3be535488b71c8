"""Load a scenario by name or path: follow what it extends, lay overrides over it, resolve it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.key_lines import with_lines
from livermet_sim.scenario import files
from livermet_sim.scenario.draft import Draft, parse
from livermet_sim.scenario.spec import Scenario

LONGEST_CHAIN = 8


def load(
    name_or_path: str | Path, overrides: Mapping[str, object] | None = None, *, option: str = "override"
) -> Scenario:
    """Return a scenario.

    Parameters
    ----------
    name_or_path : str or Path
        A name, sought in ./scenarios and then among the shipped ones, or the path of a TOML file.
    overrides : mapping, optional
        Values by dotted name; a text is read as TOML where it is TOML, as text otherwise.
    option : str, optional
        What to call an override in a message.

    Raises
    ------
    ScenarioError
        For a file that is missing or not TOML, and for every unknown name or impossible value in it.
    """
    texts: dict[str, str] = {}
    with with_lines(texts):
        chain, draft = _chain(files.find(name_or_path), texts), Draft()
        for file, tables, _ in reversed(chain):
            draft.write({"name": file.stem} | tables, files.label(file))
            _find_image(draft, file)
        changes = {name: parse(v) if isinstance(v, str) else v for name, v in (overrides or {}).items()}
        draft.write(changes, option)
        return Scenario.of(draft, chain[0][2])


def again(tables: Mapping[str, Any], text: str) -> Scenario:
    """Return the scenario that ``Scenario.to_dict`` gave, with the text that its author wrote."""
    return Scenario.of(Draft().write(tables, "scenario"), text)


def from_dict(tables: Mapping[str, Any], origin: str = "scenario") -> Scenario:
    """Return the scenario that nested or dotted tables describe, as ``Scenario.to_dict`` gives them.

    Raises
    ------
    ScenarioError
        For every unknown name or impossible value.
    """
    return Scenario.of(Draft().write(tables, origin))


def _chain(path: Path, texts: dict[str, str]) -> list[tuple[Path, dict[str, Any], str]]:
    """Return a file and those it extends, nearest first: path, tables, text; and keep their ``texts``."""
    chain: list[tuple[Path, dict[str, Any], str]] = []
    seen: list[Path] = []
    while True:
        if path.resolve() in seen:
            circle = " > ".join(p.stem for p in [*seen, path])
            raise ScenarioError(_extends(chain[-1][0]), f"the files extend each other in a circle: {circle}")
        if len(chain) == LONGEST_CHAIN:
            raise ScenarioError(_extends(chain[-1][0]), f"more than {LONGEST_CHAIN} files extend each other")
        tables, text = files.read(path)
        texts[files.label(path)] = text
        extends = tables.pop("extends", None)
        seen.append(path.resolve())
        chain.append((path, tables, text))
        if extends is None:
            return chain
        if not isinstance(extends, str):
            raise ScenarioError(_extends(path), f"{extends!r} is not a text")
        path = files.find(extends, beside=path)


def _find_image(draft: Draft, file: Path) -> None:
    """Take the path of a tissue's image relative to the file that names it, where the image lies there."""
    image = draft.flat.get("tissue.image")
    if isinstance(image, str) and image and draft.origin["tissue.image"] == files.label(file):
        beside = file.parent / image
        draft.flat["tissue.image"] = str(beside) if os.path.isfile(beside) else image


def _extends(path: Path) -> str:
    return f"{files.label(path)}, extends"
