"""Grow cells on a lattice with this package's own processes.

Each cell senses in every step how full the sites around it are; it may die, or divide where there is room beside it.
"""

from __future__ import annotations

import numpy as np

from livermet_sim.engine import Engine
from livermet_sim.kernels.codes import CYCLING, TISSUE, TUMOUR
from livermet_sim.processes.deciding import Sense
from livermet_sim.processes.fate import Divide, Fate
from livermet_sim.processes.plan import Plan
from livermet_sim.processes.settling import Settle
from livermet_sim.scenario.load import load

DIVIDES, DIES, STEP = 0.04, 0.02, 0.25  # /h, /h, h
LOBULES_PER_CELL = 1 / 1000


class Ours:
    """Hold the growth model as a plan of four processes on a liver without any other cell.

    Parameters
    ----------
    cells : int
        Cells at the start, on places drawn at random.
    """

    def __init__(self, cells: int, seed: int = 1):
        lobules = max(2, 4 * round(cells * LOBULES_PER_CELL / 2))
        empty = {
            f"cells.{kind.name}.density": 0.0 for kind in load("baseline").kinds if kind.name != "tumour"
        }
        scenario = load(
            "baseline", {**_known(empty), "seeding.dose": 0.0, "tissue.lobules": lobules, "run.step": STEP}
        )
        self.engine = engine = Engine(scenario, seed)
        self.world = world = engine.world
        world.cells["alive"][:] = 0  # the lining, which no density sets
        world.drop_dead()
        fate = Fate(engine.setting, world.tissue.n)
        engine.plan = Plan(
            (Sense(engine.setting), fate, Divide(engine.setting, fate, world.tissue), Settle())
        )
        places = np.flatnonzero(world.census.places.capacity > 0)
        self.places = len(places)
        at = np.random.default_rng(seed).choice(places, cells, replace=False)
        rows = world.add_cells(
            cells, kind=TUMOUR, state=CYCLING, layer=TISSUE, site=at, key=np.arange(cells) + 1, founder=0, lesion=0,
        )  # fmt: skip
        world.rates[rows, engine.compiled.column("divide")] = DIVIDES
        world.rates[rows, engine.compiled.column("die.apoptosis")] = DIES

    @property
    def number(self) -> int:
        """Return how many cells live."""
        return self.world.cells.n

    def step(self) -> None:
        """Advance by one step."""
        self.engine.step()


def _known(values: dict[str, float]) -> dict[str, float]:
    """Return the values that the scenario has a parameter for; kinds that come with the blood have no density."""
    given = load("baseline").values
    return {
        name: value
        for name, value in values.items()
        if name.rpartition(".")[2] in given[name.rpartition(".")[0]]
    }
