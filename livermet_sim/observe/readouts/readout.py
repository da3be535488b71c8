"""Declare a readout once: its name, unit, meaning, scope, when it can be known, and how it is read.

Time series, tables, measures, funnel, studies, the live page and the lists for readers all go by these declarations, so
that a further readout is written in one place. A name such as ``dead_{cause}`` declares a family, a readout for each cause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.plugins import PLUGINS, READOUT
from livermet_sim.base.values import Values
from livermet_sim.observe.known import NOW, Known
from livermet_sim.observe.readouts.view import NotKept, View

RUN, LESION, FOUNDER, CELL = "run", "lesion", "founder", "cell"
SCOPES = (RUN, LESION, FOUNDER, CELL)
SERIES, MEASURES = "series", "measures"
NAN = float("nan")
# what Python and NumPy say when somebody writes into what cannot be written
_WROTE = ("read-only", "changes nothing", "does not support item assignment")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Readout:
    """Declare something that can be read of a run and changes nothing in it.

    Attributes
    ----------
    name : str
        As columns are called; slots in braces make it a family: see `View.members`.
    of : callable
        Takes a `View`, and the members that fill the slots. Returns a number (scope run), or an array by lesion, founder
        or cell.
    doc : str
        What it is, in a sentence.
    values : Values
        Its unit and the values it can have.
    scope : str
        Of what there is one: run, lesion, founder or cell.
    known : Known
        When it can be known; it is missing before.
    kept : tuple of str
        Of a run: whether it stands in the time series ("series"), among the measures of a run's end ("measures"), or both.
    words : str
        As charts call it, with the slots of a family; by default its name without the unit.
    headline : bool or tuple of str
        Whether it is shown first where all are too many; of a family, its members that are.
    own : bool
        Whether a user has added it.
    kind : str
        The registered kind of cells without which there is none.
    phase : str
        Of a run: the phase of which it says how tumour fares in it; none of what many phases make together.
    leads : bool
        Whether it stands for its phase: it is taken of those that got as far as this phase, whatever they met before.
    """

    name: str
    of: Callable[..., Any]
    doc: str
    values: Values = field(default_factory=Values)
    scope: str = RUN
    known: Known = NOW
    kept: tuple[str, ...] = ()
    words: str = ""
    headline: bool | tuple[str, ...] = False
    own: bool = False
    kind: str = ""
    phase: str = ""
    leads: bool = False

    @property
    def unit(self) -> str:
        """Return the unit: ``1`` for shares, codes and words."""
        return self.values.unit

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """Return what a family has a member for."""
        return tuple(_SLOT.findall(self.name))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what the names of a family match."""
        return re.compile(_SLOT.sub(r"(\\w+)", self.name))

    def filled(self, name: str) -> dict[str, str]:
        """Return what fills the slots in the name of a member of a family."""
        match = self.pattern.fullmatch(name)
        return dict(zip(self.slots, match.groups(), strict=True)) if match else {}

    def named(self, view: View) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the names that there are in a run, each with the members in its slots."""
        for members in product(*(view.members(slot) for slot in self.slots)):
            yield self.name.format(**dict(zip(self.slots, members, strict=True))), members

    def value(self, view: View, *members: str) -> float:
        """Return a run's value: NaN where it cannot be known yet, or a saved run does not keep what it takes."""
        if not (self.known.always or self.known.at(view.moment)):
            return NAN
        return float(self.read(view, *members))

    def column(self, view: View) -> np.ndarray:
        """Return the values of a lesion, founder or cell readout; NaN where a saved run does not keep what it takes."""
        found = self.read(view)
        return np.full(len_of(view, self.scope), NAN) if isinstance(found, float) else np.asarray(found)

    def read(self, view: View, *members: str) -> Any:
        """Return what is read, known or not.

        Raises
        ------
        LivermetError
            When a readout of a user's own fails, or tries to change the run.
        """
        try:
            found = self.of(view, *members)
        except NotKept:
            return NAN
        except Exception as error:
            if not self.own:
                raise
            wrote = any(words in str(error) for words in _WROTE)
            why = f"{type(error).__name__}: {error}"
            reason = "it tries to change the run; a readout may only look" if wrote else f"it fails ({why})"
            raise LivermetError(f'readout "{self.name}"', reason) from error
        if self.own and (wrong := self._wrong(found, view)):
            raise LivermetError(f'readout "{self.name}"', wrong)
        return found

    def _wrong(self, found: Any, view: View) -> str:
        """Say what is wrong with what a user's readout gave; nothing is an empty text."""
        if self.scope != RUN:
            wanted = len_of(view, self.scope)
            good = np.shape(found) == (wanted,)
            return "" if good else f"it gives {_said(found)} and not one value a {self.scope} ({wanted})"
        if np.ndim(found) != 0 or np.asarray(found).dtype.kind not in "bifu":
            return f"it gives {_said(found)} and not a number"
        if np.isinf(found):
            return "it gives an infinite number; give NaN for what is not there"
        if self.values.kind == "whole" and found == found and (found < 0 or found != int(found)):
            return f"it gives {found:g}, and it counts (whole=True)"
        return ""


