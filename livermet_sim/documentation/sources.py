"""Find what the sources of numbers and rules name: identifiers of papers, authors and years, journals, files, textbooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

_DOI = re.compile(r"10\.\d{4,9}/[^\s;,\"<>\]]+")
_PMID = re.compile(r"\bPMID:?\s?(\d{5,8})\b")
_PMC = re.compile(r"\bPMC(\d{3,9})\b")
_ARXIV = re.compile(r"\barXiv:(\d{4}\.\d{4,5})\b")
# what addresses of web pages hang on a DOI
_TAIL = re.compile(r"(?:&link_type=DOI|/(?:full|abstract|pdf|figures/\d+))+$", re.IGNORECASE)
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


@dataclass(frozen=True, order=True)
class Identifier:
    """Name a paper by one of the registers: ``doi``, ``pmid``, ``pmc`` or ``arxiv``."""

    register: str
    value: str

    def __str__(self) -> str:
        return {"doi": "doi:", "pmid": "PMID ", "pmc": "PMC", "arxiv": "arXiv:"}[self.register] + self.value

    @property
    def address(self) -> str:
        """Return where it is on the web."""
        return {"doi": "https://doi.org/", "pmid": "https://pubmed.ncbi.nlm.nih.gov/", "pmc": "https://pmc.ncbi.nlm.nih.gov/articles/PMC",
                "arxiv": "https://arxiv.org/abs/"}[self.register] + self.value  # fmt: skip


@dataclass(frozen=True)
class Work:
    """Hold what a source says of one work: its identifiers, and the authors, year and journal as written, empty if not."""

    identifiers: tuple[Identifier, ...] = ()
    authors: str = ""
    year: str = ""
    journal: str = ""
    volume: str = ""
    page: str = ""


def identifiers(text: str) -> list[Identifier]:
    """Return every identifier in a text, in its order."""
    return list(dict.fromkeys(one for _, _, one in _placed(text)))


def clean_doi(text: str) -> str:
    """Return a DOI without what stood around it; its letters are small, as they mean the same."""
    doi = text.lower().rstrip(".:")
    while doi.endswith(")") and doi.count("(") < doi.count(")"):
        doi = doi[:-1].rstrip(".:")
    return _TAIL.sub("", doi)


@cache
def works(text: str, journals: tuple[str, ...] = ()) -> tuple[Work, ...]:
    """Return the works that a source names; an identifier belongs to the authors and the year just before it."""
    return tuple(_works(text, journals))


def _works(text: str, journals: tuple[str, ...]) -> Iterator[Work]:
    for part in _parts(text):
        last, own = 0, Work()
        for start, end, one in _placed(part):
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


def _placed(text: str) -> list[tuple[int, int, Identifier]]:
    """Return the identifiers of a text with where each begins and ends."""
    found = [
        (m.start(), m.start() + len(clean_doi(m[0])), Identifier("doi", clean_doi(m[0])))
        for m in _DOI.finditer(text)
    ]
    for register, pattern in (("pmid", _PMID), ("pmc", _PMC), ("arxiv", _ARXIV)):
        found += [(m.start(), m.end(), Identifier(register, m[1])) for m in pattern.finditer(text)]
    return sorted(found)


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
