"""Make the tables of interventions in Python, as a scenario file has them under [[interventions]].

Times are days from the moment the first tumour cells may enter, or texts with a unit (``"18 day"``, ``"-6 h"``);
negative ones come before. What can be blocked or boosted: see ``interventions.levers``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from livermet_sim.interventions.course import NEVER

Table = dict[str, Any]


def deplete(
    target: str, at: object = 0.0, until: object = NEVER, efficacy: float = 1.0, recovery: object = 0.0
) -> Table:
    """Take a share of a kind's cells away; after the window they come back over ``recovery`` (a time)."""
    return {
        "action": "deplete", "target": target, "start": at, "end": until, "efficacy": efficacy, "recovery": recovery,
    }  # fmt: skip


def block(target: str, behaviour: str, at: object = 0.0, until: object = NEVER, factor: float = 0.0) -> Table:
    """Multiply a behaviour, a secreted signal (``secrete.X``) or a sensed one (``sense.X``) by ``factor``."""
    return _lever("block", target, behaviour) | {"start": at, "end": until, "factor": factor}


def boost(target: str, behaviour: str, at: object = 0.0, until: object = NEVER, factor: float = 2.0) -> Table:
    """Multiply a behaviour, a secreted signal or a sensed one by a ``factor`` above 1."""
    return _lever("boost", target, behaviour) | {"start": at, "end": until, "factor": factor}


def knock_out(target: str, behaviour: str) -> Table:
    """Take a behaviour, a secreted or a sensed signal or a rule away for the whole run."""
    return _lever("knock_out", target, behaviour)


def add_cells(
    target: str, number: int = 0, density: object = 0.0, at: object = 0.0, where: str = "vessel"
) -> Table:
    """Bring cells in: in the ``vessel`` (adoptive transfer), its ``portal`` third, or the ``tissue``."""
    return {
        "action": "add_cells", "target": target, "where": where, "start": at, "number": number, "density": density,
    }  # fmt: skip


def add_signal(
    signal: str,
    amount: float = 1.0,
    at: object = 0.0,
    until: object = NEVER,
    zone: tuple[float, float] = (0.0, 1.0),
) -> Table:
    """Raise a systemic level (``systemic.X``), or put a source of a diffusing signal into a zone of the tissue."""
    return {"action": "add_signal", "signal": signal, "start": at, "end": until, "amount": amount} | _zone(
        zone
    )


def add_matrix(
    matrix: str, amount: float = 0.5, at: object = 0.0, zone: tuple[float, float] = (0.0, 1.0)
) -> Table:
    """Lay down ``collagen``, ``fibronectin``, ``net`` (traps) or ``debris`` once."""
    return {"action": "add_matrix", "matrix": matrix, "start": at, "amount": amount} | _zone(zone)


def set_state(target: str, state: str, value: float = 1.0, share: float = 1.0, at: object = 0.0) -> Table:
    """Set the activation, polarisation, capillarisation or load of a share of a kind's cells once."""
    return {
        "action": "set_state",
        "target": target,
        "state": state,
        "start": at,
        "value": value,
        "share": share,
    }


def dose(
    drug: str, at: object = 0.0, every: object = None, doses: int = 1, amount: float = 1.0,
    half_life: object = None, effects: Iterable[Mapping[str, Any]] | None = None,
) -> Table:  # fmt: skip
    """Give a drug of the library, or one of your own with its ``half_life`` and ``effects``."""
    given = {"every": every, "half_life": half_life, "effects": None if effects is None else list(effects)}
    table = {"action": "dose", "drug": drug, "start": at, "doses": doses, "amount": amount}
    return table | {key: value for key, value in given.items() if value is not None}


def condition(
    condition: str,
    at: object = None,
    strength: float = 1.0,
    changes: Iterable[Mapping[str, Any]] | None = None,
) -> Table:
    """Put the liver into a condition of the library, by default at the time the library gives; or of your own."""
    given = {"start": at, "changes": None if changes is None else list(changes)}
    table = {"action": "condition", "condition": condition, "strength": strength}
    return table | {key: value for key, value in given.items() if value is not None}


def _lever(action: str, target: str, behaviour: str) -> Table:
    return {"action": action, "target": target, "behaviour": behaviour}


def _zone(zone: tuple[float, float]) -> Table:
    return {"zone_from": zone[0], "zone_to": zone[1]} if tuple(zone) != (0.0, 1.0) else {}
