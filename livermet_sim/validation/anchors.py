"""Read the published figures that an untreated liver is held against, and the runs that they need."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from livermet_sim.base.errors import LivermetError


@dataclass(frozen=True, slots=True)
class Case:
    """Describe one run: a tumour line, how long it is followed, and what is done to the liver."""

    name: str
    line: str
    days: float
    title: str = ""
    interventions: tuple[dict[str, Any], ...] = ()
    values: tuple[tuple[str, Any], ...] = ()

    @property
    def label(self) -> str:
        """Return what a table calls it."""
        return self.title or self.line


@dataclass(frozen=True, slots=True)
class Anchor:
    """Describe one published figure.

    Attributes
    ----------
    name, case, quantity : str
        Its name, the case that shows it, and what is measured, in words.
    measure : str
        Function of ``validation.measure`` that takes it from a run.
    unit, published : str
        Its unit; the published value in words.
    low, high : float
        The band that the model's figure must lie in.
    source, grade, why : str
        Where it is published, how well it is known (found, recalled, derived), and why the band is what it is.
    scored : bool
        Whether it gets a verdict.
    """

    name: str
    case: str
    quantity: str
    measure: str
    unit: str
    published: str
    low: float
    high: float
    source: str
    grade: str
    why: str
    scored: bool = True


FIRST, SECOND = "anchors.toml", "second_look.toml"


@cache
def read(file: str = FIRST) -> tuple[dict[str, Case], tuple[Anchor, ...]]:
    """Return the cases by name and all anchors of one of the two files, in its order."""
    data = tomllib.loads((resources.files("livermet_sim") / "validation" / file).read_text(encoding="utf-8"))
    cases = {}
    for name, table in data["cases"].items():
        interventions, values = tuple(table.pop("interventions", ())), tuple(table.pop("values", {}).items())
        cases[name] = Case(name, interventions=interventions, values=values, **table)
    return cases, tuple(Anchor(name, **table) for name, table in data["anchors"].items())


def chosen(lines: tuple[str, ...] = (), file: str = FIRST) -> tuple[dict[str, Case], tuple[Anchor, ...]]:
    """Return the cases and anchors of some tumour lines; of all where none is named.

    Raises
    ------
    LivermetError
        For a line that no anchor is about.
    """
    cases, anchors = read(file)
    known = sorted({case.line for case in cases.values()})
    for line in lines:
        if line not in known:
            raise LivermetError("--lines", f'no published figure is about "{line}"', name=line, valid=known)
    kept = {name: case for name, case in cases.items() if not lines or case.line in lines}
    return kept, tuple(anchor for anchor in anchors if anchor.case in kept)
