"""Find the line of each key in a TOML file, and put it into the sentences that name the key.

`tomllib` reads a file without saying where its keys stand, so the text is gone through once more, when something is wrong.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress

from livermet_sim.base.errors import LivermetError, tidy

Path = tuple[str | int, ...]
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}\n#]*")
_STRINGS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (r'"""(?:\\.|[^\\])*?"{3,5}', r"'''.*?'{3,5}", r'"(?:\\.|[^"\\])*"', r"'[^']*'")
)


def lines_of(text: str) -> dict[str, int]:
    """Return the line on which each key, table and element of a list begins, by dotted name: ``interventions[0].start``.

    Parameters
    ----------
    text : str
        Valid TOML.
    """
    walk = _Walk(text)
    with suppress(RecursionError):  # lists in lists in lists; what was found by then stands
        walk.file()
    return {_dotted(path): line for path, line in walk.found.items()}


@contextmanager
def with_lines(texts: Mapping[str, str]) -> Generator[None]:
    """Put the line into each mistake about a key of some TOML files: ``mine.toml, run.days: ...`` gets ``, line 3``.

    Parameters
    ----------
    texts : mapping
        What the files hold, by what they are called in messages; it may grow meanwhile.
    """
    try:
        yield
    except LivermetError as error:
        found = {label: lines_of(text) for label, text in texts.items() if label in error.sentence}
        error.reword(lambda sentence: _told(sentence, found))
        raise


def _told(sentence: str, files: Mapping[str, Mapping[str, int]]) -> str:
    """Return a sentence with the line of the key that it names, or of the table in which that key is missing."""
    for label, lines in files.items():
        head, comma, rest = sentence.partition(f"{label}, ")
        if not head and comma and (line := _line(rest.partition(": ")[0], lines)):
            return f"{label}, line {line}, {rest}"
    return sentence


def _line(name: str, lines: Mapping[str, int]) -> int | None:
    """Return the line of a name as messages write it, or of the longest part of it that is there."""
    plain = name.replace('"', "").strip("'")
    best, found = 0, None
    for known, line in lines.items():
        if " ... " in plain and known.startswith(plain.partition(" ... ")[0]):
            return line  # a name so long that a sentence leaves its middle out
        for own in (known.replace('"', ""), ascii(known)[1:-1], tidy(known)):
            for said in (plain, plain.replace(", ", ".")):
                if len(own) > best and f"{said}.".startswith((f"{own}.", f"{own}[", f"{own},")):
                    best, found = len(own), line
    return found or _inner(plain.rpartition(" ")[2], lines)


def _inner(name: str, lines: Mapping[str, int]) -> int | None:
    """Return the line of a name of the scenario that some table of the file holds, such as [treated_values]."""
    while name:
        for known, line in lines.items():
            if known.replace('"', "").endswith(f".{name}"):
                return line
        name = name.rpartition(".")[0]
    return None


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


class _Walk:
    """Go through a text and note where each key stands."""

    def __init__(self, text: str):
        self.text, self.at = text, 0
        self.found: dict[Path, int] = {}
        self._elements: dict[Path, int] = {}  # the last of each list of tables
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def file(self) -> None:
        """Go through a whole file."""
        head: Path = ()
        while self._next():
            if self.text.startswith("[[", self.at):
                head = self._header(2)
            elif self.text[self.at] == "[":
                head = self._header(1)
            else:
                self._pair(head)

    def _next(self) -> str:
        """Skip blanks, ends of lines and comments; return the character there, nothing at the end."""
        if blank := _BLANK.match(self.text, self.at):
            self.at = blank.end()
        return self.text[self.at : self.at + 1]

    def _header(self, brackets: int) -> Path:
        start, self.at = self.at, self.at + brackets
        *outer, last = self._keys()
        self._next()
        self.at += brackets
        path: Path = ()
        for key in outer:
            path = self._latest((*path, key))
        path = (*path, last)
        if brackets == 1:
            path = self._latest(path)
        else:
            self._note(path, start)
            self._elements[path] = self._elements.get(path, -1) + 1
            path = (*path, self._elements[path])
        self._note(path, start)
        return path

    def _latest(self, path: Path) -> Path:
        """Return the path of a table, or of the last one in a list of tables."""
        return (*path, self._elements[path]) if path in self._elements else path

    def _pair(self, head: Path) -> None:
        """Go through a key and its value."""
        start = self.at
        path = (*head, *self._keys())
        self._next()
        self.at += 1  # the equals sign
        self._note(path, start)
        self._value(path)

    def _keys(self) -> list[str]:
        """Go through a key, dotted or not."""
        keys: list[str] = []
        while True:
            character = self._next()
            raw = self._string() if character in ('"', "'") else self._match(_BARE_KEY)
            keys.append(tomllib.loads(f"key = {raw}")["key"] if character in ('"', "'") else raw)
            if self._next() != ".":
                return keys
            self.at += 1

    def _value(self, path: Path) -> None:
        character = self._next()
        if character in ('"', "'"):
            self._string()
        elif character in ("[", "{"):
            self._several(path, "]" if character == "[" else "}")
        else:
            self._match(_BARE_VALUE)

    def _several(self, path: Path, end: str) -> None:
        """Go through a list or a table on a line."""
        self.at, number = self.at + 1, 0
        while self._next() != end:
            if end == "}":
                self._pair(path)
            else:
                self._note((*path, number), self.at)
                self._value((*path, number))
                number += 1
            if self._next() == ",":
                self.at += 1
        self.at += 1

    def _string(self) -> str:
        for pattern in _STRINGS:
            if pattern.match(self.text, self.at):
                return self._match(pattern)
        raise ValueError(f"no string at {self.at}")

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"no {pattern.pattern} at {self.at}")
        self.at = match.end()
        return match[0]

    def _note(self, path: Path, start: int) -> None:
        """Keep where a key, and what it is in, first stands."""
        line = bisect_right(self._starts, start)
        for length in range(1, len(path) + 1):
            self.found.setdefault(path[:length], line)
