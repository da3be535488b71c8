"""Say what the engine needs of a scenario, and read from it what a run begins with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.specs import Value
from livermet_sim.cells.kind import Kind
from livermet_sim.interventions.intervention import Intervention
from livermet_sim.observe.folder import IMAGES
from livermet_sim.processes.own import Added
from livermet_sim.rulebook.book import RuleBook

SEED_LIMIT = 2**62


class Recipe(Protocol):
    """Say what the engine needs of a scenario."""

    @property
    def kinds(self) -> tuple[Kind, ...]: ...
    @property
    def fields(self) -> tuple[str, ...]: ...
    @property
    def values(self) -> Mapping[str, Mapping[str, Value]]: ...
    @property
    def rules(self) -> RuleBook: ...
    @property
    def interventions(self) -> tuple[Intervention, ...]: ...
    @property
    def processes(self) -> tuple[Added, ...]: ...
    @property
    def plugins(self) -> Mapping[str, str]: ...
    @property
    def text(self) -> str: ...
    @property
    def digest(self) -> str: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_toml(self, image: str | None = None) -> str: ...


def images_of(recipe: Recipe) -> dict[str, bytes]:
    """Return the image that a tissue is read from, as a result keeps it; it may be edited while the run goes on."""
    tissue = recipe.values["tissue"]
    path = Path(str(tissue["image"]))
    name = f"image{path.suffix.lower()}"
    if tissue["kind"] != "mask" or name not in IMAGES or not path.is_file():
        return {}
    return {name: path.read_bytes()}


def base_values(recipe: Recipe) -> dict[str, dict[str, float]]:
    """Return the numbers of each kind by name; words are left out."""
    return {
        kind.name: {
            name: float(value)
            for name, value in recipe.values[f"cells.{kind.name}"].items()
            if not isinstance(value, str)
        }
        for kind in recipe.kinds
    }


def check_seed(seed: int) -> int:
    """Return a seed if it is one; refuse anything else, so that no two seeds stand for one run."""
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool):
        raise LivermetError("seed", f"{seed!r} is not a whole number")
    if not 0 <= seed < SEED_LIMIT:
        raise LivermetError("seed", f"{seed} is impossible; it must be from 0 to {SEED_LIMIT - 1}")
    return int(seed)
