"""Drive the Stage process with hand-made tumour cells."""

from __future__ import annotations

import numpy as np
from process_worlds import drawn_tissue, engine_on, lone_tumour_cells, process

from livermet_sim.kernels.codes import TISSUE, TUMOUR
from livermet_sim.processes.process import Process
from livermet_sim.processes.staging.thresholds import Thresholds
from livermet_sim.state.world import World

WIDTH, TUBES = 50, (12, 25, 38)
LINES = ["P" + "=" * (WIDTH - 2) + "C" if y in TUBES else "." * WIDTH for y in range(50)]

__all__ = ["LINES", "TUBES", "WIDTH", "Stand", "drawn_tissue"]


def block(x: int, y: int, width: int, height: int) -> list[int]:
    """Return the sites of a rectangle with its upper left corner at (x, y)."""
    return [(y + j) * WIDTH + x + i for j in range(height) for i in range(width)]


class Stand:
    """Hold a world with perfused tubes and its Stage process, and no cells but the tumour cells added."""

    def __init__(self, monkeypatch):
        self.engine, self.setting = engine_on(monkeypatch, LINES)
        self.world: World = self.engine.world
        self.stage: Process = process(self.engine, "Stage")
        self.own = self.setting.read("phases", Thresholds)
        self.world.sites["perfused"][:] = self.world.network.vessel
        self.interval = max(1, round(self.own.interval / self.world.clock.dt))

    def add(self, sites: list[int], lesion: int = 0, layer: int = TISSUE, **columns: object) -> None:
        lone_tumour_cells(self.world, sites, layer, lesion, **columns)
        self.world.totals["entered"] = self.world.lesions.n

    def remove(self, sites: list[int]) -> None:
        cells = self.world.cells
        gone = (cells["kind"] == TUMOUR) & np.isin(cells["site"], sites)
        cells["alive"][gone] = 0
        self.world.drop_dead()

    def read(self) -> Stand:
        """Read the lesions now, and move the clock on to the next reading."""
        self.stage.step(self.world)
        self.world.clock.tick += self.interval
        return self

    def wait(self, windows: float) -> Stand:
        """Read the lesions through some growth windows."""
        for _ in range(round(windows * self.own.growth_window / self.own.interval)):
            self.read()
        return self

    def hours(self, hours: float) -> Stand:
        """Read the lesions until so many hours are over."""
        for _ in range(round(hours / self.own.interval)):
            self.read()
        return self

    def settle(self) -> Stand:
        """Read the lesions until a fresh reading has become the phase."""
        return self.read().hours(max(self.own.persistence, self.own.persistence_back))

    def of(self, sites: list[int]) -> set[int]:
        """Return the lesions of the cells at sites."""
        cells = self.world.cells
        return set(cells["lesion"][(cells["kind"] == TUMOUR) & np.isin(cells["site"], sites)].tolist())

    def phase(self, lesion: int = 0) -> int:
        """Return a lesion's phase, the same in the table and on its cells."""
        phase = int(self.world.lesions["phase"][lesion])
        cells = self.world.cells
        mine = cells["lesion"] == lesion
        assert set(cells["phase"][mine].tolist()) <= {phase}
        return phase
