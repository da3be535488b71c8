"""Solve oxygen in tissue and blood the slow way: every balance written out, the roots left to scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import root

from livermet_sim.state.tissue import CENTRAL, PORTAL
from livermet_sim.verification.worlds.bodies import Body


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
    options: Any = {"xtol": 1e-12, "maxfev": 100_000}
    found = root(balance, start, method="hybr", options=options)
    assert np.abs(balance(found.x)).max() < 1e-6, found.message
    return unpack(found.x)
