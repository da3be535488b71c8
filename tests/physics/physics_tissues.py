"""Lend the tests the small tissues on which the package verifies itself."""

from livermet_sim.verification.worlds.tissues import disc, strip, tissue_from

__all__ = ["disc", "strip", "tissue_from"]
