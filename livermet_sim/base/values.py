"""Declare what a column or an array of a file may hold, and say in words when it holds something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

MOST = 1e15
LONGEST_WORD = 10_000
_TYPES = {"number": "fiu", "whole": "iuf", "switch": "b", "word": "OUT"}


@dataclass(frozen=True)
class Values:
    """Declare the values of one column or array.

    Attributes
    ----------
    kind : str
        number, whole, switch or word.
    unit : str
    low, high : float
        The range, ends included; infinities are never allowed.
    missing : bool
        Whether a number may be not-a-number and a word absent.
    words : tuple of str
        The only words there are; any where none are named.
    order : str
        "rising" (each above the one before), "level" (none below the one before) or "unique".
    axes : tuple of str
        Of an array: a name for each length, which all arrays of a file share; "site+1" is one more than "site".
    """

    kind: str = "number"
    unit: str = "1"
    low: float = -MOST
    high: float = MOST
    missing: bool = False
    words: tuple[str, ...] = ()
    order: str = ""
    axes: tuple[str, ...] = ()

    def over(self, *axes: str) -> Values:
        """Return the same values for an array with these axes."""
        return replace(self, axes=axes)

    def check(self, name: str, values: np.ndarray) -> None:
        """Refuse values that are not as declared.

        Raises
        ------
        ValueError
            Naming the column or array and the first value that is wrong.
        """
        if values.dtype.kind not in _TYPES[self.kind]:
            raise ValueError(f"{name} holds {values.dtype} and not {self.kind}s")
        if self.kind == "word":
            self._check_words(name, values.ravel())
        elif self.kind != "switch":
            self._check_numbers(name, values.ravel())

    def _check_words(self, name: str, values: np.ndarray) -> None:
        allowed = set(self.words)
        for value in dict.fromkeys(values.tolist()):
            absent = value is None or (isinstance(value, float) and np.isnan(value))
            if absent and self.missing:
                continue
            if not isinstance(value, str) or len(value) > LONGEST_WORD or not _printable(value):
                raise ValueError(f"{name} holds {'nothing' if absent else 'something'} that is no word")
            if allowed and value not in allowed:
                raise ValueError(f'{name} holds "{value[:40]}", which is none of its words')

    def _check_numbers(self, name: str, values: np.ndarray) -> None:
        # a column at a time: msgspec, which goes value by value, takes eight times as long with the list it asks for
        if values.dtype.kind == "f":
            gone = np.isnan(values)
            if gone.any() and not self.missing:
                raise ValueError(f"{name} holds a value that is not a number")
            values = values[~gone]
            if self.kind == "whole" and not (values == np.rint(values)).all():
                raise ValueError(f"{name} holds a number that is not whole")
        if not len(values):
            return
        for value, wrong in (
            (values.min(), values.min() < self.low),
            (values.max(), values.max() > self.high),
        ):
            if wrong:
                raise ValueError(f"{name} holds {value:g}, and its range is {self.low:g} to {self.high:g}")
        if (self.order == "unique" and len(np.unique(values)) < len(values)) or (
            self.order in _STEPS and not _STEPS[self.order](values[1:], values[:-1]).all()
        ):
            raise ValueError(f"{name} is not {self.order}")


_STEPS = {"rising": np.greater, "level": np.greater_equal}


def _printable(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in word


def check_columns(declared: Sequence[str], found: Sequence[str]) -> None:
    """Refuse a table that lacks a column, or has one twice.

    Raises
    ------
    ValueError
        Naming the column.
    """
    for name in declared:
        if name not in found:
            raise ValueError(f"no column {name}")
    if len(set(found)) < len(found):
        twice = min(name for name in found if list(found).count(name) > 1)
        raise ValueError(f"column {twice[:60]} is there twice")


def shape_of(axes: Sequence[str], lengths: dict[str, int], shape: Sequence[int]) -> tuple[int, ...]:
    """Return the shape that an array must have; an axis met for the first time gets its length from ``shape``."""
    wanted: list[int] = []
    for place, axis in enumerate(axes):
        name, plus, more = axis.partition("+")
        extra = int(more) if plus else 0
        if name.isdigit():
            wanted.append(int(name))
            continue
        if name not in lengths and place < len(shape):
            lengths[name] = int(shape[place]) - extra
        wanted.append(lengths.get(name, 0) + extra)
    return tuple(wanted)
