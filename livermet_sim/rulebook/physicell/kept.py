"""Keep beside a file what the other grammar cannot hold, so that a way there and back changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import RuleError
from livermet_sim.base.read import content, guarded, is_file, is_table, read_object
from livermet_sim.base.write import write_text

ENDING = ".physicell.json"
FORMAT = "livermet rules of PhysiCell, 1"
LARGEST = 64 << 20


@dataclass(frozen=True)
class Entry:
    """Hold one rule in both grammars.

    Attributes
    ----------
    row : str
        As PhysiCell reads it; empty for a rule that its file cannot hold.
    id : str
        Of our rule; empty where it has no meaning here.
    record : dict
        Our rule.
    why : str
        Why one of the two is lacking.
    line : int
        In the file that was read.
    """

    row: str
    id: str = ""
    record: Mapping[str, Any] | None = None
    why: str = ""
    line: int = 0


def beside(path: Path) -> Path:
    """Return where the entries of a file of rules or of a scenario are kept."""
    return path.with_name(path.stem + ENDING)


def save(path: Path, entries: Sequence[Entry]) -> Path:
    """Write the entries of a file beside it and return where."""
    rows = [{"row": e.row, "id": e.id, "rule": e.record, "why": e.why, "line": e.line} for e in entries]
    target = beside(path)
    write_text(target, json.dumps({"format": FORMAT, "entries": rows}, indent=1, allow_nan=False) + "\n")
    return target


def load(path: Path) -> list[Entry]:
    """Return the entries that were kept beside a file; none without such a file.

    Raises
    ------
    LivermetError
        When it is damaged.
    """
    place = beside(path)
    if not is_file(place):
        return []
    data = content(place, LARGEST)
    with guarded(place):
        found = read_object(data, {"format": str, "entries": list})
        if found.get("format") != FORMAT:
            raise ValueError("it is not what this version keeps beside a file of rules")
        return [_entry(item) for item in found["entries"]]


def _entry(item: Any) -> Entry:
    if is_table(item):
        row, id, rule, why, line = (item.get(name) for name in ("row", "id", "rule", "why", "line"))
        words = [word for word in (row, id, why) if isinstance(word, str)]
        if len(words) == 3 and any(words[:2]) and isinstance(line, int) and (rule is None or is_table(rule)):
            return Entry(words[0], words[1], rule, words[2], line)
    raise ValueError("an entry is not as it was written")


def refuse_other(path: Path) -> None:
    """Refuse to write over something beside a file that is not ours.

    Raises
    ------
    RuleError
    """
    place = beside(path)
    if is_file(place):
        try:
            load(path)
        except Exception:
            raise RuleError(
                str(place), "this stands where the rules' other half is kept, and is something else"
            ) from None
