"""Hold what a run gave: what was run, how many cells did what, every lesion's history, pictures of the tissue."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from livermet_sim.observe import columns
from livermet_sim.observe.columns import Frame

_TABLES = ("timeseries", "lesions", "events", "cells", "patterns")


def plain(value: Any) -> Any:
    """Return ``value`` as JSON keeps it: words for names, lists for arrays, None for not-a-number."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


@dataclass(eq=False, repr=False)
class Record:
    """Hold the tables and pictures of one run; two results are equal when all their contents are.

    What each attribute is stands with those who use it: ``result.Result``.
    """

    scenario: dict[str, Any]
    provenance: dict[str, Any]
    rules: str
    plan: str
    timeseries: Frame
    lesions: Frame
    events: Frame
    cells: Frame
    snapshots: dict[str, np.ndarray] = field(default_factory=dict)
    toml: str = ""
    patterns: Frame = None
    frames: dict[str, np.ndarray] = field(default_factory=dict)
    source: str = ""
    images: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.patterns is None:
            import pandas as pd

            self.patterns = pd.DataFrame({name: np.zeros(0) for name in columns.HISTORY})
        self.scenario, self.provenance = plain(self.scenario), plain(self.provenance)
        self.snapshots = {name: np.asarray(array) for name, array in self.snapshots.items()}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        texts = ("rules", "plan", "toml", "source", "images")
        return (
            all(_same_json(getattr(self, n), getattr(other, n)) for n in ("scenario", "provenance"))
            and all(getattr(self, n) == getattr(other, n) for n in texts)
            and all(_same_table(getattr(self, n), getattr(other, n)) for n in _TABLES)
            and _same_arrays(self.snapshots, other.snapshots)
            and _same_arrays(self.frames, other.frames)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        name = self.scenario.get("name", "run")
        return f"{type(self).__name__}({name!r}, seed {self.provenance.get('seed')}, {self.days:g} days, {len(self.lesions)} lesions)"

    @property
    def hours(self) -> float:
        """Return the simulated time in hours."""
        if len(self.timeseries):
            return float(self.timeseries["time_h"].iloc[-1])
        return float(self.provenance.get("hours") or 0.0)

    @property
    def days(self) -> float:
        """Return the simulated time in days."""
        return self.hours / 24


def _same_json(a: Any, b: Any) -> bool:
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def _same_arrays(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(_same_array(array, b[name]) for name, array in a.items())


def _same_array(a: np.ndarray, b: np.ndarray) -> bool:
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))


def _same_table(a: Frame, b: Frame) -> bool:
    if list(a.columns) != list(b.columns) or len(a) != len(b):
        return False
    return all(_same_column(a[name].to_numpy(), b[name].to_numpy()) for name in a.columns)


def _same_column(a: np.ndarray, b: np.ndarray) -> bool:
    # Words come back from a file as another text type, so they are compared one by one.
    if a.dtype.kind in "OTU" or b.dtype.kind in "OTU":
        return [str(item) for item in a] == [str(item) for item in b]
    return _same_array(a, b)
