"""Hold what a dossier is made of, before it is a page, Markdown or JSON: parts with texts, tables and pictures."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livermet_sim.base.data_url import data_url
from livermet_sim.base.errors import LivermetError

Cell = str | float | int | bool | None


@dataclass(frozen=True)
class Text:
    """Hold a paragraph; what stands between backticks is code."""

    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text}


@dataclass(frozen=True)
class Table:
    """Hold a table.

    Attributes
    ----------
    name : str
        By which ``livermet dossier --table`` gives it.
    title : str
    columns : tuple of str
    rows : tuple of tuple of Cell
        None where nothing is known or nothing applies.
    note : str
        How to read it.
    command : str
        What makes it again; the dossier fills it in.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    command: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of the table {self.name} has not as many cells as there are columns")

    @classmethod
    def of(cls, name: str, title: str, records: Iterable[Mapping[str, Any]], columns: Sequence[str] = (), note: str = "") -> Table:  # fmt: skip
        """Return the table of some records; the columns are those of the first where they are not given."""
        found = list(records)
        names = tuple(columns) or tuple(found[0] if found else ())
        rows = tuple(tuple(_plain(record.get(column)) for column in names) for record in found)
        return cls(name, title, names, rows, note)

    @property
    def checksum(self) -> str:
        """Return the SHA-256 of columns and rows; it changes when the model or the scenario do."""
        text = json.dumps([self.columns, self.rows], ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def records(self) -> list[dict[str, Cell]]:
        """Return a mapping for each row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_dict(self) -> dict[str, Any]:
        """Return all of it for JSON."""
        return {"table": self.name, "title": self.title, "note": self.note, "command": self.command, "sha256": self.checksum,
                "columns": list(self.columns), "rows": [list(row) for row in self.rows]}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """Hold a PNG picture and what it shows."""

    title: str
    png: bytes

    @property
    def uri(self) -> str:
        """Return it as a page holds it, without a file beside it."""
        return data_url(self.png)

    def to_dict(self) -> dict[str, Any]:
        return {"picture": self.title, "sha256": hashlib.sha256(self.png).hexdigest()}


Block = Text | Table | Picture


@dataclass(frozen=True)
class Part:
    """Hold a part of the dossier: blocks, then parts of its own."""

    name: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple[Part, ...] = ()

    def walk(self) -> Iterator[Part]:
        """Give the part and all parts within it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def tables(self) -> Iterator[Table]:
        """Give all tables within it."""
        for part in self.walk():
            yield from (block for block in part.blocks if isinstance(block, Table))

    def commanded(self, commands: Mapping[str, str]) -> Part:
        """Return the part with the command of each table filled in."""
        blocks = tuple(
            replace(block, command=commands[block.name]) if isinstance(block, Table) else block
            for block in self.blocks
        )
        return replace(self, blocks=blocks, parts=tuple(part.commanded(commands) for part in self.parts))

    def to_dict(self) -> dict[str, Any]:
        """Return all of it for JSON."""
        return {"part": self.name, "title": self.title, "blocks": [block.to_dict() for block in self.blocks],
                "parts": [part.to_dict() for part in self.parts]}  # fmt: skip


def texts(*paragraphs: str) -> tuple[Text, ...]:
    """Return paragraphs, empty ones left out."""
    return tuple(Text(paragraph) for paragraph in paragraphs if paragraph)


def number(value: Cell) -> str:
    """Return a cell as a reader meets it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def find(tables: Iterable[Table], name: str) -> Table:
    """Return the table of a name.

    Raises
    ------
    LivermetError
        When there is none; the nearest is named.
    """
    known = {table.name: table for table in tables}
    if name not in known:
        raise LivermetError("--table", f'the dossier has no table "{name[:60]}"', name=name, valid=known)
    return known[name]


def _plain(value: Any) -> Cell:
    """Return a value as JSON holds it; numbers that are none become None."""
    if isinstance(value, bool | str | int) or value is None:
        return value
    if isinstance(value, float):
        return value + 0.0 if math.isfinite(value) else None
    return _plain(value.item()) if hasattr(value, "item") else ", ".join(str(one) for one in value)
