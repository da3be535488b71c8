"""Lend the tests the bodies, and the slow twin of oxygen, on which the package verifies itself."""

from livermet_sim.verification.twins.oxygen import slow_twin
from livermet_sim.verification.worlds.bodies import PLASMA, Body

__all__ = ["PLASMA", "Body", "slow_twin"]
