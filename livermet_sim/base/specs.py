"""Declare parameters: a value with unit, range, meaning, source and grade of evidence, said once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.units import convert

Grade = Literal["found", "recalled", "derived", "fitted", "assumed"]
Value = float | int | str | bool

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Own = TypeVar("Own", bound=DataclassInstance)


@dataclass(frozen=True, slots=True)
class Parameter:
    """Describe one number (or word, or switch) of the model: its name, default, unit, doc and range (low to high).

    ``grade`` says how well it is known: ``found`` in the source, ``recalled`` from it without a look,
    ``derived`` by arithmetic from such values, ``fitted`` to published results that the source names, or ``assumed``. An
    assumed value has the source "assumed".
    ``former`` says of choices that are gone what to write now.
    ``needs`` names a parameter of the same section and its values under which alone this one is read;
    ``check`` raises ValueError for a text that will not do. ``choices`` are the only words there are; ``source`` is a paper.
    """

    name: str
    default: Value
    unit: str
    doc: str
    low: float = -math.inf
    high: float = math.inf
    source: str = "assumed"
    grade: Grade = "assumed"
    choices: tuple[str, ...] = ()
    former: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, tuple[Value, ...]] | None = None
    check: Callable[[str], object] | None = None

    def read(self, value: object, place: str) -> Value:
        """Check ``value``, convert it to this parameter's unit and return it; ``place`` says in a mistake where it stands.

        Raises
        ------
        ScenarioError
            For a wrong type, unit, choice, or a value out of range.
        """
        if isinstance(self.default, bool):
            if not isinstance(value, bool):
                raise ScenarioError(place, f"{value!r} is not true or false")
            return value
        if isinstance(self.default, str):
            for name, instead in self.former:
                if value == name:
                    raise ScenarioError(place, f'"{name}" is gone: {instead}')
            if self.choices and value not in self.choices:
                raise ScenarioError(
                    place, f'"{value}" is not one of its values', name=str(value), valid=self.choices
                )
            if not isinstance(value, str):
                raise ScenarioError(place, f"{value!r} is not a text")
            try:
                if self.check is not None:
                    self.check(value)
            except ValueError as error:
                raise ScenarioError(place, str(error)) from None
            return value
        try:
            number = convert(value, self.unit)
        except ValueError as error:
            raise ScenarioError(place, str(error)) from None
        if not math.isfinite(number) or not self.low <= number <= self.high:
            raise ScenarioError(
                place, f"{number:g} {self.unit} is impossible; it must be from {self.low:g} to {self.high:g}"
            )
        if isinstance(self.default, int):
            if number != round(number):
                raise ScenarioError(place, f"{number:g} is not a whole number")
            return int(number)
        return number


@dataclass(frozen=True, slots=True)
class Section:
    """Name a group of parameters, for example ``cells.kupffer``.

    ``former`` says of each name that is no more what to set in its place.
    """

    name: str
    doc: str
    parameters: tuple[Parameter, ...]
    former: Mapping[str, str] = field(default_factory=dict[str, str])

    def names(self) -> tuple[str, ...]:
        """Return the parameter names in their order."""
        return tuple(p.name for p in self.parameters)

    def resolve(self, given: Mapping[str, object], place: str | None = None) -> dict[str, Value]:
        """Return every value of the section, the given ones checked, the others at their defaults."""
        place = place or self.name
        known = {p.name: p for p in self.parameters}
        for name in given:
            if name not in known:
                raise ScenarioError(f"{place}.{name}", "there is no such parameter", name=name, valid=known)
        return {
            name: p.read(given[name], f"{place}.{name}") if name in given else p.default
            for name, p in known.items()
        }

    def with_defaults(self, **changed: Value) -> Section:
        """Return a copy with other defaults."""
        return replace(
            self,
            parameters=tuple(replace(p, default=changed.get(p.name, p.default)) for p in self.parameters),
        )


def declared(
    default: Value, unit: str, doc: str, low: float = -math.inf, high: float = math.inf, *more: Any,
    name: str = "", **others: Any,
) -> Any:  # fmt: skip
    """Return the field of a dataclass that declares a parameter, named as the field is if no other name is given.

    ``more`` and ``others`` are the rest of a `Parameter`.
    """
    parameter = Parameter(name, default, unit, doc, low, high, *more, **others)
    return field(default=default, metadata={"parameter": parameter})


def parameters_of(kind: type) -> tuple[Parameter, ...]:
    """Return the parameters that the fields of a dataclass declare, in their order."""
    found = ((own.name, own.metadata.get("parameter")) for own in fields(kind))
    return tuple(replace(one, name=one.name or name) for name, one in found if one is not None)


def section(name: str, kind: type, former: Mapping[str, str] | None = None) -> Section:
    """Return the section whose parameters the fields of a dataclass declare; its docstring says what it is about."""
    return Section(name, kind.__doc__ or "", parameters_of(kind), former or {})


def filled(kind: type[Own], values: Mapping[str, Value]) -> Own:
    """Return a dataclass with those values of a section that it names, ``die_shear`` being ``die.shear``.

    Raises
    ------
    KeyError
        For a name that the section lacks.
    """
    names = {name.replace(".", "_"): name for name in values}
    return kind(**{own.name: values[names[own.name]] for own in fields(kind)})


def namespace(values: Mapping[str, Value]) -> SimpleNamespace:
    """Return values as attributes, dots in a name becoming underscores (``die.shear`` -> ``die_shear``)."""
    return SimpleNamespace(**{name.replace(".", "_"): value for name, value in values.items()})
