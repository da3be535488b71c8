"""Declare what the files of a study hold, and keep a checksum with each: in the name of a part, inside a JSON file."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from livermet_sim.base.checksums import sha256
from livermet_sim.base.errors import ResultError
from livermet_sim.base.read import content, guarded, is_file, read_object, short
from livermet_sim.base.tables import MAX_TABLE_BYTES, Table, read_parquet
from livermet_sim.base.values import Values

DONE, FAILED = "done", "failed"
WORDS = ("digest", "plugins")  # columns of words that a part may have besides the declared ones
SUM_LETTERS = 24
SUM_KEY = "checksum"

_WORD, _TEXT = Values("word"), Values("word", missing=True)
_LARGEST = sys.float_info.max
_WHOLE, _TIME = Values("whole", low=0.0), Values("number", low=0.0, high=1e7)


def measure(name: str) -> Values:
    """Declare what a run yields, at its end or at a time: numbers."""
    return Values(low=-_LARGEST, high=_LARGEST, missing=True)


RUNS = Table(
    {"address": _WORD, "status": Values("word", words=(DONE, FAILED)), "tried": _WHOLE, "seconds": _TIME}
    | dict.fromkeys(("kind", "error", "trace"), _TEXT),
    lambda name: _TEXT if name in WORDS else measure(name),
)
SERIES = Table({"address": _WORD, "time_h": _TIME, "day": _TIME}, measure)
DESIGN = Table(
    {"run": Values("whole", low=0.0, order="rising"), "address": _WORD}
    | dict.fromkeys(("point", "replicate"), _WHOLE) | {"seed": Values("whole", low=0.0, high=float(1 << 62))}
)  # fmt: skip
MANIFEST = {
    "name": str, "format": int, "runs": int, "key": str, "scenario": str, "scenario_digest": str, "design": str,
    "points": int, "samples": int, "replicates": int, "seed": int, "paired": bool, "series": bool, "factors": list,
    "model": str, "table": str, "kind": str,
}  # fmt: skip
_FACTOR = {"path": str, "unit": str, "values": list, "low": (int, float), "high": (int, float), "log": bool}
_PART = re.compile(rf"[0-9a-f]{{{SUM_LETTERS}}}-(?:[0-9a-f]{{{SUM_LETTERS}}}|none)")


def part_name(runs: bytes, series: bytes | None) -> str:
    """Return the name of a part, which is made of the checksums of its two files."""
    return f"{_sum(runs)}-{_sum(series) if series is not None else 'none'}.parquet"


def _sum(data: bytes) -> str:
    return sha256(data)[:SUM_LETTERS]


def expected_sum(path: Path) -> str:
    """Return the checksum that a part's name gives for it: the first for runs, the second for series; "" for none."""
    if not _PART.fullmatch(path.stem):
        return ""
    first, second = path.stem.split("-")
    return {"runs": first, "series": second}.get(path.parent.name, "")


def read_part(path: Path, columns: list[str] | None = None) -> Any:
    """Return a part of the runs or the series as an arrow table, which is what was written.

    Raises
    ------
    ResultError
        When it is missing, damaged or not as declared.
    """
    data = content(path, MAX_TABLE_BYTES)
    with guarded(path):
        if _sum(data) != expected_sum(path):
            raise ValueError("its checksum is not the one in its name")
        return read_parquet(data, RUNS if path.parent.name == "runs" else SERIES, columns)


def read_design(path: Path, expected: str) -> Any:
    """Return the design of a study as an arrow table, which has the checksum that the manifest gives.

    Raises
    ------
    ResultError
    """
    data = content(path, MAX_TABLE_BYTES)
    with guarded(path):
        if sha256(data) != expected:
            raise ValueError("its checksum is not the one in manifest.json")
        return read_parquet(data, DESIGN)


def sealed_json(table: Mapping[str, Any]) -> str:
    """Return a table as JSON with a checksum of the rest in it."""
    return (
        json.dumps({**table, SUM_KEY: _canonical(table)}, indent=1, ensure_ascii=False, allow_nan=False)
        + "\n"
    )


def _canonical(table: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()


def read_sealed(path: Path, types: Mapping[str, Any], missing: str) -> dict[str, Any]:
    """Return what `sealed_json` kept, all keys of ``types`` that are there being of these types.

    Raises
    ------
    ResultError
        When the file is missing, damaged or too large.
    """
    data = content(path, missing=missing)
    with guarded(path):
        table = read_object(data, types)
        if table.pop(SUM_KEY, "") != _canonical(table):
            raise ValueError("its checksum is not the one it carries")
        return table


def read_manifest(folder: Path, kind: str | None = None) -> dict[str, Any]:
    """Return the manifest of a study's folder.

    Raises
    ------
    ResultError
        When the folder is no study, or the manifest is damaged.
    """
    path = folder / "manifest.json"
    if not is_file(path):
        raise ResultError(short(folder), f"this is no study: it has no {path.name}")
    table = read_sealed(path, MANIFEST, "the file is missing")
    with guarded(path):
        if table.get("kind") != "calibration":
            for key in MANIFEST:
                if key not in table and key != "kind":
                    raise ValueError(f'it lacks "{key}"')
            for factor in table["factors"]:
                _check_factor(factor)
    if kind is None and table.get("kind") == "calibration":
        raise ResultError(str(folder), "this is a calibration and no study")
    return table


def _check_factor(factor: Any) -> None:
    if not isinstance(factor, dict) or not {"path", "unit", "values"} <= factor.keys():
        raise ValueError("a factor is not described")
    read_object(json.dumps(factor).encode(), _FACTOR)
    if not factor["values"] and not ("low" in factor and "high" in factor and "log" in factor):
        raise ValueError("a factor has neither values nor a range")
    if not all(isinstance(value, bool | int | float | str) for value in factor["values"]):
        raise ValueError("a factor has a value that is none")
