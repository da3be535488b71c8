"""Collect the papers behind rules, parameters, traits, drugs, conditions, experiments and anchors, and what is known of each."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from livermet_sim.base.papers import Identifier, identifiers
from livermet_sim.documentation.blocks import Part, Table, texts
from livermet_sim.documentation.sources import Work, works
from livermet_sim.documentation.subject import Subject
from livermet_sim.documentation.words import count
from livermet_sim.interventions import library
from livermet_sim.rulebook import book
from livermet_sim.scenario.lists import parameter_rows, rule_rows
from livermet_sim.scenario.spec import Scenario
from livermet_sim.validation import anchors
from livermet_sim.validation.catalogue import rows as published
from livermet_sim.validation.catalogue import shipped

UNKNOWN = ("not given", "assumed")


@dataclass
class Reference:
    """Hold a paper with an identifier: what is known of it, nothing invented, and what cites it.

    Attributes
    ----------
    identifiers : list of Identifier
        The first names it; the others are the same paper in other registers.
    authors, year, title, journal, volume, page : str
        Empty where nobody wrote it down; authors as they were written.
    cited_by : list of str
    """

    identifiers: list[Identifier]
    authors: str = ""
    year: str = ""
    title: str = ""
    journal: str = ""
    volume: str = ""
    page: str = ""
    kind: str = "article"
    cited_by: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Return its key in BibTeX and CSL: from its first identifier, so that no two papers share one."""
        first = self.identifiers[0]
        return f"{first.register}:{first.value}".translate(
            str.maketrans({"/": "_", "(": "", ")": "", "<": "", ">": "", ";": ""})
        )

    @property
    def label(self) -> str:
        """Return how a sentence cites it."""
        return " ".join(word for word in (self.authors, self.year) if word) or str(self.identifiers[0])

    def learn(self, work: Work) -> None:
        """Take over what a source says and was not known."""
        for name in ("authors", "year", "journal", "volume", "page"):
            if not getattr(self, name):
                setattr(self, name, getattr(work, name))


@cache
def known() -> dict[str, Any]:
    """Return what ``library/references.toml`` knows: titles and authors read somewhere, papers with two identifiers, journals."""
    file = resources.files("livermet_sim") / "library" / "references.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def cited(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Give who cites and the words of the source: parameters, rules, mechanisms, drugs, conditions, experiments, anchors."""
    for row in parameter_rows(scenario):
        yield row["parameter"], row["source"]
    for row in rule_rows(scenario):
        yield f"rules.{row['rule']}", row["source"]
    for name, entry in book.by_process().items():
        yield f"mechanism {name}", entry["source"]
    for shelf in (library.entries(action) for action in library.FILES):
        for name, entry in shelf.items():
            yield f"library {name}", "; ".join(_sources(entry))
    for name, own in shipped().items():
        yield f"experiment {name}", f"{own.reference} {own.source}"
    for name, row in published().items():
        if name not in shipped():
            yield f"published row {name}", f"{row['ref']} {row['source']}"
    for anchor in anchors.read()[1]:
        yield f"anchor {anchor.name}", anchor.source
    for name, entry in known()["methods"].items():
        yield f"method {name}", entry["source"]


def _sources(entry: Any) -> Iterator[str]:
    """Give all sources in a table of the library, however deep."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            if key == "source" and isinstance(value, str):
                yield value
            else:
                yield from _sources(value)
    elif isinstance(entry, list | tuple):
        for one in entry:
            yield from _sources(one)


def references(scenario: Scenario) -> list[Reference]:
    """Return a reference for every paper with an identifier, in the order of who cites it first."""
    found: dict[Identifier, Reference] = {}
    names, journals = _same(), tuple(known()["journals"])
    for who, source in cited(scenario):
        for work in works(source, journals):
            for one in work.identifiers:
                first = names.get(one, one)
                own = found.setdefault(first, _begin(first))
                if one not in own.identifiers:
                    own.identifiers.append(one)
                if who not in own.cited_by:
                    own.cited_by.append(who)
                if len(work.identifiers) == 1 or _same_paper(work.identifiers, names):
                    own.learn(work)
    return list(found.values())


def _same_paper(found: Iterable[Identifier], names: dict[Identifier, Identifier]) -> bool:
    return len({names.get(one, one) for one in found}) == 1


@cache
def _same() -> dict[Identifier, Identifier]:
    """Return by identifier the one under which the same paper stands."""
    names: dict[Identifier, Identifier] = {}
    for entry in known()["papers"]:
        found = identifiers(entry["is"])
        names |= dict.fromkeys(found, found[0])
    return names


def _begin(first: Identifier) -> Reference:
    """Return a reference with what the library knows of it."""
    for entry in known()["papers"]:
        found = identifiers(entry["is"])
        if found[0] == first:
            words = {
                name: entry[name]
                for name in ("authors", "year", "title", "journal", "volume", "page", "kind")
                if name in entry
            }
            return Reference(found, **words)
    return Reference([first])


def unidentified(scenario: Scenario) -> list[dict[str, str]]:
    """Return the works that are named by authors and year, or by journal and page, without an identifier."""
    by: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for who, source in cited(scenario):
        for work in works(source, tuple(known()["journals"])):
            if not work.identifiers:
                by[work.authors, work.year, work.journal, work.volume, work.page].append(who)
    names = ("authors", "year", "journal", "volume", "page")
    same = defaultdict(list)
    for own in references(scenario):
        same[own.authors.split(" ")[0], own.year].append(own.key)
    return [
        dict(zip(names, key, strict=True)) | {"perhaps": ", ".join(same.get((key[0].split(" ")[0], key[1]), ())) if key[0] else "", "cited by": ", ".join(dict.fromkeys(who))}
        for key, who in sorted(by.items())
    ]  # fmt: skip


def part(subject: Subject) -> Part:
    """Return the references as a part of the dossier."""
    found = references(subject.scenario)
    rows = [
        {"key": r.key, "identifiers": ", ".join(map(str, r.identifiers)), "authors": r.authors, "year": r.year, "title": r.title,
         "journal": r.journal, "volume": r.volume, "page": r.page, "cited by": ", ".join(r.cited_by)}
        for r in found
    ]  # fmt: skip
    others = unidentified(subject.scenario)
    titled = sum(bool(r.title) for r in found)
    said = f"{count(len(found), 'paper')} with an identifier, of {titled} of which the title is known here; an empty cell was never written down and is not guessed. {count(len(others), 'further work')} {'is' if len(others) == 1 else 'are'} named without an identifier. The files references.bib (BibTeX) and references.json (CSL) beside this page hold the first table."
    columns = ("authors", "year", "journal", "volume", "page", "perhaps", "cited by")
    return Part(
        "references", "References",
        (*texts(said), Table.of("references", "Papers with an identifier", rows), Table.of("unidentified", "Works named without an identifier", others, columns, note="perhaps: a paper of the same first author and year that has an identifier.")),
    )  # fmt: skip
