"""Say what a process is: one mechanism of the step, with its place in the plan and what it touches."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar
from zlib import crc32

import numpy as np

from livermet_sim.kernels.codes import OWN
from livermet_sim.kernels.rng import draws
from livermet_sim.state.carried import Carried
from livermet_sim.state.world import World

STAGES = (
    "intervene", "perfuse", "diffuse", "arrive", "sense", "decide", "act", "remodel", "stage", "observe",
)  # fmt: skip


class Process:
    """Do one thing to the world, every ``every`` hours (0 for each step); the plan keeps the time.

    What it carries from one tick to the next stands in tables of World, which it declares in ``carries``; it holds but
    parameters and scratch, so that another object of the class can take its place after any step.

    ``writes`` and ``adds`` name arrays as ``table.column``, a part of the rows in brackets where two processes share a
    column but never a row. No array has two writers; several may add to one. What a process reads is told by its code.
    """

    stage: ClassVar[str] = "act"
    writes: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    carries: tuple[Carried, ...] = ()
    every: float = 0.0
    # the classes of those just before it in the plan, with which it may be at work at the same time in a wide tissue: none of
    # them reads or writes what it writes, nor it what they write
    beside: ClassVar[tuple[type[Process], ...]] = ()
    # whether it goes on in a liver at rest, of whose steps most are left out
    watches: ClassVar[bool] = False
    # of one that a user has registered: its name, and its values in the scenario
    called: str = ""
    own: Any = SimpleNamespace()

    @property
    def name(self) -> str:
        """Return the name shown in the plan."""
        return self.called or type(self).__name__

    def draw(self, world: World, keys: np.ndarray, which: int = 0) -> np.ndarray:
        """Return a uniform number in (0, 1) for each of the ``keys`` of cells in this step of the world, of this process alone.

        ``which``, below 65536, tells several draws for one key apart. Nothing else may be drawn: see ``kernels.rng``.
        """
        purpose = OWN + crc32(self.name.encode()) % OWN + (which << 16)
        return draws(world.seed, purpose, world.clock.tick, np.asarray(keys, dtype=np.int64))

    def levels(self) -> dict[str, float]:
        """Return the levels of World that it obeys and an intervention can change: name and value at rest."""
        return {}

    def runs(self, world: World) -> bool:
        """Say whether the plan lets it run in this step of the world."""
        return world.clock.due(self.every)

    def step(self, world: World) -> None:
        """Advance the world by the hours since it last ran; whether it is time, the plan asks and not the process."""
        raise TypeError(f"{self.name} does not say what it does in a step")
