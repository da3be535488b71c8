"""Declare what is told of each lesion: the columns of the table of lesions, in their order.

Hours are of first times, ``phase``, ``cells`` and ``diameter_um`` of what stands now: see ``observe.standing``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livermet_sim.base.values import Values
from livermet_sim.kernels.codes import DIVIDE, PUSHING, REPLACEMENT
from livermet_sim.observe.columns import ENDED, INDEX, LONGEST_H, PATTERNS
from livermet_sim.observe.readouts.readout import LESION, declare
from livermet_sim.observe.readouts.view import View
from livermet_sim.state.lesions import LESION_COLUMNS, PHASE_WORDS

MILESTONES = (
    "arrested_h", "extravasated_h", "woke_h", "micrometastasis_h", "angiogenic_h", "growth_h", "lost_h",
)  # fmt: skip
# of the founder's own progeny, in the row of its own lesion
PROGENY = ("own_micrometastasis_h", "own_angiogenic_h", "own_growth_h")
# what a lesion met first, and how it invaded
NICHE = ("hypoxic_h", "stellate_h", "vessel_h", "sprout_h", "replacement_divisions", "pushing_divisions")
DOC = {column.name: column.doc for column in LESION_COLUMNS}
HOUR = Values("number", "h", -LONGEST_H, LONGEST_H, missing=True)
CELLS = Values("whole", "cells", 0.0)
COLUMN_OF = {
    "extravasated_h": "pre_angiogenic"
}  # where the name without its unit is not the one of the state
UNITS = {"border_um": "um", "vessel_density_mm_mm2": "mm/mm2"}
PATTERN_DOC = {
    "border_um": "Length of the border that grows by one of the three patterns.",
    "replacement_share": "Share of that border at which tumour replaces hepatocytes.",
    "desmoplastic_share": "Share of that border with a rim of stroma.",
    "pushing_share": "Share of that border at which the liver is pushed aside.",
    "vessel_density_mm_mm2": "Length of perfused vessels inside over the area.",
    "hypoxic_share": "Share of its cells in tissue that are hypoxic.",
    "necrotic_share": "Share of its area that is necrotic.",
}


def lesion(name: str, values: Values, doc: str) -> Callable[[Callable[[View], np.ndarray]], object]:
    """Declare a column of the table of lesions."""
    return declare(name=name, values=values, doc=doc, scope=LESION)


def state(name: str) -> Callable[[View], np.ndarray]:
    """Return a reader of a column of the state."""
    return lambda view: view.lesions[name]


lesion("lesion", Values("whole", "1", 0.0, 1e7, order="unique"), "Its number; of a founder's own lesion, the founder's.")(
    lambda view: np.arange(view.lesions.n)
)  # fmt: skip
lesion("founder", INDEX, DOC["founder"])(state("founder"))
for _axis in ("x", "y"):
    lesion(f"{_axis}_um", Values("number", "um", missing=True), "Centre.")(state(_axis))
lesion("zone", Values("number", missing=True), DOC["zone"])(state("zone"))
lesion("lobule", INDEX, DOC["lobule"])(state("lobule"))


@lesion("arrested_h", HOUR, "When a cell of it was first held; when it was first seen, if it broke away.")
def arrested(view: View) -> np.ndarray:
    """Return hours; a group that broke away never arrested itself."""
    found = view.endings.arrested
    return np.where((view.lesions["parent"] >= 0) & np.isnan(found), view.lesions["began"], found)


for _name in MILESTONES[1:-1]:
    _column = COLUMN_OF.get(_name, _name.removesuffix("_h"))
    lesion(_name, HOUR, DOC[_column])(state(_column))
lesion("lost_h", HOUR, "When its last cell was gone, or another took it in; missing while it stands.")(
    lambda view: view.endings.lost
)
for _name in PROGENY:
    lesion(_name, HOUR, DOC[_name.removesuffix("_h")])(state(_name.removesuffix("_h")))
lesion("lost_to", Values("word"), "How its last cell went: a cause of death, or washed_out.")(
    lambda view: view.endings.word
)
lesion("merged_into", INDEX, DOC["merged_into"])(state("merged_into"))
lesion("cells", CELLS, "Tumour cells now.")(lambda view: view.standing.cells)
lesion("peak_cells", CELLS, "Most cells it ever had.")(
    lambda view: np.maximum(view.lesions["peak"], view.standing.cells)
)
lesion("diameter_um", Values("number", "um", 0.0, missing=True), "Diameter of the disc of the slab that its cells fill.")(
    lambda view: view.breadth(view.standing.cells)
)  # fmt: skip


@lesion(
    "phase", Values("word", words=(*PHASE_WORDS, *ENDED)), "Phase in which it stands now; lost or merged."
)
def phase(view: View) -> np.ndarray:
    """Return words."""
    words = np.array(PHASE_WORDS)[view.standing.phase].astype(object)
    gone = view.standing.cells == 0
    words[gone] = "lost"
    words[gone & (view.lesions["merged_into"] >= 0)] = "merged"
    return words.astype(str)


for _name in NICHE[:-2]:
    lesion(_name, HOUR, DOC[_name.removesuffix("_h")])(state(_name.removesuffix("_h")))


def _divisions(cause: int) -> Callable[[View], np.ndarray]:
    def divisions(view: View) -> np.ndarray:
        events = view.events
        of = (events.event == DIVIDE) & (events.cause == cause)
        return np.bincount(events.lesion[of], minlength=view.lesions.n)

    return divisions


for _name, _cause, _doc in (
    ("replacement_divisions", REPLACEMENT, "Divisions in which a daughter took a hepatocyte's place."),
    ("pushing_divisions", PUSHING, "Divisions in which a daughter pushed others aside."),
):
    lesion(_name, Values("number", "divisions", 0.0, missing=True), _doc)(_divisions(_cause))


def _pattern(name: str) -> Callable[[View], np.ndarray]:
    return lambda view: np.where(view.standing.cells > 0, view.patterns[name], np.nan)


for _name in PATTERNS:
    lesion(_name, Values("number", UNITS.get(_name, "1"), missing=True), PATTERN_DOC[_name])(_pattern(_name))
