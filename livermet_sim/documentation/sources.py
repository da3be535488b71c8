"""Find what the sources of numbers and rules name: identifiers of papers, authors and years, journals, files, textbooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from livermet_sim.base.papers import Identifier, identifiers, placed

# "Maass-Moreno & Rothe 1997", "van Dam 2017", "Yang L 2020", "Owen et al. 2011"
AUTHORS = r"(?:(?:van der|van den|van|de|De|Le|von) )?[A-Z][\w'’-]*[a-z](?:-[A-Z]\w+)?(?: [A-Z]{1,3})?(?:,? (?:and|&) (?:(?:van der|van|de|von) )?[A-Z][\w'’-]+| et al\.?)*"
_WORK = re.compile(rf"\b({AUTHORS}),? (?:\()?((?:18|19|20)\d\d)\b")
_PAGES = re.compile(
    r"\b((?:18|19|20)\d\d)[;, ]+(\d{1,4}):\s?([A-Za-z]{0,4}\d+)|\b(\d{1,4}):([A-Za-z]{0,4}\d+(?:-\d+)?)"
)
# what can be looked up without being a paper
_OTHER = re.compile(
    r"textbook|\btexts\b|parameter (?:file|set)|model file|guidelines|core parameters|\blabel\b|product information|supplier|casting study|\(title|\bpage on\b|clinicalgate",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Work:
    """Hold what a source says of one work: its identifiers, and the authors, year and journal as written, empty if not."""

    identifiers: tuple[Identifier, ...] = ()
    authors: str = ""
    year: str = ""
    journal: str = ""
    volume: str = ""
    page: str = ""


@cache
def works(text: str, journals: tuple[str, ...] = ()) -> tuple[Work, ...]:
    """Return the works that a source names; an identifier belongs to the authors and the year just before it."""
    return tuple(_works(text, journals))


def _works(text: str, journals: tuple[str, ...]) -> Iterator[Work]:
    for part in _parts(text):
        last, own = 0, Work()
        for start, end, one in placed(part):
            between = part[last:start]
            found = _described(between, journals)
            if last and not re.search(r"\w", re.sub(r"\b(?:doi|and)\b", "", between)):
                own = replace(own, identifiers=(*own.identifiers, one))  # the same paper in another register
            else:
                if last:
                    yield own
                own = replace(found or Work(), identifiers=(one,))
            last = end
        rest = _described(part[last:], journals)
        yield from (work for work in (own if last else None, rest) if work is not None)


def _described(text: str, journals: tuple[str, ...]) -> Work | None:
    """Return the last work that a text names by authors and year, or by journal and year."""
    taken = [m.span() for j in journals for m in re.finditer(rf"\b{re.escape(j)}\b", text)]
    people = [m for m in _WORK.finditer(text) if not any(a < m.end(1) and m.start(1) < b for a, b in taken)]
    match = people[-1] if people else None
    journal, volume, page = _journal(text, match, journals)
    year = match[2] if match else _year(text, journal)
    return (
        Work((), match[1] if match else "", year, journal, volume, page)
        if match or (journal and year)
        else None
    )


def named(text: str) -> bool:
    """Say whether a source names something that can be looked up."""
    return bool(identifiers(text) or _WORK.search(text) or _PAGES.search(text) or _OTHER.search(text))


def _parts(text: str) -> list[str]:
    """Return the parts of a source that name one work each."""
    parts: list[str] = []
    for piece in re.split(r";\s+", text):
        # "Gola 2021 PMID 1, Yang 2016 doi:2": a comma before another author and year
        parts += re.split(rf",\s+(?={AUTHORS},? \(?(?:18|19|20)\d\d)", piece)
    return parts


def _journal(text: str, match: re.Match[str] | None, journals: tuple[str, ...]) -> tuple[str, str, str]:
    """Return journal, volume and first page, as far as a text says them after authors and year."""
    rest = text[match.end() :] if match else text
    journal = max((j for j in journals if re.search(rf"\b{re.escape(j)}\b", rest)), key=len, default="")
    after = rest[rest.find(journal) + len(journal) :] if journal else ""
    pages = _PAGES.match(after.lstrip(" ,")) if journal else None
    if pages is None:
        return journal, "", ""
    return (journal, pages[2], pages[3]) if pages[1] else (journal, pages[4], pages[5])


def _year(text: str, journal: str) -> str:
    found = re.search(rf"{re.escape(journal)},? ((?:18|19|20)\d\d)", text) if journal else None
    return found[1] if found else ""
