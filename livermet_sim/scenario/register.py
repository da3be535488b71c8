"""Let a user add processes, signals and responses of rules, each in a few lines, checked as it is added.

A scenario has what it names: a kind by a table ``[cells.NAME]``, a process by ``[processes.NAME]``, a signal or a response in
a rule. It then works in whole runs, comparisons, sweeps and on worker processes as what ships with the model does.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

from livermet_sim.base.errors import LivermetError, ScenarioError
from livermet_sim.base.plugins import (
    PROCESS,
    RESPONSE,
    SIGNAL,
    check_doc,
    check_name,
    first_line,
    register,
)
from livermet_sim.base.specs import Parameter
from livermet_sim.base.units import convert, with_unit
from livermet_sim.base.units import unit as check_unit
from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.tumour import factor_names
from livermet_sim.kernels.response import FELT
from livermet_sim.processes.own import DRAW, ENABLED, EVERY, Added, counting, of_function, section_of
from livermet_sim.processes.process import STAGES, Process
from livermet_sim.rulebook.own import HILL, PROBE, Shape
from livermet_sim.rulebook.signals import Signal
from livermet_sim.rulebook.vocabulary import Vocabulary
from livermet_sim.state.signals import FIELDS


def register_process(
    of: Any = None,
    *,
    stage: str = "act",
    writes: Sequence[str] = (),
    adds: Sequence[str] = (),
    every: str | float = "1 h",
    parameters: Sequence[Parameter] = (),
    name: str = "",
    doc: str = "",
) -> Any:
    """Add a process: something that happens to the liver in each step, or every so many hours.

    A scenario has it once it names it (``[processes.NAME]``), and can set its parameters, how often it runs (``every``) and
    whether it does (``enabled``). Used as a decorator, or called with the function or class.

    Parameters
    ----------
    of : callable or subclass of Process
        A function of the world, the hours since it last ran, and its values (``own.rate``), which changes the world's
        arrays and draws by ``own.draw(keys)``; or a class with the attributes ``stage``, ``writes``, ``adds``, ``carries``
        and a method ``step``, which draws by ``self.draw(world, keys)``. What it carries from one tick to the next stands in
        World (``carries``).
    stage : str
        When in a step: after what the model does in that stage. Such as ``"act"``; ``livermet show plan`` shows them.
    writes, adds : sequence of str
        The arrays that it owns, or adds to beside others: ``"cells.activation"``, ``"sites.net"``, ``"levels"``, ...
    every : str, time
        How often it runs, such as ``"1 h"``; 0 for each step.
    parameters : sequence of Parameter
        Numbers that a scenario can set.
    name, doc : str
        By default those of the function or class, and the first line of its docstring.

    Raises
    ------
    LivermetError
        For a name that is taken or impossible, an unknown stage, a wrong unit, or no description.
    """

    def add(given: Any) -> Any:
        is_class = isinstance(given, type)
        if is_class and not issubclass(given, Process):
            raise LivermetError(PROCESS, f"{given.__name__} is not derived from livermet_sim.Process")
        called = name or (
            _snake(given.__name__)
            if is_class
            else _function(PROCESS, given, (3,), "the world, the hours and its values", "")
        )
        own = check_name(PROCESS, called, ())
        place, said = f'{PROCESS} "{own}"', check_doc(PROCESS, called, doc or first_line(given))
        made = given if is_class else of_function(given, own, said, stage, writes, adds)
        if made.stage not in STAGES:
            raise LivermetError(place, f'"{made.stage}" is no stage', name=str(made.stage), valid=STAGES)
        if is_class and made.step is Process.step:
            raise LivermetError(place, "it does not say what it does in a step")
        rest = made.every if is_class and made.every else every
        for parameter in parameters:
            check_name(f"{place}, parameter", getattr(parameter, "name", parameter), (DRAW, ENABLED, EVERY))
            check_parameter(parameter, place)
        register(
            PROCESS,
            own,
            Added(own, counting(made), section_of(own, said, tuple(parameters), _hours(rest, place))),
            given,
        )
        return given

    return add if of is None else add(of)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _hours(every: str | float, place: str) -> float:
    try:
        hours = convert(every if isinstance(every, float) else with_unit(every, EVERY), "h")
    except ValueError as error:
        raise LivermetError(place, str(error)) from None
    if not 0.0 <= hours <= 8760.0:
        raise LivermetError(place, f"{EVERY} = {hours:g} h is impossible; it must be from 0 h to a year")
    return hours


def check_parameter(parameter: Any, place: str) -> None:
    """Refuse what is no parameter, has an unknown unit, or a value out of its range."""
    if not isinstance(parameter, Parameter):
        raise LivermetError(place, f"{str(parameter)[:60]!r} is not a Parameter(name, value, unit, meaning)")
    try:
        check_unit(parameter.unit)
        parameter.read(parameter.default, f"{place}, {parameter.name}")
    except ScenarioError:
        raise
    except (TypeError, ValueError) as error:
        raise LivermetError(f"{place}, parameter {parameter.name}", str(error)) from None


def register_signal(
    of: Callable[..., Any] | None = None, *, unit: str = "1", name: str = "", doc: str = ""
) -> Any:
    """Add a signal that rules can name: a function of what there is and of rows of cells, which gives what they sense.

    It is worked out whenever the rules of the cells that sense it are evaluated. Used as a decorator, or called with the
    function; plain Python works, arrays are faster.

    Parameters
    ----------
    of : callable
        Takes a view (``sight.cells["load"]``, ``sight.sites["oxygen"]``, ``sight.signals["vegf"]``, ``sight.neighbours``,
        ``sight.lattice``, ``sight.hours``; nothing can be changed through it) and the rows of the cells, int64[n]. Returns
        float64[n], each 0 or more.
    unit : str
        Of what it gives, such as ``"um"``; rules state their half-maximum in it.
    name, doc : str
        By default those of the function, and the first line of its docstring.

    Raises
    ------
    LivermetError
        For a name that is taken or impossible, an unknown unit, or no description.
    """

    def add(given: Callable[..., Any]) -> Callable[..., Any]:
        called = _function(SIGNAL, given, (2,), "what there is and of the rows of cells", name)
        own = check_name(SIGNAL, called, _signals())
        said = check_doc(SIGNAL, own, doc or first_line(given))
        try:
            check_unit(unit)
        except (TypeError, ValueError) as error:
            raise LivermetError(f'{SIGNAL} "{own}"', f"unit: {error}") from None
        register(SIGNAL, own, Signal(own, FELT, own, unit, said, of=given), given)
        return given

    return add if of is None else add(of)


def register_response(of: Callable[..., Any] | None = None, *, name: str = "", doc: str = "") -> Any:
    """Add a shape by which a rule can respond (``response = "NAME"`` in the rule) instead of the Hill curve.

    Used as a decorator, or called with the function.

    Parameters
    ----------
    of : callable
        Takes signal / half-maximum, float64[n], and where it has a second argument the rule's power. Returns the share of
        the full response, float64[n], from 0 to 1; 0 where there is no signal. It joins other rules on the same behaviour
        as the Hill curve does, by share / (1 - share).
    name, doc : str
        By default those of the function, and the first line of its docstring.

    Raises
    ------
    LivermetError
        For a name that is taken or impossible, no description, or a function that gives anything but such shares.
    """

    def add(given: Callable[..., Any]) -> Callable[..., Any]:
        called = _function(RESPONSE, given, (1, 2), "signal / half-maximum", name)
        own = check_name(RESPONSE, called, (HILL,))
        said = check_doc(RESPONSE, own, doc or first_line(given))
        shape = Shape(own, said, given, with_power=_arguments(given) == 2)
        _try(shape)
        register(RESPONSE, own, shape, given)
        return given

    return add if of is None else add(of)


def _try(shape: Shape) -> None:
    """Try a response on signals of every size."""
    if shape.share(PROBE.copy(), 2.0)[0] != 0.0:
        raise LivermetError(
            f'response "{shape.name}"', "without a signal it gives more than 0; a rule would speak of nothing"
        )


def _function(what: str, given: Any, arguments: tuple[int, ...], of: str, name: str) -> str:
    """Return the name under which a function is to be known."""
    if not callable(given):
        raise LivermetError(what, f"{str(given)[:60]!r} is not a function of {of}")
    called = name or getattr(given, "__name__", "")
    if (found := _arguments(given)) not in (None, *arguments):
        reason = f"it takes {found} argument{'' if found == 1 else 's'}; it needs {' or '.join(map(str, arguments))}: {of}"
        raise LivermetError(f'{what} "{called[:60]}"', reason)
    return called


def _arguments(given: Callable[..., Any]) -> int | None:
    """Return how many arguments a function needs, None where Python cannot tell; those with defaults are its own affair."""
    try:
        found = inspect.signature(given).parameters.values()
    except (TypeError, ValueError):
        return None
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(own.kind in by_place and own.default is inspect.Parameter.empty for own in found)


def _signals() -> set[str]:
    """Return the names of the signals that ship with the model."""
    words = Vocabulary.of(KINDS, FIELDS, factor_names())
    return {name for name, signal in words.signals.items() if signal.of is None}
