"""Keep the vessels of a tissue as a graph, with its pressures and flows; vessels come and go."""

from __future__ import annotations

import numpy as np

from livermet_sim.base.errors import TissueError
from livermet_sim.kernels import flow
from livermet_sim.state.tissue import CENTRAL, PORTAL, SINUSOID, Tissue

INLET, OUTLET = 5.7, 4.7
LEAST_PATENCY = 1e-6
CLASS_WIDTH = 2.0


class Network:
    """Hold tubes between neighbouring vessel sites; blood runs from portal to central sites.

    A tube is two half tubes in series, one of each site's diameter, so its conductance is that of the
    diameter d with d^-4 = (d1^-4 + d2^-4) / 2: pi d^4 / (128 viscosity length), times the smaller patency
    of its two sites, never below 1e-6. Portal sites are held at 5.7 and central sites at 4.7 mmHg
    (terminal portal and initial hepatic venules of the rabbit, Maass-Moreno & Rothe 1997).

    Attributes
    ----------
    vessel : bool[n]
        Sites that carry a tube.
    patency : float64[n]
        Share of a site's conductance left by arrested cells and compression; write it, then ``solve``.
    diameter : float64[n], um
    pressure, throughput, speed, shear : float64[n], mmHg, um3/h, um/s, dyn/cm2
        Results at vessel sites, 0 elsewhere; throughput is the larger of inflow and outflow.
    outflow : float64[n, 8], um3/h
        Flow to each of ``tissue.neighbours``, positive when leaving.
    """

    def __init__(
        self,
        tissue: Tissue,
        viscosity: float,
        *,
        inlet_pressure: float = INLET,
        outlet_pressure: float = OUTLET,
    ):
        n = tissue.n
        self.tissue, self.viscosity = tissue, viscosity
        self._given = np.isin(tissue.compartment, (PORTAL, CENTRAL))
        self._nodes = np.zeros(0, dtype=np.int64)
        self.vessel = np.isin(tissue.compartment, (PORTAL, SINUSOID, CENTRAL))
        self.patency = np.ones(n)
        self.diameter = np.where(self.vessel, tissue.diameter, 0.0)
        self.pressure = np.where(self.vessel, 0.5 * (inlet_pressure + outlet_pressure), 0.0)
        self.pressure[tissue.compartment == PORTAL] = inlet_pressure
        self.pressure[tissue.compartment == CENTRAL] = outlet_pressure
        self.throughput, self.speed, self.shear = np.zeros(n), np.zeros(n), np.zeros(n)
        self.outflow = np.zeros(tissue.neighbours.shape)
        self.edges = tissue.edges.astype(np.int32).reshape(-1, 2)
        power = self.diameter[self.edges] ** 4
        if np.any(power <= 0.0):
            raise TissueError("tissue", "a vessel site has no diameter; every tube needs one, above 0 um")
        self._power = 2.0 / (1.0 / power).sum(axis=1)
        self._fresh = 0.5 * (inlet_pressure + outlet_pressure)
        self._rebuild()
        self._medians = np.zeros(0)

    @classmethod
    def from_tissue(cls, tissue: Tissue, viscosity: float) -> Network:
        """Build the network of a tissue; ``viscosity`` is in mmHg h (3 mPa s = 6.25e-9 mmHg h)."""
        return cls(tissue, viscosity)

    @property
    def inflow(self) -> float:
        """Return the blood that enters at the portal sites, um3/h."""
        return float(self.outflow[self.tissue.compartment == PORTAL].sum())

    def solve(self, tolerance: float = 1e-6, most: int = 2000) -> int:
        """Bring pressures and flows up to date with patency and vessels; return the iterations needed.

        ``tolerance`` is the largest imbalance of a node over the mean throughput of the nodes.
        """
        near, far = self._ends
        patency = np.maximum(np.minimum(self.patency[near], self.patency[far]), LEAST_PATENCY)
        edges = len(self.edges)
        conductance = np.zeros(edges + len(self._steps))
        conductance[:edges] = self._conductance * patency
        pressure = self.pressure[self._nodes]
        flow.join(self._steps, conductance)
        forks = pressure[self._forks]
        count = flow.solve(*self._reduced, conductance, self._free[self._forks], forks, tolerance, most)
        pressure[self._forks] = forks
        flow.fill(self._steps, conductance, pressure)
        graph = (self._first, self._other, self._edge)
        self.pressure[self._nodes] = pressure
        flow.distribute(
            *graph, self._slot, conductance, pressure, self._nodes, self.diameter[self._nodes],
            self.viscosity, self.outflow, self.throughput, self.speed, self.shear,
        )  # fmt: skip
        return count

    def add_edges(self, pairs: np.ndarray, diameters: np.ndarray) -> None:
        """Join pairs of neighbouring sites by tubes; sites new to the network become vessel sites.

        Parameters
        ----------
        pairs : int[k, 2]
            Sites; a pair that is joined already stays as it is.
        diameters : float[k], um
            Diameter of each tube, and of the sites that are new.

        Raises
        ------
        TissueError
            When two sites are not neighbours or a diameter is not above 0.
        """
        pairs = np.sort(np.asarray(pairs, dtype=np.int32).reshape(-1, 2), axis=1)
        diameters = np.broadcast_to(np.asarray(diameters, dtype=np.float64), len(pairs))
        if not np.all(diameters > 0.0):
            raise TissueError(
                "network", f"a tube {diameters.min():g} um wide is impossible; it must be above 0 um"
            )
        self._slots(pairs)
        new = ~self.vessel[pairs]
        for end in range(2):
            sites = pairs[new[:, end], end]
            # the widest of several tubes, whatever their order
            np.maximum.at(self.diameter, sites, diameters[new[:, end]])
            self.pressure[sites] = self._fresh
        self.vessel[pairs] = True
        merged = np.concatenate([self.edges, pairs])
        power = np.concatenate([self._power, diameters**4])
        _, kept = np.unique(merged.astype(np.int64) @ [self.tissue.n, 1], return_index=True)
        self.edges, self._power = merged[kept], power[kept]
        self._rebuild()

    def widen(self, sites: np.ndarray, diameters: np.ndarray) -> None:
        """Give vessel sites new diameters, float64[k] um; the tubes at them follow."""
        self.diameter[sites] = diameters
        changed = np.zeros(self.tissue.n, dtype=np.bool_)
        changed[sites] = True
        tubes = np.flatnonzero(changed[self.edges].any(axis=1))
        power = self.diameter[self.edges[tubes]] ** 4
        former = self._power[tubes]
        self._power[tubes] = 2.0 / (1.0 / power).sum(axis=1)
        self._conductance[tubes] *= self._power[tubes] / former

    def lacks(self, pairs: np.ndarray) -> bool:
        """Say whether any of the pairs of sites, int[k, 2], is not joined by a tube yet."""
        code = np.sort(pairs, axis=1).astype(np.int64) @ [self.tissue.n, 1]
        return not np.isin(code, self.edges.astype(np.int64) @ [self.tissue.n, 1]).all()

    def remove_nodes(self, sites: np.ndarray) -> None:
        """Take vessel sites away with all their tubes."""
        gone = np.zeros(self.tissue.n, dtype=np.bool_)
        gone[np.asarray(sites, dtype=np.int64)] = True
        self.vessel &= ~gone
        for values in (self.diameter, self.pressure):
            values[gone] = 0.0
        kept = ~gone[self.edges].any(axis=1)
        self.edges, self._power = self.edges[kept], self._power[kept]
        self._rebuild()

    def set_reference(self) -> None:
        """Remember the present flow as healthy: the median throughput of each diameter class."""
        flowing = self.vessel & ~self._given & (self.throughput > 0.0)
        classes = (self.diameter[flowing] / CLASS_WIDTH).astype(np.int64)
        if len(classes) == 0:
            raise TissueError("network", "no blood flows; there is no healthy flow to compare with")
        present = np.unique(classes)
        medians = np.array([np.median(self.throughput[flowing][classes == c]) for c in present])
        # a class that healthy liver lacks takes the nearest one's median
        nearest = np.abs(np.arange(present[-1] + 1)[:, None] - present).argmin(axis=1)
        self._medians = medians[nearest]

    def perfused(self, fraction: float = 0.05) -> np.ndarray:
        """Return bool[n]: sites with more than ``fraction`` of their class's healthy median throughput.

        Classes of diameter are 2 um wide. Portal and central sites always count as perfused.
        """
        if len(self._medians) == 0:
            self.set_reference()
        nodes, found = self._nodes, np.zeros(self.tissue.n, dtype=np.bool_)
        classes = np.minimum((self.diameter[nodes] / CLASS_WIDTH).astype(np.int64), len(self._medians) - 1)
        found[nodes] = self._given[nodes] | (self.throughput[nodes] > fraction * self._medians[classes])
        return found

    def _slots(self, pairs: np.ndarray) -> np.ndarray:
        """Return which neighbour of its first site the second site of each pair is."""
        match = self.tissue.neighbours[pairs[:, 0]] == pairs[:, 1:]
        if not match.any(axis=1).all():
            a, b = pairs[np.flatnonzero(~match.any(axis=1))[0]]
            raise TissueError("network", f"sites {a} and {b} are not neighbours, no tube can join them")
        return match.argmax(axis=1).astype(np.int32)

    def _rebuild(self) -> None:
        """Lay out nodes and edges for the kernels; blood that nothing feeds comes to rest."""
        for values in (self.outflow, self.throughput, self.speed, self.shear):
            values[self._nodes] = 0.0
        self._nodes = np.flatnonzero(self.vessel)
        n, e = len(self._nodes), len(self.edges)
        number = np.zeros(self.tissue.n, dtype=np.int32)
        number[self._nodes] = np.arange(n, dtype=np.int32)
        slot = self._slots(self.edges)
        length = self.tissue.lattice.length[slot]
        self._conductance = np.pi * self._power / (128.0 * self.viscosity * length)
        ends = number[self.edges]
        near = np.concatenate([ends[:, 0], ends[:, 1]])
        far = np.concatenate([ends[:, 1], ends[:, 0]])
        self._first, _, self._other, self._edge, order = _lists(near, far, np.tile(np.arange(e), 2), n)
        self._slot = np.concatenate([slot, self.tissue.lattice.back[slot]])[order]
        fixed, part = self._given[self._nodes], np.empty(n, dtype=np.int32)
        parts = flow.parts(self._first, self._other, part)
        fed = np.bincount(part, weights=fixed, minlength=parts) > 0
        self._free = fed[part] & ~fixed
        mean = np.bincount(part, weights=self.pressure[self._nodes], minlength=parts) / np.bincount(part)
        rest = ~fed[part]
        self.pressure[self._nodes[rest]] = mean[part[rest]]
        self._ends = np.ascontiguousarray(self.edges.T)
        self._contract(ends)

    def _contract(self, ends: np.ndarray) -> None:
        """Find the forks, which alone have to be solved for, and how to eliminate all other nodes."""
        n, e = len(self._nodes), len(ends)
        grown = np.full((e + n, 2), -1, dtype=np.int32)
        grown[:e] = ends
        most = self.tissue.neighbours.shape[1]
        incident, steps = np.zeros((n, most), dtype=np.int32), np.zeros((n, 6), dtype=np.int32)
        degree, stack = np.zeros(n, dtype=np.int32), np.zeros((most + 1) * n, dtype=np.int32)
        done = flow.contract(grown, e, self._first, self._edge, self._free, incident, degree, steps, stack)
        self._steps = steps[:done]
        left = np.ones(n, dtype=np.bool_)
        left[self._steps[:, 0]] = False
        self._forks = np.flatnonzero(left)
        number = np.cumsum(left) - 1
        kept = np.flatnonzero(grown[:, 0] >= 0)
        a, b = number[grown[kept]].T.astype(np.int32)
        near, far = np.concatenate([a, b]), np.concatenate([b, a])
        self._reduced = _lists(near, far, np.tile(kept, 2), len(self._forks))[:4]


def _lists(near: np.ndarray, far: np.ndarray, edge: np.ndarray, n: int) -> tuple[np.ndarray, ...]:
    """Return each node's list of edges as ``flow.solve`` takes them, and the order that sorts them."""
    first, upper, order = flow.sort_ends(near, far, n)
    return first, upper, far[order], edge[order].astype(np.int32), order
