"""Lay down from outside, once, what is bound to sites: collagen, fibronectin, traps, debris."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from livermet_sim.base.specs import declared
from livermet_sim.interventions.intervention import Once, choice, days, start
from livermet_sim.interventions.levers import Words
from livermet_sim.interventions.made import Table, made
from livermet_sim.interventions.zone import WHOLE, Zone, check_zone, keys_of, sites_of, zone_from, zone_to
from livermet_sim.kernels.codes import SINUSOID
from livermet_sim.processes.setting import Setting
from livermet_sim.state.world import World

MATRIX = ("collagen", "fibronectin", "net", "debris")
_FILLS_UP = ("collagen", "fibronectin")


def add_matrix(matrix: str, amount: float = 0.5, at: object = 0, zone: Zone = WHOLE) -> Table:
    """Lay matrix down, once.

    Parameters
    ----------
    matrix : str
        ``"collagen"``, ``"fibronectin"``, ``"net"`` (traps) or ``"debris"``.
    amount : float, relative
        How much at each site; collagen and fibronectin fill a site up at 1.
    at : str, time
        When, such as ``"6 h"``.
    zone : pair of float
        Where, from the portal tract (0) to the central vein (1).

    Raises
    ------
    ScenarioError
        For an unknown name, an impossible value, or a time without a unit.
    """
    return made(AddMatrix, matrix=matrix, amount=amount, at=at, **keys_of(zone))


@dataclass(frozen=True, eq=False)
class AddMatrix(Once):
    """Lay down collagen, fibronectin, traps or debris, once."""

    action: ClassVar[str] = "add_matrix"
    called: ClassVar[str] = "lay down matrix"
    scales: ClassVar[tuple[str, ...]] = ("amount",)
    adds: ClassVar[tuple[str, ...]] = tuple(f"sites.{name}" for name in MATRIX)
    matrix: str
    start: float = start()
    amount: float = declared(0.5, "1", "How much at each site; collagen and fibronectin fill up at 1.", 0.0, 100.0)  # fmt: skip
    zone_from: float = zone_from()
    zone_to: float = zone_to()

    def said(self) -> str:
        """Return it as a reader would say it."""
        return f"lay down {self.amount:g} of {self.matrix} {days(self.start)}"

    @classmethod
    def choices(cls, key: str, texts: Mapping[str, str], words: Words) -> Sequence[str]:
        """Return what can be laid down."""
        return MATRIX

    def checked(self, place: str, words: Words) -> Self:
        """Return it; the matrix must be one that there is."""
        choice(self.matrix, MATRIX, f"{place}.matrix")
        check_zone((self.zone_from, self.zone_to), place)
        return self

    def act(self, world: World, number: int, setting: Setting) -> None:
        """Lay it down."""
        sites, laid = sites_of(world, (self.zone_from, self.zone_to)), world.sites[self.matrix]
        if self.matrix == "net":
            sites = sites[world.compartment[sites] == SINUSOID]
        amount = laid[sites] + self.amount
        laid[sites] = np.minimum(1.0, amount) if self.matrix in _FILLS_UP else amount
