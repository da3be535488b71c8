"""Write the effects of ablations as tables: for a terminal, as Markdown, HTML and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from livermet_sim.base.aligned import aligned
from livermet_sim.base.write import inside, save_picture, whole_file, write_text
from livermet_sim.observe.columns import Frame
from livermet_sim.rulebook import ablation
from livermet_sim.sweep.interactions import OVERLAP, STAND_IN
from livermet_sim.sweep.kept import Kept

FOUND = "*"
SHOWN = 6  # readouts in the terminal; the files hold all
LONGEST_TITLE = 44


class Effects(Protocol):
    """What is written of the effects of ablations: see ``sweep.effects``."""

    study: Kept
    readouts: tuple[str, ...]

    @property
    def words(self) -> list[str]: ...
    @property
    def seeds(self) -> list[int]: ...
    @property
    def same(self) -> Any: ...
    @property
    def silent(self) -> list[str]: ...
    @property
    def table(self) -> Frame: ...
    @property
    def interactions(self) -> Frame: ...
    @property
    def phases(self) -> dict[str, str]: ...
    def ranked(self, readout: str | None = None, together: bool = True) -> list[str]: ...
    def plot(self) -> Any: ...
    def plot_phases(self) -> Any: ...


def in_words(effects: Effects) -> str:
    """Return head, table and what is silent, for a terminal."""
    names = effects.readouts[:SHOWN]
    more = len(effects.readouts) - len(names)
    lines = [*head(effects), "", aligned(cells(effects, names)), "", legend(effects)]
    if more:
        lines.append(f"{more} more readouts are in effects.csv.")
    return "\n".join([*lines, *tail(effects)])


def markdown(effects: Effects) -> str:
    """Return all readouts as Markdown, with intervals."""
    top, *rows = cells(effects, effects.readouts, whole=True)
    body = ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in [top, *rows]]
    body.insert(1, "|" + "---|" * len(top))
    return "\n\n".join([*head(effects), "\n".join(body), legend(effects), *tail(effects)]) + "\n"


def html_table(effects: Effects) -> str:
    """Return all readouts as a table in HTML, with intervals."""
    top, *rows = ([escape(cell) for cell in row] for row in cells(effects, effects.readouts, whole=True))
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    first = "".join(f"<th>{cell}</th>" for cell in top)
    words = "".join(f"<p>{escape(line)}</p>\n" for line in [*head(effects), legend(effects), *tail(effects)])
    return f'{words}<div style="overflow-x:auto"><table>\n<tr>{first}</tr>\n{body}</table></div>\n'


def page(effects: Effects) -> str:
    """Return a page of HTML of its own."""
    name = escape(str(effects.study.manifest["name"]))
    look = (
        "body{font:15px/1.4 sans-serif;margin:2em}p{max-width:50em}table{border-collapse:collapse}"
        "td,th{text-align:left;vertical-align:top;padding:3px 10px;border-bottom:1px solid #ddd;white-space:nowrap}"
        "td:nth-child(2){white-space:normal;min-width:18em}"
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title><meta name="viewport" content="width=device-width, initial-scale=1"><style>{look}</style></head>\n'
        f"<body><h1>{name}</h1>\n{html_table(effects)}</body></html>\n"
    )


def save(effects: Effects, folder: Path) -> list[Path]:
    """Write all tables and the picture into the folder of the study; return the files."""
    files = [inside(folder, f"effects.{ending}") for ending in ("csv", "md", "html")]
    with whole_file(files[0]) as part:
        effects.table.to_csv(part, index=False)
    write_text(files[1], markdown(effects))
    write_text(files[2], page(effects))
    if len(effects.interactions):
        files.append(inside(folder, "interactions.csv"))
        with whole_file(files[-1]) as part:
            effects.interactions.to_csv(part, index=False)
    for name, picture in (("ablation", effects.plot), ("phases", effects.plot_phases)):
        files.append(inside(folder, "figures", f"{name}.png"))
        save_picture(picture(), files[-1])
    return files


def head(effects: Effects) -> list[str]:
    """Return what was taken out of what, and how often."""
    manifest = effects.study.manifest
    seeds = len(effects.seeds)
    lines = [
        f"{manifest['name']}: {len(effects.words)} taken out of {manifest['scenario']}, each in {seeds} "
        f"pair{'s' * (seeds != 1)} of livers that share their luck; ranked by {effects.readouts[0]}"
    ]
    missing = effects.study.open + len(effects.study.failures)
    return lines + ([f"{missing:,} of {len(effects.study):,} runs are not there."] if missing else [])


def legend(effects: Effects) -> str:
    """Return how to read the table."""
    if len(effects.seeds) < 2:
        return "Ratio to the control (difference where that is 0); one pair says nothing of luck."
    return (
        f"Ratio of means to the control (difference where that is 0). {FOUND} beyond luck: of these at most 5 % a readout are "
        "expected to be false (Benjamini-Hochberg); the intervals in effects.csv, .md and .html allow for as many."
    )


def tail(effects: Effects) -> list[str]:
    """Return what matters in which phase, which pairs go together, and what is silent: the same bits as the control."""
    silent = effects.silent
    lines = [*by_phase(effects), *together(effects)]
    return lines + (
        [f"Silent, to the last bit the control in every pair ({len(silent)}): {', '.join(silent)}."]
        if silent
        else []
    )


def by_phase(effects: Effects) -> list[str]:
    """Return for each phase what is beyond luck in it, the strongest first."""
    if len(effects.seeds) < 2:
        return []
    lines = []
    for phase, name in effects.phases.items():
        own = effects.table[effects.table["readout"] == name].set_index("ablated")
        found = [word for word in effects.ranked(name, together=False) if own.loc[word, "found"]]
        said = [f"{word} {effect(own.loc[word].to_dict())}" for word in found[:SHOWN]]
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        lines.append(f"In the {phase} phase, by {name}: {', '.join(said) or 'nothing beyond luck'}{more}.")
    return lines


def together(effects: Effects) -> list[str]:
    """Return the pairs that go farther, or less far, together than each for itself."""
    table = effects.interactions
    if not len(table):
        return []
    names = [*effects.phases.values()] or [effects.readouts[0]]
    found = table[table["found"] & table["readout"].isin(names)]
    lines = []
    for relation, words in ((STAND_IN, "Stand in for each other"), (OVERLAP, "Overlap")):
        own = found[found["relation"] == relation].sort_values("q", kind="stable")
        if len(own):
            pairs = zip(own["ablated"], own["readout"], strict=True)
            lines.append(f"{words}: {', '.join(f'{word} ({name})' for word, name in pairs)}.")
    return lines or ["No pair does more, or less, together than each for itself, beyond luck."]


def cells(effects: Effects, names: Sequence[str], whole: bool = False) -> list[tuple[str, ...]]:
    """Return the rows of the table as words, the largest effect first; ``whole`` with intervals and nothing cut."""
    rows = {key: row for key, row in zip(
        zip(effects.table["ablated"], effects.table["readout"], strict=True),
        effects.table.to_dict("records"), strict=True,
    )}  # fmt: skip
    found = [("taken out", "what it is", "phase", *names, "same bits")]
    for word in effects.ranked():
        title = ablation.title(word)
        title = title if whole or len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 3] + "..."
        own = (effect(rows[word, name], whole) for name in names)
        same = effects.same[word]
        found.append((word, title, ablation.phase(word), *own, str(same) if same else ""))
    return found


def effect(row: dict[str, Any], whole: bool = False) -> str:
    """Return one effect as words, ``whole`` with its interval; what cannot be known is a dash."""
    mark = FOUND if row["found"] else ""
    ratio = not np.isnan(row["ratio_of_means"])
    key = "ratio_of_means" if ratio else "difference"
    if np.isnan(row[key]):
        return "-"
    low, high = row[f"{key}_low"], row[f"{key}_high"]
    span = f" ({low:.3g} to {high:.3g})" if whole and not np.isnan(low) and not np.isnan(high) else ""
    return f"{f'x{row[key]:.3g}' if ratio else f'{row[key]:+.3g}'}{mark}{span}"
