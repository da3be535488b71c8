"""Let a liver at rest live through few of its hours: what changes by chance alone has the same law at any time.

A liver to which nothing happens is a stationary process: the law of who is where, in which state, among which signals is that
of an hour ago. So hours can be left out whole, and none is carried out otherwise than in a busy liver: each moment keeps its
law exactly, only what is at rest comes and goes less often. Whatever comes from outside is met awake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livermet_sim.base.specs import declared, section
from livermet_sim.cells.state import states_of
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.processes.angiogenesis import SPROUTS
from livermet_sim.processes.process import Process
from livermet_sim.processes.seeding import Seed
from livermet_sim.processes.setting import Setting
from livermet_sim.state.carried import Carried
from livermet_sim.state.clock import SLACK
from livermet_sim.state.table import Column
from livermet_sim.state.world import World

# what is bound to sites: an organ at rest lays down, loses and mends next to nothing
MATTER = ("collagen", "fibronectin", "net", "debris", "parenchyma", "patency")
# how much may be under way at rest: of a level and of what is bound to sites, on average, since it was first calm; of a mean
# state in a day; of the rates at which cells come and go, of their number besides chance, and of a number in a day
MOVED, LAID, DRIFT, FLOW, NUMBER = 1e-3, 1e-4, 2e-3, 0.2, 0.05
DAY = 24.0
FINE = 2.0**20  # sums of whole numbers do not hang on the order of cells
# of these, at rest, a step more or less comes to the same; the others must have equal times to pass
SETTLES = ("Diffuse", "Perfuse", "Oxygenate", "Collapse", "Angiogenesis", "Regress", "Fuse", "Stage")


@dataclass(frozen=True)
class Resting:
    """How much of its time a liver lives through while nothing happens to it."""

    interval: float = declared(24.0, "h", "At rest, time of which only the beginning, an hour by default, is lived through, the rest left out: the law of a stationary process is the same at any time. 0: never.", 0.0, 8760.0, "assumed; exact for each moment, as counts, states and signals over 28 d of 20 livers and what is seeded after 7 d show", "assumed")  # fmt: skip
    settled: float = declared(24.0, "h", "Time for which nothing may have happened before: cells' states and short-lived cells follow within a day.", 0.0, 8760.0, "assumed", "assumed")  # fmt: skip


SECTION = section("rest", Resting)


class Rest(Process):
    """Say which steps a liver to which nothing happens is not carried through; wake it when something does."""

    stage = "intervene"
    watches = True
    adds = ("cells.age",)
    carries = (
        Carried(
            "seen_at_rest",
            "What was found when it was first calm: levels, and what is bound to sites on average.",
            (
                Column("place", "code", "Place in that list.", whole=True),
                Column("value", "any", "What was found."),
            ),
        ),
    )

    def __init__(self, setting: Setting, begins: Sequence[float | None], seed: Seed):
        self.own, self.seed = setting.read("rest", Resting), seed
        # the days on which interventions begin; None acts from the beginning
        self.begins = min((-np.inf if day is None else DAY * day for day in begins), default=np.inf)
        self.balance = Balance(setting)
        self.lived = 0.0

    def pace(self, others: Sequence[Process], dt: float) -> None:
        """Find how long a stretch must be that all who need equal times live through; 0 where there is none."""
        paced = [own for own in others if not own.watches and own.name not in SETTLES]
        steps = [max(1, round(own.every / dt)) for own in paced]
        whole = max(steps, default=1)
        fits = all(whole % each == 0 for each in steps) and whole * dt < self.own.interval
        self.lived = whole * dt if fits else 0.0

    def step(self, world: World) -> None:
        """Leave this step out, or see to it that it is carried through."""
        clock = world.clock
        if self.lived == 0.0:
            return
        since = (clock.tick - clock.first) % clock.ticks(self.own.interval)
        if clock.asleep:
            calm, stirred = clock.calm, self._stirs(world)
            if since == 0 or stirred:
                world.wake()
            if not stirred:
                clock.calm = calm
        elif since == clock.ticks(self.lived) and self._is_calm(world):
            clock.asleep, clock.since = True, clock.tick

    def _stirs(self, world: World) -> bool:
        """Say whether something comes from outside in this step: an intervention, tumour cells, another level."""
        begun = world.clock.hours + SLACK >= self.begins
        return begun or self.seed.coming(world) > 0 or self._moved_levels(world)

    def _moved_levels(self, world: World) -> bool:
        levels = world.levels["value"]
        return _moved(levels, world.carried["seen_at_rest"]["value"][: len(levels)])

    def _is_calm(self, world: World) -> bool:
        """Say whether nothing is there that could change the liver, nothing has for long enough, and nothing is about to."""
        clock, seen = world.clock, world.carried["seen_at_rest"]
        if self._is_disturbed(world):
            seen.refill(0, {})
            return False
        matter = [np.rint(world.sites[name] * FINE**2).sum() / FINE**2 / world.tissue.n for name in MATTER]
        found, before, n = np.concatenate([_levels(world), matter]), seen["value"], len(matter)
        if not seen.n or _moved(found[:-n], before[:-n]) or (np.abs(found - before)[-n:] > LAID).any():
            seen.refill(len(found), {"place": np.arange(len(found)), "value": found})
            clock.calm = clock.tick
        waited = (clock.tick - clock.calm) * clock.dt >= self.own.settled - SLACK
        return waited and self.balance.holds(world)

    def _is_disturbed(self, world: World) -> bool:
        cells, sites = world.cells, world.sites
        return bool(
            world.clock.hours + SLACK >= self.begins or (cells["kind"] == TUMOUR).any()
            or world.carried[SPROUTS.name].n or (sites["vessel_age"] > 0.0).any() or (cells["alive"] == 0).any()
            or (cells["load"] > 0.0).any()
        )  # fmt: skip


def _levels(world: World) -> np.ndarray:
    """Return all that the liver has but once: its levels, then what processes remember of them."""
    tables = [world.carried[own.name] for own in world.declared if own.over == "run"]
    memory = [table[name] for table in tables for name, column in table.columns.items() if not column.whole]
    return np.concatenate([world.levels["value"], *memory])


def _moved(now: np.ndarray, before: np.ndarray) -> bool:
    # nearly always nothing has, and this is asked in every step that is left out
    return not (now == before).all() and bool((np.abs(now - before) > MOVED * (1.0 + np.abs(before))).any())


class Balance:
    """Know by the rates of cells whether their numbers and states are about to change but by chance."""

    def __init__(self, setting: Setting):
        self.lining = setting.code(setting.the("lining").name)
        self.leave, self.density = setting.per_kind("leave"), setting.per_kind("density")
        self.comes = np.array([kind.recruited for kind in setting.kinds]) & (self.density * self.leave > 0.0)
        self.recruit = setting.columns(*(f"recruit.{kind.name}" for kind in setting.kinds))
        self.lost, self.made = setting.columns("leave", "release_net", "convert"), setting.column("divide")
        states = states_of(setting.kinds)
        self.states = [(own.name, *setting.columns(own.up, own.down)) for own in states]
        self.has = [np.array([own in kind.states for kind in setting.kinds]) for own in states]
        self.kind, self.number, self.rates = np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros((0, 0))

    def holds(self, world: World) -> bool:
        """Say whether cells are as many as at rest, come and go as at rest, and stay in their states."""
        cells = world.cells
        self.kind, self.rates = cells["kind"], world.rates[: cells.n]
        self.number = np.bincount(self.kind, minlength=len(self.leave)).astype(np.float64)
        return self._numbers(world) and self._flows(world) and all(
            np.abs(self._drift(cells[name], up, down, has)).max() <= DRIFT
            for (name, up, down), has in zip(self.states, self.has, strict=True)
        )  # fmt: skip

    def _mean(self, values: np.ndarray) -> np.ndarray:
        """Return the mean of each kind's cells, float64[K]."""
        return (
            np.bincount(self.kind, np.rint(values * FINE), len(self.leave))
            / FINE
            / np.maximum(self.number, 1.0)
        )

    def _numbers(self, world: World) -> bool:
        wanted = self.density * world.tissue.volume
        wanted[self.lining] = world.totals["lined_at_start"]
        return bool((np.abs(self.number - wanted) <= NUMBER * wanted + 4.0 * np.sqrt(wanted + 1.0)).all())

    def _flows(self, world: World) -> bool:
        lined = np.flatnonzero(
            (self.kind == self.lining) & (world.sites["perfused"][world.cells["site"]] > 0.0)
        )
        called = np.rint(self.rates[np.ix_(lined, self.recruit)] * FINE).sum(axis=0) / FINE
        come = called / max(1, world.totals["lined_at_start"])
        net = self._mean(self.rates[:, self.lost].sum(axis=1) - self.rates[:, self.made])
        off = np.abs(net - self.leave) > FLOW * self.leave + NUMBER / DAY
        return not (off & (self.number > 0.0)).any() and bool((np.abs(come - 1.0) <= FLOW)[self.comes].all())

    def _drift(self, state: np.ndarray, up: int, down: int, has: np.ndarray) -> np.ndarray:
        """Return by how much a mean state of each kind is to change within a day."""
        rise, total = self.rates[:, up], self.rates[:, up] + self.rates[:, down]
        moves = has[self.kind] & (total > 0.0)
        target = rise / np.where(moves, total, 1.0)
        return self._mean(np.where(moves, (target - state) * -np.expm1(-DAY * total), 0.0))
