"""Follow what each founder's own progeny has reached, in whichever lesion it lives."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import TISSUE
from livermet_sim.processes.staging.thresholds import Thresholds
from livermet_sim.state.lesions import ANGIOGENIC, GROWTH
from livermet_sim.state.world import World


def read_progeny(world: World, thresholds: Thresholds, rows: np.ndarray, ids: np.ndarray) -> None:
    """Write when a founder's own cells first made, within one lesion, what counts as a step of the cascade.

    A founder whose few cells lie in the lesion of another has not come as far as that lesion has.

    Parameters
    ----------
    rows, ids : int64[m]
        Tumour rows and the lesion of each.
    """
    lesions, cells = world.lesions, world.cells
    settled = cells.full("layer")[rows] == TISSUE
    founder, lesion = cells.full("founder")[rows[settled]], ids[settled]
    pairs, number = np.unique(founder * lesions.n + lesion, return_counts=True)
    founder, lesion = np.divmod(pairs, lesions.n)
    phase = lesions["phase"][lesion]
    for name, least, needed in (
        ("micrometastasis", thresholds.micrometastasis, 0),
        ("angiogenic", thresholds.micrometastasis, ANGIOGENIC),
        ("growth", thresholds.growth_cells, GROWTH),
    ):
        first = lesions[f"own_{name}"]
        reached = np.zeros(lesions.n, dtype=bool)
        reached[founder[(number >= least) & (phase >= needed) & (founder >= 0)]] = True
        first[reached & np.isnan(first)] = world.clock.end_of_step
