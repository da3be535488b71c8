"""Hold processes, kinds of cells, readouts, signals and responses to what the model promises of all of them: ours and yours.

A test class inherits a contract and says what it is about; pytest (or unittest) finds the tests in it::

    from livermet_sim.verification.contract import ProcessContract

    class TestBurst(ProcessContract):
        name = "burst"

        def scenario(self):
            return lm.load("strip", {"processes.burst.chance": 0.5, "cells.mast.density": 4000})

Each check is a function too, which returns a sentence for everything that is wrong.
"""

from __future__ import annotations

from livermet_sim.verification.contract import looks, runs, truth
from livermet_sim.verification.contract.classes import (
    Contract,
    KindContract,
    ProcessContract,
    ReadoutContract,
    ResponseContract,
    SignalContract,
)

__all__ = [
    "Contract", "KindContract", "ProcessContract", "ReadoutContract", "ResponseContract", "SignalContract", "looks", "runs", "truth",
]  # fmt: skip
