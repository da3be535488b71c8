"""Change a run from outside, over a window of time: take cells away, block what they do."""

from livermet_sim.interventions.read import Intervention, block, deplete, read

__all__ = ["Intervention", "block", "deplete", "read"]
