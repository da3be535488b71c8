"""Declare when each readout can be known: a figure that a run is too short for is missing, and never 0.

On a screen what is not known yet is a dash or said in words, in tables it is NaN, in an interval the cells that may still
get there count on one side only. The page, the funnel, the summary, measures (and by them studies, comparisons and
calibrations) and the check against published figures ask here.
"""

from __future__ import annotations

import re
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

    def at(self, moment: Moment) -> bool:
        """Say whether it can be known at a moment."""
        waiting = self.watched and (moment.undecided > 0 or moment.to_come > 0)
        return not waiting and moment.hours >= self.hour - 1e-9


NOW = Known(
    "at any moment: what there is then, or a total so far; missing where there is nothing to take it of"
)
FIRST = Known("from the hour at which it happened", fixed=True)
FIRST_DAY = Known("once every founder has entered and was watched for 24 h, or its line has ended", watched=True, fixed=True)  # fmt: skip


def by(hours: float) -> Known:
    """Return the declaration of what is about a fixed hour of the run."""
    return Known(f"once the run is {hours:g} h old", hour=hours, fixed=True)


FUNNEL = {
    "entered": NOW, "arrested": NOW, "survived 24 h": FIRST_DAY, "extravasated": NOW, "woke (divided)": NOW,
    "micrometastasis": NOW, "vascularised": NOW, "growing": NOW,
}  # fmt: skip
# figures that are held against published ones; a check's own run is as long as its case says
PUBLISHED = {
    **dict.fromkeys(("arrest_depth", "arrest_periportal", "arrest_prompt", "crossing_time"), NOW),
    **dict.fromkeys(("alive_of_held_24h", "free_24h", "engulfed_24h", "outside_24h"), by(DAY_H)),
    "apoptosis_8h": by(8.0), "outside_96h": by(96.0), "compactness_day3": by(72.0), "compactness_day5": by(120.0),
    **dict.fromkeys(("undivided_day13", "solitary_day13"), by(312.0)),
    "first_vessel_day": FIRST,
    **dict.fromkeys(
        ("micrometastasis_share", "stellate_before_vessel", "hypoxia_before_sprout", "first_sprout_diameter",
         "necrosis_depth", "doubling_time", "replacement_of_small", "growing_liver", "growing_founders"), NOW,
    ),
}  # fmt: skip
MEASURES = (
    (r"founders_alive_24h_share", FIRST_DAY),
    (r"first_\w+_h", FIRST),
    (
        r"founders_(entered|alive|(alive|arrested|extravasated|divided|micrometastasis|vascularised|growing)_share)",
        NOW,
    ),
    (
        r"\w+_cells|new_vessel(_perfused)?_mm|tumour_(dormant_share|area_mm2|volume_mm3)|metastases|lesions|lesions_\w+|largest_lesion_um",
        NOW,
    ),
    (
        r"(replacement|desmoplastic|pushing|hypoxic|necrotic|grown_through_angiogenic|stepped_back_twice)_share|vessel_density_mm_mm2|area_doubling_h",
        NOW,
    ),
    (r"dead|dead_\w+|washed_out|\w+_(inside|rim|outside)_per_mm2|kupffer_(load|polarisation)", NOW),
)


def measure(name: str) -> Known:
    """Return when a measure can be known.

    Raises
    ------
    KeyError
        For a measure that declares nothing.
    """
    for pattern, known in MEASURES:
        if re.fullmatch(pattern, name):
            return known
    raise KeyError(name)
