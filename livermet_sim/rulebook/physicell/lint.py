"""Find what is wrong between the rows of a file: the same rule twice, two spellings of one behaviour, signals that are always 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livermet_sim.rulebook.physicell import dictionary
from livermet_sim.rulebook.physicell.row import ABORTS, FIELDS, NOTE, Finding, Row

ALWAYS_ZERO = tuple(f"contact with {kind} cell" for kind in ("apoptotic", "necrotic", "other dead"))
Key = tuple[str, str, str]


def between(rows: Iterable[Row], file: str) -> Iterator[Finding]:
    """Give what is to be said of rows beside each other, in their order."""
    first: dict[tuple[str, ...], Row] = {}
    spelt: dict[tuple[str, str], tuple[str, int]] = {}
    for row in rows:
        signal, behaviour = words(row)
        yield from _dead_contacts(row, signal, file)
        yield from _spellings(row, behaviour, spelt, file)
        key = (row.cell, signal, behaviour)
        same, other = (*key, str(row.raises)), (*key, str(not row.raises))
        if same in first:
            yield _twice(row, first[same], file)
        elif other in first:
            reason = f'"{row.signal}" raises and lowers "{row.behaviour}": see line {first[other].line}; where both speak, what lowers wins'
            yield Finding(file, row.line, FIELDS[2], "both ways", reason, weight=NOTE)
        first.setdefault(same, row)


def words(row: Row) -> tuple[str, str]:
    """Return signal and behaviour of a row in their first spelling."""
    signal, behaviour = dictionary.signal(row.signal), dictionary.behaviour(row.behaviour)
    return signal.text if signal else row.signal, behaviour.text if behaviour else row.behaviour


def _dead_contacts(row: Row, signal: str, file: str) -> Iterator[Finding]:
    if signal in ALWAYS_ZERO:
        reason = f'"{row.signal}" says nothing until PhysiCell is newer than 1.14.2; "contact with dead cell" counts the dead'
        yield Finding(
            file, row.line, FIELDS[1], "always 0", reason, "reads 0 always, with a warning each time"
        )


def _spellings(
    row: Row, behaviour: str, spelt: dict[tuple[str, str], tuple[str, int]], file: str
) -> Iterator[Finding]:
    spelling, line = spelt.setdefault((row.cell, behaviour), (row.behaviour, row.line))
    if spelling != row.behaviour:
        reason = f'"{row.behaviour}" is "{spelling}" of line {line} in another spelling; write one of them throughout'
        yield Finding(
            file,
            row.line,
            FIELDS[3],
            "two spellings",
            reason,
            "keeps two rules, of which the later undoes the earlier",
        )


def _twice(row: Row, before: Row, file: str) -> Finding:
    same = (row.maximum, row.half_max, row.power, row.dead) == (
        before.maximum,
        before.half_max,
        before.power,
        before.dead,
    )
    what = "repeats" if same else "contradicts"
    reason = f'the row {what} line {before.line}: "{row.signal}" {row.direction} "{row.behaviour}" of "{row.cell}" already'
    return Finding(file, row.line, "", "twice", reason, ABORTS)
