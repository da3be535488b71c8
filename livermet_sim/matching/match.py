"""Match a model to published results in waves: run sets, rule out, choose the next where nothing is ruled out."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path

import numpy as np

from livermet_sim.base.errors import LivermetError, ResultError
from livermet_sim.matching.carry_out import Runs
from livermet_sim.matching.design import even, open_places, spread
from livermet_sim.matching.file import Matching
from livermet_sim.matching.found import Found
from livermet_sim.matching.implausible import Guess, Seen
from livermet_sim.matching.target import Target, of_anchor, of_experiment
from livermet_sim.sweep import version
from livermet_sim.validation import catalogue
from livermet_sim.validation.trial import Tell


def targets_of(matching: Matching) -> list[Target]:
    """Return the published results of a matching, those that rule nothing out last."""
    shipped = catalogue.shipped()
    found = [of_anchor(name) for name in matching.anchors]
    found += [of_experiment(shipped[name]) for name in matching.experiments]
    return found + [of_experiment(shipped[name], False) for name in matching.watched]


def match(
    matching: Matching, folder: str | Path, *, workers: int | None = None, tell: Tell | None = None,
    executor: Executor | None = None,
) -> Found:  # fmt: skip
    """Carry out a matching, or go on with one that was stopped; return what it found.

    Parameters
    ----------
    folder : str or Path
        Where every liver is kept as it ends, and ``found.json`` after each wave.

    Raises
    ------
    LivermetError
        When the folder holds another matching, or every run of a wave failed.
    KeyboardInterrupt
        On Ctrl-C; what ended is kept.
    """
    targets, runs = targets_of(matching), Runs(matching, folder)
    _check_earlier(Path(folder), matching)
    places = np.empty((0, len(matching.factors)))
    waves: list[int] = []
    found: Found | None = None
    for wave in range(matching.waves):
        new = _next(matching, wave, found)
        if not len(new):
            break
        failures = runs.carry_out(new, workers, tell, executor)
        places = np.concatenate([places, new])
        waves += [wave] * len(new)
        seen = Seen(places, runs.values(places, targets))
        if not np.isfinite(seen.values[-len(new) :]).any():
            said = f"; the first said: {failures[0]}" if failures else ""
            raise ResultError(str(folder), f"no set of wave {wave + 1} shows anything{said}")
        found = Found(
            matching.name, matching.key, version.model(), matching.factors, tuple(targets), seen, tuple(waves)
        )
        found.save(Path(folder))
    if found is None:
        raise LivermetError("match", "there is nothing to be run")
    return found


def _next(matching: Matching, wave: int, found: Found | None) -> np.ndarray:
    """Return the sets of a wave: even at first, then spread over what is not ruled out."""
    number, factors = matching.points, len(matching.factors)
    if found is None:
        return even(number, factors, matching.seed)
    guess = Guess(found.seen, found.targets, matching.seed)
    return spread(open_places(guess, factors, matching.seed + wave), found.seen.places, number)


def _check_earlier(folder: Path, matching: Matching) -> None:
    path = folder / Found.FILE
    if path.is_file() and Found.read(path).key != matching.key:
        raise ResultError(str(folder), "it holds another matching; give another folder with --out")
