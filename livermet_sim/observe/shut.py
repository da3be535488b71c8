"""Keep what was seen of a wide tissue compressed until somebody asks for it."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

# of a frame or snapshot, from where on it is kept compressed: bytes to a fifth, in 7 ms a MB
LARGE_BYTES = 4 << 20


class Shut(NamedTuple):
    """Hold an array compressed."""

    data: bytes
    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Return how many bytes the array takes."""
        return self.dtype.itemsize * math.prod(self.shape)


def size(record: dict[str, Any]) -> int:
    """Return how many bytes the arrays of a record take when they are handed out."""
    values = record.values()
    return sum(v.nbytes for v in values if isinstance(v, np.ndarray | Shut)) + sum(
        size(v) for v in values if isinstance(v, dict)
    )


def early(sites: int, arrays: int) -> Callable[[np.ndarray], Any]:
    """Return what is done to each of some arrays of four bytes a site as it is made, so that those of a large record never lie side by side."""
    return _shut if 4 * sites * arrays >= LARGE_BYTES else lambda values: values


def shut(record: dict[str, Any]) -> dict[str, Any]:
    """Return a frame or snapshot as it is kept: arrays of a large one compressed."""
    return record if size(record) < LARGE_BYTES else _shut(record)


def _shut(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shut(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return Shut(zlib.compress(value.tobytes(), 1), value.dtype, value.shape)
    return value


def opened(value: Any) -> Any:
    """Return a record as it was, or one value of it."""
    if isinstance(value, dict):
        return {name: opened(part) for name, part in value.items()}
    if isinstance(value, Shut):
        return np.ndarray(value.shape, value.dtype, zlib.decompress(value.data))
    return value
