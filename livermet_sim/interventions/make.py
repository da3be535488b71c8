"""Make the tables of interventions in Python, as a scenario file has them under [[interventions]].

Times are texts with a unit (``"18 day"``, ``"-6 h"``), counted from the moment the first tumour cells may enter;
negative ones come before. Names and values are checked at once; kinds, signals and rules of your own are known once
their scenario is loaded. ``livermet show interventions`` lists all that can be named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.units import with_unit
from livermet_sim.interventions.check import ARGUMENTS, check

Table = dict[str, Any]
Zone = tuple[float, float]


def deplete(
    target: str, at: object = 0, until: object = None, efficacy: float = 1.0, recovery: object = 0
) -> Table:
    """Take cells of a kind away at once, and all through the window those that come.

    Parameters
    ----------
    target : str
        A kind of cell, such as ``"kupffer"``.
    at, until : str, time
        Window, such as ``"18 day"`` and ``"25 day"``; without an end it stays open.
    efficacy : float
        Share of the cells taken away, 0 to 1.
    recovery : str, time
        How long after the end the kind takes to come back, evenly; with 0, blood cells come back at the pace of
        their recruitment and residents do not.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.

    Examples
    --------
    >>> deplete("kupffer", at="18 day", until="25 day", recovery="5 day")
    """
    return _table("deplete", target=target, at=at, until=until, efficacy=efficacy, recovery=recovery)


def block(target: str, behaviour: str, at: object = 0, until: object = None, factor: float = 0.0) -> Table:
    """Multiply a behaviour, a secreted signal (``secrete.X``) or a sensed one (``sense.X``) by ``factor``.

    Parameters
    ----------
    target : str
        A kind of cell, ``"all"``, ``"liver"`` or ``"rule"``.
    behaviour : str
        What is blocked in it; of ``"rule"`` the id.
    at, until : str, time
        Window, such as ``"18 day"`` and ``"25 day"``; without an end it stays open.
    factor : float
        What remains of it: 0 none, 1 all.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return _table("block", target=target, behaviour=behaviour, at=at, until=until, factor=factor)


def boost(target: str, behaviour: str, at: object = 0, until: object = None, factor: float = 2.0) -> Table:
    """Multiply a behaviour, a secreted signal or a sensed one by a ``factor`` above 1.

    Parameters
    ----------
    target : str
        A kind of cell, ``"all"``, ``"liver"`` or ``"rule"``.
    behaviour : str
        What is boosted in it; of ``"rule"`` the id.
    at, until : str, time
        Window, such as ``"18 day"`` and ``"25 day"``; without an end it stays open.
    factor : float
        How many times as much.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return _table("boost", target=target, behaviour=behaviour, at=at, until=until, factor=factor)


def knock_out(target: str, behaviour: str) -> Table:
    """Take a behaviour, a secreted or a sensed signal or a rule away for the whole run.

    Parameters
    ----------
    target : str
        A kind of cell, ``"all"``, ``"liver"`` or ``"rule"``.
    behaviour : str
        What is taken away from it; of ``"rule"`` the id.

    Raises
    ------
    ScenarioError
        For an unknown name.
    """
    return _table("knock_out", target=target, behaviour=behaviour)


def add_cells(
    target: str, number: int = 0, density: object = 0, at: object = 0, where: str = "vessel"
) -> Table:
    """Bring cells in, once: adoptive transfer.

    Parameters
    ----------
    target : str
        A kind of cell, such as ``"nk"``.
    number : int, cells
        How many; or give their density.
    density : str or number, /mm3
        How many per volume of liver.
    at : str, time
        When, such as ``"6 h"``.
    where : str
        ``"vessel"``, its ``"portal"`` third, or the ``"tissue"``.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return _table("add_cells", target=target, number=number, density=density, at=at, where=where)


