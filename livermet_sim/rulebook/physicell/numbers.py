"""Read the numbers of a row, as they are meant or as C reads them, and name what is none."""

from __future__ import annotations

import math
import re

from livermet_sim.rulebook.physicell.csv_lines import Say
from livermet_sim.rulebook.physicell.row import FIELDS, NOTE

_PREFIX = re.compile(
    r"\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)", re.IGNORECASE
)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_UNIT = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)\s*([1/]?\s*/?\s*[A-Za-z%].*)")


def is_number(text: str) -> bool:
    """Say whether a text is one plain decimal number."""
    return _NUMBER.fullmatch(text) is not None


class Numbers:
    """Read numbers.

    Parameters
    ----------
    say : callable
        See `Lines`.
    lenient : bool
        Whether to go on with what the reference reads.
    """

    def __init__(self, say: Say, lenient: bool):
        self._say, self.lenient = say, lenient

    def number(self, line: int, field: str, text: str) -> float | None:
        if _NUMBER.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        found = atof(text)
        reads = f"reads {found:g}"
        if _NUMBER.fullmatch(text) or math.isinf(found):
            self._say(line, field, "number", f'"{text[:60]}" is too large to compute with', reads)
            return found if self.lenient else None
        if _UNIT.fullmatch(text):
            self._say(
                line,
                field,
                "unit",
                f'"{text[:60]}" carries a unit; write the number alone (rates are per minute, speeds um/min)',
                reads,
            )
        else:
            comma = "; decimals have a point" if "," in text else ""
            self._say(line, field, "number", f'"{text[:60]}" is not a number{comma}', reads)
        return found if self.lenient else None

    def dead(self, line: int, text: str) -> bool | None:
        if text in ("0", "1"):
            return text == "1"
        value = atof(text)
        if _NUMBER.fullmatch(text):
            self._say(
                line,
                FIELDS[7],
                "dead",
                f'"{text[:60]}" stands for {int(value != 0)}; write 0 or 1',
                weight=NOTE,
            )
            return value != 0.0
        self._say(line, FIELDS[7], "dead", f'"{text[:60]}" is not 0 or 1', f"reads {value:g}")
        return value != 0.0 if self.lenient else None

    def check(self, line: int, half_max: float | None, power: float | None) -> None:
        if half_max is not None and half_max <= 0.0:
            effect = "computes NaN" if half_max == 0.0 else "computes a response that means nothing"
            self._say(line, FIELDS[5], "half-max", f"{half_max:g} is impossible; it must be above 0", effect)
        if power is not None and power <= 0.0:
            self._say(
                line,
                FIELDS[6],
                "power",
                f"{power:g} is impossible; it must be above 0",
                "computes a response that means nothing",
            )


def atof(text: str) -> float:
    """Return the number at the beginning of a text, 0 without one, as C reads it."""
    match = _PREFIX.match(text)
    if not match:
        return 0.0
    return float(match[0])
