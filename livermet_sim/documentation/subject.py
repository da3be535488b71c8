"""Hold what a dossier is about: a scenario, how commands call it, and results that were made elsewhere."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from livermet_sim.documentation.evidence import NOTHING, Evidence
from livermet_sim.scenario.spec import Scenario

if TYPE_CHECKING:
    from livermet_sim.engine import Engine

SEED = 1  # of the liver that is laid out, but never run, to be described


@dataclass(frozen=True)
class Subject:
    """Hold what a dossier is about.

    Attributes
    ----------
    scenario : Scenario
    word : str
        What commands call it: a name or a file.
    changes : tuple of str
        Changes as ``--set`` takes them.
    evidence : Evidence
        What verification, validation and the baseline gave, where folders or files of theirs were named.
    """

    scenario: Scenario
    word: str
    changes: tuple[str, ...] = ()
    evidence: Evidence = NOTHING

    @cached_property
    def engine(self) -> Engine:
        """Return a run of the scenario before its first step: its plan, its declared state, its resting liver."""
        from livermet_sim.engine import Engine

        return Engine(self.scenario, SEED)

    def command(self, *more: str) -> str:
        """Return the command that makes the dossier again, or with more words a table of it."""
        sets = [word for change in self.changes for word in ("--set", change)]
        return shlex.join(["livermet", "dossier", self.word, *sets, *self.evidence.options, *more])

    @property
    def shown(self) -> str:
        """Return how a command line writes the scenario."""
        return shlex.quote(self.word)

    @property
    def named(self) -> str:
        """Return the scenario's name, of a file without its folders."""
        return self.scenario.name or Path(self.word).stem
