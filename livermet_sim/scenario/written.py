"""Write lists as tables that others read: CSV for a spreadsheet, Markdown and HTML for a paper; rules by phase and cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError
from livermet_sim.base.papers import linked
from livermet_sim.base.write import whole_file, write_text

ENDINGS = (".csv", ".md", ".html")
OFF = " (off)"
Rows = Sequence[Mapping[str, Any]]
RULES = ("rule", "in words", "unit", "range", "evidence", "source")
WIDTHS = (13, 44, 8, 10, 8, 17)  # of these columns, in hundredths of the page
NOTE = (
    "Several rules on one behaviour add up before their Hill response is taken, and share the farthest of their maxima. "
    "A signal given as relative has 1 where its half-effect is scaled to; rates are per hour."
)
LOOK = (
    "body{font:15px/1.4 sans-serif;margin:2em auto;max-width:80em;padding:0 1em}table{border-collapse:collapse}"
    "table.rules{table-layout:fixed;width:100%;min-width:50em}.wide{overflow-x:auto}"
    "td,th{text-align:left;vertical-align:top;padding:3px 10px;border-bottom:1px solid #ddd;overflow-wrap:break-word}"
    "h3{margin-bottom:.3em}tr:target{background:#fff3c4}"
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
        parts.append(_html_table(head, body))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{LOOK}</style>'
        "</head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _html_table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """Return a table; those of rules have columns of one width throughout, and each rule can be linked to."""
    ours = head is RULES
    columns = "".join(f'<col style="width:{width}%">' for width in WIDTHS) if ours else ""
    top = "".join(f"<th>{escape(word)}</th>" for word in head)
    rows = (
        (f'<tr id="{escape(line[0].partition(OFF)[0])}">' if ours else "<tr>")
        + "".join(f"<td>{linked(word)}</td>" for word in line)
        for line in body
    )
    opened = f'<table class="rules">{columns}' if ours else "<table>"
    return f'<div class="wide">{opened}\n<tr>{top}</tr>\n' + "</tr>\n".join(rows) + "</tr>\n</table></div>"


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
    off = "" if row["enabled"] else OFF
    source = "none" if row["source"] == row["grade"] else row["source"]
    span = bounds(row["low"], row["high"])
    return [row["rule"] + off, row["sentence"], row["unit"], span, row["grade"], source]


def bounds(low: float, high: float) -> str:
    """Return what is possible, in words: 0 to 1,000,000 rather than 0 to 1e+06."""
    return " to ".join(
        f"{value:,.0f}" if 10_000 <= abs(value) < 1e10 and value == round(value) else f"{value:g}"
        for value in (low, high)
    )


def _word(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)


def _cell(word: str) -> str:
    return word.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
