"""Read the interventions of a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from livermet_sim.base.errors import ScenarioError
from livermet_sim.cells.kind import Kind
from livermet_sim.interventions.intervention import MOST, Intervention, read_one
from livermet_sim.interventions.levers import Words
from livermet_sim.interventions.made import meet


def read(
    tables: Iterable[Mapping[str, Any]],
    kinds: Sequence[Kind],
    fields: Sequence[str],
    rules: Iterable[str] | None = None,
) -> tuple[Intervention, ...]:
    """Check interventions and return them.

    Parameters
    ----------
    rules : iterable of str, optional
        Ids of the rules of the scenario; without them a rule's id is not checked.

    Raises
    ------
    ScenarioError
        For an unknown key, action or name, a wrong unit, or a window that ends before it starts.
    """
    words, tables = Words(kinds, fields, rules), tuple(tables)
    meet(kinds, fields, words.rules)
    if len(tables) > MOST:
        raise ScenarioError("interventions", f"there are {len(tables)}; at most {MOST} make sense")
    return tuple(read_one(table, f"interventions[{i}]", words) for i, table in enumerate(tables))


def flat(interventions: Iterable[Intervention]) -> tuple[Intervention, ...]:
    """Return the interventions with every condition taken apart into its changes."""
    return tuple(part for own in interventions for part in own.whole())


def hours_before(interventions: Iterable[Intervention], days: float) -> float:
    """Return the time to be simulated before tumour cells enter, in whole days: asked for, or needed to intervene."""
    return 24.0 * float(np.ceil(max([days, *(-(own.begins() or 0.0) for own in interventions)])))
