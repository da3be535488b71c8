"""Turn Markdown into the body of a page: commands and Python are run, and what they show stands below them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.base.write import inside, write_text
from livermet_sim.site.execute import PROGRAM, Typist
from livermet_sim.site.pictures import Pictures

MANY_LINES = 45  # of an output; a longer one is folded


@dataclass
class Section:
    """A heading, where it is, and the words below it, for the search."""

    title: str
    place: str
    words: list[str] = field(default_factory=list)


@dataclass
class Body:
    """What a page holds: its title, its HTML and its sections."""

    title: str
    html: str
    sections: list[Section]


class Writer:
    """Write pages; see ``body``.

    Parameters
    ----------
    typist : Typist or None
        Who types the commands and the Python; without one they are shown only.
    site, source : Path
        The folder of the site, and that of the pictures that pages bring.
    """

    def __init__(self, typist: Typist | None, site: Path, source: Path):
        self._typist, self._site, self._source = typist, site, source
        self._pictures = Pictures(site)

    def body(self, name: str, text: str, up: str = "", typed: bool = True) -> Body:
        """Return the body of a page.

        Parameters
        ----------
        name : str
            Of its source, for messages.
        up : str
            What leads from the page to the folder of the site.
        typed : bool
            Whether its commands and Python are run.

        Raises
        ------
        ResultError
            When a command ends otherwise than the page says, or a picture is not there.
        """
        from markdown_it import MarkdownIt

        if self._typist is not None:
            self._typist.turn_page()
        markdown = MarkdownIt("commonmark").enable("table")
        tokens = markdown.parse(text)
        sections: list[Section] = [Section("", "")]
        player = any(token.type == "fence" and token.info == "player" for token in tokens)
        for token in tokens:  # first, as a picture may stand above the command that draws it
            if token.type == "fence":
                with _at(name, token):
                    self._fence(token, up, typed)
        for at, token in enumerate(tokens):
            if token.type == "heading_open":
                words = _plain(tokens[at + 1])
                token.attrSet("id", place := _slug(words, sections))
                sections.append(Section(words, place))
            elif token.type == "inline":
                sections[-1].words.append(_plain(token))
                with _at(name, token):
                    self._inline(token, up, player)
        html = markdown.renderer.render(tokens, markdown.options, {})
        return Body(sections[1].title if len(sections) > 1 else name, _tables(html), sections[1:])

    def _fence(self, token: Any, up: str, typed: bool) -> None:
        """Replace a block of code by what it looks like and what it shows."""
        language, *options = token.info.split() or ["text"]
        source, typist = token.content.rstrip("\n"), self._typist if typed else None
        if language == "player":
            html = self._player(source, up)
        elif language == "bash":
            html = _code(source, "bash") + (self._commands(source, options, typist) if typist else "")
        elif language == "python":
            html = _code(source, "python") + (self._python(source, typist, up) if typist else "")
        else:
            html = _code(source, language)
            for option in options:
                if option.startswith("file=") and typist is not None:
                    write_text(inside(typist.folder, option[5:]), source + "\n")
        token.type, token.content = "html_block", f"{html}\n"

    def _commands(self, source: str, options: Sequence[str], typist: Typist) -> str:
        code = next((int(option[5:]) for option in options if option.startswith("exit=")), 0)
        printed = [
            typist.command(line, code).strip() for line in source.splitlines() if line.startswith(PROGRAM)
        ]
        return "" if "hide" in options else _output("\n\n".join(text for text in printed if text))

    def _python(self, source: str, typist: Typist, up: str) -> str:
        parts = []
        for shown in typist.python(source):
            if shown.picture:
                parts.append(f"<p>{self._pictures.tag(shown.picture, _drawn_by(source), up)}</p>")
            elif shown.html:
                parts.append(f'<div class="output">{shown.html}</div>')
            else:
                parts.append(_output(shown.text))
        return "".join(parts)

    def _inline(self, token: Any, up: str, player: bool) -> None:
        """Lead pictures and links of a line to where they are in the site."""
        for child in token.children or ():
            if child.type == "image":
                path = self._find(child.attrs["src"])
                child.type = "html_inline"
                child.content = self._pictures.tag(path.read_bytes(), child.content, up) if path else ""
            elif child.type == "link_open" and not re.match(r"[a-z]+:|#", child.attrs["href"]):
                child.attrSet("href", up + self._target(child.attrs["href"]))
                if player and "player.html#" in child.attrs["href"]:
                    child.attrSet("target", "player")

    def _find(self, path: str) -> Path | None:
        """Return a file that a page names: one that its commands left, or one that ships beside it; None where nothing is typed."""
        places = [self._typist.folder / path] if self._typist else []
        for place in (*places, self._source / path):
            if place.is_file():
                return place
        if self._typist is None:
            return None
        raise ResultError(path, "no command of the page has left this picture")

    def _target(self, href: str) -> str:
        """Return where a link leads in the site; a page that a command wrote is taken along."""
        path, mark, place = href.partition("#")
        if path.endswith(".md"):
            path = path[:-3] + ".html"
        elif self._typist is not None and (made := self._typist.folder / path).is_file():
            path = f"made/{path.replace('/', '-')}"
            (self._site / "made").mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made, self._site / path)
        return path + mark + place

    def _player(self, path: str, up: str) -> str:
        if self._typist is None:
            return ""
        return f'<iframe class="player" name="player" src="{up}{self._target(path)}" title="A run that plays"></iframe>'


@contextmanager
def _at(name: str, token: Any) -> Iterator[None]:
    """Say of a mistake in which line of a page it is."""
    try:
        yield
    except LivermetError as error:
        line = token.map[0] + 1 if token.map else 0
        raise ResultError(f"{name}, line {line}", error.sentence) from error


def _plain(token: Any) -> str:
    """Return the words of a line without marks."""
    kinds = ("text", "code_inline")
    return "".join(
        child.content if child.type in kinds else " "
        for child in token.children or ()
        if child.type in (*kinds, "softbreak")
    )


def _slug(words: str, sections: Sequence[Section]) -> str:
    """Return a place for a heading that no other has."""
    base = re.sub(r"\W+", "-", words.lower()).strip("-") or "section"
    taken, slug, number = {section.place for section in sections}, base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _code(source: str, language: str) -> str:
    """Return a block of code in colours."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    lexer = get_lexer_by_name({"text": "text", "bash": "bash"}.get(language, language), stripnl=False)
    return highlight(source, lexer, HtmlFormatter(cssclass=f"code {language}", wrapcode=True)).rstrip()


def _output(text: str) -> str:
    """Return what a command printed; many lines are folded."""
    if not text:
        return ""
    block = f'<pre class="output">{escape(text)}</pre>'
    number = text.count("\n") + 1
    if number <= MANY_LINES:
        return block
    first = escape(next(line for line in text.splitlines() if line.strip())[:80])
    return f"<details><summary>What it prints ({number} lines): {first} ...</summary>{block}</details>"


def _drawn_by(source: str) -> str:
    """Return the words for a picture that Python drew: the line that asked for it."""
    lines = [line for line in source.splitlines() if re.search(r"plot|title|label|draw|figure|imshow", line)]
    return "Picture drawn by: " + (lines[-1] if lines else source.splitlines()[-1]).strip()


def _tables(html: str) -> str:
    """Let a wide table scroll by itself on a narrow screen."""
    return re.sub(r"<table.*?</table>", lambda found: f'<div class="wide">{found[0]}</div>', html, flags=re.S)
