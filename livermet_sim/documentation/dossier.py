"""Put a dossier together, give its tables, write it, and say whether a written one is still true."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livermet_sim.base.provenance import stamp
from livermet_sim.base.read import content, guarded, is_folder, read_object
from livermet_sim.documentation import citations, evidence
from livermet_sim.documentation.blocks import Part, Table, find
from livermet_sim.documentation.context import context
from livermet_sim.documentation.credibility import credibility
from livermet_sim.documentation.evidence import Evidence
from livermet_sim.documentation.odd import odd
from livermet_sim.documentation.parameters import parameters
from livermet_sim.documentation.references import part as references_part
from livermet_sim.documentation.references import references
from livermet_sim.documentation.results import validation, verification
from livermet_sim.documentation.subject import Subject
from livermet_sim.documentation.summary import summary
from livermet_sim.documentation.trace import limitations, trace
from livermet_sim.scenario.load import load
from livermet_sim.scenario.spec import Scenario

if TYPE_CHECKING:
    import pandas as pd

OWN_SCENARIO = "scenario.toml"
MOST_BYTES = 64 << 20
PARTS: tuple[Callable[[Subject], Part], ...] = (
    summary, context, limitations, odd, parameters, verification, validation, trace, credibility, references_part,
)  # fmt: skip


@dataclass(frozen=True)
class Dossier:
    """Hold the dossier of a scenario.

    Attributes
    ----------
    subject : Subject
        The scenario, how commands call it, and the reports that were named.
    """

    subject: Subject

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Return the parts in order; every table knows the command that makes it again."""
        found = [make(self.subject) for make in PARTS]
        names = [table.name for part in found for table in part.tables()]
        commands = {name: self.subject.command("--table", name) for name in names}
        return tuple(part.commanded(commands) for part in found)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Return every table by name."""
        return {table.name: table for part in self.parts for table in part.tables()}

    def table(self, name: str) -> pd.DataFrame:
        """Return one table in pandas.

        Raises
        ------
        LivermetError
            When there is none of that name; the nearest is named.
        """
        import pandas as pd

        found = find(self.tables.values(), name)
        return pd.DataFrame(list(found.rows), columns=list(found.columns))

    @property
    def head(self) -> dict[str, Any]:
        """Return of what it is: scenario, digest, code and library, and the command that makes it again."""
        own = self.subject
        return {"scenario": own.named, "digest": own.scenario.digest, **stamp(), "command": own.command()}

    def html(self) -> str:
        """Return the dossier as one page that needs nothing else."""
        from livermet_sim.documentation.page import page

        return page(self.head, self.parts)

    def markdown(self) -> str:
        """Return the dossier as Markdown."""
        from livermet_sim.documentation.markdown import document

        return document(self.head, self.parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the dossier for JSON, with a checksum of each table."""
        return self.head | {"parts": [part.to_dict() for part in self.parts]}

    def save(self, folder: str | Path) -> Path:
        """Write page, Markdown, JSON, references and the scenario into a folder, and return the page.

        Raises
        ------
        ResultError
            When a file cannot be written.
        """
        from livermet_sim.base.write import inside, write_text

        folder = Path(folder)
        found = references(self.subject.scenario)
        files = {
            "dossier.md": self.markdown(), "dossier.json": json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False) + "\n",
            "references.bib": citations.bibtex(found), "references.json": citations.csl(found) + "\n",
            OWN_SCENARIO: self.subject.scenario.to_toml(), "dossier.html": self.html(),
        }  # fmt: skip
        for name, text in files.items():
            write_text(inside(folder, name), text)
        return folder / "dossier.html"


def dossier(
    scenario: str | Path | Scenario = "baseline", *,
    verification: str | Path | None = None, validation: str | Path | None = None, baseline: str | Path | None = None,
) -> Dossier:  # fmt: skip
    """Return the dossier of a scenario, written from the code, the libraries and the scenario alone.

    Parameters
    ----------
    scenario : str, Path or Scenario
        A scenario, its name or its file.
    verification, validation : str or Path, optional
        Folders that ``livermet verify --out`` and ``livermet validate --out`` wrote; without the latter the verdicts are
        those that ship with the package, made by the model that they name.
    baseline : str or Path, optional
        What ``livermet baseline --json`` printed, as a file.

    Returns
    -------
    Dossier
        With ``save(folder)``, ``html()``, ``markdown()``, ``to_dict()``, ``tables`` and ``table(name)``.

    Raises
    ------
    ScenarioError
        For a mistake in the scenario.
    ResultError
        For a report that is missing or damaged.
    """
    given = {"verification": verification, "validation": validation, "baseline": baseline}
    return of(scenario, evidence.read(given))


def of(given: str | Path | Scenario, found: Evidence | None = None, changes: Iterable[str] = ()) -> Dossier:
    """Return the dossier of a scenario with reports that were read; ``changes`` are those that it was loaded with."""
    scenario = given if isinstance(given, Scenario) else load(given)
    return Dossier(Subject(scenario, word_for(given), tuple(changes), found or evidence.read({})))


def word_for(given: str | Path | Scenario) -> str:
    """Return how commands call a scenario: its name where that gives it, else the file that is written beside the page."""
    if not isinstance(given, Scenario):
        return str(given)
    from livermet_sim.scenario import files

    known = given.name in files.known() and load(given.name).digest == given.digest
    return given.name if known else OWN_SCENARIO


def written(folder: str | Path) -> dict[str, Any]:
    """Return what ``dossier.json`` in a folder, or of this name, holds.

    Raises
    ------
    ResultError
        When it is missing, damaged or something else.
    """
    path = Path(folder) / "dossier.json" if is_folder(Path(folder)) else Path(folder)
    data = content(path, MOST_BYTES, missing="there is no dossier; livermet dossier writes one")
    with guarded(path):
        found = read_object(data, {"parts": list, "digest": str, "model": str, "library": str})
        list(_checksums(found))
    return found


def drift(written: Mapping[str, Any], now: Dossier) -> list[str]:
    """Return in words in what a written dossier is not true any more.

    Parameters
    ----------
    written : mapping
        What ``dossier.json`` holds.
    """
    found = [f"{name} was {str(written.get(name))[:60]} and is {value}" for name, value in now.head.items() if name in ("digest", "model", "library") and written.get(name) != value]  # fmt: skip
    before = dict(_checksums(written))
    for name, table in now.tables.items():
        if name not in before:
            found.append(f"the table {name} is new")
        elif before[name] != table.checksum:
            found.append(f"the table {name} has changed")
    return found + [f"the table {name} is gone" for name in before if name not in now.tables]


def _checksums(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the name and the checksum of every table in a written dossier or a part of it."""
    yield from (
        (str(block["table"]), str(block["sha256"])) for block in written.get("blocks", ()) if "table" in block
    )
    for inner in written["parts"]:
        yield from _checksums(inner)
