"""Put the body of a page between the head, the way around and the foot that all pages share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from importlib import resources
from pathlib import Path

from livermet_sim.base.write import write_text

# page, section, link, words: what the search has of a section
Entry = tuple[str, str, str, str]
SCRIPTS = ("site.js", "browser.js")


@dataclass(frozen=True)
class Place:
    """One page of the site: its path, the name in the list of pages, and the group it stands in."""

    path: str
    name: str
    group: str

    @property
    def up(self) -> str:
        """What leads from the page to the folder of the site."""
        return "../" * self.path.count("/")


def look(name: str) -> str:
    """Return a file of the look: style, script, template."""
    return (resources.files("livermet_sim.site") / "look" / name).read_text(encoding="utf-8")


def write_look(site: Path) -> None:
    """Write style and scripts of the site, the colours of code in light and dark included."""
    from pygments.formatters import HtmlFormatter

    light = HtmlFormatter(style="default").get_style_defs(".code")
    dark = HtmlFormatter(style="github-dark").get_style_defs('[data-theme="dark"] .code')
    write_text(site / "site.css", "\n".join([light, dark, look("site.css")]))
    for name in SCRIPTS:
        write_text(site / name, look(name))


def page(place: Place, title: str, body: str, places: Sequence[Place], version: str) -> str:
    """Return a whole page."""
    filled = {
        "TITLE": escape(title), "UP": place.up, "BODY": body, "NAVIGATION": _navigation(place, places),
        "VERSION": escape(version), "NEXT": _next(place, places),
    }  # fmt: skip
    pieces = look("page.html").split("@")
    return "".join(filled.get(piece, piece) for piece in pieces)


def _navigation(here: Place, places: Sequence[Place]) -> str:
    """Return the list of all pages in groups."""
    groups = dict.fromkeys(place.group for place in places)
    parts = []
    for group in groups:
        items = "".join(
            f'<li><a href="{here.up}{place.path}"{" aria-current=page" if place == here else ""}>{escape(place.name)}</a></li>'
            for place in places
            if place.group == group
        )
        parts.append(f"<h2>{escape(group)}</h2><ul>{items}</ul>")
    return "".join(parts)


def _next(here: Place, places: Sequence[Place]) -> str:
    """Return the way to the next page of the same group."""
    at = places.index(here)
    if at + 1 < len(places) and places[at + 1].group == here.group:
        after = places[at + 1]
        return f'<p class="next"><a href="{here.up}{after.path}">{escape(after.name)} &rarr;</a></p>'
    return ""


def write_index(site: Path, entries: Sequence[Entry]) -> None:
    """Write what the search looks through: page, section, link and words of each section.

    A script and not a table, as a page that was opened from a disk may load the one only.
    """
    rows = [[unescape(text) for text in entry] for entry in entries]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    write_text(site / "search.js", f"globalThis.livermetIndex={text};\n")
