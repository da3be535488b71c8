"""Write lists as tables that others read: CSV for a spreadsheet, Markdown and HTML for a paper; rules by phase and cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.write import whole_file, write_text

ENDINGS = (".csv", ".md", ".html")
Rows = Sequence[Mapping[str, Any]]
RULES = ("rule", "in words", "unit", "possible", "evidence")
NOTE = (
    "Several rules on one behaviour add up before their Hill response is taken, and share the farthest of their maxima. "
    "A signal given as relative has 1 where its half-effect is scaled to; rates are per hour."
)
LOOK = (
    "body{font:15px/1.4 sans-serif;margin:2em auto;max-width:75em;padding:0 1em}table{border-collapse:collapse}"
    "td,th{text-align:left;vertical-align:top;padding:3px 10px;border-bottom:1px solid #ddd}h3{margin-bottom:.3em}"
)


def check_ending(path: Path) -> None:
    """Refuse a file whose ending is not that of a table."""
    if path.suffix.lower() not in ENDINGS:
        raise LivermetError("--out", f'"{path}" is not a table; its name must end in {", ".join(ENDINGS)}')


def write(rows: Rows, path: Path, title: str) -> None:
    """Write a list into a file, whose ending says how; rules (rows with a ``rule``) by phase and cell."""
    check_ending(path)
    ending = path.suffix.lower()
    if ending == ".csv":
        import pandas as pd

        with whole_file(path) as part:
            pd.DataFrame(list(rows)).to_csv(part, index=False)
    else:
        write_text(path, markdown(rows, title) if ending == ".md" else page(rows, title))


def markdown(rows: Rows, title: str) -> str:
    """Return a list as Markdown."""
    parts = [f"# {title}", *_preface(rows)]
    for phase, cell, head, body in _tables(rows):
        parts += ([f"## {phase}"] if phase else []) + ([f"### {cell}"] if cell else [])
        lines = [head, ["---"] * len(head), *body]
        parts.append("\n".join("| " + " | ".join(_cell(word) for word in line) + " |" for line in lines))
    return "\n\n".join(parts) + "\n"


def page(rows: Rows, title: str) -> str:
    """Return a list as a page of HTML."""
    parts = [f"<h1>{escape(title)}</h1>", *(f"<p>{escape(line)}</p>" for line in _preface(rows))]
    for phase, cell, head, body in _tables(rows):
        parts += [f"<h{n}>{escape(words)}</h{n}>" for n, words in ((2, phase), (3, cell)) if words]
        top = "".join(f"<th>{escape(word)}</th>" for word in head)
        lines = ("".join(f"<td>{escape(word)}</td>" for word in line) for line in body)
        parts.append(
            f"<table>\n<tr>{top}</tr>\n" + "\n".join(f"<tr>{line}</tr>" for line in lines) + "\n</table>"
        )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{LOOK}</style>'
        "</head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _preface(rows: Rows) -> list[str]:
    return [NOTE] if rows and "sentence" in rows[0] else []


def _tables(rows: Rows) -> Iterator[tuple[str, str, Sequence[str], list[list[str]]]]:
    """Give phase, cell, head and body of each table; a phase is named where it begins."""
    if not rows or "sentence" not in rows[0]:
        yield (
            "",
            "",
            list(rows[0]) if rows else [],
            [[_word(value) for value in row.values()] for row in rows],
        )
        return
    last = ""
    for phase in dict.fromkeys(row["phase"] for row in rows):
        own = [row for row in rows if row["phase"] == phase]
        for cell in dict.fromkeys(row["cell"] for row in own):
            body = [rule_cells(row) for row in own if row["cell"] == cell]
            yield (
                (phase[0].upper() + phase[1:] if phase != last else ""),
                cell[0].upper() + cell[1:],
                RULES,
                body,
            )
            last = phase


def rule_cells(row: Mapping[str, Any]) -> list[str]:
    """Return a rule as the cells of a table: see `RULES`."""
    off = "" if row["enabled"] else " (off)"
    source = "assumed" if row["source"] == row["grade"] else f"{row['grade']}: {row['source']}"
    return [row["rule"] + off, row["sentence"], row["unit"], f"{row['low']:g} to {row['high']:g}", source]


def _word(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)


def _cell(word: str) -> str:
    return word.replace("|", "\\|").replace("\n", " ")
