"""Hold one rule as PhysiCell's CSV has it, and what is to be said of a place in such a file."""

from __future__ import annotations

from dataclasses import dataclass, field

FIELDS = (
    "cell type",
    "signal",
    "direction",
    "behaviour",
    "maximum response",
    "half-max",
    "Hill power",
    "applies to dead",
)
RAISES, LOWERS = DIRECTIONS = ("increases", "decreases")
# PhysiCell raises for these too, but then leaves the maximum at the base
WEAK_RAISES = ("increase", "promotes")
# where each field of version 3 stands in a layout, and the base value in those that have one
LAYOUTS: dict[str, tuple[int, ...]] = {
    "v0": (0, 5, 6, 1, -1, 7, 8, 9), "v1": (0, 1, 2, 3, 5, 6, 7, 8), "v2": (0, 1, 2, 3, 4, 5, 6, 7), "v3": (0, 1, 2, 3, 4, 5, 6, 7),
}  # fmt: skip
COLUMNS = {"v0": 10, "v1": 9, "v2": 8, "v3": 8}
BASE = {"v0": 3, "v1": 4}
MISTAKE, NOTE = "mistake", "note"
ABORTS, SKIPS = "stops", "skips the row"


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one rule in PhysiCell's words and units (per minute, um/min, a substrate's own unit).

    Attributes
    ----------
    cell, signal, direction, behaviour : str
        As written, or as a newer version calls it.
    maximum, half_max, power : float
    dead : bool
        Whether it acts in dead cells too.
    line : int
        In the file; 0 for a row that was made here.
    base : float or None
        Base of the behaviour where the layout has it; not part of the rule.
    """

    cell: str
    signal: str
    direction: str
    behaviour: str
    maximum: float
    half_max: float
    power: float
    dead: bool = False
    line: int = field(default=0, compare=False)
    base: float | None = field(default=None, compare=False)

    @property
    def raises(self) -> bool:
        """Return whether PhysiCell counts the signal among those that raise."""
        return self.direction == RAISES or self.direction in WEAK_RAISES

    def text(self) -> str:
        """Return the row as PhysiCell reads it."""
        numbers = [repr(value).removesuffix(".0") for value in (self.maximum, self.half_max, self.power)]
        words = (self.cell, self.signal, self.direction, self.behaviour)
        return ",".join([*words, *numbers, str(int(self.dead))])


@dataclass(frozen=True, slots=True)
class Finding:
    """Say what is the matter at one place of a file.

    Attributes
    ----------
    file : str
    line : int
        From 1; 0 for the file as a whole.
    field : str
        One of ``FIELDS``, or empty for the whole line.
    code : str
        What kind of thing it is, in a word.
    text : str
    reference : str
        What PhysiCell 1.14.2 does with it; empty where it does what was meant.
    weight : str
        "mistake" or "note".
    """

    file: str
    line: int
    field: str
    code: str
    text: str
    reference: str = ""
    weight: str = MISTAKE

    @property
    def sentence(self) -> str:
        """Return place and text in one sentence."""
        place = [
            self.file,
            *([f"line {self.line}"] if self.line else []),
            *([self.field] if self.field else []),
        ]
        tail = f" (PhysiCell 1.14.2 {self.reference})" if self.reference else ""
        return f"{', '.join(place)}: {self.text}{tail}"

    @property
    def aborts(self) -> bool:
        """Return whether PhysiCell stops at it."""
        return self.reference.startswith(ABORTS)

    @property
    def skips(self) -> bool:
        """Return whether PhysiCell leaves the row out."""
        return self.reference.startswith(SKIPS)
