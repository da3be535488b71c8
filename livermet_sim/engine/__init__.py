"""Build a run from a scenario and carry it through its plan, step by step."""

from livermet_sim.engine.recipe import SEED_LIMIT, Recipe, base_values, check_seed
from livermet_sim.engine.run import Engine, Start

__all__ = ["SEED_LIMIT", "Engine", "Recipe", "Start", "base_values", "check_seed"]
