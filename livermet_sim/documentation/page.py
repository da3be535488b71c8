"""Write a dossier as one HTML page: no network, no other file, readable on screen and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any

from livermet_sim.base.papers import linked
from livermet_sim.documentation.blocks import Block, Cell, Part, Picture, Table, Text, number

SEARCHED = 8  # rows from which a table can be searched
_CODE = re.compile(r"`([^`]+)`")
_EMPHASIS = re.compile(r"(?<![\w*])\*([A-Za-z][\w -]*)\*(?![\w*])")
# words that say how something stands, told by more than their colour
GOOD, BAD = ("holds", "inside", "reproduced", "size within band"), ("fails", "outside", "wrong")


def page(head: Mapping[str, Any], parts: Sequence[Part]) -> str:
    """Return the page."""
    title = f"Dossier of {head['scenario']}"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_file('dossier.css')}</style></head>\n<body>"
        f'<a class="skip" href="#content">To the content</a>'
        f'<nav aria-label="Contents"><p class="brand">{escape(title)}</p>{contents(parts)}</nav>\n'
        f'<main id="content"><h1>{escape(title)}</h1>{_head(head)}\n{body(parts)}</main>'
        f"<script>{_file('dossier.js')}</script></body></html>\n"
    )


def contents(parts: Sequence[Part], depth: int = 2) -> str:
    """Return the table of contents, so many levels deep."""
    items = "".join(
        f'<li><a href="#{part.name}">{escape(part.title)}</a>{contents(part.parts, depth - 1) if depth > 1 and part.parts else ""}</li>'
        for part in parts
    )
    return f"<ul>{items}</ul>"


def body(parts: Sequence[Part]) -> str:
    """Return all parts, for this page or within another."""
    return "\n".join(line for part in parts for line in _part(part, 2))


def _file(name: str) -> str:
    return (resources.files("livermet_sim") / "documentation" / "html" / name).read_text(encoding="utf-8")


def _head(head: Mapping[str, Any]) -> str:
    items = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(str(value))}</code></dd>" for name, value in head.items()
    )
    return f'<dl class="head">{items}</dl>'


def _part(part: Part, depth: int) -> Iterator[str]:
    level = min(depth, 6)
    yield f'<section id="{part.name}"><h{level}>{escape(part.title)}</h{level}>'
    yield from (_block(block) for block in part.blocks)
    for inner in part.parts:
        yield from _part(inner, depth + 1)
    yield "</section>"


def _block(block: Block) -> str:
    if isinstance(block, Text):
        return "<p>" + marked(block.text).replace("\n", "<br>") + "</p>"
    if isinstance(block, Picture):
        return f'<figure><img src="{block.uri}" alt="{escape(block.title)}" loading="lazy"><figcaption>{escape(block.title)}</figcaption></figure>'
    return _table(block)


def marked(text: str) -> str:
    """Return a text with code, emphasis and the addresses of papers."""
    return "".join(
        f"<code>{escape(piece)}</code>" if i % 2 else _EMPHASIS.sub(r"<em>\1</em>", linked(piece))
        for i, piece in enumerate(_CODE.split(text))
    )


def _table(table: Table) -> str:
    note = f'<span class="note">{marked(table.note)}</span>' if table.note else ""
    count = f"{len(table.rows)} row{'' if len(table.rows) == 1 else 's'}"
    again = f'<p class="again">Again: <code>{escape(table.command)}</code></p>'
    if not table.rows:
        return f'<div class="table" id="table-{table.name}"><p class="caption"><b>{escape(table.title)}</b>: none. {note}</p>{again}</div>'
    search = (
        f'<label class="search">Search <input type="search" data-table="{table.name}" aria-label="Search in {escape(table.title)}"></label> <output>{count}</output>'
        if len(table.rows) >= SEARCHED
        else f"<output>{count}</output>"
    )
    head = "".join(
        f'<th scope="col"{_right(table, i)}><button type="button">{escape(name)}</button></th>'
        for i, name in enumerate(table.columns)
    )
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    return (
        f'<div class="table" id="table-{table.name}"><div class="tools">{search}</div><div class="scroll" tabindex="0" role="region" aria-label="{escape(table.title)}">'
        f"<table><caption><b>{escape(table.title)}</b> {note}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{again}</div>"
    )


def _right(table: Table, column: int) -> str:
    """Return that the head of a column of numbers stands to the right, as they do."""
    held = [row[column] for row in table.rows if row[column] is not None]
    numbers = all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in held)
    return ' class="number"' if held and numbers else ""


def _cell(cell: Cell) -> str:
    text = number(cell)
    if isinstance(cell, bool):
        return f'<td class="{"good" if cell else "open"}">{text}</td>'
    if isinstance(cell, int | float):
        return f'<td class="number" data-value="{cell!r}">{text}</td>'
    kind = "good" if text in GOOD else "bad" if text in BAD else _width(text)
    return f'<td class="{kind}">{marked(text)}</td>' if kind else f"<td>{marked(text)}</td>"


def _width(text: str) -> str:
    """Return how wide a cell must be at least, so that a row of many columns is not many lines high."""
    return "longest" if len(text) > 120 else "long" if len(text) > 40 else ""
