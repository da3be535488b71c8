"""Write what the checks found: a page, Markdown, JSON, and a picture each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from livermet_sim.base.provenance import stamp
from livermet_sim.base.write import inside, save_picture, write_text
from livermet_sim.verification.check import Figure, Knobs, Outcome

COLOURS = ("#222222", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222}
section{border-top:1px solid #ddd;padding:1rem 0;display:grid;grid-template-columns:1fr 24rem;gap:0 1.5rem}
section h2,section p{grid-column:1}section img{grid-column:2;grid-row:1/9;width:100%}h2{font-size:1.1rem;margin:.2rem 0}p{margin:.3rem 0}
.holds{color:#00634a}.fails{color:#a3210f}code{background:#f3f3f3;padding:0 .2em}dl{grid-column:1;display:grid;grid-template-columns:7rem 1fr;margin:.3rem 0}dt{color:#555}dd{margin:0}
@media(max-width:50rem){section{display:block}}"""


def line(outcome: Outcome) -> str:
    """Return one line on an outcome."""
    return f"{outcome.verdict:5}  {outcome.name:16} {outcome.title}: {outcome.found}"


def details(outcome: Outcome) -> str:
    """Return all that is to be said of an outcome in words."""
    rows = {"expected": outcome.expected, "found": outcome.found, "tolerance": outcome.tolerance or "none"}
    return "\n".join([outcome.what, *(f"{name:>10}: {text}" for name, text in rows.items())])


def verdict(outcomes: Sequence[Outcome]) -> str:
    """Return how many hold, and which do not."""
    fails = [outcome.name for outcome in outcomes if not outcome.holds]
    return f"{len(outcomes) - len(fails)} of {len(outcomes)} checks hold" + (
        f"; not {', '.join(fails)}" if fails else ""
    )


def as_json(outcomes: Sequence[Outcome], knobs: Knobs) -> str:
    """Return outcomes and knobs as JSON; figures are left out."""
    rows = [_record(outcome) for outcome in outcomes]
    return json.dumps(stamp() | {"knobs": asdict(knobs), "checks": rows}, indent=1)


def _record(outcome: Outcome) -> dict[str, Any]:
    row = {
        name: getattr(outcome, name)
        for name in ("name", "title", "what", "expected", "found", "tolerance", "verdict")
    }
    numbers = {name: value if abs(value) < float("inf") else None for name, value in outcome.numbers.items()}
    return row | {"numbers": numbers, "seconds": round(outcome.seconds, 3)}


def save(outcomes: Sequence[Outcome], knobs: Knobs, folder: Path, version: str) -> Path:
    """Write page, Markdown, JSON and pictures into a folder and return the page.

    Raises
    ------
    ResultError
        When a file cannot be written.
    """
    pictures = {outcome.name: f"{outcome.name}.png" for outcome in outcomes if outcome.figure is not None}
    for outcome in outcomes:
        if outcome.figure is not None:
            save_picture(draw(outcome.figure, outcome.title), inside(folder, pictures[outcome.name]))
    write_text(folder / "verification.json", as_json(outcomes, knobs) + "\n")
    write_text(folder / "verification.md", _markdown(outcomes, knobs, pictures, version))
    write_text(folder / "index.html", _page(outcomes, knobs, pictures, version))
    return folder / "index.html"


def draw(figure: Figure, title: str) -> Any:
    """Return a picture of a figure: what is expected is a line, what was found are points."""
    from livermet_sim.viz import style

    picture = style.picture(6.0, 4.2)
    axes = picture.add_subplot()
    for number, curve in enumerate(figure.curves):
        colour = COLOURS[number % len(COLOURS)]
        line = curve.style == "-"
        look: dict[str, Any] = (
            {"linestyle": "-", "linewidth": 1.6} if line else {"linestyle": "none", "marker": curve.style}
        )
        axes.plot(curve.x, curve.y, color=colour, markersize=4.5, label=curve.label, **look)
    if figure.scale in ("log", "logy"):
        axes.set_yscale("log")
    if figure.scale == "log":
        axes.set_xscale("log")
    if figure.ticks:
        axes.set_xticks(range(len(figure.ticks)), figure.ticks)
    axes.set_xlabel(figure.x)
    axes.set_ylabel(figure.y)
    axes.set_title(title, loc="left", fontweight="bold")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return picture


def _head(outcomes: Sequence[Outcome], knobs: Knobs, version: str) -> str:
    turned = ", ".join(f"{name} {value}" for name, value in asdict(knobs).items())
    seconds = sum(outcome.seconds for outcome in outcomes)
    return f"livermet_sim {version}. {verdict(outcomes)}, in {seconds:.0f} s. Knobs: {turned}."


def _again(outcome: Outcome) -> str:
    return f"livermet verify --only {outcome.name}"


def _markdown(outcomes: Sequence[Outcome], knobs: Knobs, pictures: dict[str, str], version: str) -> str:
    lines = ["# Verification", "", _head(outcomes, knobs, version)]
    for o in outcomes:
        lines += ["", f"## {o.title}: {o.verdict}", "", o.what, ""]
        rows = (
            ("expected", o.expected),
            ("found", o.found),
            ("tolerance", o.tolerance or "none"),
            ("again", f"`{_again(o)}`"),
        )
        lines += [f"- {name}: {text}" for name, text in rows]
        lines += ["", f"![{o.title}]({pictures[o.name]})"] if o.name in pictures else []
    return "\n".join(lines) + "\n"


def _page(outcomes: Sequence[Outcome], knobs: Knobs, pictures: dict[str, str], version: str) -> str:
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Verification of livermet_sim</title><style>{STYLE}</style>'
    ]
    parts += ["<h1>Verification</h1>", f"<p>{escape(_head(outcomes, knobs, version))}</p>"]
    for o in outcomes:
        rows = (("expected", o.expected), ("found", o.found), ("tolerance", o.tolerance or "none"))
        terms = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in rows)
        image = f'<img src="{pictures[o.name]}" alt="{escape(o.title)}">' if o.name in pictures else ""
        parts.append(
            f'<section id="{o.name}"><h2>{escape(o.title)}: <span class="{o.verdict}">{o.verdict}</span></h2>{image}'
            f"<p>{escape(o.what)}</p><dl>{terms}<dt>again</dt><dd><code>{_again(o)}</code></dd></dl></section>"
        )
    return "\n".join(parts) + "\n"
