"""Look through written pages: every link leads somewhere, every picture is described, nothing is fetched from elsewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

ELSEWHERE = ("http:", "https:", "mailto:", "data:", "//")
LOADING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}


class Seen(HTMLParser):
    """Collect the places of a page, its links, what it loads, and pictures without words.

    Parameters
    ----------
    text : str
        The page.
    """

    def __init__(self, text: str):
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.mute: list[str] = []
        self.has: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element brings."""
        given = {name: value or "" for name, value in attrs}
        self.ids.update(filter(None, (given.get("id"), given.get("name"))))
        if tag == "a" and "href" in given:
            self.links.add(given["href"])
        if tag in LOADING and given.get(LOADING[tag]):
            self.loaded.add(given[LOADING[tag]])
        if tag == "img" and not given.get("alt", "").strip():
            self.mute.append(given.get("src", ""))
        if tag == "html" and given.get("lang"):
            self.has.add("language")
        if tag == "meta" and given.get("name") == "viewport":
            self.has.add("viewport")
        if tag == "title":
            self.has.add("title")


def faults(site: Path, paths: Iterable[str]) -> list[str]:
    """Return what is wrong with the pages of a site, a sentence each.

    Parameters
    ----------
    site : Path
    paths : iterable of str
        Of the pages, in the site.
    """
    seen = {path: Seen((site / path).read_text(encoding="utf-8")) for path in paths}
    return [f"{path}: {what}" for path, page in seen.items() for what in _of_page(site, path, page, seen)]


def _of_page(site: Path, path: str, page: Seen, seen: dict[str, Seen]) -> Iterable[str]:
    for what in sorted({"language", "viewport", "title"} - page.has):
        yield f"it has no {what}"
    yield from (f"the picture {source} is not said in words" for source in page.mute)
    yield from (
        f"it loads {link}" for link in sorted(page.loaded) if link.startswith(ELSEWHERE[:2] + ELSEWHERE[4:])
    )
    for link in sorted(page.links | page.loaded):
        if link.startswith(ELSEWHERE):
            continue
        target, _, place = unquote(link).partition("#")
        found = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
        if found.startswith("..") or not (site / found).is_file():
            yield f"the link {link} leads nowhere"
        elif place and found in seen and place not in seen[found].ids:
            yield f"the link {link} leads to no such place"
