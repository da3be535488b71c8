"""Take one thing out of a liver under way: a cell, a founder's line, a kind of cell, a rule or a mechanism.

In words: ``kupffer 4273`` (the cell whose key begins so), ``founder 12`` (all cells of that line), ``kupffer`` (the kind,
newcomers too, to the end), and what an ablation is called: ``MV12``, ``MV6.tnf``, ``growth`` (see ``rulebook.ablation``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from livermet_sim.base.errors import LivermetError, nearest
from livermet_sim.engine import Engine
from livermet_sim.interventions.by_hand import kill
from livermet_sim.kernels.codes import DIE, TUMOUR, WASH_OUT
from livermet_sim.rulebook.ablation import ABLATE, INVERT, SATURATE
from livermet_sim.scenario.resume import treated
from livermet_sim.scenario.spec import Scenario
from livermet_sim.state.world import World
from livermet_sim.sweep.factors import change_paths

PLACE = "without"
FOUNDER = "founder"


@dataclass(frozen=True)
class Removal:
    """Hold what is taken out.

    Attributes
    ----------
    title : str
        In words, with the whole key of a cell.
    keys : frozenset of int
        Cells that are taken out by hand.
    kind : int
        Code of the kind that is taken out as a whole; -1 for none.
    recipe : Scenario or None
        By which the liver goes on; None for the one it had.
    x, y : float, um
        Where the one cell stood that is taken out; NaN else.
    """

    title: str
    keys: frozenset[int] = frozenset()
    kind: int = -1
    recipe: Scenario | None = None
    x: float = float("nan")
    y: float = float("nan")

    def fork(self, engine: Engine) -> Engine:
        """Return a run that goes on from where another stands, without it."""
        child = engine.fork(self.recipe)
        world = child.world
        for row in np.flatnonzero(_among(world.cells["key"], self.keys)):
            kill(world, int(row), "treatment")
        world.drop_dead()
        return child

    def spares(self, keys: np.ndarray, kinds: np.ndarray) -> np.ndarray:
        """Say which cells are not those taken out, bool[n]."""
        return ~(_among(keys, self.keys) | (kinds == self.kind))


def read(text: str, engine: Engine, scenario: Scenario) -> Removal:
    """Return what some words take out of a liver as it stands.

    Raises
    ------
    LivermetError
        For words that name nothing in it, with the nearest that does, or a cell that is dead by now.
    """
    world = engine.world
    first, _, key = str(text).strip().partition(" ")
    key = key.strip()
    kinds = list(world.kinds)
    if first == FOUNDER and key:
        return _founder(key, world)
    if key and (first in kinds or key.isdigit()):
        if first not in kinds:
            raise LivermetError(
                PLACE, f'"{first}" is not a kind of cell', name=first, valid=[*kinds, FOUNDER]
            )
        return _cell(first, key, world)
    if first in kinds:
        start = f"{world.clock.hours!r} h"
        recipe = treated(
            scenario, [{"action": "deplete", "target": first, "start": start}], world.clock.hours
        )
        return Removal(f"{first} cells", kind=kinds.index(first), recipe=recipe)
    word = str(text).strip()
    return Removal(word, recipe=_ablated(word, scenario, kinds))


def _ablated(word: str, scenario: Scenario, kinds: Collection[str]) -> Scenario:
    """Return the scenario without a rule or mechanism."""
    if not word or word.split(" ")[0] in (INVERT, SATURATE):
        raise LivermetError(
            PLACE, f'"{word}" takes nothing out; name a cell, a founder, a kind, a rule or a mechanism'
        )
    try:
        return change_paths(scenario, {ABLATE: word})
    except LivermetError as error:
        if nearest(word, kinds):
            raise LivermetError(
                PLACE, f'"{word}" is no kind, rule or mechanism', name=word, valid=kinds
            ) from None
        raise LivermetError(PLACE, error.sentence.removeprefix(f"{ABLATE}: ")) from None


def _founder(number: str, world: World) -> Removal:
    """Return the living cells of a founder's line."""
    entered = world.totals.get("entered", 0)
    if not number.isdigit() or int(number) >= entered:
        known = f"founders 0 to {entered - 1} have entered by then" if entered else "none has entered by then"
        raise LivermetError(PLACE, f'there is no founder "{number}"; {known}')
    keys = world.cells["key"][world.cells["founder"] == int(number)]
    if not len(keys):
        raise LivermetError(PLACE, f"no cell of founder {number} lives at {world.clock.hours:g} h")
    return Removal(f"founder {number}", frozenset(keys.tolist()))


def _cell(kind: str, text: str, world: World) -> Removal:
    """Return the one living cell of a kind whose key begins with some digits."""
    rows = world.rows(kind)
    keys = {str(key): int(row) for key, row in zip(world.cells["key"][rows].tolist(), rows, strict=True)}
    found = [text] if text in keys else sorted(key for key in keys if key.startswith(text))
    if len(found) > 1:
        some = ", ".join(found[:4]) + (", ..." if len(found) > 4 else "")
        raise LivermetError(PLACE, f"{len(found)} {kind} cells have a key that begins with {text}: {some}")
    if not found:
        raise _unknown(kind, text, keys, world)
    row = keys[found[0]]
    x, y = world.tissue.xy(world.cells["site"][[row]])
    return Removal(f"{kind} {found[0]}", frozenset([int(found[0])]), x=float(x[0]), y=float(y[0]))


def _unknown(kind: str, text: str, keys: Collection[str], world: World) -> LivermetError:
    """Say why there is no such cell: it died, it is of another kind, or it never was."""
    hours = f"at {world.clock.hours:g} h"
    for key, code in zip(world.cells["key"].tolist(), world.cells["kind"].tolist(), strict=True):
        if str(key) == text:
            return LivermetError(PLACE, f"cell {text} is a {world.kinds[code]} cell, not a {kind} cell")
    if kind == world.kinds[TUMOUR]:
        log = world.log.array()
        ends = log[np.isin(log[:, 1], (DIE, WASH_OUT)) & (log[:, 3].astype(str) == text)]
        for tick, event, cause in ends[:1, :3].tolist():
            how = "was washed out" if event == WASH_OUT else f"died ({world.log.causes[cause]})"
            return LivermetError(
                PLACE, f"{kind} {text} {how} at {(tick + 1) * world.clock.dt:g} h; it does not live {hours}"
            )
    if not keys:
        return LivermetError(PLACE, f"no {kind} cell lives {hours}")
    return LivermetError(PLACE, f"no {kind} cell with key {text} lives {hours}", name=text, valid=keys)


def _among(keys: np.ndarray, chosen: Collection[int]) -> np.ndarray:
    return np.isin(keys, np.array(sorted(chosen), dtype=np.int64))
