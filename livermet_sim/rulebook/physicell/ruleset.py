"""Hold the rules of a PhysiCell file as they are there and as they are here, and go either way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from livermet_sim.base.errors import RuleError
from livermet_sim.base.read import content, short
from livermet_sim.base.write import write_text
from livermet_sim.rulebook.book import RuleBook, library_records
from livermet_sim.rulebook.physicell import kept, lint
from livermet_sim.rulebook.physicell.kept import Entry
from livermet_sim.rulebook.physicell.read import AUTO, LARGEST, Reader
from livermet_sim.rulebook.physicell.reference import acting, respond
from livermet_sim.rulebook.physicell.row import FIELDS, NOTE, Finding, Row
from livermet_sim.rulebook.physicell.translate import Bases, Here, NoMeaning, as_written, row_of
from livermet_sim.rulebook.rule import Rule

SHOWN = 100
HEAD = f"// {', '.join(FIELDS)}: PhysiCell rules, version 3"


@dataclass(frozen=True, repr=False)
class PhysicellRules:
    """Hold rules in the grammar of PhysiCell beside the same rules of this model.

    Attributes
    ----------
    file : str
        Where they came from.
    rows : tuple of Row
        As PhysiCell has them: rates per minute, speeds in um/min.
    findings : tuple of Finding
        What is to be said of the file, each with its line and field.
    entries : tuple of Entry
        Each rule in both grammars.
    """

    file: str
    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()
    entries: tuple[Entry, ...] = field(default=())

    def __repr__(self) -> str:
        return f"PhysicellRules({self.file}: {len(self.rows)} rows, {len(self.rules)} rules here, {len(self.kept)} without a meaning)"

    @property
    def rules(self) -> dict[str, dict[str, Any]]:
        """Return the records of the rules here by id, as ``scenario.with_(rules=...)`` takes them."""
        return {e.id: dict(e.record) for e in self.entries if e.id and e.record is not None}

    @property
    def kept(self) -> dict[str, str]:
        """Return the rows that have no meaning here, each with the reason."""
        return {e.row: e.why for e in self.entries if e.row and not e.id}

    @property
    def mistakes(self) -> tuple[Finding, ...]:
        """Return the findings that are mistakes."""
        return tuple(finding for finding in self.findings if finding.weight != NOTE)

    def text(self) -> str:
        """Return the rows as PhysiCell reads them."""
        lines = [HEAD]
        for entry in self.entries:
            lines += [entry.row] if entry.row else [f"// left out: {entry.id} ({entry.why})"]
        return "\n".join(lines) + "\n"

    def save(self, path: str | Path) -> None:
        """Write the rows as PhysiCell reads them, and beside them (``NAME.physicell.json``) what they cannot hold.

        Parameters
        ----------
        path : str or Path
            A CSV file.

        Raises
        ------
        LivermetError
            When a file cannot be written, or something else stands there.
        """
        kept.refuse_other(Path(path))
        write_text(path, self.text())
        kept.save(Path(path), self.entries)

    def response(
        self, cell: str, behaviour: str, base: float, signals: Mapping[str, float], *, dead: bool = False
    ) -> float:
        """Return what PhysiCell 1.14.2 computes for one behaviour of one cell type.

        Parameters
        ----------
        cell, behaviour : str
            In PhysiCell's words.
        base : float
            Value without any signal, in PhysiCell's unit.
        signals : mapping of str to float
            Values by the signal's name; 0 where left out.
        dead : bool
            Whether the cell is dead.
        """
        return respond(acting(self.rows, cell, behaviour), base, signals, dead=dead)


def read(path: str | Path, *, lenient: bool = False, layout: str = AUTO) -> PhysicellRules:
    """Return the rows of a file and all that is to be said of it; nothing is refused but what is no text.

    Raises
    ------
    LivermetError
        For a file that cannot be opened, is larger than 16 MB, or is no text.
    """
    place = Path(path)
    reader = Reader(
        content(place, LARGEST, missing="there is no such file"), short(place), lenient=lenient, layout=layout
    )
    findings = [*reader.findings, *lint.between(reader.seen, reader.file)]
    findings.sort(key=lambda finding: finding.line)
    return PhysicellRules(reader.file, tuple(reader.rows), tuple(findings))


def sentences(findings: Sequence[Finding], most: int = SHOWN) -> list[str]:
    """Return the sentences of findings, the first hundred of them."""
    more = len(findings) - most
    return [finding.sentence for finding in findings[:most]] + ([f"and {more} more"] if more > 0 else [])


def checked(found: PhysicellRules, lenient: bool) -> PhysicellRules:
    """Refuse a file with mistakes; where it is lenient, one at which PhysiCell itself stops.

    Raises
    ------
    RuleError
        With a sentence for each, a hundred at most.
    """
    wrong = [finding for finding in found.mistakes if finding.aborts or not lenient]
    if wrong:
        raise RuleError("", "\n".join(sentences(wrong)))
    return found


def translated(found: PhysicellRules, here: Here, before: Sequence[Entry] = ()) -> PhysicellRules:
    """Return rules with their meaning here.

    Parameters
    ----------
    before : sequence of Entry
        What was kept beside the file: a row that stands there has the rule that stands there.
    """
    known = {entry.row: entry for entry in before if entry.row}
    entries: list[Entry] = []
    taken = {entry.id for entry in before if entry.id}
    findings = list(found.findings)
    for row in found.rows:
        entry = known.get(row.text())
        if entry is None:
            entry, notes = _meaning(row, here, f"PhysiCell, {Path(found.file).name}, line {row.line}", taken)
            findings += [Finding(found.file, row.line, "", "meaning", note, weight=NOTE) for note in notes]
            taken.add(entry.id)
        entries.append(entry)
    entries += [entry for entry in before if not entry.row]
    return PhysicellRules(
        found.file, found.rows, tuple(sorted(findings, key=lambda f: f.line)), tuple(entries)
    )


def _meaning(row: Row, here: Here, place: str, taken: set[str]) -> tuple[Entry, tuple[str, ...]]:
    try:
        id, record, notes = here.record(row, place)
    except NoMeaning as reason:
        return Entry(row.text(), why=str(reason), line=row.line), ()
    number, free = 1, id
    while free in taken or free in library_records():
        number += 1
        free = f"{id}_{number}"
    return Entry(row.text(), free, record, line=row.line), notes


def of_rules(
    book: RuleBook, bases: Bases, *, name: str, before: Sequence[Entry] = (), only: set[str] | None = None
) -> PhysicellRules:
    """Return the rules of a run as PhysiCell has them.

    Parameters
    ----------
    name : str
        What to call them in a sentence.
    before : sequence of Entry
        What was kept when they were read from such a file.
    only : set of str, optional
        Ids of the rules to take; all of them by default.
    """
    here = Here(book.words, bases, {})
    wanted = {rule.id: rule for rule in book if only is None or rule.id in only}
    entries: list[Entry] = []
    findings: list[Finding] = []
    for entry in before:
        if not entry.id:
            entries.append(entry)
        elif entry.id in wanted:
            entries.append(_again(entry, wanted.pop(entry.id), here))
        else:
            findings.append(
                Finding(
                    name,
                    0,
                    "",
                    "gone",
                    f'the rule "{entry.id}" is there no more, so its row is left out',
                    weight=NOTE,
                )
            )
    seen = {_key(entry.row) for entry in entries if entry.row}
    lost: dict[str, list[str]] = {}
    for rule in wanted.values():
        row, notes = row_of(rule, here)
        why = "it is switched off" if not rule.enabled else ""
        if not why and _key(row.text()) in seen:
            why = "another rule has the same signal, direction and behaviour, at which PhysiCell stops"
        if not why:
            seen.add(_key(row.text()))
        for note in notes if not why else (f"left out, as {why}",):
            lost.setdefault(note, []).append(rule.id)
        entries.append(Entry("" if why else row.text(), rule.id, rule.to_dict(book.words), why))
    findings += [Finding(name, 0, ", ".join(ids), "lost", note, weight=NOTE) for note, ids in lost.items()]
    rows = tuple(Reader("\n".join(e.row for e in entries if e.row).encode(), name).rows)
    return PhysicellRules(name, rows, tuple(findings), tuple(entries))


def _again(entry: Entry, rule: Rule, here: Here) -> Entry:
    """Return a rule that came from a file: as it stood there, unless it was changed since."""
    if not rule.enabled:
        return Entry("", rule.id, rule.to_dict(here.words), "it is switched off", entry.line)
    record = entry.record or {}
    if entry.row and rule == Rule.read(rule.id, record, here.words):
        return entry
    row, _ = row_of(rule, here)
    if entry.row:
        row = as_written(row, rule, Reader(entry.row.encode(), "").rows[0], record)
    return Entry(row.text(), rule.id, rule.to_dict(here.words), "", entry.line)


def _key(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")[:4])
