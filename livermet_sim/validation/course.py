"""Follow one run for what its end does not show: sizes of lesions, shapes of clones, where cells die of want."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import DIE, NECROSIS, TISSUE, TUMOUR
from livermet_sim.observe.founders import Founders
from livermet_sim.scenario.spec import Scenario
from livermet_sim.state.lattice import Lattice

READING_H, CURVE_H = 4.0, 12.0
CURVE_CELLS = 50
PATTERN_H = 168.0
CLONE_DAYS, CLONE_CELLS = (3.0, 5.0), 4


class Course:
    """Carry a run through and keep what measures need.

    Attributes
    ----------
    engine : Engine
        The run, at its end.
    events : int64[m, 9]
        The log of tumour events, columns as in ``state.log.FIELDS``.
    curves : list of (hours, lesions, cells)
        Lesions of at least 50 cells and their sizes, every 12 h.
    compactness : dict of day to list of float
        Of each clone of at least 4 cells in tissue at days 3 and 5.
    borders : list of float64[2, m]
        Every week, the cells of each micrometastasis and the replacement share of its border.
    necrosis : list of float, um
        Distance of each necrotic death from the nearest perfused vessel, as it stood at the next reading (4 h).
    """

    def __init__(self, scenario: Scenario, seed: int):
        self.engine = Engine(scenario, seed)
        self.curves: list[tuple[float, np.ndarray, np.ndarray]] = []
        self.compactness: dict[float, list[float]] = {}
        self.borders: list[np.ndarray] = []
        self.necrosis: list[float] = []

    def follow(self, hours: float | None = None) -> Course:
        """Carry the run through ``hours``, or to the end of its scenario."""
        clock = self.engine.world.clock
        every, ticks = max(1, round(READING_H / clock.dt)), self.engine.ticks(hours)
        for tick in range(1, ticks + 1):
            self.engine.step()
            if tick % every == 0:
                self._read(clock.hours)
        self.events = self.engine.world.log.array()
        return self

    @cached_property
    def founders(self) -> Founders:
        """Return how far the line of each founder came; to be asked for at the end."""
        return self.engine.view().founders

    def grown(self, since: float, jump: float, points: int) -> list[np.ndarray]:
        """Return how lesions grew: for each, days and the logarithm of its cells (float64[2, readings]).

        Readings are from ``since`` (h) on, and from the last time the lesion took in another: a jump of ``jump``-fold or more
        between two. Lesions of fewer readings than ``points`` are left out.
        """
        sizes: dict[int, list[tuple[float, float]]] = {}
        for hours, lesions, cells in self.curves:
            if hours < since:
                continue
            for lesion, number in zip(lesions.tolist(), cells.tolist(), strict=True):
                curve = sizes.setdefault(lesion, [])
                if curve and number > jump * np.exp(curve[-1][1]):
                    curve.clear()
                curve.append((hours / 24.0, float(np.log(number))))
        return [np.array(curve).T for curve in sizes.values() if len(curve) >= points]

    def _read(self, hours: float) -> None:
        world = self.engine.world
        if hours % CURVE_H < READING_H:
            large = np.flatnonzero(world.lesions["cells"] >= CURVE_CELLS)
            self.curves.append((hours, large, world.lesions["cells"][large].copy()))
        for day in CLONE_DAYS:
            if day not in self.compactness and hours >= day * 24:
                self.compactness[day] = self._clones()
        if hours % PATTERN_H < READING_H:
            self.borders.append(self._borders())
        self._necrosis()

    def _borders(self) -> np.ndarray:
        world, view = self.engine.world, self.engine.view()
        share = view.patterns["replacement_share"]
        large = (world.lesions["cells"] >= view.phases.micrometastasis) & np.isfinite(share)
        return np.stack([world.lesions["cells"][large], share[large]])

    def _clones(self) -> list[float]:
        world = self.engine.world
        cells = world.cells
        rows = np.flatnonzero((cells["kind"] == TUMOUR) & (cells["layer"] == TISSUE))
        founder, site = cells["founder"][rows], cells["site"][rows]
        numbers, index, sizes = np.unique(founder, return_inverse=True, return_counts=True)
        return [
            compactness(site[index == i], world.tissue.lattice)
            for i in range(len(numbers))
            if sizes[i] >= CLONE_CELLS
        ]

    def _necrosis(self) -> None:
        world = self.engine.world
        if world.totals.get("dead_necrosis", 0) == len(self.necrosis):
            return
        log = world.log.array()
        dead = log[(log[:, 1] == DIE) & (log[:, 2] == NECROSIS)][len(self.necrosis) :]
        perfused = world.sites["perfused"] > 0
        far = world.tissue.lattice.distances(perfused)
        self.necrosis.extend(far[dead[:, 6]].tolist())


def compactness(sites: np.ndarray, lattice: Lattice) -> float:
    """Return how far half the cells of a disc of as many sites reach, over how far half of these do: 1 for a disc.

    Distances are from the median of the sites, so that a cell that went astray counts as one. A site counts as a square
    and not as a point, so that small clones can be compared with large ones.
    """
    x, y = lattice.steps(sites[0], sites)
    squared = np.median((x - np.median(x)) ** 2 + (y - np.median(y)) ** 2)
    return float(np.sqrt(len(sites) / (2.0 * np.pi) / (squared + 1.0 / 6.0)))
