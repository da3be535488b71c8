"""Take one thing out of a liver under way: a cell, a founder's line, a kind of cell, a rule or a mechanism.

In words: ``kupffer 4273`` (the cell whose key begins so), ``founder 12`` (all cells of that line), ``kupffer`` (the kind,
newcomers too, to the end), and what an ablation is called: ``MV12``, ``MV6.tnf``, ``growth`` (see ``rulebook.ablation``).
``move kupffer 4273 to 120 85`` puts a cell elsewhere instead, at the nearest place to that x and y in um that can hold it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from livermet_sim.base.errors import LivermetError, nearest
from livermet_sim.engine import Engine
from livermet_sim.interventions.by_hand import kill, write
from livermet_sim.kernels.codes import DIE, LUMEN, PARENCHYMA, SINUSOID, TUMOUR, WASH_OUT
from livermet_sim.rulebook.ablation import ABLATE, INVERT, SATURATE, SWAP
from livermet_sim.scenario.resume import treated
from livermet_sim.scenario.spec import Scenario
from livermet_sim.state.world import World
from livermet_sim.sweep.factors import change_paths

PLACE = "without"
_MOVED = re.compile(r"(\w+) (\d+) to (-?\d+\.?\d*)[ ,] *(-?\d+\.?\d*)")
FOUNDER, MOVE = "founder", "move"
FARTHEST = 50.0  # um from where it is wanted to where a cell that is moved may be put


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
    to : int
        The site to which the cell is put instead; -1 for none.
    """

    title: str
    keys: frozenset[int] = frozenset()
    kind: int = -1
    recipe: Scenario | None = None
    x: float = float("nan")
    y: float = float("nan")
    to: int = -1

    @property
    def done(self) -> str:
        """Return what is done to it, as a sentence has it."""
        return "taken out" if self.to < 0 else "moved"

    def fork(self, engine: Engine) -> Engine:
        """Return a run that goes on from where another stands, without it."""
        child = engine.fork(self.recipe)
        world = child.world
        for row in np.flatnonzero(_among(world.cells["key"], self.keys)):
            if self.to < 0:
                kill(world, int(row), "treatment")
            else:
                write(world, int(row), "site", self.to)
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
    if first == MOVE and key:
        return _moved(key, world)
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
    if not word or word.split(" ")[0] in (INVERT, SATURATE, SWAP):
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


def _moved(text: str, world: World) -> Removal:
    """Return a cell that is put elsewhere: into a vessel if it is in one, else into tissue."""
    found = _MOVED.fullmatch(text)
    if found is None or found[1] not in world.kinds:
        kinds = [kind for kind in world.kinds if world.code(kind) not in (TUMOUR, *world.roles["lining"])]
        reason = f'"{MOVE} {text[:60]}" does not say which cell goes where; write for example "{MOVE} {kinds[0]} 4273 to 120 85"'
        raise LivermetError(PLACE, reason)
    cell = _cell(found[1], found[2], world)
    (row,) = np.flatnonzero(_among(world.cells["key"], cell.keys))
    code, lumen = int(world.cells["kind"][row]), world.cells["layer"][row] == LUMEN
    if code in (TUMOUR, *world.roles["lining"]):
        raise LivermetError(
            PLACE, f"a {found[1]} cell cannot be moved; its place is part of its lesion or vessel"
        )
    sites = np.flatnonzero(np.isin(world.compartment, (SINUSOID,) if lumen else (SINUSOID, PARENCHYMA)))
    x, y = world.tissue.xy(sites)
    away = np.hypot(x - float(found[3]), y - float(found[4]))
    to = int(sites[np.argmin(away)])
    if away.min() > FARTHEST:
        part = "vessel" if lumen else "tissue"
        raise LivermetError(
            PLACE,
            f"there is no {part} that could hold the cell within {FARTHEST:g} um of ({found[3]}, {found[4]})",
        )
    x, y = world.tissue.xy(np.array([to]))
    return replace(cell, title=f"{cell.title} to ({x[0]:g}, {y[0]:g}) um", to=to)


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
