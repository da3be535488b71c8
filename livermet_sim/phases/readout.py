"""Read each lesion's phase from its state: where its cells are, which vessels it holds, how it grows."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from livermet_sim.kernels.codes import SINUSOID, TISSUE
from livermet_sim.phases.definitions import ANGIOGENIC, GROWTH, MICROVASCULAR, PRE_ANGIOGENIC
from livermet_sim.phases.niche import read_niche
from livermet_sim.state.world import World


def read_phases(
    world: World,
    thresholds: SimpleNamespace,
    hypoxic_below: float,
    rows: np.ndarray,
    ids: np.ndarray,
    sizes: np.ndarray,
) -> None:
    """Write phase, vessels and first times of every lesion.

    *Microvascular*: all cells in vessels. *Pre-angiogenic*: cells in tissue, fed by the sinusoids around.
    *Angiogenic*: perfused tubes enclosed, or a sprout inside. *Growth*: perfused inside and, over the
    window, in net growth. A lesion that loses its vessels or stops growing steps back.

    Parameters
    ----------
    hypoxic_below : float, mmHg
        Oxygen tension below which a cell counts as hypoxic.
    rows, ids : int64[m]
        Tumour rows and the lesion of each.
    sizes : int64[lesions]
    """
    lesions, now = world.lesions, world.clock.end_of_step
    in_tissue = world.cells.full("layer")[rows] == TISSUE
    settled = np.bincount(ids[in_tissue], minlength=lesions.n)
    spread = settled > 0
    enclosed, sprouted = vessels_inside(world, thresholds.enclosed, lesions.n)
    lesions["vessels"][:] = enclosed
    read_niche(world, hypoxic_below, rows, ids, enclosed, sprouted)
    supplied = (enclosed >= thresholds.vessels) | (sprouted >= thresholds.vessels)
    # founders held side by side in a vessel are no metastasis
    large = settled >= thresholds.micrometastasis
    grows = (
        _net_growth(world, thresholds, sizes)
        & (sizes >= thresholds.growth_cells)
        & (enclosed >= thresholds.vessels)
    )

    phase = np.where(sizes > 0, MICROVASCULAR, 0)
    phase[(sizes > 0) & spread] = PRE_ANGIOGENIC
    phase[(sizes > 0) & spread & large & supplied] = ANGIOGENIC
    phase[(sizes > 0) & spread & large & grows] = GROWTH
    lesions["phase"][:] = phase
    divided = np.zeros(lesions.n, dtype=bool)
    divided[ids[world.cells.full("generation")[rows] > 0]] = True
    reached = (
        ("pre_angiogenic", phase >= PRE_ANGIOGENIC), ("woke", divided), ("micrometastasis", large),
        ("angiogenic", phase >= ANGIOGENIC), ("growth", phase >= GROWTH),
    )  # fmt: skip
    for name, yes in reached:
        first = lesions[name]
        first[yes & np.isnan(first)] = now


def vessels_inside(world: World, share: float, lesions: int) -> tuple[np.ndarray, np.ndarray]:
    """Return per lesion how many perfused tube sites it encloses and how many sprout sites lie inside.

    A tube site is enclosed where the lesion holds its tissue part and ``share`` of the sites that a cell there touches;
    a sprout counts as inside from half of them.
    """
    sites = world.sites
    pressure = sites["pressure"]
    near = np.flatnonzero((pressure >= 0.5 * min(1.0, share)) & (world.compartment == SINUSOID))
    holder = world.census.tumour_at[TISSUE, near]
    near, holder = near[holder >= 0], holder[holder >= 0]
    lesion = world.cells.full("lesion")[holder]
    full = (pressure[near] >= share) & (sites["perfused"][near] > 0)
    sprout = (pressure[near] >= 0.5) & (sites["vessel_age"][near] > 0)
    return np.bincount(lesion[full], minlength=lesions), np.bincount(lesion[sprout], minlength=lesions)


def _net_growth(world: World, thresholds: SimpleNamespace, sizes: np.ndarray) -> np.ndarray:
    """Say which lesions are larger than a window ago by the ratio; sizes are kept twice a window."""
    lesions = world.lesions
    half = max(1, round(thresholds.growth_window / 2 / world.clock.dt))
    if (world.clock.tick % half) < max(1, round(thresholds.interval / world.clock.dt)):
        lesions["earlier_cells"][:] = lesions["window_cells"]
        lesions["window_cells"][:] = sizes
    before = lesions["earlier_cells"]
    return (before > 0) & (sizes >= thresholds.growth_ratio * before)
