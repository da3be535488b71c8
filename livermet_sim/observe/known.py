"""Declare when each readout can be known: a figure that a run is too short for is missing, and never 0.

On a screen what is not known yet is a dash or said in words, in tables it is NaN, in an interval the cells that may still
get there count on one side only. Each readout (``observe.readouts``) and each figure held against a published one
(``validation.measure``) declares one of these.
"""

from __future__ import annotations

from dataclasses import dataclass

DAY_H = 24.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold what decides whether something can be known.

    Attributes
    ----------
    hours : float, h
        How far the run is.
    undecided : int
        Founders whose line lives and that entered less than a day ago.
    to_come : int
        Founders that have not entered yet.
    """

    hours: float
    undecided: int = 0
    to_come: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """Say when a readout can be known.

    Attributes
    ----------
    words : str
    watched : bool
        Every founder must have come, and have been watched for a day or have ended.
    hour : float, h
        So far the run must be.
    fixed : bool
        Once known it is the same however long the run goes on. Others are of the moment, or totals so far.
    """

    words: str
    watched: bool = False
    hour: float = float("-inf")
    fixed: bool = False

    @property
    def always(self) -> bool:
        """Say whether there is no moment at which it cannot be known."""
        return not self.watched and self.hour == float("-inf")

    def at(self, moment: Moment) -> bool:
        """Say whether it can be known at a moment."""
        waiting = self.watched and (moment.undecided > 0 or moment.to_come > 0)
        return not waiting and moment.hours >= self.hour - 1e-9


NOW = Known(
    "at any moment: what there is then, or a total so far; missing where there is nothing to take it of"
)
FIRST = Known("from the hour at which it happened", fixed=True)
FIRST_DAY = Known("once every founder has entered and was watched for 24 h, or its line has ended", watched=True, fixed=True)  # fmt: skip
AFTER_FIRST_DAY = Known(f"{FIRST_DAY.words}; a total so far", watched=True)


def by(hours: float) -> Known:
    """Return the declaration of what is about a fixed hour of the run."""
    return Known(f"once the run is {hours:g} h old", hour=hours, fixed=True)
