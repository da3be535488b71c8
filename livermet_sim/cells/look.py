"""Say how cells of a kind are called and drawn: in sentences, on maps and charts, under a microscope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Body:
    """Hold half axes of body and nucleus in um, along and across; ``lobes`` of the nucleus, and whether it follows a vessel."""

    body: tuple[float, float] = (3.9, 3.7)
    nucleus: tuple[float, float] = (3.1, 3.0)
    along_vessel: bool = False
    lobes: int = 1


LYMPHOCYTE = Body()


@dataclass(frozen=True, slots=True)
class Look:
    """Describe how a kind looks.

    Attributes
    ----------
    one, many : str
        What a reader calls a cell, and all of them.
    colour : str
        The same in every figure.
    marker : str
        Of matplotlib; empty for what maps do not mark: the tumour, and lining cells, which are the tubes themselves.
    active : str
        What activated cells are called; where it is said, maps show these alone, as the resting ones would hide the plates.
    dashed : bool
        Whether its curves are, beside others of nearly the same colour.
    first : bool
        Whether its number is shown first where all are too many.
    slider : float, /mm3
        How far the live page lets its density go; 0 without a slider.
    body, active_body : Body
        Under the microscope.
    aside : float
        Where in its tube it sits: 0 in the middle, 1 at the wall.
    rank : int
        Order of painting.
    cytoplasm, chromatin : tuple of float
        Haematoxylin, eosin and blood in body and nucleus.
    markers : mapping
        How strongly fluorescent markers bind to it.
    """

    one: str
    many: str
    colour: str = ""
    marker: str = "h"
    active: str = ""
    dashed: bool = False
    first: bool = False
    slider: float = 0.0
    body: Body = LYMPHOCYTE
    active_body: Body | None = None
    aside: float = 0.0
    rank: int = 2
    cytoplasm: tuple[float, float, float] = (0.16, 0.2, 0.0)
    chromatin: tuple[float, float, float] = (0.95, 0.2, 0.0)
    markers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Followed:
    """Name a state of a kind whose mean over its cells is followed in time: the column, and what charts and lists say.

    ``at_end`` says whether studies compare it at the end of a run too.
    """

    column: str
    unit: str
    words: str
    doc: str
    at_end: bool = False


def plain(kind: str) -> Look:
    """Return the look of a kind that has none of its own: one that a scenario adds."""
    name = kind.replace("_", " ")
    return Look(name, f"{name} cells")
