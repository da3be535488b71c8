"""Run a small liver step by step and paint it: what the page that needs no installation asks of the model.

Without numba, as a browser has none: the kernels are the same functions, uncompiled.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from livermet_sim.cells.registry import LINING, LOOKS
from livermet_sim.interventions.deplete import deplete
from livermet_sim.model import LiverModel
from livermet_sim.scenario.load import load
from livermet_sim.state.tissue import COMPARTMENTS
from livermet_sim.viz.scene import scene


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


# red, green, blue of each compartment, and of each kind of cell but the lining; tumour cells are painted last
GROUND = {"outside": (255, 255, 255), "portal tract": (188, 205, 230), "sinusoid": (255, 255, 255),
          "parenchyma": (239, 195, 203), "central vein": (225, 232, 245)}  # fmt: skip
CELLS = {kind: _rgb(look.colour) for kind, look in LOOKS.items() if kind not in (LINING, "tumour")}
CELLS["tumour"] = _rgb(LOOKS["tumour"].colour)


class Small:
    """A strip or a lobule of liver that is stepped and painted.

    Parameters
    ----------
    seed : int
    without : sequence of str
        Kinds of cells that are taken away before the tumour cells come.
    line : str
        Tumour line.
    tissue : str
        The scenario whose tissue it is: "strip" or "lobule".
    """

    def __init__(
        self, seed: int = 1, without: Sequence[str] = (), line: str = "cc531s", tissue: str = "strip"
    ):
        scenario = load(tissue, {"line": line})
        if without:
            scenario = scenario.with_(interventions=[deplete(kind, at="0 day") for kind in without])
        self._model = LiverModel(scenario, seed=seed)
        self.shape = scene(self._model).shape  # sites down and across

    def step(self) -> str:
        """Take a step of 15 minutes and return, as JSON, the hour and how many cells of each kind there are."""
        self._model.step()
        world = self._model.world
        counts = {kind: len(world.rows(kind)) for kind in CELLS}
        entered = int(world.totals.get("entered", 0))
        return json.dumps({"hours": self._model.hours, "entered": entered, **counts})

    def picture(self) -> bytes:
        """Return the tissue as red, green, blue, opacity of each site, row by row."""
        world = self._model.world
        ground = np.array([GROUND[name] for name in COMPARTMENTS], dtype=np.uint8)
        pixels = np.full((len(world.compartment), 4), 255, dtype=np.uint8)
        pixels[:, :3] = ground[world.compartment]
        for kind, paint in CELLS.items():
            pixels[world.cells["site"][world.rows(kind)], :3] = paint
        return pixels.tobytes()
