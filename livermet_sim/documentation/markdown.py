"""Write a dossier as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from livermet_sim.documentation.blocks import Block, Cell, Part, Picture, Table, Text, number


def document(head: Mapping[str, Any], parts: Sequence[Part]) -> str:
    """Return a document with a table of contents."""
    lines = [f"# Dossier of {head['scenario']}", ""]
    lines += [f"- {name}: `{value}`" for name, value in head.items()]
    lines += ["", *(f"- [{part.title}](#{part.name})" for part in parts)]
    for part in parts:
        lines += _part(part, 2)
    return "\n".join(lines) + "\n"


def _part(part: Part, depth: int) -> Iterator[str]:
    yield from ("", f'<a id="{part.name}"></a>', "", f"{'#' * min(depth, 6)} {part.title}")
    for block in part.blocks:
        yield ""
        yield from _block(block)
    for inner in part.parts:
        yield from _part(inner, depth + 1)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Text):
        yield _safe(block.text)
    elif isinstance(block, Picture):
        yield f"(Picture: {block.title}; see the page.)"
    else:
        yield from table(block)


def table(given: Table) -> Iterator[str]:
    """Give the lines of a table."""
    yield f"**{given.title}**{'. ' + given.note if given.note else ''}"
    yield ""
    if given.rows:
        yield "| " + " | ".join(_cell(name) for name in given.columns) + " |"
        yield "|" + "---|" * len(given.columns)
        yield from ("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in given.rows)
    else:
        yield "None."
    yield ""
    yield f"Again: `{given.command}`"


def _safe(text: str) -> str:
    """Return a paragraph in which no tag begins outside of code; lines of equations stay lines."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # a backtick without its other is a letter
        pieces = [text.replace("`", "'")]
    words = [piece if i % 2 else piece.replace("<", "&lt;") for i, piece in enumerate(pieces)]
    return "`".join(words).replace("\n", "  \n")


def _cell(cell: Cell) -> str:
    return " ".join(number(cell).split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
