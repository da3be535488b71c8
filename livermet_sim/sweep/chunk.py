"""Hold what a worker is given to carry out, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from livermet_sim.scenario.spec import Scenario
from livermet_sim.sweep.schema import FAILED


@dataclass(frozen=True, slots=True)
class Run:
    """Hold what one run needs: its address, its seed, what it changes in the study's scenario, tries before this."""

    address: str
    seed: int
    changes: dict[str, Any]
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """Hold runs that one worker carries out and writes as one part."""

    folder: str
    model: str
    scenario: Scenario
    series: bool
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Say how a chunk went."""

    done: int
    failed: int
    seconds: float
    error: str = ""

    def counting(self, row: Mapping[str, Any]) -> Report:
        """Return the report with one more run in it."""
        if row["status"] != FAILED:
            return replace(self, done=self.done + 1)
        return replace(self, failed=self.failed + 1, error=self.error or f"{row['kind']}: {row['error']}")
