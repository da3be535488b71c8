"""Keep the vessels of a tissue as a graph, with its pressures and flows; vessels come and go."""

from __future__ import annotations

import numpy as np

from livermet_sim.base import threads
from livermet_sim.base.errors import TissueError
from livermet_sim.base.types import Wholes
from livermet_sim.kernels import flow
from livermet_sim.kernels.rheology import relative_viscosity
from livermet_sim.state.forks import STEPS, Forks, lists
from livermet_sim.state.ports import Ports
from livermet_sim.state.tissue import SINUSOID, Tissue

INLET, OUTLET = 5.7, 4.7
HAEMATOCRIT = 0.30
LEAST_PATENCY = 1e-6
CLASS_WIDTH = 2.0
WHOLE = 0.95  # share of its first tubes above which a wide graph is solved step by step


class Network:
    """Hold tubes between neighbouring vessel sites; blood runs from portal tracts to central veins.

    A tube is two half tubes in series, each with the diameter d of its site and the viscosity that blood has in
    living vessels of that width, so a half has the resistance 128 viscosity (length / 2) / (pi d^4). The tube's
    conductance is multiplied by the smaller patency of its two sites, never below 1e-6.

    In health, portal tracts stand at 5.7 and central veins at 4.7 mmHg (terminal portal and initial hepatic
    venules of the rabbit, Maass-Moreno & Rothe 1997). Once that state is known (``set_reference``), tracts and
    veins hang on vessels outside the tissue that lose ``upstream`` and ``downstream`` in health. So plugging some
    tubes raises the pressure across the others.

    Parameters
    ----------
    tissue : Tissue
    plasma : float, mmHg h
        Viscosity of plasma (1.2 mPa s = 2.5e-9 mmHg h).
    haematocrit : float
        That of the blood in sinusoids.
    inlet_pressure, outlet_pressure, upstream, downstream : float, mmHg

    Attributes
    ----------
    vessel : bool[n]
        Sites that carry a tube.
    fed : bool[n]
        Vessel sites that tubes join to a portal tract or a central vein, so that they have its blood's pressure.
    patency : float64[n]
        Share of a site's conductance left by arrested cells and compression; write it, then ``solve``.
    driving : float
        Pressure difference between the vessels outside over the healthy one; all flow is proportional to it.
    ports : Ports
        Portal tracts and central veins.
    diameter, viscosity, wall : float64[n], um, mmHg h, um
        Of the tube at a site; ``wall`` is half the length of all tubes that end there.
    pressure, throughput, speed, shear : float64[n], mmHg, um3/h, um/s, dyn/cm2
        Results at vessel sites, 0 elsewhere; throughput is the larger of inflow and outflow.
    outflow : float64[n, 8], um3/h
        Flow to each of ``tissue.neighbours``, positive when leaving.
    solved : int
        How often flow has been solved.
    stale : bool
        Whether tubes came or went since the tissue was last told of its flow; who tells it says so.
    """

    def __init__(
        self,
        tissue: Tissue,
        plasma: float,
        haematocrit: float = HAEMATOCRIT,
        *,
        inlet_pressure: float = INLET,
        outlet_pressure: float = OUTLET,
        upstream: float = 0.0,
        downstream: float = 0.0,
    ):
        n = tissue.n
        self.tissue, self.plasma, self.haematocrit = tissue, plasma, haematocrit
        self.ports, self.driving, self.solved = Ports(tissue), 1.0, 0
        self.stale = True
        self.given, self.upstream, self.downstream = (inlet_pressure, outlet_pressure), upstream, downstream
        self._port = self.ports.of >= 0
        self._nodes = np.zeros(0, dtype=np.int64)
        self._forks: Forks | None = None
        self.vessel = self._port | (tissue.compartment == SINUSOID)
        self.patency = np.ones(n)
        self.diameter = np.where(self.vessel, tissue.diameter, 0.0)
        self._fresh = 0.5 * (inlet_pressure + outlet_pressure)
        # pressures as they would be at full driving pressure
        self.level = np.where(self.vessel, self._fresh, 0.0)
        self.port_level = np.where(self.ports.portal, inlet_pressure, outlet_pressure)
        self.pressure, self.throughput, self.speed, self.shear = np.zeros((4, n))
        self.fed = np.zeros(n, dtype=np.bool_)
        self.viscosity, self.wall, self.outflow = np.zeros(n), np.zeros(n), np.zeros(tissue.neighbours.shape)
        self.edges = tissue.edges.astype(np.int32).reshape(-1, 2)
        if np.any(self.diameter[self.edges] <= 0.0):
            raise TissueError("tissue", "a vessel site has no diameter; every tube needs one, above 0 um")
        self.fluidity = self._in_series(self.edges)
        self.lay_out()
        self.ports.inlets[:] = self.ports.sum((self.wall > 0.0).astype(np.float64))
        self.medians = np.zeros(0)

    @property
    def inflow(self) -> float:
        """Return the blood that enters at the portal sites, um3/h."""
        return float(self.ports.supply[self.ports.portal].sum())

    @property
    def volume(self) -> np.ndarray:
        """Return the blood in the tubes at each site, float64[n] um3; of a port's sites all is blood."""
        tubes = 0.25 * np.pi * self.diameter**2 * self.wall
        return np.where(self._port, self.tissue.site**2 * self.tissue.thickness, tubes)

    def solve(self, tolerance: float = 1e-6, most: int = STEPS) -> int:
        """Bring pressures and flows up to date with patency, ports and vessels; return the iterations needed.

        These, and ``tolerance``, the largest imbalance of a node over the mean throughput of the nodes, are those of a
        wide tissue; where ``most`` do not suffice, and in any other tissue, the solution is exact.
        """
        if self._forks is None:
            graph = (self._nodes, self._first, self._edge, self._free, self._ends_by_node)
            self._forks = Forks(self.tissue, self.ports, *graph)
        own, level = self._forks, self.level
        conductance = self._conductances(len(own.steps))
        flow.join(own.steps, conductance)
        known = (self.ports.resting > 0.0) & (np.where(self.ports.portal, self.upstream, self.downstream) > 0)
        free = np.concatenate([self._free[own.inner], known, [False, False]])
        inner = self._nodes[own.inner]
        forks = np.concatenate([level[inner], self.port_level, self._outside])
        whole = len(self.edges) > WHOLE * len(self.tissue.edges)
        count = own.relax(conductance, free, forks, tolerance, most if whole else 0)
        level[inner], self.port_level = forks[: len(inner)], forks[len(inner) : -2]
        level[self._port] = np.where(self.vessel[self._port], self.port_level[self.ports.of[self._port]], 0.0)
        pressure = level[self._nodes]
        flow.fill(own.steps, conductance, pressure)
        level[self._nodes] = pressure
        self._distribute(conductance, pressure)
        self.solved += 1
        return count

    @property
    def _outside(self) -> np.ndarray:
        """Return the pressures in the vessels that feed and drain the tissue."""
        return np.array([self.given[0] + self.upstream, self.given[1] - self.downstream])

    def _conductances(self, joined: int) -> np.ndarray:
        """Return those of the tubes, room for so many in series, then those of the ports' vessels outside."""
        near, far = self._ends
        patency = np.maximum(np.minimum(self.patency[near], self.patency[far]), LEAST_PATENCY)
        room = np.zeros(joined)
        ports = self.ports.conductance(self.upstream, self.given[0] - self.given[1], self.downstream)
        return np.concatenate([self.conductance * patency, room, ports])

    def _distribute(self, conductance: np.ndarray, level: np.ndarray) -> None:
        nodes, drain = self._nodes, self._outside[1]
        # blood stands still where nothing drives it, to the last bit
        self.pressure[nodes] = level if self.driving == 1.0 else drain + self.driving * (level - drain)
        edges, driven = (self._first, self._other, self._edge, self._slot), conductance * self.driving
        tubes = nodes, self.diameter[nodes], self.viscosity[nodes]
        passing = self.throughput, self.speed, self.shear
        threads.over(
            len(nodes),
            self.tissue.n,
            lambda own: flow.distribute(
                own.start, own.stop, edges, driven, level, tubes, self.outflow, passing
            ),
        )
        ports = self.ports
        ports.supply = np.bincount(
            ports.of[ports.member], self.outflow[ports.member].sum(axis=1), ports.number
        ).astype(np.float64)

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
        slots = self._slots(pairs)
        new = ~self.vessel[pairs]
        for end in range(2):
            sites = pairs[new[:, end], end]
            # the widest of several tubes, whatever their order
            np.maximum.at(self.diameter, sites, diameters[new[:, end]])
            self.level[sites] = self._fresh
        self.vessel[pairs] = True
        merged = np.concatenate([self.edges, pairs])
        fluidity = np.concatenate([self.fluidity, self._fluid(diameters)])
        _, kept = np.unique(self._code(merged), return_index=True)
        self.edges, self.fluidity = merged[kept], fluidity[kept]
        self.lay_out(np.concatenate([self._edge_slot, slots])[kept])

    def widen(self, sites: np.ndarray, diameters: np.ndarray) -> None:
        """Give vessel sites new diameters, float64[k] um; the tubes at them follow."""
        self.diameter[sites] = diameters
        self.viscosity[sites] = self.plasma * relative_viscosity(self.diameter[sites], self.haematocrit)
        tubes = self.ends_at(sites)
        former = self.fluidity[tubes]
        self.fluidity[tubes] = self._in_series(self.edges[tubes])
        self.conductance[tubes] *= self.fluidity[tubes] / former

    def _fluid(self, diameter: np.ndarray) -> np.ndarray:
        """Return d^4 over viscosity, to which the conductance of a tube is proportional."""
        return diameter**4 / (self.plasma * relative_viscosity(diameter, self.haematocrit))

    def _in_series(self, edges: np.ndarray) -> np.ndarray:
        """Return d^4 over viscosity of the tubes whose halves have the diameters of their sites."""
        return 2.0 / (1.0 / self._fluid(self.diameter[edges])).sum(axis=1)

    def lacks(self, pairs: np.ndarray) -> bool:
        """Say whether any of the pairs of sites, int[k, 2], is not joined by a tube yet."""
        near, far = self._among(pairs)
        return not np.isin(self._code(np.sort(pairs, axis=1)), self._code(self.edges[near & far])).all()

    def _code(self, pairs: np.ndarray) -> np.ndarray:
        """Return one number for each pair of sites, int64[k], by which they are sorted."""
        return pairs[:, 0].astype(np.int64) * self.tissue.n + pairs[:, 1]

    def _among(self, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Say of both ends of every tube whether it is one of some sites, bool[e] each."""
        mine = np.zeros(self.tissue.n, dtype=np.bool_)
        mine[sites] = True
        return mine[self.edges[:, 0]], mine[self.edges[:, 1]]

    def ends_at(self, sites: np.ndarray) -> np.ndarray:
        """Return the tubes that end at one of some sites at least, int64[k]."""
        near, far = self._among(sites)
        return np.flatnonzero(near | far)

    def remove_nodes(self, sites: np.ndarray) -> None:
        """Take vessel sites away with all their tubes."""
        sites = np.asarray(sites, dtype=np.int64)
        self.vessel[sites] = False
        for values in (self.diameter, self.pressure, self.level):
            values[sites] = 0.0
        near, far = self._among(sites)
        kept = np.flatnonzero(~(near | far))
        self.edges, self.fluidity = self.edges[kept], self.fluidity[kept]
        self.lay_out(self._edge_slot[kept])

    def set_reference(self) -> None:
        """Remember the present flow as healthy: the median of each diameter class, and what each port lets through."""
        flowing = self.vessel & ~self._port & (self.throughput > 0.0)
        classes: Wholes = (self.diameter[flowing] / CLASS_WIDTH).astype(np.int64)
        if len(classes) == 0:
            raise TissueError("network", "no blood flows; there is no healthy flow to compare with")
        present = np.unique(classes)
        medians = np.array([np.median(self.throughput[flowing][classes == c]) for c in present])
        # a class that healthy liver lacks takes the nearest one's median
        nearest = np.abs(np.arange(int(present[-1]) + 1)[:, None] - present).argmin(axis=1)
        self.medians = medians[nearest]
        self.ports.resting = np.abs(self.ports.supply)

    def perfused(self, fraction: float = 0.05) -> np.ndarray:
        """Return bool[n]: sites with more than ``fraction`` of their class's healthy median throughput.

        Classes of diameter are 2 um wide. Portal and central sites always count as perfused.
        """
        if len(self.medians) == 0:
            self.set_reference()
        nodes, found = self._nodes, np.zeros(self.tissue.n, dtype=np.bool_)
        classes = np.minimum((self.diameter[nodes] / CLASS_WIDTH).astype(np.int64), len(self.medians) - 1)
        found[nodes] = self._port[nodes] | (self.throughput[nodes] > fraction * self.medians[classes])
        return found

    def _slots(self, pairs: np.ndarray) -> np.ndarray:
        """Return which neighbour of its first site the second site of each pair is."""
        match = self.tissue.neighbours[pairs[:, 0]] == pairs[:, 1:]
        slot = match.argmax(axis=1)
        apart = ~match[np.arange(len(pairs)), slot]
        if apart.any():
            a, b = pairs[apart.argmax()]
            raise TissueError("network", f"sites {a} and {b} are not neighbours, no tube can join them")
        return slot.astype(np.int32)

    def lay_out(self, slot: np.ndarray | None = None) -> None:
        """Lay out nodes and edges for the kernels; blood that nothing feeds comes to rest.

        ``slot``, int32[e], says which neighbour of a tube's first site its second one is, where that is known.
        """
        self.stale = True
        for values in (self.outflow, self.throughput, self.speed, self.shear):
            values[self._nodes] = 0.0
        self._nodes = np.flatnonzero(self.vessel)
        n, e = len(self._nodes), len(self.edges)
        number = np.zeros(self.tissue.n, dtype=np.int32)
        number[self._nodes] = np.arange(n, dtype=np.int32)
        self._edge_slot = slot = self._slots(self.edges) if slot is None else slot
        length = self.tissue.lattice.length[slot]
        self.conductance = np.pi * self.fluidity / (128.0 * length)
        self.viscosity[:] = 0.0
        self.viscosity[self._nodes] = self.plasma * relative_viscosity(
            self.diameter[self._nodes], self.haematocrit
        )
        self.wall = np.bincount(self.edges.ravel(), np.repeat(0.5 * length, 2), self.tissue.n)
        ends = number[self.edges]
        near = np.concatenate([ends[:, 0], ends[:, 1]])
        far = np.concatenate([ends[:, 1], ends[:, 0]])
        self._first, _, self._other, self._edge, order = lists(near, far, np.tile(np.arange(e), 2), n)
        self._slot = np.concatenate([slot, self.tissue.lattice.back[slot]])[order]
        fixed, part = self._port[self._nodes], np.empty(n, dtype=np.int32)
        parts = flow.parts(self._first, self._other, part)
        fed = np.bincount(part, weights=fixed, minlength=parts) > 0
        self._free = fed[part] & ~fixed
        self.fed[:] = False
        self.fed[self._nodes] = fed[part]
        mean = np.bincount(part, weights=self.level[self._nodes], minlength=parts) / np.bincount(part)
        rest = ~fed[part]
        self.level[self._nodes[rest]] = mean[part[rest]]
        self._ends = np.ascontiguousarray(self.edges.T)
        # several that take and give tubes may follow each other before blood flows again, which asks for forks
        self._ends_by_node, self._forks = ends, None
