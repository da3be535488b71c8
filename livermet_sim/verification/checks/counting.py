"""Hold the counting of cells and the naming of lesions to plain definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from livermet_sim.kernels import clusters
from livermet_sim.processes.staging.stage import TOGETHER
from livermet_sim.state.lattice import Lattice
from livermet_sim.verification.check import Curve, Figure, Knobs, Outcome
from livermet_sim.verification.twins.census import slow_census
from livermet_sim.verification.worlds.crowds import Counted, crowd
from livermet_sim.verification.worlds.lattices import ragged

WIDTH = 30
COUNTED = ("count", "near", "tumour_at", "pressure")


def census(knobs: Knobs, counted: Callable[[np.ndarray], Counted] = Counted) -> Outcome:
    """Random crowds of cells of four kinds on ragged tissue, one after the other in one census: cells and active cells of each kind at each site, tumour cells near, and pressure, against counting site by site."""
    wrong, cases, totals = 0, 0, []
    for case in range(knobs.pick(2, 10)):
        neighbours, compartment = ragged(14, 11, case)
        own = counted(neighbours)
        for number in range(3):
            cells = crowd(compartment, 100 * knobs.seed + 10 * case + number)
            own.take(cells)
            meant = slow_census(cells, neighbours)
            wrong += any(not np.array_equal(getattr(own, name), meant[name]) for name in COUNTED)
            totals.append((meant["near"].sum(), own.near.sum()))
            cases += 1
    x, y = np.array(totals).T
    figure = Figure(
        "tumour cells near, counted site by site",
        "in the census",
        (Curve("equal", [x.min(), x.max()], [x.min(), x.max()], "-"), Curve("crowds", x, y)),
    )
    words = f"{wrong} of {cases} crowds differ"
    return Outcome("the same counts", words, "none", wrong == 0, figure, {"wrong": float(wrong)})


def lesions(knobs: Knobs, module: Any = clusters) -> Outcome:
    """Random tumour cells on ragged tissue: the groups that the model calls lesions against the connected parts of a graph of all pairs of cells near each other, by scipy."""
    wrong, cases, sizes = 0, 0, []
    for share in (0.03, 0.08, 0.3):
        for case in range(knobs.pick(3, 20)):
            neighbours, compartment = ragged(WIDTH, WIDTH, case, 0.25)
            near = Lattice(WIDTH, WIDTH, 10.0).within(TOGETHER, neighbours)
            random = np.random.default_rng([knobs.seed, case])
            inside = np.flatnonzero(compartment)
            sites = random.permutation(
                np.concatenate([inside[random.random(len(inside)) < share] for _ in range(2)])
            )
            together = (near[sites][:, :, None] == sites).any(axis=1) | (sites[:, None] == sites)
            number, meant = connected_components(coo_matrix(together), directed=False)
            found = np.empty(len(sites), dtype=np.int64)
            module.label(
                np.arange(len(sites)), sites, near[sites], np.full(len(near), -1, dtype=np.int64), found
            )
            pairs = len(np.unique(np.stack([meant, found]), axis=1).T)
            wrong += not (pairs == number == len(np.unique(found)))
            cases += 1
            sizes.append((number, len(np.unique(found))))
    x, y = np.array(sizes).T
    figure = Figure(
        "connected parts",
        "lesions",
        (Curve("equal", [0, x.max()], [0, x.max()], "-"), Curve("tissues", x, y)),
    )
    return Outcome(
        "the same groups",
        f"{wrong} of {cases} tissues differ",
        "none",
        wrong == 0,
        figure,
        {"wrong": float(wrong)},
    )
