"""Lend the tests the small worlds, and the slow twin of the rules, on which the package verifies itself."""

from livermet_sim.verification.twins.rules import (
    rates_slowly,
    reached,
    sense_slowly,
    slope_slowly,
    touching_slowly,
)
from livermet_sim.verification.worlds.rule_worlds import (
    COMMON,
    SPACING,
    compiled,
    lined_world,
    load,
    make_world,
    random_world,
)

__all__ = [
    "COMMON",
    "SPACING",
    "compiled",
    "lined_world",
    "load",
    "make_world",
    "random_world",
    "rates_slowly",
    "reached",
    "sense_slowly",
    "slope_slowly",
    "touching_slowly",
]
