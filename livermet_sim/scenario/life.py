"""Tell the life of a tumour cell or of a founder's line: its run is made again, with an ear on the rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livermet_sim.base.errors import LivermetError
from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import LUMEN
from livermet_sim.rulebook.biography import Chapter, Event, Listener
from livermet_sim.rulebook.vocabulary import Vocabulary
from livermet_sim.scenario.spec import Scenario
from livermet_sim.state.world import World

FOUNDER, KEY, OF_FOUNDER = "founder", 3, 4
WEAKEST = 1e-3  # rules that act less than this are left out
Told = Callable[[float, float], None]


class Life:
    """Hold what happened to a tumour cell, or to all cells of a founder's line, and which rules spoke then.

    Parameters
    ----------
    title : str
    chapters : list of Chapter
        See ``rulebook.biography``.
    words : Vocabulary
        Of the scenario.
    """

    def __init__(self, title: str, chapters: list[Chapter], words: Vocabulary):
        self.title, self.chapters, self._words = title, chapters, words

    def __str__(self) -> str:
        """Return the events in order, under each the rules that spoke, the strongest first."""
        lines = [f"{self.title}; a rule of strength 1 has half its effect"]
        several = len({chapter.key for chapter in self.chapters}) > 1
        for own in self.chapters:
            where = f"({own.x:g}, {own.y:g}) um in the {'vessel' if own.layer == LUMEN else 'tissue'}"
            lines.append(f"{own.hours:g} h  {own.what} at {where}" + (f", cell {own.key}" if several else ""))
            for who, reason in own.spoken:
                kind = who.split()[0] if who else "tumour"
                unit = self._words.behaviours[kind][reason.behaviour].unit
                amount = f"{reason.value:.4g}" + ("" if unit == "1" else f" {unit}")
                lines.append(
                    f"    {f'{who}, ' if who else ''}{reason.behaviour}: {amount} (base {reason.base:.4g})"
                )
                lines += [
                    f"      {t.rule}: {t.signal} = {t.value:.4g} {t.direction} it, strength {t.strength:.3g}"
                    for t in reason.terms if t.strength >= WEAKEST
                ]  # fmt: skip
        return "\n".join(lines)


def life(
    scenario: Scenario, seed: int, cell: str, hours: float | None = None, progress: Told | None = None
) -> Life:
    """Return the life of a cell up to a time, or to the end of the scenario.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    cell : str
        The key of a tumour cell, or how it begins; or ``"founder 12"``, the whole line.
    hours : float, h, optional
    progress : callable, optional
        Told the hours done and wanted after every step of the two runs.

    Raises
    ------
    LivermetError
        For a cell to which nothing happened, with the nearest key.
    """
    told = progress or (lambda done, wanted: None)
    first = Engine(scenario, seed)
    first.run(hours, lambda done, wanted: told(done, 2.0 * wanted))
    return heard(first, cell, told)


def heard(engine: Engine, cell: str, told: Told = lambda done, wanted: None) -> Life:
    """Return the life of a cell in a run, which is made again up to where it stands.

    Raises
    ------
    LivermetError
        When the run was changed by hand, so that another is not the same; or for a cell that is not in its log.
    """
    title, events = _events(cell, engine.world)
    recipe, clock = engine.recipe, engine.world.clock
    interval = float(recipe.values["decide"]["interval"])
    ear = Listener(events, max(1, round(interval / clock.dt)))
    again = Engine(recipe, engine.seed, ear)
    ticks = clock.tick - again.world.clock.tick
    for done in range(1, ticks + 1):
        again.step()
        told((ticks + done) * clock.dt, 2.0 * ticks * clock.dt)
    if again.digest() != engine.digest():
        raise LivermetError(
            "why", "the run was changed by hand, and made again from its scenario it is another"
        )
    return Life(title, ear.chapters(again.world), recipe.rules.words)


def _events(cell: str, world: World) -> tuple[str, list[Event]]:
    """Return what a cell or line is called, and its rows of the log."""
    log = world.log.array()
    first, _, number = cell.strip().removeprefix(f"{world.kinds[0]} ").partition(" ")
    if first == FOUNDER:
        entered = world.totals.get("entered", 0)
        if not number.isdigit() or int(number) >= entered:
            known = f"founders 0 to {entered - 1} have entered" if entered else "none has entered"
            raise LivermetError("--cell", f'there is no founder "{number}"; {known}')
        return f"founder {number}", [tuple(e) for e in log[log[:, OF_FOUNDER] == int(number)].tolist()]
    keys = [str(key) for key in np.unique(log[:, KEY]).tolist()]
    found = [first] if first in keys else [key for key in keys if first and key.startswith(first)]
    if len(found) > 1:
        some = ", ".join(found[:4]) + (", ..." if len(found) > 4 else "")
        raise LivermetError(
            "--cell", f"{len(found)} tumour cells have a key that begins with {first}: {some}"
        )
    if not found:
        raise LivermetError("--cell", f'nothing happened to a tumour cell "{cell}"', name=first, valid=keys)
    own = log[log[:, KEY] == int(found[0])]
    return f"tumour {found[0]}, founder {own[0, OF_FOUNDER]}", [tuple(event) for event in own.tolist()]
