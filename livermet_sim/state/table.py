"""Keep named columns in two matrices, one of reals and one of whole numbers, so kernels can index them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Column:
    """Describe one column: its unit and meaning; ``whole`` columns hold int64, the others float64.

    ``of`` says what a whole number points at, such as "site" or "lesion", or how many values there are ("2"); -1 is none.
    """

    name: str
    unit: str
    doc: str
    whole: bool = False
    default: float = 0.0
    of: str = ""


def no_rates(rows: int, behaviours: int) -> np.ndarray:
    """Return rates of 0, float64[rows, behaviours], those of one behaviour side by side: a process reads a few, of all cells."""
    return np.zeros((rows, behaviours), order="F")


class Table:
    """Hold rows in structure-of-arrays form: ``real`` is float64[columns, capacity], ``whole`` int64 likewise.

    ``table["name"]`` is a view of the living rows. Views go stale when rows are added or removed.
    """

    def __init__(self, columns: Iterable[Column], capacity: int = 256):
        self.columns = {column.name: column for column in columns}
        reals = [c for c in self.columns.values() if not c.whole]
        wholes = [c for c in self.columns.values() if c.whole]
        self._slot = {c.name: (False, i) for i, c in enumerate(reals)}
        self._slot |= {c.name: (True, i) for i, c in enumerate(wholes)}
        self._real_default = np.array([c.default for c in reals], dtype=np.float64)
        self._whole_default = np.array([c.default for c in wholes], dtype=np.int64)
        self._real = np.zeros((len(reals), capacity), dtype=np.float64)
        self._whole = np.zeros((len(wholes), capacity), dtype=np.int64)
        self.n = 0
        self._look()

    @property
    def real(self) -> np.ndarray:
        """Return the matrix of the real columns; one that is put in its place may hold more rows."""
        return self._real

    @real.setter
    def real(self, matrix: np.ndarray) -> None:
        self._real = matrix
        self._look()

    @property
    def whole(self) -> np.ndarray:
        """Return the matrix of the whole columns."""
        return self._whole

    @whole.setter
    def whole(self, matrix: np.ndarray) -> None:
        self._whole = matrix
        self._look()

    def _look(self) -> None:
        """Cut the matrices into columns once, as columns are asked for a hundred times a step."""
        self._columns = {
            name: (self._whole if whole else self._real)[index] for name, (whole, index) in self._slot.items()
        }

    def __getstate__(self) -> dict[str, Any]:
        # a copy's columns are those of its own matrices
        return {name: value for name, value in self.__dict__.items() if name != "_columns"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._look()

    @property
    def capacity(self) -> int:
        """Return how many rows fit before the matrices grow."""
        return self._whole.shape[1]

    def __len__(self) -> int:
        return self.n

    def __contains__(self, name: str) -> bool:
        return name in self._slot

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name][: self.n]

    def full(self, name: str) -> np.ndarray:
        """Return the whole column, unused rows included (what kernels take, together with ``n``)."""
        return self._columns[name]

    def of(self, *names: str) -> tuple[np.ndarray, ...]:
        """Return whole columns, as kernels take them together."""
        return tuple(self._columns[name] for name in names)

    def index(self, name: str) -> int:
        """Return the row of ``name`` in its matrix (``real``, or ``whole`` for whole columns)."""
        return self._slot[name][1]

    def at(self, *names: str) -> np.ndarray:
        """Return the rows of columns in their matrix, int64; kernels take the matrix and these."""
        return np.array([self.index(name) for name in names], dtype=np.int64)

    def reserve(self, rows: int) -> None:
        """Make room for ``rows`` rows in all; capacity doubles, so growth costs little in the long run."""
        if rows <= self.capacity:
            return
        capacity = max(rows, 2 * self.capacity)
        for matrix_name in ("real", "whole"):
            old = getattr(self, matrix_name)
            new = np.zeros((old.shape[0], capacity), dtype=old.dtype)
            new[:, : self.n] = old[:, : self.n]
            setattr(self, matrix_name, new)

    def append(self, count: int, **values: object) -> slice:
        """Add ``count`` rows, columns not named at their defaults, and return where they stand."""
        self.reserve(self.n + count)
        rows = slice(self.n, self.n + count)
        self.real[:, rows] = self._real_default[:, None]
        self.whole[:, rows] = self._whole_default[:, None]
        self.n += count
        for name, value in values.items():
            self.full(name)[rows] = value
        return rows

    def refill(self, count: int, values: Mapping[str, np.ndarray]) -> None:
        """Hold ``count`` rows with these columns instead of all that was there."""
        self.n = 0
        self.append(count, **values)

    def drop(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Remove ``rows`` (ascending) by moving the last rows into their places.

        Returns
        -------
        moved, into : int64[m]
            Rows that moved, and where to, so that arrays kept beside the table can follow.
        """
        left = self.n - len(rows)
        into = rows[rows < left]
        tail = np.ones(self.n - left, dtype=bool)
        tail[rows[rows >= left] - left] = False
        moved = left + np.flatnonzero(tail)
        self.real[:, into] = self.real[:, moved]
        self.whole[:, into] = self.whole[:, moved]
        self.n = left
        return moved, into

    def reorder(self, order: np.ndarray) -> None:
        """Put the rows into another order; nothing a run computes may depend on it."""
        # column by column, so that no second table stands beside the first
        for column in (*self.real, *self.whole):
            column[: self.n] = column[order]
