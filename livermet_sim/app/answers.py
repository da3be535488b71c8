"""Write what was found out about a clicked cell as HTML: its life, and what follows without it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from matplotlib.figure import Figure

from livermet_sim.app import html
from livermet_sim.app.reading import told
from livermet_sim.base.data_url import data_url
from livermet_sim.kernels.codes import LUMEN
from livermet_sim.rulebook.book import RuleBook
from livermet_sim.scenario.life import Life
from livermet_sim.sweep.what_if import WhatIf
from livermet_sim.viz import style

MOST_RULES, MOST_FOUNDERS = 3, 8
_CELL = re.compile(r"(\w+) (\d+)$")  # as reports name a cell: its kind and whole key


@dataclass(frozen=True)
class Answer:
    """Hold what the page shows of a question.

    Attributes
    ----------
    question : str
    share : float
        Of the work done.
    html : str
        The answer.
    wrong : str
        Why there is none.
    """

    question: str
    share: float = 0.0
    html: str = ""
    wrong: str = ""

    @property
    def done(self) -> bool:
        """Say whether there is an answer, or none to be had."""
        return bool(self.html or self.wrong)


def panel(found: Answer) -> str:
    """Return a question about a cell with its answer, or how far that is."""
    head = f'<div class="lm-cell"><h3>{escape(found.question)}</h3>'
    if found.wrong:
        return f'{head}<div class="lm-refused">{escape(found.wrong)}</div></div>'
    if found.html:
        return f'{head}<div class="told">{found.html}</div></div>'
    wide = f"width:{100 * found.share:.0f}%"
    return f'{head}<div>The liver is run again beside this one.</div><div class="far"><i style="{wide}"></i></div></div>'


def life(found: Life, book: RuleBook) -> str:
    """Return the events of a cell in order, under each what moved it and the rules that spoke, the strongest first."""
    parts = []
    for own in found.chapters:
        where = "in a vessel" if own.layer == LUMEN else "in the tissue"
        parts.append(f'<div class="will">{when(own.hours)}: {escape(own.what)}, {where}</div>')
        for who, reason in own.spoken:
            kind = who.split()[0] if who else "tumour"
            one = told(book, kind, reason)
            if one["rules"] or reason.value != 0.0:
                name = f"{style.words_of(kind)} beside it, " if who else ""
                parts.append(f'<div class="rule" title="{escape(one["doc"])}">{escape(name + one["behaviour"])}: '
                             f"{escape(one['value'])} (without rules {escape(one['base'])})</div>")  # fmt: skip
                parts += [html.rule(each) for each in one["rules"][:MOST_RULES]]
    return "".join(parts) or "<div>Nothing has happened to it since it came.</div>"


def when(hours: float) -> str:
    """Return a time of the run in words, in hours within the first two days."""
    return f"{hours:g} h" if hours < 48 else f"day {hours / 24:.2f}"


def what_if(found: WhatIf) -> str:
    """Return what differed first without a cell, how founders fare with it and without it, and where tumour stands."""
    lead = (
        f"Taken out at {when(found.at_h)}; both livers went on, with the same luck, to {when(found.hours)}."
    )
    parts = [f"<div>{lead}</div>"]
    if not len(found.first):
        return parts[0] + '<div class="will">Nothing else ever differed.</div>'
    parts.append('<div class="will">What differed first</div>')
    parts.append(
        _table(
            ("at", "what", "where", "with it", "without it"),
            map(_difference, found.first.to_dict("records")),
        )
    )
    own = found.founders[found.founders["changed"]]
    parts.append(f'<div class="will">{len(own):,} of {len(found.founders):,} founders fare otherwise; tumour cells: '
                 f"{found.founders['cells'].sum():,} with it, {found.founders['cells_without'].sum():,} without</div>")  # fmt: skip
    if len(own):
        rows = own.head(MOST_FOUNDERS).to_dict("records")
        head = ("founder", "with it", "cells", "without it", "cells")
        names = ("founder", "fate", "cells", "fate_without", "cells_without")
        parts.append(_table(head, ([row[name] for name in names] for row in rows)))
    if len(own) > MOST_FOUNDERS:
        parts.append(f"<div>... and {len(own) - MOST_FOUNDERS:,} more</div>")
    return (
        "".join(parts)
        + f'<img alt="Where tumour stands in one of the two livers only" src="{_png(found.plot(1))}">'
    )


def _difference(row: dict[str, Any]) -> tuple[Any, ...]:
    more = f" and {row['others']:,} more" if row["others"] else ""
    where = _CELL.sub(lambda cell: f"{style.words_of(cell[1])} {int(cell[2]) % 100_000:05d}", row["where"])
    return when(row["hours"]), row["what"], f"{where}: {row['name']}{more}", row["with_it"], row["without_it"]


def _table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>" for row in rows
    )
    return f"<table><tr>{names}</tr>{cells}</table>"


def _png(figure: Figure) -> str:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=80)
    return data_url(stream.getvalue())
