"""Hand processes what they need to know at build time: parameters, kinds, behaviour columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from livermet_sim.base.specs import Value, filled
from livermet_sim.cells.kind import Kind
from livermet_sim.state.roles import Role, by_role, the

if TYPE_CHECKING:
    from livermet_sim.base.specs import Own


@dataclass(frozen=True)
class Setting:
    """Hold a run's resolved parameters, its kinds, and the column of each behaviour in ``world.rates``."""

    values: Mapping[str, Mapping[str, Value]]
    kinds: Sequence[Kind]
    fields: Sequence[str]
    column: Callable[[str], int]

    def read(self, section: str, kind: type[Own]) -> Own:
        """Return a dataclass with those values of a section that its fields name."""
        return filled(kind, self.values[section])

    def cell(self, kind: str, name: str) -> float:
        """Return a number of a kind."""
        return float(self.values[f"cells.{kind}"][name])

    def per_kind(self, name: str, default: float = 0.0) -> np.ndarray:
        """Return a parameter for every kind, float64[K]; ``default`` for kinds that have none of that name."""
        return np.array([float(self.values[f"cells.{kind.name}"].get(name, default)) for kind in self.kinds])

    def columns(self, *names: str) -> np.ndarray:
        """Return the columns of behaviours, int64."""
        return np.array([self.column(name) for name in names], dtype=np.int64)

    def code(self, kind: str) -> int:
        """Return the code of a kind."""
        return [k.name for k in self.kinds].index(kind)

    def the(self, role: Role) -> Kind:
        """Return the kind that has a role."""
        return self.kinds[the(role, by_role(self.kinds))]