def len_of(view: View, scope: str) -> int:
    """Return how many lesions, founders or cells there are."""
    return {LESION: lambda: view.lesions.n, FOUNDER: lambda: view.founders.n, CELL: lambda: view.cells.n}[
        scope
    ]()


def _said(found: Any) -> str:
    shape = np.shape(found)
    return f"an array of shape {shape}" if shape else f"{str(found)[:40]!r}"


Named = tuple[str, Readout, tuple[str, ...]]


class Registry:
    """Hold all readouts in the order in which tables show them."""

    def __init__(self) -> None:
        self._all: dict[tuple[str, str], Readout] = {}
        self._named: dict[tuple[Any, ...], list[Named]] = {}

    def add(self, readout: Readout) -> None:
        """Add a readout.

        Raises
        ------
        LivermetError
            For a name that is taken.
        """
        key = (readout.scope, readout.name)
        held = self.find(readout.name, readout.scope)
        if held is not None:
            raise LivermetError(
                f'readout "{readout.name}"', f"the name is taken: {held.doc} Choose another name"
            )
        self._all[key] = readout
        self._named.clear()

    def remove(self, readout: Readout) -> None:
        """Forget a readout."""
        self._all.pop((readout.scope, readout.name), None)
        self._named.clear()

    def of(self, scope: str, kept: str = "") -> list[Readout]:
        """Return the readouts of a scope, of those of a run such as are kept in one table."""
        return [
            each for each in self._all.values() if each.scope == scope and (not kept or kept in each.kept)
        ]

    def named(self, view: View, kept: str = "") -> list[Named]:
        """Return the readouts that a run has, families member by member.

        Raises
        ------
        LivermetError
            When a readout of a user's own has the name of a member of a family.
        """
        key = (kept, tuple(view.kinds), tuple(view.deadly), view.signals.names)
        if key not in self._named:
            found = [
                (name, each, members)
                for each in self.of(RUN, kept)
                if not each.kind or each.kind in view.kinds
                for name, members in each.named(view)
            ]
            names = [name for name, _, _ in found]
            for name in dict.fromkeys(names):
                if names.count(name) > 1:
                    raise LivermetError(f'readout "{name}"', "the name is taken; choose another")
            self._named[key] = found
        return self._named[key]

    def all(self) -> list[Readout]:
        """Return every readout, by scope."""
        return sorted(self._all.values(), key=lambda each: SCOPES.index(each.scope))

    def find(self, name: str, scope: str = RUN) -> Readout | None:
        """Return the readout of that name, or the family it belongs to; None for one that nobody declared."""
        if (exact := self._all.get((scope, name))) is not None:
            return exact
        families = (each for each in self._all.values() if each.scope == scope and each.slots)
        return next((each for each in families if each.pattern.fullmatch(name)), None)


REGISTRY = Registry()
PLUGINS.tell(READOUT, REGISTRY.add, REGISTRY.remove)


def declare(
    unit: str = "1",
    *kept: str,
    name: str = "",
    doc: str = "",
    scope: str = RUN,
    values: Values | None = None,
    **more: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function a readout; its name and the first line of its docstring serve where none are given."""

    def add(of: Callable[..., Any]) -> Callable[..., Any]:
        own = values or Values("number", unit, missing=True)
        said = doc or (of.__doc__ or "").strip().partition("\n")[0]
        REGISTRY.add(Readout(name or of.__name__, of, said, own, scope, kept=kept, **more))
        return of

    return add


def count(unit: str = "cells") -> Values:
    """Return the values of a number of things."""
    return Values("whole", unit, 0.0, missing=True)


def share(part: float, whole: int) -> float:
    """Return a share; of nothing it is NaN."""
    return float(part) / whole if whole else NAN


def mean(values: np.ndarray, weights: np.ndarray) -> float:
    """Return a weighted mean of what is there; of nothing it is NaN."""
    there = np.isfinite(values) & (weights > 0)
    return float(np.average(values[there], weights=weights[there])) if there.any() else NAN
