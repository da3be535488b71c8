"""Let a user add a kind of cells in a few lines, checked as it is added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.plugins import KIND, check_doc, check_name, register
from livermet_sim.base.specs import Parameter
from livermet_sim.cells.columns import CELL_COLUMNS
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.look import Followed, Look
from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.state import State
from livermet_sim.scenario.register import check_parameter
from livermet_sim.state.roles import ROLES
from livermet_sim.state.signals import FIELDS

MODELS = ("vessel", "disse")  # habitats in which a kind can be placed; the others belong to tumour and lining


def register_kind(
    kind: Kind | str,
    *,
    like: str = "",
    doc: str = "",
    defaults: Mapping[str, Any] | None = None,
    states: Sequence[State] = (),
    behaviours: Sequence[Parameter] = (),
    look: Look | None = None,
    followed: Sequence[Followed] = (),
) -> Kind:
    """Add a kind of cells, which a scenario has once it names it (``[cells.NAME]``); return it.

    Parameters
    ----------
    kind : str or Kind
        A name, with what it is ``like``; or a whole description.
    like : str
        The kind that it resembles in all that is not said here, such as ``"nk"``.
    doc : str
        What it is, in a sentence.
    defaults : mapping
        Values of parameters and behaviours where they differ, such as ``{"density": "500 /mm3", "secrete.tnf": 0.5}``.
    states : sequence of State
        Further inner states, 0 to 1, each with the behaviours that raise and lower it.
    behaviours : sequence of Parameter
        Further behaviours, such as those that move these states; rules act on them, and processes read them.
    look : Look
        How it is called and drawn; plain by default.
    followed : sequence of Followed
        States whose mean over its cells stands in the time series.

    Raises
    ------
    LivermetError
        For a name that is taken or impossible, an unknown kind to be like, or a value that will not do.
    """
    shipped = {own.name: own for own in KINDS}
    name = check_name(KIND, kind.name if isinstance(kind, Kind) else kind, shipped)
    place = f'{KIND} "{name}"'
    if isinstance(kind, Kind):
        made = kind
    else:
        if like not in shipped:
            raise LivermetError(
                place, f'like: there is no kind of cell "{like}"', name=str(like), valid=shipped
            )
        base = shipped[like]
        made = replace(
            base.named(name, check_doc(KIND, name, doc)), look=look, followed=tuple(followed),
            states=(*base.states, *states), behaviours=(*base.behaviours, *behaviours),
        )  # fmt: skip
    made = _with_defaults(made, defaults or {}, place)
    _check_kind(made, place)
    register(KIND, name, made, made)
    return made


def _with_defaults(kind: Kind, defaults: Mapping[str, Any], place: str) -> Kind:
    """Return a kind with other values; each must be one that it has, in its unit and range."""
    names = [own.name for own in KINDS] + [kind.name]
    known = {parameter.name: parameter for parameter in kind.section(tuple(FIELDS), names).parameters}
    values: dict[str, Any] = {}
    for name, value in defaults.items():
        if name not in known:
            raise LivermetError(place, f'it has no parameter "{name}"', name=str(name), valid=known)
        try:
            values[name] = known[name].read(value, f"{place}, {name}")
        except (OverflowError, ValueError, ZeroDivisionError) as error:
            raise LivermetError(f"{place}, {name}", str(error)) from None
    own = {p.name for p in (*kind.parameters, *kind.behaviours)}
    secretes = {field: (field, value, source) for field, value, source in kind.secretes}
    for name, value in values.items():
        if name in own:
            continue
        if not name.startswith("secrete."):
            raise LivermetError(place, f"{name} of a kind of your own is set in a scenario")
        field = name.removeprefix("secrete.")
        secretes[field] = (field, value, "assumed")
    parameters, behaviours = (
        tuple(
            replace(p, default=values[p.name], source="assumed", grade="assumed") if p.name in values else p
            for p in group
        )
        for group in (kind.parameters, kind.behaviours)
    )
    return replace(kind, parameters=parameters, behaviours=behaviours, secretes=tuple(secretes.values()))


def _check_kind(kind: Kind, place: str) -> None:
    """Refuse a kind that could not live in a run."""
    check_doc(KIND, kind.name, kind.doc)
    if kind.habitat not in MODELS:
        raise LivermetError(
            place, f'its habitat "{kind.habitat}" belongs to the model', name=kind.habitat, valid=MODELS
        )
    if unknown := next((role for role in kind.roles if role not in ROLES), None):
        raise LivermetError(place, f'"{unknown}" is no role', name=str(unknown), valid=ROLES)
    model = next(own for own in KINDS if own.habitat == kind.habitat and own.recruited == kind.recruited)
    has = {parameter.name for parameter in (*kind.parameters, *kind.behaviours)}
    needed = [
        p.name
        for p in model.parameters
        if p.name in ("density", "diameter", "share_periportal", "share_midzonal")
    ]
    if lacking := [name for name in needed if name not in has]:
        raise LivermetError(
            place, f"it lacks the parameter {lacking[0]}; take one that ships with the model to be like"
        )
    for parameter in kind.behaviours:
        check_parameter(parameter, place)
    _check_states(kind, place, has)


def _check_states(kind: Kind, place: str, has: set[str]) -> None:
    states = {state.name: state for own in KINDS for state in own.states}
    columns = {column.name for column in CELL_COLUMNS} - states.keys()
    for state in kind.states:
        check_name(f"{place}, state", state.name, columns)
        if state.name in states and state != states[state.name]:
            raise LivermetError(
                place,
                f"the state {state.name} is another kind's and means something else; choose another name",
            )
        for behaviour in (state.up, state.down):
            if behaviour not in has:
                reason = f"the state {state.name} is moved by {behaviour}, which is no behaviour of it"
                raise LivermetError(place, reason, name=behaviour, valid=has)
    for own in kind.followed:
        if own.column not in {state.name for state in kind.states} | {"load"}:
            raise LivermetError(
                place,
                f'"{own.column}" is followed and is no state of it',
                name=own.column,
                valid=[s.name for s in kind.states],
            )
