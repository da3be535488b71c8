"""Pull levers: multiply rates, receptors, rules and levels while an intervention lasts or a drug acts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from livermet_sim.interventions.levers import ALL, LIVER, RULE, SENSE, matches, senses
from livermet_sim.kernels.codes import CYCLING, DIE, DORMANT, DOSED, LUMEN, TREATMENT, TUMOUR
from livermet_sim.kernels.rng import draws
from livermet_sim.processes.along import TOUCHED, places
from livermet_sim.processes.deciding import LUMEN_ONLY
from livermet_sim.processes.process import Process
from livermet_sim.processes.record import count, record
from livermet_sim.processes.setting import Setting
from livermet_sim.rulebook.compile import Compiled
from livermet_sim.state.world import World

Strength = Callable[[float], float]


@dataclass(frozen=True)
class Pull:
    """Hold one lever and how it is pulled over time: a factor, an amount that is added, or a rate of killing."""

    mode: str
    target: str
    behaviour: str
    strength: Strength

    def kinds(self, setting: Setting) -> list[int]:
        """Return the codes of the kinds it means."""
        return list(range(len(setting.kinds))) if self.target == ALL else [setting.code(self.target)]


class Receptors:
    """Set how much of its signal gets through to each rule, and how much of its pull to each crawling kind."""

    def __init__(self, own: Sequence[Pull], setting: Setting, compiled: Compiled, heed: np.ndarray):
        self.gain, self.heed = compiled.gain, heed
        self.own: list[tuple[Pull, np.ndarray, np.ndarray]] = []
        names = [kind.name for kind in setting.kinds]
        attractants = [str(setting.values[f"cells.{name}"].get("attractant", "")) for name in names]
        for pull in own:
            if pull.target == RULE:
                terms = [matches(pull.behaviour, rule.id) for rule in compiled.acting]
                self.own.append((pull, np.flatnonzero(terms), np.zeros(0, dtype=np.int64)))
            elif pull.behaviour.startswith(SENSE):
                kinds, signal = [names[k] for k in pull.kinds(setting)], pull.behaviour.removeprefix(SENSE)
                terms = [senses(rule, kinds, signal, setting.fields) for rule in compiled.acting]
                crawling = [k for k in pull.kinds(setting) if attractants[k] == signal]
                self.own.append((pull, np.flatnonzero(terms), np.array(crawling, dtype=np.int64)))

    def step(self, world: World) -> None:
        """Set all gains anew."""
        if not self.own:
            return
        self.gain[:], self.heed[:] = 1.0, 1.0
        for pull, terms, kinds in self.own:
            factor = pull.strength(world.clock.hours)
            self.gain[terms] *= factor
            self.heed[kinds] *= factor


class Levels:
    """Shift what the liver has but once: systemic levels, inflow, loss rates.

    Others write to the same numbers, so only the shift is kept: what is underneath is added to, and the sum multiplied, so
    that a block also holds against what is added.
    """

    def __init__(self, own: Sequence[Pull]):
        self.own = {
            name: [pull for pull in own if pull.target == LIVER and pull.behaviour == name]
            for name in dict.fromkeys(pull.behaviour for pull in own if pull.target == LIVER)
        }

    def step(self, world: World) -> None:
        """Bring every level that is pulled to where it should be."""
        for name, own in self.own.items():
            at, level, shift = world.level_names.index(name), world.levels["value"], world.levels["shift"]
            underneath, added = level[at] - shift[at], 0.0
            factor = 1.0
            for pull in own:
                if pull.mode == "factor":
                    factor *= pull.strength(world.clock.hours)
                else:
                    added += pull.strength(world.clock.hours)
            wanted = max(0.0, (underneath + added) * factor)
            level[at], shift[at] = wanted, wanted - underneath


class Kills:
    """Let a drug kill cells at a rate, each by its own draw."""

    def __init__(self, own: Sequence[Pull]):
        self.own = [pull for pull in own if pull.mode == "kill"]

    def step(self, world: World) -> None:
        """Draw who dies in this step."""
        for number, pull in enumerate(self.own):
            rate = pull.strength(world.clock.hours)
            if rate > 0.0:
                self._kill(world, pull, number, 1.0 - np.exp(-rate * world.clock.dt))

    def _kill(self, world: World, pull: Pull, number: int, probability: float) -> None:
        rows, cells = world.rows(pull.target), world.cells
        if pull.behaviour:
            state = {"cycling": CYCLING, "dormant": DORMANT}[pull.behaviour]
            rows = rows[cells.full("state")[rows] == state]
        drawn = draws(world.seed, DOSED + (number << 16), world.clock.tick, cells.full("key")[rows])
        killed = rows[drawn < probability]
        if not len(killed):
            return
        if pull.target == world.kinds[TUMOUR]:
            record(world, killed, DIE, TREATMENT)
            count(world, "dead_treatment", len(killed))
        cells.full("alive")[killed] = 0
        world.drop_dead()


class Modify(Process):
    """Multiply behaviours while a block, a boost or a drug lasts, after the rules have spoken."""

    stage = "decide"
    adds = ("cells.rates", f"carried.{TOUCHED}")

    def __init__(self, setting: Setting, own: Sequence[Pull], due: np.ndarray):
        self.due = due
        self.own = [
            (pull, np.array(pull.kinds(setting)), setting.column(pull.behaviour), _highest(pull, setting))
            for pull in own
            if pull.mode == "factor"
            and pull.target not in (LIVER, RULE)
            and not pull.behaviour.startswith(SENSE)
        ]

    def step(self, world: World) -> None:
        """Scale behaviours of the cells whose rates the rules have just set (``due``), within their bounds."""
        for pull, kinds, column, highest in self.own:
            factor = pull.strength(world.clock.hours)
            if factor == 1.0 or not self.due[kinds].any():
                continue
            kind = world.cells["kind"]
            due = self.due[kind]
            rows = np.flatnonzero(
                np.isin(kind, kinds) & ((due == 1) | ((due == LUMEN_ONLY) & (world.cells["layer"] == LUMEN)))
            )
            world.rates[rows, column] = np.minimum(world.rates[rows, column] * factor, highest)
            table, still = places(world)
            if pull.behaviour in table and len(still):
                lining = kind[world.segment_row[table["stretch"][still]]]
                own = still[np.isin(lining, kinds) & (self.due[lining] == 1)]
                table[pull.behaviour][own] = np.minimum(table[pull.behaviour][own] * factor, highest)


def _highest(pull: Pull, setting: Setting) -> float:
    """Return the largest value that the behaviour may have in any of the kinds."""
    names = [kind.name for kind in setting.kinds]
    found = (p for k in pull.kinds(setting) for p in setting.kinds[k].all_behaviours(setting.fields, names))
    return max(p.high for p in found if p.name == pull.behaviour)
