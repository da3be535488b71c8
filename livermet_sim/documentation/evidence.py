"""Read what verification, validation and the baseline gave elsewhere: files that a stranger may have made."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import ResultError
from livermet_sim.base.provenance import stamp
from livermet_sim.base.read import content, guarded, is_folder, read_object, short
from livermet_sim.validation import shipped

MOST_BYTES = 16 << 20
MOST_PICTURE_BYTES = 2 << 20
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Saved:
    """Hold the rows of one report, and of which code and library they are."""

    place: Path
    rows: tuple[dict[str, Any], ...]
    of: Mapping[str, Any]
    more: Mapping[str, Any] = field(default_factory=dict)
    ships: bool = False

    @property
    def fresh(self) -> bool:
        """Say whether it was made by this very code and library."""
        return dict(self.of) == stamp()

    @property
    def words(self) -> str:
        """Return of what it is, in words."""
        if self.fresh:
            return "made by this code and library"
        made = self.of.get("model") or "a version that does not say which it is"
        if self.ships:
            day, commit, by = (f"{self.more.get(name, '')}"[:80] for name in ("date", "commit", "command"))
            return f"made by model {made} ({day}, commit {commit}, `{by}`), older than this model, and ships with the package"
        return f"made by another code or library ({made}), so it says nothing certain of this one"


@dataclass(frozen=True)
class Evidence:
    """Hold the reports that were named, None for those that were not.

    Attributes
    ----------
    options : tuple of str
        As the command line takes them.
    """

    verification: Saved | None = None
    validation: Saved | None = None
    baseline: Saved | None = None
    options: tuple[str, ...] = ()


NOTHING = Evidence()
# file in the folder, key of the rows, keys that a row must have
REPORTS = {
    "verification": ("verification.json", "checks", ("name", "title", "expected", "found", "tolerance", "verdict")),
    "validation": ("verdicts.json", "experiments", ("experiment", "verdict", "pairs", "held_out", "scored")),
    "baseline": ("baseline.json", "figures", ("anchor", "line", "quantity", "value", "verdict")),
}  # fmt: skip


def read(given: Mapping[str, str | Path | None]) -> Evidence:
    """Return the reports in folders or files, by ``verification``, ``validation`` and ``baseline``.

    Where no validation is named it is the one that ships with the package.

    Raises
    ------
    ResultError
        For one that is missing, damaged or something else.
    """
    found = {name: report(name, Path(place)) for name, place in given.items() if place is not None}
    options = [
        word for name, place in given.items() if place is not None for word in (f"--{name}", str(place))
    ]
    if "validation" not in found:
        found["validation"] = replace(report("validation", shipped.FILE), ships=True)
    return Evidence(**found, options=tuple(options))


def report(kind: str, place: Path) -> Saved:
    """Return one report: a file, or the folder that it is in."""
    file, key, needed = REPORTS[kind]
    path = place / file if is_folder(place) else place
    data = content(path, MOST_BYTES, missing=f"there is no report; livermet {_made_by(kind)} writes one")
    with guarded(path):
        found = read_object(data, {key: list, "model": str, "library": str})
        if key not in found:
            raise ResultError(short(path), f'this is no report of livermet {kind}; it lacks "{key}"')
        rows = found[key]
        if len(rows) > MOST_ROWS or not all(isinstance(row, dict) for row in rows):
            raise ValueError("its rows are none, or too many")
        for row in rows:
            absent = [name for name in needed if name not in row]
            if absent:
                raise ValueError(f'a row lacks "{absent[0]}"')
            if any(not isinstance(value, str | int | float | None | dict | list) for value in row.values()):
                raise ValueError("a row holds something else than words and numbers")
    more = {name: value for name, value in found.items() if name not in (key, "model", "library")}
    return Saved(path, tuple(rows), {name: found.get(name, "") for name in ("model", "library")}, more)


def verified_now(found: Evidence, tell: Callable[[str], None]) -> Evidence:
    """Return the reports with that of the quick checks, made now; each check is told by its title before it is made."""
    from livermet_sim.verification.check import Knobs
    from livermet_sim.verification.report import as_json
    from livermet_sim.verification.suite import verify

    knobs = Knobs(quick=True)
    made = json.loads(as_json(list(verify((), knobs, lambda check: tell(check.title))), knobs))
    saved = Saved(Path("checks made now"), tuple(made["checks"]), stamp(), {"knobs": made["knobs"]})
    return replace(found, verification=saved, options=("--verify", *found.options))


def picture(saved: Saved, name: str) -> bytes | None:
    """Return a PNG picture beside a report, None where there is none."""
    path = saved.place.parent / f"{Path(name).name}.png"
    if not path.is_file() or path.is_symlink():
        return None
    data = content(path, MOST_PICTURE_BYTES)
    return data if data[:8] == b"\x89PNG\r\n\x1a\n" else None


def _made_by(kind: str) -> str:
    return {
        "verification": "verify --out FOLDER",
        "validation": "validate --out FOLDER",
        "baseline": "baseline --json > FILE.json",
    }[kind]
