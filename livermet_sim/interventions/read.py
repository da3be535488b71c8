"""Read and check interventions as a scenario file or a script gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import Parameter, Section
from livermet_sim.cells.kind import Kind

ACTIONS = {
    "deplete": "take away cells of a kind at the start, and again all through the window those that come back",
    "block": "multiply a behaviour of a kind during the window",
}
_TIMES = Section(
    "interventions",
    "An intervention.",
    (
        Parameter(
            "start", 0.0, "day", "When it begins; before 0 is before the tumour cells enter.", -365.0, 3650.0
        ),
        Parameter("end", 3650.0, "day", "When it ends.", -365.0, 3650.0),
        Parameter(
            "efficacy", 1.0, "1", "Share of the cells taken away, or of the behaviour blocked.", 0.0, 1.0
        ),
        Parameter(
            "factor",
            0.0,
            "1",
            "What remains of a blocked behaviour; above 1 boosts it. Overrides efficacy.",
            0.0,
            1e4,
        ),
    ),
)


@dataclass(frozen=True)
class Intervention:
    """Hold one change from outside; times in days from the moment the first tumour cells may enter."""

    action: str
    target: str
    behaviour: str
    start: float
    end: float
    factor: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as a scenario file would give it."""
        table = asdict(self)
        if self.action == "deplete":
            table["efficacy"] = 1.0 - table.pop("factor")
            table.pop("behaviour")
        return table

    def active(self, hours: float) -> bool:
        """Say whether the window is open at a time."""
        return self.start * 24.0 <= hours + 1e-9 < self.end * 24.0


def deplete(target: str, at: object = 0.0, until: object = 3650.0, efficacy: float = 1.0) -> dict[str, Any]:
    """Return the table of an intervention that takes a share of a kind's cells away."""
    return {"action": "deplete", "target": target, "start": at, "end": until, "efficacy": efficacy}


def block(
    target: str, behaviour: str, at: object = 0.0, until: object = 3650.0, factor: float = 0.0
) -> dict[str, Any]:
    """Return the table of an intervention that multiplies a behaviour of a kind by ``factor``."""
    return {
        "action": "block",
        "target": target,
        "behaviour": behaviour,
        "start": at,
        "end": until,
        "factor": factor,
    }


def read(
    tables: Iterable[Mapping[str, Any]], kinds: Sequence[Kind], fields: Sequence[str]
) -> tuple[Intervention, ...]:
    """Check interventions and return them.

    Raises
    ------
    ScenarioError
        For an unknown key, action, target or behaviour, a wrong unit, or a window that ends before it starts.
    """
    return tuple(_read(table, f"interventions[{i}]", kinds, fields) for i, table in enumerate(tables))


def _read(table: Mapping[str, Any], place: str, kinds: Sequence[Kind], fields: Sequence[str]) -> Intervention:
    names = [kind.name for kind in kinds]
    words = ("action", "target", "behaviour")
    for key in table:
        if key not in words and key not in _TIMES.names():
            raise ScenarioError(
                f"{place}.{key}", "there is no such key", name=key, valid=(*words, *_TIMES.names())
            )
    action, target = str(table.get("action", "")), str(table.get("target", ""))
    if action not in ACTIONS:
        raise ScenarioError(f"{place}.action", f'"{action}" is not an action', name=action, valid=ACTIONS)
    if target not in names:
        raise ScenarioError(f"{place}.target", f'"{target}" is not a kind of cell', name=target, valid=names)
    numbers = _TIMES.resolve({k: v for k, v in table.items() if k in _TIMES.names()}, place)
    start, end = float(numbers["start"]), float(numbers["end"])
    if end <= start:
        raise ScenarioError(
            f"{place}.end", f"the window ends at day {end:g}, not after its start at day {start:g}"
        )
    behaviour = str(table.get("behaviour", ""))
    if action == "block":
        kind = kinds[names.index(target)]
        known = [p.name for p in kind.all_behaviours(fields, names)]
        if behaviour not in known:
            reason = f'"{behaviour}" is not a behaviour of {target} cells'
            raise ScenarioError(f"{place}.behaviour", reason, name=behaviour, valid=known)
    elif behaviour:
        raise ScenarioError(
            f"{place}.behaviour", "to deplete cells needs no behaviour; to change one, block it"
        )
    factor = float(numbers["factor"]) if "factor" in table else 1.0 - float(numbers["efficacy"])
    return Intervention(action, target, behaviour, start, end, factor)
