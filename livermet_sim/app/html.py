"""Write the pieces of the page that are plain HTML: legend, colour scale, what a clicked cell senses."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from matplotlib import colormaps
from matplotlib.colors import to_hex

_MARKS = {
    "disc": '<circle cx="8" cy="8" r="6.5"/>',
    "diamond": '<path d="M8 0.5L15.5 8L8 15.5L0.5 8Z"/>',
    "square": '<rect x="2" y="2" width="12" height="12"/>',
    "triangle": '<path d="M8 1L15 14H1Z"/>',
    "wedge": '<path d="M8 15L15 2H1Z"/>',
    "cross": '<path d="M3 1L8 6L13 1L15 3L10 8L15 13L13 15L8 10L3 15L1 13L6 8L1 3Z"/>',
}


def legend(livers: Sequence[dict[str, Any]]) -> str:
    """Return what the symbols mean, with the number of each now; of two livers, both numbers."""
    entries = []
    for place, entry in enumerate(livers[0]["key"] if livers else ()):
        counts = [liver["key"][place]["count"] for liver in livers]
        if any(counts) and not entry["hidden"]:
            mark = f'<svg viewBox="0 0 16 16" fill="{entry["colour"]}">{_MARKS[entry["shape"]]}</svg>'
            numbers = " / ".join(f"{count:,}" for count in counts)
            entries.append(f"<span>{mark}{escape(entry['words'])} ({numbers})</span>")
    shown = dict(pair for liver in livers for pair in liver.get("structures", ()))
    for words, colour in shown.items():
        mark = f'<svg viewBox="0 0 16 16" fill="{colour}" stroke="#777"><rect x="1.5" y="3.5" width="13" height="9"/></svg>'
        entries.append(f'<span class="structure">{mark}{escape(words)}</span>')
    return f'<div class="lm-legend">{"".join(entries)}</div>'


def scale(shown: tuple[str, float, float, str] | None) -> str:
    """Return the colour scale of a field."""
    if shown is None:
        return ""
    label, low, high, name = shown
    stops = ", ".join(to_hex(colormaps[name](k / 8)) for k in range(9))
    return (
        f'<div class="lm-scale">{escape(label)}: {low:.3g} '
        f'<i style="background: linear-gradient(to right, {stops})"></i> {high:.3g}</div>'
    )


def cell(told: dict[str, Any]) -> str:
    """Return what a cell is, which rules fire in it and what it senses."""
    parts = [f'<div class="lm-cell"><h3>{escape(told["title"])}</h3><div>{escape(told["facts"])}</div>']
    for reason in told["rules"]:
        parts.append(
            f'<div class="will" title="{escape(reason["doc"])}">{escape(reason["behaviour"])}: {escape(reason["value"])}'
            f' <span style="font-weight:400">(without rules {escape(reason["base"])})</span></div>'
        )
        parts += [rule(each) for each in reason["rules"][:4]]
    if told["senses"]:
        rows = "".join(
            f'<tr title="{escape(sense["doc"])}"><td>{escape(sense["name"])}</td><td>{escape(sense["value"])}</td></tr>'
            for sense in told["senses"]
        )
        parts.append(f"<details><summary>All that it senses</summary><table>{rows}</table></details>")
    return "".join(parts) + "</div>"


def rule(told: dict[str, Any]) -> str:
    """Return one rule that acts: how strongly, on what signal, and what it says."""
    source = f"{told['says']} Source: {told['source']}"
    return (
        f'<div class="rule" title="{escape(source)}">'
        f'<span class="meter"><i style="width:{46 * told["share"]:.0f}px"></i></span>'
        f"<b>{escape(told['rule'])}</b> {escape(told['signal'])} = {escape(told['value'])} {escape(told['direction'])} it"
        f'<div class="said">{escape(told["says"])}</div></div>'
    )
