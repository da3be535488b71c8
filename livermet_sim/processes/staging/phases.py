"""Read each lesion's phase from its state: where its cells are, which vessels it holds, how it grows."""

from __future__ import annotations

import numpy as np

from livermet_sim.kernels.codes import SINUSOID, TISSUE
from livermet_sim.processes.staging.niche import read_niche
from livermet_sim.processes.staging.thresholds import Thresholds
from livermet_sim.state.lesions import ANGIOGENIC, GROWTH, MICROVASCULAR, PRE_ANGIOGENIC
from livermet_sim.state.world import World


def read_phases(
    world: World,
    thresholds: Thresholds,
    hypoxic_below: float,
    rows: np.ndarray,
    ids: np.ndarray,
    sizes: np.ndarray,
) -> None:
    """Write phase, vessels and first times of every lesion; see ``staging.thresholds`` for the phases.

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
    lesion, sprouted = own_vessels(world, thresholds.enclosed, lesions.n)
    lesions["vessels"][:] = np.bincount(lesion, minlength=lesions.n)
    near = supplied(world, world.cells.full("site")[rows[in_tissue]], thresholds.reach)
    lesions["supplied"][:] = np.bincount(ids[in_tissue], near, lesions.n) / np.maximum(settled, 1)
    read_niche(world, hypoxic_below, rows, ids, lesions["vessels"], sprouted)
    # founders held side by side in a vessel are no metastasis
    large = settled >= thresholds.micrometastasis
    _follow(world, thresholds, sizes, settled, large)
    phase, divided = lesions["phase"], np.zeros(lesions.n, dtype=bool)
    divided[ids[world.cells.full("generation")[rows] > 0]] = True
    reached = (
        ("pre_angiogenic", phase >= PRE_ANGIOGENIC), ("woke", divided), ("micrometastasis", large),
        ("angiogenic", phase >= ANGIOGENIC), ("growth", phase >= GROWTH),
    )  # fmt: skip
    for name, yes in reached:
        first = lesions[name]
        first[yes & np.isnan(first)] = now


def _follow(
    world: World, thresholds: Thresholds, sizes: np.ndarray, settled: np.ndarray, large: np.ndarray
) -> None:
    """Let each lesion's phase follow readings that persist: up one phase at a time, down to the best reading meanwhile."""
    lesions, now = world.lesions, world.clock.end_of_step
    floor = np.where(sizes > 0, np.where(settled > 0, PRE_ANGIOGENIC, MICROVASCULAR), 0)
    phase = np.where(settled > 0, np.maximum(lesions["phase"], floor), floor)
    reading = _readings(world, thresholds, sizes, settled, large, phase, floor)
    fresh, since = lesions["fresh"], lesions["fresh_since"]
    for side, target in (
        (reading > phase, phase + 1),
        (reading < phase, np.where((fresh > 0) & (fresh < phase), np.maximum(fresh, reading), reading)),
    ):
        begins = side & ~((fresh > 0) & ((fresh > phase) == (target > phase)))
        since[begins] = now
        fresh[side] = target[side]
    fresh[reading == phase] = 0
    needed = np.where(fresh > phase, thresholds.persistence, thresholds.persistence_back)
    turns = (fresh > 0) & (now - since >= needed - 1e-9)
    lesions["steps_back"][turns & (fresh < phase)] += 1
    phase[turns], fresh[turns] = fresh[turns], 0
    since[fresh == 0] = np.nan
    lesions["phase"][:] = phase


def _readings(
    world: World,
    thresholds: Thresholds,
    sizes: np.ndarray,
    settled: np.ndarray,
    large: np.ndarray,
    phase: np.ndarray,
    floor: np.ndarray,
) -> np.ndarray:
    """Return the phase that each lesion's state of this moment speaks for; what holds a phase is less than what begins it."""
    lesions, area = world.lesions, settled * world.cell_area * 1e-6
    own, grown = phase >= ANGIOGENIC, phase >= GROWTH
    length_per_area = lesions["vessels"] * world.tissue.site * 1e-3 / np.maximum(area, 1e-9)
    # a smaller one is fed by the sinusoids around, whatever vessels it has grown over
    large = large & (area >= np.pi * (thresholds.reach * 1e-3) ** 2)
    fed = large & (length_per_area >= np.where(own, thresholds.supply_ends, thresholds.supply_begins))
    throughout = lesions["supplied"] >= np.where(grown, thresholds.supplied_ends, thresholds.supplied_begins)
    grows = _net_growth(world, thresholds, sizes, grown) & (sizes >= thresholds.growth_cells)
    reading = np.where(fed, ANGIOGENIC, floor)
    return np.where(fed & throughout & grows, GROWTH, reading)


def own_vessels(world: World, share: float, lesions: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the lesion of each site of a perfused vessel that a lesion has of its own, and sprout sites by lesion.

    A vessel is a lesion's own where the lesion holds its tissue part and ``share`` of the sites that a cell there touches;
    a new vessel (of a sprout, a fusion) and a sprout count from half of them.
    """
    sites = world.sites
    pressure = sites["pressure"]
    near = np.flatnonzero((pressure >= 0.5 * min(1.0, share)) & (world.compartment == SINUSOID))
    holder = world.census.tumour_at[TISSUE, near]
    near, holder = near[holder >= 0], holder[holder >= 0]
    lesion = world.cells.full("lesion")[holder]
    sprout = (pressure[near] >= 0.5) & (sites["vessel_age"][near] > 0)
    own = (sprout | (pressure[near] >= share)) & (sites["perfused"][near] > 0)
    return lesion[own], np.bincount(lesion[sprout], minlength=lesions)


def supplied(world: World, at: np.ndarray, reach: float) -> np.ndarray:
    """Say which of the sites ``at`` lie within ``reach`` um of a perfused vessel, bool[m]."""
    around = within_reach(world, at, reach) & (world.compartment == SINUSOID)
    return within_reach(world, np.flatnonzero(around & (world.sites["perfused"] > 0)), reach)[at]


def within_reach(world: World, at: np.ndarray, reach: float) -> np.ndarray:
    """Say for each site whether one of ``at`` lies within ``reach`` um along an octagon of sites, bool[sites]."""
    found, tissue = np.zeros(world.tissue.n, dtype=bool), world.tissue
    found[at] = True
    for ring in range(round(reach / tissue.site)):
        # steps to sides and to all neighbours in turns make an octagon, which is near to a disc
        beside = (tissue.sides if ring % 2 else tissue.neighbours)[at]
        former = found.copy()
        found[beside[beside >= 0]] = True
        at = np.flatnonzero(found & ~former)
    return found


def _net_growth(world: World, thresholds: Thresholds, sizes: np.ndarray, grown: np.ndarray) -> np.ndarray:
    """Say which lesions are larger than a window ago by the ratio; sizes are kept twice a window."""
    lesions = world.lesions
    half = max(1, round(thresholds.growth_window / 2 / world.clock.dt))
    if (world.clock.tick % half) < max(1, round(thresholds.interval / world.clock.dt)):
        lesions["earlier_cells"][:] = lesions["window_cells"]
        lesions["window_cells"][:] = sizes
    before = lesions["earlier_cells"]
    enough = sizes >= thresholds.growth_ratio * before
    return (before > 0) & np.where(grown, sizes > thresholds.growth_ends * before, enough)