def add_signal(
    signal: str, amount: float = 1.0, at: object = 0, until: object = None, zone: Zone = (0.0, 1.0)
) -> Table:
    """Raise a systemic level (``systemic.X``), or put a source of a diffusing signal into a zone of the tissue.

    Parameters
    ----------
    signal : str
        A diffusing signal such as ``"vegf"``, or ``"systemic.il6"``.
    amount : float, relative
        How much; a source of 1 everywhere gives a concentration of 1.
    at, until : str, time
        Window, such as ``"18 day"`` and ``"25 day"``; without an end it stays open.
    zone : pair of float
        Where, from the portal tract (0) to the central vein (1).

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return _table("add_signal", signal=signal, amount=amount, at=at, until=until, **_zone(zone))


def add_matrix(matrix: str, amount: float = 0.5, at: object = 0, zone: Zone = (0.0, 1.0)) -> Table:
    """Lay matrix down, once.

    Parameters
    ----------
    matrix : str
        ``"collagen"``, ``"fibronectin"``, ``"net"`` (traps) or ``"debris"``.
    amount : float, relative
        How much at each site; collagen and fibronectin fill a site up at 1.
    at : str, time
        When, such as ``"6 h"``.
    zone : pair of float
        Where, from the portal tract (0) to the central vein (1).

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return _table("add_matrix", matrix=matrix, amount=amount, at=at, **_zone(zone))


def set_state(target: str, state: str, value: float = 1.0, share: float = 1.0, at: object = 0) -> Table:
    """Set a state of a share of a kind's cells, once.

    Parameters
    ----------
    target : str
        A kind of cell, such as ``"stellate"``.
    state : str
        ``"activation"``, ``"polarisation"``, ``"capillarisation"`` (0 to 1) or ``"load"`` (tumour cells eaten).
    value : float
        The state that they get, in the unit of the state.
    share : float
        Share of the cells that get it, 0 to 1.
    at : str, time
        When, such as ``"6 h"``.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return _table("set_state", target=target, state=state, value=value, share=share, at=at)


def dose(
    drug: str, at: object = 0, every: object = None, doses: int = 1, amount: float = 1.0,
    half_life: object = None, effects: Iterable[Mapping[str, Any]] | None = None,
) -> Table:  # fmt: skip
    """Give a drug of the library, or one of your own with its ``half_life`` and ``effects``.

    Parameters
    ----------
    drug : str
        Its name; a name of your own where ``effects`` are given.
    at, every : str, time
        First dose, and the time between doses; the library's for a drug that it has.
    doses : int
        Number of doses.
    amount : float
        Size of a dose, in the drug's standard doses.
    half_life : str, time
        Half-life of the level in the body, such as ``"20 h"``.
    effects : list of mapping
        Each with a target and one of ``maximum`` (a factor), ``amount`` (of a systemic level), ``kill`` (a rate, /h).

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    effects = None if effects is None else list(effects)
    return _table(
        "dose",
        drug=drug,
        at=at,
        doses=doses,
        amount=amount,
        every=every,
        half_life=half_life,
        effects=effects,
    )


def condition(
    condition: str,
    at: object = None,
    strength: float = 1.0,
    changes: Iterable[Mapping[str, Any]] | None = None,
) -> Table:
    """Put the liver into a condition of the library, or one of your own.

    Parameters
    ----------
    condition : str
        Its name, such as ``"fibrosis"``; a name of your own where ``changes`` are given.
    at : str, time
        When it begins, such as ``"-14 day"``; the library's time where it is left out.
    strength : float
        0 none, 1 as the library has it.
    changes : list of mapping
        Interventions that make it up; with ``changes`` of your own their times count from day 0.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    changes = None if changes is None else list(changes)
    return _table("condition", condition=condition, strength=strength, at=at, changes=changes)


def _table(action: str, **given: Any) -> Table:
    """Return the checked table of an action; what is None stays out of it."""
    keys = {argument: key for key, argument in ARGUMENTS.items()}
    table: Table = {"action": action}
    for name, value in given.items():
        if value is None:
            continue
        if name in ("at", "until", "every", "recovery", "half_life"):
            try:
                value = with_unit(value, name)
            except ValueError as error:
                raise ScenarioError(action, str(error)) from None
        table[keys.get(name, name)] = value
    check(table)
    return table


def _zone(zone: Zone) -> Table:
    return {"zone_from": zone[0], "zone_to": zone[1]} if tuple(zone) != (0.0, 1.0) else {}
