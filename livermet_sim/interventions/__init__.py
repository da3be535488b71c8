"""Change a run from outside, over a window of time: take away, block, boost, add, dose, put into a condition."""

from livermet_sim.interventions.actions import Intervention
from livermet_sim.interventions.make import (
    add_cells,
    add_matrix,
    add_signal,
    block,
    boost,
    condition,
    deplete,
    dose,
    knock_out,
    set_state,
)
from livermet_sim.interventions.read import read

__all__ = [
    "Intervention", "add_cells", "add_matrix", "add_signal", "block", "boost", "condition", "deplete", "dose",
    "knock_out", "read", "set_state",
]  # fmt: skip
