"""Say what a process is: one mechanism of the step, with its place in the plan and what it touches."""

from __future__ import annotations

from typing import ClassVar

from livermet_sim.state.world import World

STAGES = (
    "intervene", "perfuse", "diffuse", "arrive", "sense", "decide", "act", "remodel", "stage", "observe",
)  # fmt: skip


class Process:
    """Do one thing to the world, every ``every`` hours (0 for each step).

    ``reads``, ``writes`` and ``adds`` name arrays as ``table.column``, a part of the rows in brackets where
    two processes share a column but never a row. No array has two writers; several may add to one.
    """

    stage: ClassVar[str] = "act"
    reads: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[tuple[str, ...]] = ()
    adds: ClassVar[tuple[str, ...]] = ()
    every: float = 0.0

    @property
    def name(self) -> str:
        """Return the name shown in the plan."""
        return type(self).__name__

    def step(self, world: World) -> None:
        """Advance the world by one tick."""
        raise TypeError(f"{self.name} does not say what it does in a step")
