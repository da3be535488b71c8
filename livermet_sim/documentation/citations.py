"""Write references as BibTeX and as CSL in JSON; what is not known of a paper is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from livermet_sim.documentation.references import Reference

_TEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}  # fmt: skip
_FIELD = {"doi": "doi", "pmid": "pmid", "pmc": "pmcid", "arxiv": "eprint"}
_CSL = {"doi": "DOI", "pmid": "PMID", "pmc": "PMCID"}
_OTHERS = ("et al", "et al.", "others")


def bibtex(found: Iterable[Reference]) -> str:
    """Return an entry for each reference."""
    return "\n".join(_entry(reference) for reference in found)


def _entry(own: Reference) -> str:
    fields: dict[str, str] = {}
    if own.authors:
        fields["author"] = " and ".join(_tex_name(name) for name in authors(own.authors))
    for name, value in (
        ("title", own.title),
        ("journal", own.journal),
        ("year", own.year),
        ("volume", own.volume),
        ("pages", own.page),
    ):
        if value:
            fields[name] = f"{{{tex(value)}}}" if name == "title" else tex(value)
    for one in own.identifiers:
        value = f"PMC{one.value}" if one.register == "pmc" else one.value
        # a DOI is read as it stands by all that know the field; braces and escapes would break it
        fields.setdefault(_FIELD[one.register], value)
    fields["url"] = own.identifiers[0].address
    if any(one.register == "arxiv" for one in own.identifiers):
        fields["archiveprefix"] = "arXiv"
    fields["note"] = tex(
        f"cited by {own.cited_by[0]}"
        + (f" and {len(own.cited_by) - 1} more" if len(own.cited_by) > 1 else "")
    )
    kind = {"article": "article", "software": "software"}.get(own.kind, "misc") if own.journal else "misc"
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{kind}{{{own.key},\n{lines}}}\n"


def tex(text: str) -> str:
    """Return a text in which nothing means something to TeX."""
    return "".join(_TEX.get(letter, letter) for letter in text)


def _tex_name(name: str) -> str:
    if name in _OTHERS:
        return "others"
    return tex(name) if "," in name else f"{{{tex(name)}}}"


def authors(text: str) -> list[str]:
    """Return the names in "A & B", "A and B", "A et al." or "A, B; C, D"."""
    if ";" in text:
        return [name.strip() for name in text.split(";") if name.strip()]
    parts = re.split(r"\s+(?:&|and)\s+|,?\s+(?=et al)", text)
    return [name.strip() for name in parts if name.strip()]


def csl(found: Sequence[Reference]) -> str:
    """Return all references as CSL in JSON (Zotero, pandoc and citeproc read it)."""
    return json.dumps([_record(reference) for reference in found], indent=1, ensure_ascii=False)


def _record(own: Reference) -> dict[str, Any]:
    record: dict[str, Any] = {"id": own.key, "type": "article-journal" if own.journal else "article"}
    if own.kind == "software":
        record["type"] = "software"
    if own.authors:
        record["author"] = [_name(name) for name in authors(own.authors) if name not in _OTHERS]
    if own.year:
        record["issued"] = {"date-parts": [[int(own.year)]]}
    for name, value in (
        ("title", own.title),
        ("container-title", own.journal),
        ("volume", own.volume),
        ("page", own.page),
    ):
        if value:
            record[name] = value
    for one in own.identifiers:
        if one.register in _CSL:
            record.setdefault(_CSL[one.register], f"PMC{one.value}" if one.register == "pmc" else one.value)
        elif one.register == "arxiv":
            record |= {"archive": "arXiv", "number": one.value}
    return record | {"URL": own.identifiers[0].address}


def _name(name: str) -> dict[str, str]:
    family, comma, given = name.partition(", ")
    if comma:
        return {"family": family, "given": given}
    match = re.fullmatch(r"(.+) ([A-Z]{1,3})", name)
    return {"family": match[1], "given": match[2]} if match else {"family": name}
