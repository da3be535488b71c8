"""Say once what counts as a lesion, at a moment and over a run; every table, text, curve and picture asks here.

*Stands*
    A lesion stands at a moment while a living tumour cell belongs to it. Cells belong together as they were grouped at the
    last reading (``phases.interval``, 4 h); a cell that has entered since stands for its founder's lesion, and a daughter
    belongs to its mother's. ``lesions_<phase>`` of the time series, ``lesions`` of the measures, the column ``phase`` of the
    lesions at the end and the cells of snapshots and frames are of what stands.
*Phase now*
    Microvascular while all its cells are in vessels; else the phase of the last reading, and at least pre-angiogenic. A
    lesion can step back: what it is now is called ``phase``, what it was for the first time ``extravasated_h``,
    ``angiogenic_h`` and ``growth_h``; shares of founders and the steps of the funnel are of first times ("ever").
*Counted*
    Over a whole run a lesion counts when it is a founder's own, stands, lasted for a day or was a micrometastasis: cells
    that strayed from a lesion and were gone within a day are left out (`counted`), and texts say how many these were.
*Ended*
    ``lost`` when its last cell died or left, at that hour; ``merged`` when another took it in, at the reading that saw it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from livermet_sim.kernels.codes import TISSUE, TUMOUR
from livermet_sim.observe.columns import Frame
from livermet_sim.state.lesions import MICROVASCULAR, PHASES, PRE_ANGIOGENIC
from livermet_sim.state.world import World

LASTING_H = 24.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Hold which lesions stand; arrays by lesion.

    Attributes
    ----------
    cells : int64[lesions]
        Living tumour cells; 0 for a lesion that does not stand.
    phase : int64[lesions]
        1 microvascular to 4 growth; 0 for a lesion that does not stand.
    """

    cells: np.ndarray
    phase: np.ndarray

    def by_phase(self) -> np.ndarray:
        """Return how many lesions stand in each phase, int64[4]."""
        return np.bincount(self.phase, minlength=len(PHASES) + 1)[1:]


def standing(world: Any) -> Standing:
    """Return which lesions of a World, or of a view of one, stand now, and how: see the head of this module."""
    own, number = world.cells, world.lesions.n
    rows = (own["kind"] == TUMOUR) & (own["alive"] != 0)
    lesion = own["lesion"][rows]
    cells = np.bincount(lesion, minlength=number)
    settled = np.bincount(lesion[own["layer"][rows] == TISSUE], minlength=number) > 0
    phase = np.where(settled, np.maximum(world.lesions["phase"], PRE_ANGIOGENIC), MICROVASCULAR)
    return Standing(cells, np.where(cells > 0, phase, 0))


def phase_of_cells(world: World) -> np.ndarray:
    """Return the phase in which each cell's lesion stands, int64[cells]; 0 for cells that are no tumour cells."""
    own = world.cells
    return np.where(own["kind"] == TUMOUR, np.append(standing(world).phase, 0)[own["lesion"]], 0)


def counted(lesions: Frame) -> Frame:
    """Return the rows of a table of lesions that count: all but strays that were gone within a day."""
    life = lesions["lost_h"].fillna(np.inf) - lesions["arrested_h"]
    own = lesions["lesion"] == lesions["founder"]
    return lesions[own | (life >= LASTING_H) | lesions["micrometastasis_h"].notna()]
