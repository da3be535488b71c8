"""Cut a file of PhysiCell rules into lines and fields, as the reference does, and name what is no line of such a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from livermet_sim.base.errors import RuleError
from livermet_sim.rulebook.physicell.row import ABORTS, COLUMNS, FIELDS, NOTE, SKIPS

MOST_ROWS = 100_000
LONGEST_LINE = 2000
Say = Callable[..., None]


@dataclass(frozen=True)
class Line:
    """Hold the fields of one line that is neither empty nor a comment."""

    number: int
    fields: tuple[str, ...]
    tabs: bool = False


class Lines:
    """Cut a file.

    Parameters
    ----------
    file : str
        How to call it in a sentence.
    say : callable
        Takes line, field, code, text, what the reference does, and the weight of a finding.
    """

    def __init__(self, file: str, say: Say):
        self.file, self._say = file, say

    def of(self, data: bytes) -> list[Line]:
        """Return the lines that are neither empty nor comments.

        Raises
        ------
        RuleError
            For what is no text, or too long.
        """
        return list(self._lines(self._text(data)))

    def _text(self, data: bytes) -> str:
        if b"\0" in data:
            line = data[: data.index(b"\0")].count(b"\n") + 1
            raise RuleError(f"{self.file}, line {line}", "this is no text, so it cannot be a file of rules")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise RuleError(f"{self.file}, line {line}", "it is not text in UTF-8") from None
        if text.startswith("\ufeff"):
            self._say(1, FIELDS[0], "bom", "the file begins with a byte-order mark, which belongs to no name; save it without",
                      f"{ABORTS}, as no cell type is called that")  # fmt: skip
            text = text[1:]
        return text

    def _lines(self, text: str) -> Iterator[Line]:
        whole = text.split("\n")
        if len(whole) > MOST_ROWS:
            raise RuleError(self.file, f"it has {len(whole)} lines; {MOST_ROWS} rules are the most")
        ends = sum(line.endswith("\r") for line in whole)
        if ends:
            first = next(n for n, line in enumerate(whole, 1) if line.endswith("\r"))
            self._say(
                first,
                "",
                "crlf",
                "lines end as on Windows (CR LF), which is read as it is meant",
                weight=NOTE,
            )
        for number, line in enumerate(whole, 1):
            line = line.removesuffix("\r")
            if not line or line.startswith("//"):
                continue
            if found := self._line(number, line):
                yield found

    def _line(self, number: int, line: str) -> Line | None:
        """Return the fields of a line that holds a rule."""
        shown = line if len(line) <= 60 else f"{line[:57]}..."
        if not line.strip():
            self._say(number, "", "blank", "the line holds blanks only; empty it", SKIPS)
        elif line.lstrip().startswith("#"):
            self._say(number, "", "comment", f'"{shown}" is no comment; a comment begins with //', SKIPS)
        elif line.lstrip().startswith("//"):
            self._say(
                number, "", "comment", f'"{shown}" is no comment, as a blank stands before the //', SKIPS
            )
        elif len(line) > LONGEST_LINE or not line.replace("\t", "").isprintable():
            self._say(number, "", "no text", f"the line is no rule: {'it is too long' if line.isprintable() else 'it holds signs that are no letters'}",
                      SKIPS)  # fmt: skip
        else:
            fields = line.split(",")
            if fields[-1] == "" and len(fields) > 1:  # as the reference splits: nothing after the last comma
                fields.pop()
            tabs = line.split("\t")
            if len(fields) not in COLUMNS.values() and len(tabs) in COLUMNS.values():
                self._say(
                    number,
                    "",
                    "tab",
                    "tabs stand between its fields, which is read as it is meant",
                    weight=NOTE,
                )
                fields = tabs
            return Line(number, tuple(fields))
        return None
