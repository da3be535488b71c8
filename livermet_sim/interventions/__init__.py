"""Change a run from outside, over a window of time: take away, block, boost, add, dose, put into a condition.

An action is a file: its keys, their reading, what it does and what is said of it. It is known once it is imported here.
"""

from livermet_sim.interventions.add_cells import add_cells
from livermet_sim.interventions.add_matrix import add_matrix
from livermet_sim.interventions.add_signal import add_signal
from livermet_sim.interventions.block import block, boost, knock_out
from livermet_sim.interventions.condition import condition
from livermet_sim.interventions.deplete import deplete
from livermet_sim.interventions.dose import dose
from livermet_sim.interventions.intervention import Intervention
from livermet_sim.interventions.read import read
from livermet_sim.interventions.set_state import set_state

__all__ = [
    "Intervention", "add_cells", "add_matrix", "add_signal", "block", "boost", "condition", "deplete", "dose",
    "knock_out", "read", "set_state",
]  # fmt: skip
