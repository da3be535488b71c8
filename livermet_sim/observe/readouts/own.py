"""Let a user add a readout of their own in a few lines, and see it in every table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.plugins import PLUGINS, READOUT, register
from livermet_sim.base.units import convert, with_unit
from livermet_sim.base.units import unit as check_unit
from livermet_sim.base.values import Values
from livermet_sim.observe.known import NOW, Known, by
from livermet_sim.observe.readouts.readout import MEASURES, REGISTRY, RUN, SCOPES, SERIES, Readout, count
from livermet_sim.state.lesions import PHASES

_NAME = re.compile(r"[A-Za-z]\w{0,59}")
_COUNTED = ("lesions", "founders", "divisions")
TABLES = (SERIES, MEASURES)


def register_readout(
    of: Callable[..., Any] | None = None,
    *,
    unit: str = "1",
    scope: str = RUN,
    kept: Sequence[str] = TABLES,
    name: str = "",
    doc: str = "",
    known_from: str = "",
    whole: bool = False,
    phase: str = "",
) -> Any:
    """Add a readout: a function of a view of the run, which may look at everything and change nothing.

    It then stands in the time series and among the measures of every later run of this session, so in comparisons, studies
    (on worker processes too), exports and on the live page, beside those that ship with the model. Used as a decorator, or
    called with the function.

    Parameters
    ----------
    of : callable
        Takes a view: ``view.cells["load"]``, ``view.sites["oxygen"]``, ``view.lesions``, ``view.signals``,
        ``view.rows("kupffer")``, ``view.hours`` (h), ``view.founders``, ``view.standing``, ``view.patterns``; see
        ``observe.readouts.view``. Returns a number, or for another scope an array by lesion, founder or cell.
    unit : str
        Such as ``"um"``, ``"cells"`` or ``"1"`` for a share.
    scope : str
        ``"run"``, ``"lesion"``, ``"founder"`` or ``"cell"``: of what there is one.
    kept : sequence of str
        Of a run: ``"series"``, ``"measures"``, or both.
    name : str
        As columns are called; that of the function by default.
    doc : str
        What it is; the first line of the function's docstring by default.
    known_from : str, time
        Such as ``"24 h"``: it is missing while a run is younger.
    whole : bool
        Whether it counts.
    phase : str
        Of a run: the phase in which it says how tumour fares, so that ``ablate`` ranks mechanisms by it there.

    Raises
    ------
    LivermetError
        For a name that is taken or impossible, or a readout that is not described. Later, when it fails, gives something
        else than it should, or tries to change the run.
    """

    def add(given: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(given):
            raise LivermetError("readout", f"{given!r} is not a function of a view")
        called = name or getattr(given, "__name__", "")
        said = doc or (given.__doc__ or "").strip().partition("\n")[0]
        _check(called, said, scope, kept, phase)
        try:
            check_unit("1" if unit in _COUNTED else unit)
        except ValueError as error:
            raise LivermetError(f'readout "{called}"', f"unit: {error}") from None
        values = count(unit) if whole else Values("number", unit, missing=True)
        tables = tuple(kept) if scope == RUN else ()
        made = Readout(
            called, given, said, values, scope, _known(called, known_from), tables, own=True, phase=phase
        )
        _refuse_taken(made)
        register(READOUT, called, made, given)
        return given

    return add if of is None else add(of)


def _check(name: str, doc: str, scope: str, kept: Sequence[str], phase: str) -> None:
    place = f'readout "{name[:60]}"'
    if not _NAME.fullmatch(name):
        reason = "it needs a name of letters, digits and underscores"
        raise LivermetError(place, f"{reason}; give name=" if name == "<lambda>" else reason)
    if not doc:
        raise LivermetError(place, "it says not what it is; give the function a docstring, or doc=")
    if phase and phase not in PHASES:
        raise LivermetError(place, f'"{phase}" is no phase', name=phase, valid=PHASES)
    if scope not in SCOPES:
        raise LivermetError(place, f'"{scope}" is no scope', name=scope, valid=SCOPES)
    for table in kept:
        if table not in TABLES:
            raise LivermetError(place, f'"{table}" is no table', name=table, valid=TABLES)


def _refuse_taken(made: Readout) -> None:
    """Refuse the name of a readout that is not this user's own, before an earlier one of theirs is given up."""
    held = REGISTRY.find(made.name, made.scope)
    if held is not None and not (held.own and held.name == made.name):
        raise LivermetError(f'readout "{made.name}"', f"the name is taken: {held.doc} Choose another name")


def _known(name: str, known_from: str) -> Known:
    if not known_from:
        return NOW
    try:
        return by(convert(with_unit(known_from, "known_from"), "h"))
    except ValueError as error:
        raise LivermetError(f'readout "{name}"', str(error)) from None


def forget_readout(name: str) -> None:
    """Take back a readout that was added in this session.

    Parameters
    ----------
    name : str
        As it was added; an unknown one is refused with the nearest.
    """
    PLUGINS.remove(READOUT, name)


def added() -> tuple[Readout, ...]:
    """Return the readouts that a user has added."""
    return tuple(PLUGINS.of(READOUT).values())
