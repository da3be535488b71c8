"""Build the whole site into a folder."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from livermet_sim.base.errors import ResultError
from livermet_sim.base.write import write_text
from livermet_sim.observe.readouts.own import added, forget_readout
from livermet_sim.site import layout, links, notebooks, reference
from livermet_sim.site.archive import write_archive
from livermet_sim.site.execute import Run, Typist
from livermet_sim.site.layout import Entry, Place
from livermet_sim.site.write_page import Writer

GUIDE = Path(__file__).resolve().parent.parent / "library" / "guide"
# the guides in their order: file, name in the list of pages, group
GUIDES = (
    ("index", "What it is", "Start"),
    ("researcher", "First hour: researcher", "Start"),
    ("lecturer", "First hour: lecturer", "Start"),
    ("explorer", "First hour: in a notebook", "Start"),
    ("lesson", "Lesson: four phases", "Teach"),
    ("browser", "In the browser alone", "Teach"),
    ("gallery", "Gallery", "Look up"),
    ("dossier", "Dossier for reviewers", "Look up"),
)
NOTEBOOKS = "Notebooks"
REFERENCE = Place(reference.FIRST, "Reference of the Python side", "Look up")
Told = Callable[[str, int, int], None]


def sources(only: str = "") -> dict[Place, str]:
    """Return every page and its Markdown, in the order of the site; or one of them, by the name of its file."""
    found = {
        Place(f"{name}.html", words, group): (GUIDE / f"{name}.md").read_text(encoding="utf-8")
        for name, words, group in GUIDES
        if only in ("", name)
    }
    for path in sorted(notebooks.folder().glob("*.ipynb")):
        text = notebooks.as_markdown(path)
        if only in ("", path.stem):
            found[Place(f"notebooks/{path.stem}.html", text.partition("\n")[0].lstrip("# "), NOTEBOOKS)] = (
                text
            )
    return found


def build(
    site: Path,
    run: Run,
    version: str,
    pages: Mapping[Place, str] | None = None,
    with_notebooks: bool = True,
    told: Told | None = None,
) -> Path:
    """Write the site and return its first page.

    Parameters
    ----------
    site : Path
        Its folder.
    run : callable
        Carries out a command line, see `execute.Run`.
    version : str
        Said at the foot of the pages.
    pages : mapping, optional
        Places and their Markdown, to make anew in a site that is there; all of ``sources`` and the reference without it.
    with_notebooks : bool
        Whether the notebooks are run; else they are shown as they are kept.
    told : callable, optional
        Told each page before it is made, how many are done, and of how many.

    Raises
    ------
    LivermetError
        When a command of a page fails, a link leads nowhere, a picture is not described, or a package of the extra docs is missing.
    """
    whole = pages is None
    reference.need("markdown_it", "pygments", *(["pdoc"] if whole else []))
    pages = sources() if pages is None else pages
    site = site.resolve()
    layout.write_look(site)
    write_archive(site)
    typed = {place: with_notebooks or place.group != NOTEBOOKS for place in pages}
    entries = _write_pages(site, run, version, pages, typed, told)
    written = [place.path for place in pages]
    if whole:
        written += reference.write_reference(site)
        layout.write_index(site, [*entries, *reference.entries()])
        if wrong := links.faults(site, written):
            raise ResultError("site", f"{len(wrong)} faults; the first: {wrong[0]}")
    return site / written[0]


def _write_pages(
    site: Path,
    run: Run,
    version: str,
    pages: Mapping[Place, str],
    typed: Mapping[Place, bool],
    told: Told | None,
) -> list[Entry]:
    """Write the pages, one after the other in one folder; returns what the search has of them."""
    entries, places = [], [*sources(), REFERENCE]
    with _scratch() as folder:
        writer = Writer(Typist(run, folder), site, notebooks.folder())
        for done, (place, text) in enumerate(pages.items()):
            if told is not None:
                told(place.name, done, len(pages))
            body = writer.body(place.path, text, place.up, typed[place])
            write_text(site / place.path, layout.page(place, body.title, body.html, places, version))
            entries += [
                (body.title, section.title, f"{place.path}#{section.place}", " ".join(section.words))
                for section in body.sections
            ]
    return entries


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """Lend a folder to type in, with output as wide as a page and without colours; readouts that pages add are forgotten."""
    known = {readout.name for readout in added()}
    wide = {"COLUMNS": "110", "NO_COLOR": "1", "TERM": "dumb", "MPLBACKEND": "Agg"}
    before = {name: os.environ.get(name) for name in wide}
    os.environ.update(wide)
    try:
        with tempfile.TemporaryDirectory(prefix="livermet-site-") as name, contextlib.chdir(name):
            yield Path(name).resolve()
    finally:
        for readout in added():
            if readout.name not in known:
                forget_readout(readout.name)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
