"""Reduce the state of a run to the numbers that studies compare: one value a name, the unit in the name."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.phases.definitions import ANGIOGENIC, GROWTH
from livermet_sim.state.world import World


def measures(world: World, micrometastasis_cells: int) -> dict[str, float]:
    """Return the measures of a run so far; a share of nothing is NaN.

    Parameters
    ----------
    micrometastasis_cells : int
        Cells from which a lesion counts as a metastasis.
    """
    cells, lesions = world.cells, world.lesions
    tumour = np.flatnonzero(cells["kind"] == TUMOUR)
    alive = lesions["cells"] > 0
    entered = world.totals.get("entered", 0)
    founders = np.unique(cells["founder"][tumour])
    return {
        "tumour_cells": float(len(tumour)),
        "tumour_area_mm2": len(tumour) * world.tissue.site**2 * 1e-6,
        "metastases": float((lesions["cells"] >= micrometastasis_cells).sum()),
        "lesions": float(alive.sum()),
        "lesions_vascularised": float((lesions["phase"] >= ANGIOGENIC).sum()),
        "lesions_growing": float((lesions["phase"] == GROWTH).sum()),
        "largest_lesion_cells": float(lesions["cells"].max(initial=0)),
        "founders_entered": float(entered),
        "founders_alive": float(len(founders)),
        "founders_alive_share": len(founders) / entered if entered else float("nan"),
    }
