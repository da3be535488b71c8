"""Put blood and oxygen on small tissues without cells."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from livermet_sim.base.units import convert
from livermet_sim.processes.oxygenation import Oxygen, Oxygenate
from livermet_sim.state.clock import Clock
from livermet_sim.state.network import Network
from livermet_sim.state.places import single
from livermet_sim.state.sites import SITE_COLUMNS
from livermet_sim.state.table import Table
from livermet_sim.state.tissue import Tissue

PLASMA = convert("1.2 mPa s", "mmHg h")


class Body:
    """Hold a tissue, its blood and its oxygen; all hepatocytes live, and no tumour is there."""

    def __init__(
        self,
        tissue: Tissue,
        tumour_uptake: float = 2.5e-4,
        upstream: float = 0.0,
        downstream: float = 0.0,
        **own: float,
    ):
        self.tissue = tissue
        self.network = Network(tissue, PLASMA, upstream=upstream, downstream=downstream)
        self.network.solve(1e-12)
        self.network.set_reference()
        self.network.ports.arterial = np.full(self.network.ports.number, 0.25)
        sites = Table(SITE_COLUMNS, tissue.n)
        sites.append(tissue.n)
        sites["oxygen"][tissue.inside], sites["parenchyma"][:] = 40.0, 1.0
        values: dict[str, Any] = {"tolerance": 1e-7, **own}
        self.own = Oxygen(**values)
        setting: Any = SimpleNamespace(
            read=lambda section, kind: self.own, cell=lambda kind, name: tumour_uptake
        )
        self.process = Oxygenate(setting, tissue.n)
        tumour_at = np.full((2, tissue.n), -1, dtype=np.int32)
        self.world: Any = SimpleNamespace(
            tissue=tissue, network=self.network, sites=sites, compartment=tissue.compartment.copy(), count=lambda: None,
            census=SimpleNamespace(tumour_at=tumour_at, places=single(tissue.n, 2500.0)), clock=Clock(0.25),
            level=lambda *names: np.array([self.process.levels()[name] for name in names]),
        )  # fmt: skip
        rows = {"site": tissue.n, "port": self.network.ports.number, "run": 1}
        self.world.carried = {own.name: own.table(rows[own.over]) for own in Oxygenate.carries}
        self.state = self.world.carried["oxygen"]

    def settle(self, flow: bool = True) -> Body:
        """Solve flow, unless it stands, and oxygen."""
        if flow:
            self.network.solve(1e-10)
        self.process.step(self.world)
        return self

    def wake(self) -> None:
        """Let the next solution begin with every site."""
        self.process._wake_all()
        self.process._keep(self.world)

    def wake_all(self) -> None:
        """Let the next solution look at every place."""
        self.process._prepare(self.world)
        self.process._wake_all()
        self.process._keep(self.world)

    @property
    def oxygen(self) -> np.ndarray:
        return self.world.sites["oxygen"]

    @property
    def blood(self) -> np.ndarray:
        return self.world.sites["blood_oxygen"]

    def content(self, tension: np.ndarray) -> np.ndarray:
        """Return the content of blood, written out anew."""
        own, p = self.own, np.maximum(tension, 0.0)
        return (
            own.capacity * p**own.hill / (own.half_saturation**own.hill + p**own.hill)
            + own.solubility * tension
        )

    def inlet(self) -> np.ndarray:
        """Return the content of what enters each port."""
        full = self.content(np.array([self.own.portal_tension, self.own.arterial_tension]))
        return full[0] + (full[1] - full[0]) * self.network.ports.arterial

    def lost(self) -> float:
        """Return what the balance of oxygen misses, over what is used, where blood brings enough of it."""
        b = self.process.balance(self.world)
        return abs(b.brought - b.left - b.used) / max(
            b.used, 0.01 * b.brought, 0.1 * self.state["uptake"].sum()
        )
