"""Put blood and oxygen on small tissues without cells, and solve the same equations the slow way."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from scipy.optimize import root

from livermet_sim.base.specs import namespace
from livermet_sim.base.units import convert
from livermet_sim.processes.oxygenation import SECTION, Oxygenate
from livermet_sim.state.network import Network
from livermet_sim.state.places import single
from livermet_sim.state.sites import SITE_COLUMNS
from livermet_sim.state.table import Table
from livermet_sim.state.tissue import CENTRAL, PORTAL, Tissue

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
        values = {p.name: p.default for p in SECTION.parameters} | {"tolerance": 1e-7} | own
        sections = {"oxygen": namespace(values), "cells.tumour": SimpleNamespace(oxygen_uptake=tumour_uptake)}
        self.process = Oxygenate(SimpleNamespace(section=sections.__getitem__), tissue.n)
        self.own = sections["oxygen"]
        tumour_at = np.full((2, tissue.n), -1, dtype=np.int64)
        self.world = SimpleNamespace(
            tissue=tissue, network=self.network, sites=sites, compartment=tissue.compartment.copy(), count=lambda: None,
            census=SimpleNamespace(tumour_at=tumour_at, places=single(tissue.n, 2500.0)), clock=SimpleNamespace(due=lambda every: True),
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


def slow_twin(body: Body) -> tuple[np.ndarray, np.ndarray]:
    """Return tension of tissue and of blood, by writing out every balance and leaving the roots to scipy."""
    tissue, net, own = body.tissue, body.network, body.own
    edge, n = own.diffusion * own.solubility * tissue.thickness, tissue.n
    port = np.isin(tissue.compartment, (PORTAL, CENTRAL))
    cells = [int(s) for s in tissue.inside if not port[s]]
    tubes = [s for s in cells if net.vessel[s]]
    flow, brought = net.outflow / 3600.0, body.inlet()

    def unpack(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        oxygen, blood = np.zeros(n), np.zeros(n)
        oxygen[cells], blood[tubes] = x[: len(cells)], x[len(cells) : len(cells) + len(tubes)]
        oxygen[port] = blood[port] = x[len(cells) + len(tubes) :][net.ports.of[port]]
        return oxygen, blood

    def balance(x: np.ndarray) -> np.ndarray:
        oxygen, blood = unpack(x)
        held, out = body.content(blood), []
        for s in cells:
            sides = [t for t in tissue.neighbours[s, :4] if t >= 0]
            gain = sum(edge * (oxygen[t] - oxygen[s]) for t in sides)
            gain += body.state["exchange"][s] * (blood[s] - oxygen[s])
            out.append(gain - body.state["uptake"][s] * oxygen[s] / (abs(oxygen[s]) + own.michaelis))
        for s in tubes:
            entering = [(-flow[s, k], t) for k, t in enumerate(tissue.neighbours[s]) if flow[s, k] < 0]
            gain = sum(q * (held[t] - held[s]) for q, t in entering)
            out.append(gain - body.state["exchange"][s] * (blood[s] - oxygen[s]))
        for p in range(net.ports.number):
            sites = [int(s) for s in np.flatnonzero(net.ports.of == p)]
            gain = max(net.ports.supply[p], 0.0) / 3600.0 * (brought[p] - held[sites[0]])
            for s in sites:
                for k, t in enumerate(tissue.neighbours[s]):
                    if flow[s, k] < 0:
                        gain -= flow[s, k] * (held[t] - held[s])
                    if k < 4 and t >= 0 and net.ports.of[t] != p:
                        gain += edge * (oxygen[t] - oxygen[s])
            out.append(gain)
        return np.array(out)

    start = np.full(len(cells) + len(tubes) + net.ports.number, 40.0)
    found = root(balance, start, method="hybr", options={"xtol": 1e-12, "maxfev": 100000})
    assert np.abs(balance(found.x)).max() < 1e-6, found.message
    return unpack(found.x)
