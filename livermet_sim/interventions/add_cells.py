"""Bring cells in from outside, once: adoptive transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from livermet_sim.base.errors import ScenarioError
from livermet_sim.base.specs import declared
from livermet_sim.interventions.intervention import Once, choice, days, start
from livermet_sim.interventions.levers import Words
from livermet_sim.interventions.made import Table, made
from livermet_sim.kernels.codes import ADDED, APTITUDE, LUMEN, PARENCHYMA, SINUSOID, TISSUE
from livermet_sim.kernels.rng import child_keys, draws
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

WHERE = ("vessel", "portal", "tissue")
PERIPORTAL = 1 / 3
_NEVER = ("blood", "segment")  # habitats whose cells come by themselves


def add_cells(
    target: str, number: int = 0, density: object = 0, at: object = 0, where: str = "vessel"
) -> Table:
    """Bring cells in, once: adoptive transfer.

    Parameters
    ----------
    target : str
        A kind of cell, such as ``"nk"``.
    number : int, cells
        How many; or give their density.
    density : str or number, /mm3
        How many per volume of liver.
    at : str, time
        When, such as ``"6 h"``.
    where : str
        ``"vessel"``, its ``"portal"`` third, or the ``"tissue"``.

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return made(AddCells, target=target, number=number, density=density, at=at, where=where)


@dataclass(frozen=True, eq=False)
class AddCells(Once):
    """Bring cells of a kind in, once."""

    action: ClassVar[str] = "add_cells"
    called: ClassVar[str] = "bring cells in"
    scales: ClassVar[tuple[str, ...]] = ("density",)
    writes: ClassVar[tuple[str, ...]] = ("cells[treated]",)
    adds: ClassVar[tuple[str, ...]] = ("segments",)
    target: str
    where: str = "vessel"
    start: float = start()
    number: int = declared(0, "cells", "How many; or give their density.", 0, 1_000_000)
    density: float = declared(0.0, "/mm3", "How many per volume of liver.", 0.0, 1e6)

    def said(self) -> str:
        """Return it as a reader would say it."""
        many = f"{self.number}" if self.number else f"{self.density:g} /mm3"
        return f"bring in {many} {self.target} cells {days(self.start)}"

    @classmethod
    def choices(cls, key: str, texts: Mapping[str, str], words: Words) -> Sequence[str]:
        """Return the kinds that can be added, or the places."""
        if key == "where":
            return WHERE
        return tuple(name for name in words.aims() if words.kinds[name].habitat not in _NEVER)

    def checked(self, place: str, words: Words) -> Self:
        """Return it; the kind must be one that can be added, at a place that there is."""
        words.kind(self.target, f"{place}.target")
        choice(self.where, WHERE, f"{place}.where")
        kind = words.kinds[self.target]
        if kind.habitat in _NEVER:
            blood = kind.habitat == "blood"
            how = "tumour cells enter by [seeding]" if blood else "each lsec belongs to its own vessel"
            raise ScenarioError(f"{place}.target", f"{kind.name} cells cannot be added; {how}")
        if (self.number > 0) == (self.density > 0):
            raise ScenarioError(f"{place}.number", "say how many cells, by their number or by their density")
        return self

    def act(self, world: World, number: int, setting: Setting) -> None:
        """Put cells at drawn places; the first ones are the same however many there are."""
        many = round(self.number or self.density * world.tissue.volume)
        places = _places(world, self.where)
        if not many or not len(places):
            return
        seed, purpose = world.seed, ADDED + (number << 16)
        keys = child_keys(seed, purpose, 0, np.arange(many))
        at = (draws(seed, ADDED, 1, keys) * len(places)).astype(np.int64)
        code = setting.code(self.target)
        world.add_cells(
            many, kind=code, site=places[at], key=keys,
            layer=TISSUE if self.where == "tissue" else LUMEN, born=world.clock.tick,
            diameter=setting.per_kind("diameter", 8.0)[code], aptitude=draws(seed, APTITUDE, 0, keys),
        )  # fmt: skip


def _places(world: World, where: str) -> np.ndarray:
    """Return the sites that new cells may take, in an order drawn from the seed."""
    if where == "tissue":
        sites = np.flatnonzero(world.compartment == PARENCHYMA)
    else:
        sites = np.flatnonzero((world.compartment == SINUSOID) & (world.sites["perfused"] > 0))
        if where == "portal":
            sites = sites[world.tissue.zone[sites] <= PERIPORTAL]
    return sites[np.argsort(draws(world.seed, ADDED, 0, sites), kind="stable")]
