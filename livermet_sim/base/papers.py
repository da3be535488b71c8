"""Find the identifiers of papers in a text, and lead to where they are on the web."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

_DOI = re.compile(r"10\.\d{4,9}/[^\s;,\"<>\]]+")
_PMID = re.compile(r"\bPMID:?\s?(\d{5,8})\b")
_PMC = re.compile(r"\bPMC(\d{3,9})\b")
_ARXIV = re.compile(r"\barXiv:(\d{4}\.\d{4,5})\b")
# what addresses of web pages hang on a DOI
_TAIL = re.compile(r"(?:&link_type=DOI|/(?:full|abstract|pdf|figures/\d+))+$", re.IGNORECASE)
_ADDRESS = {
    "doi": "https://doi.org/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
    "pmc": "https://pmc.ncbi.nlm.nih.gov/articles/PMC",
    "arxiv": "https://arxiv.org/abs/",
}


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
        return _ADDRESS[self.register] + self.value


def identifiers(text: str) -> list[Identifier]:
    """Return every identifier in a text, in its order."""
    return list(dict.fromkeys(one for _, _, one in placed(text)))


def clean_doi(text: str) -> str:
    """Return a DOI without what stood around it; its letters are small, as they mean the same."""
    doi = text.lower().rstrip(".:")
    while doi.endswith(")") and doi.count("(") < doi.count(")"):
        doi = doi[:-1].rstrip(".:")
    return _TAIL.sub("", doi)


def placed(text: str) -> list[tuple[int, int, Identifier]]:
    """Return the identifiers of a text with where each begins and ends."""
    found = [
        (m.start(), m.start() + len(clean_doi(m[0])), Identifier("doi", clean_doi(m[0])))
        for m in _DOI.finditer(text)
    ]
    for register, pattern in (("pmid", _PMID), ("pmc", _PMC), ("arxiv", _ARXIV)):
        found += [(m.start(), m.end(), Identifier(register, m[1])) for m in pattern.finditer(text)]
    return sorted(found)


def linked(text: str) -> str:
    """Return a text as HTML in which each identifier is a link."""
    parts: list[str] = []
    last = 0
    for start, end, one in placed(text):
        if start >= last:  # none within another
            start = start - len("doi:") if text[:start].endswith("doi:") else start
            parts += [
                escape(text[last:start]),
                f'<a href="{escape(one.address)}">{escape(text[start:end])}</a>',
            ]
            last = end
    return "".join(parts) + escape(text[last:])
