"""Put an engine on a hand-drawn tissue, and set one behaviour of one kind by hand."""

from __future__ import annotations

import numpy as np

from livermet_sim.engine import Engine
from livermet_sim.engine import run as engine_module
from livermet_sim.kernels.codes import TUMOUR
from livermet_sim.processes.setting import Setting
from livermet_sim.scenario.load import load
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.tissue import CENTRAL, OUTSIDE, PARENCHYMA, PORTAL, SINUSOID, Tissue
from livermet_sim.state.world import World

LETTERS = {" ": OUTSIDE, "P": PORTAL, "=": SINUSOID, ".": PARENCHYMA, "C": CENTRAL}


def drawn_tissue(lines: list[str]) -> Tissue:
    """Return a tissue from letters: P portal, = sinusoid, . parenchyma, C central, blank outside."""
    picture = np.array([[LETTERS[letter] for letter in line] for line in lines], dtype=np.int8)
    height, width = picture.shape
    flat, n, lattice = picture.ravel(), picture.size, Lattice(width, height, 10.0)
    neighbours = lattice.neighbours(flat != OUTSIDE)
    vessel = np.isin(flat, (PORTAL, SINUSOID, CENTRAL))
    pairs = [(s, p) for s in np.flatnonzero(vessel) for p in neighbours[s, [0, 2]] if p >= 0 and vessel[p]]
    cells = np.where(np.isin(flat, (SINUSOID, PARENCHYMA)), np.arange(n) // 4, -1).astype(np.int32)
    return Tissue(
        "mask", lattice, 25.0, flat, np.where(vessel, 8.0, 0.0),
        np.where(flat == OUTSIDE, 0.0, np.arange(n) % width / (width - 1)),
        np.where(flat == OUTSIDE, -1, 0).astype(np.int32), cells, neighbours,
        np.array(sorted(map(sorted, pairs)), dtype=np.int32),
    )  # fmt: skip


def engine_on(
    monkeypatch, lines: list[str], overrides: dict[str, object] | None = None
) -> tuple[Engine, Setting]:
    """Return an engine on a drawn tissue, without tumour cells unless a dose is given, and its setting."""
    # so little uptake that one tube feeds all of a drawn tissue
    thrifty = {"run.days": 1, "seeding.dose": 0.0, "oxygen.uptake": 1e-4}
    recipe = load("strip", thrifty | (overrides or {}))
    monkeypatch.setattr(engine_module, "build", lambda values, seed: drawn_tissue(lines))
    engine = Engine(recipe, 1)
    return engine, Setting(recipe.values, recipe.kinds, recipe.fields, engine.compiled.column)


def lone_tumour_cells(
    world: World, sites: list[int], layer: int, lesion: int = 0, **columns: object
) -> np.ndarray:
    """Add tumour cells that belong to one lesion; return their rows."""
    while world.lesions.n <= lesion:
        world.lesions.append(1, founder=world.lesions.n)
    before = int((world.cells["kind"] == TUMOUR).sum())
    number = np.arange(before, before + len(sites))
    return world.add_cells(
        len(sites), kind=TUMOUR, site=np.array(sites), layer=layer, key=2**61 + number, founder=lesion, lesion=lesion,
        diameter=12.0, phase=1, **columns,
    )  # fmt: skip


def process(engine: Engine, name: str):
    """Return the process of that name in the engine's plan."""
    return next(p for p in engine.plan.processes if p.name == name)
