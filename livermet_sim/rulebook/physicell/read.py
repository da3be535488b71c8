"""Read a file of PhysiCell rules as it is, or as PhysiCell 1.14.2 does, and name each imperfection with its place."""

from __future__ import annotations

from dataclasses import replace

from livermet_sim.base.errors import RuleError, nearest
from livermet_sim.rulebook.physicell import dictionary
from livermet_sim.rulebook.physicell.csv_lines import Line, Lines
from livermet_sim.rulebook.physicell.numbers import Numbers, atof, is_number
from livermet_sim.rulebook.physicell.row import (
    ABORTS,
    BASE,
    COLUMNS,
    DIRECTIONS,
    FIELDS,
    LAYOUTS,
    NOTE,
    SKIPS,
    WEAK_RAISES,
    Finding,
    Row,
)

AUTO = "auto"
LARGEST = 16 << 20
HEADINGS = ("cell", "cell type", "cell_type", "celltype", "cell types", "type")


class Reader:
    """Read one file.

    Parameters
    ----------
    data : bytes
    file : str
        How to call it in a sentence.
    lenient : bool
        Whether to read what PhysiCell 1.14.2 reads, its slips included.
    layout : str
        "v0" to "v3", or "auto": by the number of columns and by words that a version had alone.

    Attributes
    ----------
    rows : list of Row
    seen : list of Row
        The rows, and those of which a number or the direction is wrong, to be held against each other.
    findings : list of Finding
    """

    def __init__(self, data: bytes, file: str, *, lenient: bool = False, layout: str = AUTO):
        if layout not in (AUTO, *LAYOUTS):
            raise RuleError("layout", f'"{layout}" is not a layout', name=layout, valid=(AUTO, *LAYOUTS))
        self.file, self.lenient = file, lenient
        self.findings: list[Finding] = []
        self.rows: list[Row] = []
        self.seen: list[Row] = []
        self._numbers = Numbers(self._say, lenient)
        lines = Lines(file, self._say).of(data)
        if not lines and not self.findings:
            self._say(1, "", "empty", "there is no rule in it", "runs without rules")
        self.layout = layout if layout != AUTO else self._guess(lines)
        if self.layout != "v3":
            self._note_migration(layout)
        for line in lines:
            self._read(line)

    def _say(
        self, line: int, field: str, code: str, text: str, reference: str = "", weight: str = "mistake"
    ) -> None:
        self.findings.append(Finding(self.file, line, field, code, text, reference, weight))

    def _guess(self, lines: list[Line]) -> str:
        counts = {len(line.fields) for line in lines}
        if self.lenient:
            return "v3"
        for layout in ("v0", "v1"):
            if counts == {COLUMNS[layout]}:
                return layout
        old = any(len(line.fields) == 8 and line.fields[3].strip() in dictionary.GONE for line in lines)
        return "v2" if old else "v3"

    def _note_migration(self, asked: str) -> None:
        what = {
            "v0": "the prototype's layout (ten columns, version 0): the base values, and of minimum and maximum the one that is not reached, are left out",
            "v1": "the layout of PhysiCell 1.12 (nine columns, version 1): the base values are left out, as they belong to the definition of the cell",
            "v2": 'words of version 2: "phagocytose dead cell" becomes one rule each for apoptotic, necrotic and other dead cells, "damage rate" becomes "attack damage rate"',
        }[self.layout]  # fmt: skip
        seen = (
            "by its columns"
            if asked == AUTO and self.layout != "v2"
            else "by its words"
            if asked == AUTO
            else "as asked"
        )
        self._say(0, "", "migration", f"read {seen} in {what}", f"{ABORTS} at a version below 3", NOTE)

    def _read(self, line: Line) -> None:
        if not self._whole(line):
            return
        trimmed = tuple(self._tidy(line.number, n, field) for n, field in self._fields(line))
        cell, signal, word, behaviour = trimmed[:4]
        direction = self._direction(line.number, word)
        numbers = [self._numbers.number(line.number, FIELDS[n], trimmed[n]) for n in (4, 5, 6)]
        dead = self._numbers.dead(line.number, trimmed[7])
        self._numbers.check(line.number, numbers[1], numbers[2])
        if not (cell and signal and behaviour):
            return
        base = BASE.get(self.layout)
        read = (
            atof(text) if value is None else value for value, text in zip(numbers, trimmed[4:7], strict=True)
        )
        row = Row(cell, signal, word, behaviour, *read, dead=bool(dead),
                  line=line.number, base=None if base is None else self._base(line, base))  # fmt: skip
        found = self._migrated(row) if self._words(row) else []
        self.seen += found
        if not any(value is None for value in (*numbers, dead, direction)):
            self.rows += found

    def _whole(self, line: Line) -> bool:
        """Say whether a line has the fields of the layout, and is no heading."""
        wanted, found = COLUMNS[self.layout], len(line.fields)
        first = line.fields[0].strip(' "').lower()
        if first in HEADINGS and not any(is_number(field.strip()) for field in line.fields[4:]):
            self._say(line.number, "", "header", "this is a heading; the file has none, or begins it with //",
                      f'{ABORTS}, as there is no cell type "{first}"')  # fmt: skip
            return False
        if found != wanted:
            word = "column" if found == 1 else "columns"
            apart = ", separated by commas" if ";" in "".join(line.fields) else ""
            self._say(
                line.number,
                "",
                "columns",
                f"{found} {word}; a rule has {wanted}{apart}: {', '.join(FIELDS)}",
                f"{SKIPS} after a warning",
            )
            return False
        for n, field in self._fields(line):
            if not field:
                self._say(line.number, FIELDS[n], "missing", "nothing stands here", SKIPS)
                return False
        return True

    def _fields(self, line: Line) -> list[tuple[int, str]]:
        """Return the fields in the order of version 3."""
        found: list[tuple[int, str]] = []
        for n, at in enumerate(LAYOUTS[self.layout]):
            if at < 0:  # version 0 has a minimum and a maximum
                at = 2 if line.fields[6].strip().lower().startswith("d") else 4
            found.append((n, line.fields[at]))
        return found

    def _base(self, line: Line, at: int) -> float | None:
        text = line.fields[at].strip()
        return float(text) if is_number(text) else None

    def _tidy(self, line: int, n: int, field: str) -> str:
        """Return a field without blanks and quotes around it, which are mistakes in a name."""
        inner = field.strip()
        if self.lenient and n >= 4:
            return field
        if inner != field and n < 4:
            self._say(
                line,
                FIELDS[n],
                "blank",
                f'a blank stands before or behind "{inner}"',
                f"{ABORTS}, as blanks belong to the name",
            )
        if len(inner) > 1 and inner[0] == inner[-1] and inner[0] in "\"'":
            reference = f"{ABORTS}, as quotes belong to the name" if n < 4 else "reads 0"
            self._say(
                line, FIELDS[n], "quotes", f"quotes stand around {inner}; the grammar has none", reference
            )
            inner = inner[1:-1].strip()
        return inner

    def _direction(self, line: int, word: str) -> str | None:
        if word in DIRECTIONS:
            return word
        if word in WEAK_RAISES:
            self._say(line, FIELDS[2], "direction", f'"{word}" must be written "increases"',
                      "raises nothing then: the maximum stays at the base, without a warning")  # fmt: skip
        else:
            close = nearest(word.lower(), DIRECTIONS)
            hint = f'; did you mean "{close}"?' if close else f"; write {' or '.join(DIRECTIONS)}"
            self._say(
                line,
                FIELDS[2],
                "direction",
                f'"{word[:60]}" is not a direction{hint}',
                "takes any such word for decreases",
            )
        return word if self.lenient else None

    def _words(self, row: Row) -> bool:
        """Say whether both words are in the dictionaries."""
        sound = True
        if dictionary.signal(row.signal) is None:
            close = dictionary.slip(row.signal, dictionary.SIGNALS)
            self._say(row.line, FIELDS[1], "signal", f'"{row.signal[:60]}" is not a signal; did you mean "{close}"?',
                      f"{ABORTS}, unless a substrate is called that")  # fmt: skip
            sound = False
        old = row.behaviour in dictionary.GONE
        if old and self.layout == "v3":
            now = ", ".join(dictionary.GONE[row.behaviour])
            self._say(
                row.line,
                FIELDS[3],
                "behaviour",
                f'"{row.behaviour}" is a word of version 2; now it is {now}',
                ABORTS,
            )
            sound = False
        elif not old and dictionary.behaviour(row.behaviour) is None:
            close = nearest(row.behaviour, dictionary.near(row.behaviour, dictionary.BEHAVIOURS))
            hint = f'; did you mean "{close}"?' if close else ""
            self._say(
                row.line, FIELDS[3], "behaviour", f'"{row.behaviour[:60]}" is not a behaviour{hint}', ABORTS
            )
            sound = False
        elif row.behaviour in dictionary.RENAMED and self.layout == "v3":
            self._say(row.line, FIELDS[3], "renamed", f'before PhysiCell 1.14 "{row.behaviour}" meant "{dictionary.RENAMED[row.behaviour]}"; '
                      "for such a file ask for the layout v2", weight=NOTE)  # fmt: skip
        return sound

    def _migrated(self, row: Row) -> list[Row]:
        """Return a row in the words of version 3."""
        if self.layout == "v3":
            return [row]
        now = dictionary.GONE.get(row.behaviour) or (dictionary.RENAMED.get(row.behaviour, row.behaviour),)
        return [replace(row, behaviour=name) for name in now]
