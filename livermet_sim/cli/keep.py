"""Keep the state of a run under way in its folder, so that the same command goes on where a killed one stood."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.base.units import convert, with_unit
from livermet_sim.cli.options import prepare

if TYPE_CHECKING:
    from livermet_sim.cli.progress import Progress
    from livermet_sim.engine import Engine
    from livermet_sim.scenario.spec import Scenario

EVERY = 30.0  # s; writing the state of the baseline takes a third of one


def times(texts: Sequence[str]) -> list[float]:
    """Return the hours that times such as ``14 day`` name.

    Raises
    ------
    LivermetError
        For a text that is no time.
    """
    found = []
    for text in texts:
        try:
            found.append(convert(with_unit(text, "save-at"), "h"))
        except ValueError as error:
            raise LivermetError("--save-at", str(error)) from None
    return sorted(found)


def goes_on(folder: Path, scenario: Scenario, seed: int) -> bool:
    """Say whether a folder holds the unfinished run of just this scenario and seed, by this version of the model."""
    from livermet_sim.observe import checkpoint
    from livermet_sim.observe.folder import UNFINISHED

    if not (folder / UNFINISHED).is_file():
        return False
    with suppress(ResultError):
        head = checkpoint.read(folder / UNFINISHED).head
        return bool(head["scenario_digest"] == scenario.digest and head["seed"] == seed)
    return False


def begin_anew(folder: Path) -> None:
    """Let go of an unfinished run that is to be replaced."""
    from livermet_sim.observe.folder import UNFINISHED

    (folder / UNFINISHED).unlink(missing_ok=True)


class Keeper:
    """Write the state at the times asked for, and every so often.

    Parameters
    ----------
    folder : Path
        Of the run.
    hours : sequence of float, h
        When to save a checkpoint that stays.
    every : float, s
        Between two savings of the state that is there until the run has ended; 0 for none.
    """

    def __init__(self, folder: Path, hours: Sequence[float], every: float):
        self.folder, self.every, self._saved = folder, every, time.monotonic()
        self._hours = list(hours)

    def begin(self, scenario: Scenario, seed: int, progress: Progress) -> Engine:
        """Return the run: where an earlier one was cut off, else at its first step."""
        if goes_on(self.folder, scenario, seed):
            from livermet_sim.observe.folder import UNFINISHED
            from livermet_sim.scenario.resume import resume

            engine = resume(self.folder / UNFINISHED)
            day = engine.world.clock.hours / 24.0
            progress.say(f"going on from day {day:.4g}, as an earlier run was cut off")
        else:
            engine = prepare(scenario, seed, progress)
        now = engine.world.clock.hours
        self._hours = [hours for hours in self._hours if hours >= now - 1e-9]
        self.look(engine)
        return engine

    def look(self, engine: Engine) -> None:
        """Save the state if it is time."""
        from livermet_sim.observe.folder import CHECKPOINT, UNFINISHED

        now = engine.world.clock.hours
        while self._hours and now >= self._hours[0] - 1e-9:
            engine.save(self.folder / f"{CHECKPOINT}{self._hours.pop(0) / 24.0:g}.npz")
        if 0.0 < self.every <= time.monotonic() - self._saved:
            engine.save(self.folder / UNFINISHED)
            self._saved = time.monotonic()
