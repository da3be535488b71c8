"""Read each lesion's histological growth pattern, as shares of its border, and what it holds inside.

Definitions follow the consensus on liver metastases (van Dam 2017, doi:10.1038/bjc.2017.334; Latacz 2022,
doi:10.1038/s41416-022-01859-7), in which each stretch of the border is read by itself:

*desmoplastic*
    a rim of stroma between tumour and liver: here activated stellate cells beside the border, and collagen there;
*pushing*
    no rim, and liver plates compressed: here sinusoids beside the border that have closed or lost patency;
*replacement*
    no rim, the tumour beside live hepatocytes whose plates and sinusoids are kept.

A stretch is one side of a site. Where a lesion lies against no liver (veins, portal tracts, necrosis, bare matrix without
stellate cells) a stretch is none of the three, and shares are of the stretches that are one. Whether a sinusoid is
perfused does not count: the consensus reads architecture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livermet_sim.kernels.codes import PARENCHYMA, SINUSOID, TISSUE
from livermet_sim.processes.staging.thresholds import Thresholds
from livermet_sim.state.lattice import Lattice
from livermet_sim.state.world import World

PATTERNS = ("replacement", "desmoplastic", "pushing")
DEBRIS = 0.5
STELLATE_ACTIVE = 0.5


@dataclass(frozen=True, slots=True)
class View:
    """Hold the site arrays that patterns are read from, of a running world or of a snapshot.

    Attributes
    ----------
    lattice : Lattice
    sides, contacts : int32[n, m]
        Sites that share a side, sites that a cell touches; -1 for none.
    born : int8[n]
        Compartments as the tissue was built; ``compartment`` as they are now.
    held : int64[n]
        Lesion of the tumour cell in the tissue part of each site, -1 for none.
    parenchyma, collagen, patency, perfused, oxygen, debris : float[n]
    stellate : bool[n]
        Sites with an activated stellate cell.
    cells : float
        Tumour cells that a full site holds.
    """

    lattice: Lattice
    sides: np.ndarray
    contacts: np.ndarray
    born: np.ndarray
    compartment: np.ndarray
    held: np.ndarray
    parenchyma: np.ndarray
    collagen: np.ndarray
    patency: np.ndarray
    perfused: np.ndarray
    oxygen: np.ndarray
    debris: np.ndarray
    stellate: np.ndarray
    cells: float = 1.0


SITE_ARRAYS = ("parenchyma", "collagen", "patency", "perfused", "oxygen", "debris")


def view_of(world: World) -> View:
    """Return the view of a running world."""
    world.count()
    row = world.census.tumour_at[TISSUE]
    held = np.where(row >= 0, world.cells.full("lesion")[row], -1)
    activated = [len(world.kinds) + code for code in world.roles["stroma"]]
    stellate = np.any(world.census.count[:, activated] > 0, axis=1)
    return _view(world, world.compartment, held, stellate, {name: world.sites[name] for name in SITE_ARRAYS})


def view_of_shot(world: World, shot: dict) -> View:
    """Return the view of a snapshot that the recorder of this world took."""
    own = shot["cells"]
    active = np.isin(own["kind"], world.roles["stroma"]) & (own["activation"] > STELLATE_ACTIVE)
    stellate = np.zeros(world.tissue.n, dtype=bool)
    stellate[own["site"][active]] = True
    held = shot["tumour"].astype(np.int64)
    return _view(world, shot["compartment"], held, stellate, {name: shot[name] for name in SITE_ARRAYS})


def _view(world: World, compartment: np.ndarray, held: np.ndarray, stellate: np.ndarray, sites: dict) -> View:
    tissue = world.tissue
    return View(
        tissue.lattice, tissue.sides, tissue.contacts, tissue.compartment, compartment, held, stellate=stellate,
        cells=tissue.site**2 / world.cell_area, **sites,
    )  # fmt: skip


def growth_patterns(
    view: View, thresholds: Thresholds, hypoxic_below: float, lesions: int
) -> dict[str, np.ndarray]:
    """Return for each lesion its border, the shares of the patterns, and what it holds; arrays by lesion.

    Returns
    -------
    dict
        ``border_um`` (stretches that are one of the three), ``replacement_share``, ``desmoplastic_share``,
        ``pushing_share``; ``vessel_density_mm_mm2`` perfused vessel length in the lesion over its area;
        ``hypoxic_share`` of its cells in tissue; ``necrotic_share`` of its area, debris over debris and cells.
        NaN for a share of nothing.
    """
    found = border(view, thresholds)
    kinds = np.stack([np.bincount(found["lesion"][found[name]], minlength=lesions) for name in PATTERNS])
    total = kinds.sum(axis=0)
    out = {"border_um": total * view.lattice.site}
    out |= {f"{name}_share": _ratio(kinds[i], total) for i, name in enumerate(PATTERNS)}
    return out | contents(view, hypoxic_below, lesions)


def border(view: View, thresholds: Thresholds) -> dict[str, np.ndarray]:
    """Return the stretches of all borders: ``lesion`` and liver ``site`` of each, and a bool array for each pattern."""
    sides = view.sides
    mine, side = np.nonzero(
        (view.held >= 0)[:, None] & (sides >= 0) & (np.where(sides >= 0, view.held[sides], 0) < 0)
    )
    other = sides[mine, side]
    tissue = (view.compartment[other] == PARENCHYMA) | (view.compartment[other] == SINUSOID)
    mine, other = mine[tissue], other[tissue]
    around = np.concatenate([other[:, None], view.contacts[other]], axis=1)
    there = around >= 0
    stellate = (view.stellate[around] & there).any(axis=1)
    collagen = np.where(there, view.collagen[around], 0.0).max(axis=1, initial=0.0)
    rim = stellate & (collagen >= thresholds.rim_collagen)
    tube = (view.compartment[around] == SINUSOID) & there
    closed = (
        (view.born[around] == SINUSOID)
        & (view.compartment[around] == PARENCHYMA)
        & there
        & (view.held[around] < 0)
    )
    number = tube.sum(axis=1) + closed.sum(axis=1)
    left = np.where(tube, view.patency[around], 0.0).sum(axis=1)
    squeezed = left < thresholds.compressed * number
    alive = np.where(there & (view.held[around] < 0), view.parenchyma[around], 0.0).max(axis=1, initial=0.0)
    liver = (alive >= thresholds.live_parenchyma) & (number > 0)
    return {
        "lesion": view.held[mine], "site": other, "desmoplastic": rim, "pushing": ~rim & liver & squeezed,
        "replacement": ~rim & liver & ~squeezed,
    }  # fmt: skip


def contents(view: View, hypoxic_below: float, lesions: int) -> dict[str, np.ndarray]:
    """Return the vessel density, hypoxic share and necrotic share of each lesion."""
    at = np.flatnonzero(view.held >= 0)
    lesion = view.held[at]
    cells = np.bincount(lesion, minlength=lesions)
    tubes = (view.compartment[at] == SINUSOID) & (view.perfused[at] > 0)
    length = np.bincount(lesion[tubes], minlength=lesions) * view.lattice.site * 1e-3
    hypoxic = np.bincount(lesion[view.oxygen[at] < hypoxic_below], minlength=lesions)
    necrotic = np.bincount(necrosis(view), minlength=lesions)
    return {
        "vessel_density_mm_mm2": _ratio(length, cells * (view.lattice.site * 1e-3) ** 2),
        "hypoxic_share": _ratio(hypoxic, cells),
        "necrotic_share": np.where(cells > 0, _ratio(necrotic, necrotic + cells), np.nan),
    }


def necrosis(view: View) -> np.ndarray:
    """Return the lesion of each site of debris that hangs together with living tumour, site by site."""
    dead = (view.debris >= DEBRIS * min(1.0, view.cells)) & (view.held < 0)
    if not dead.any():
        return np.zeros(0, dtype=np.int64)
    living = view.held >= 0
    part, number = view.lattice.pieces(dead | living)
    joined = np.zeros(number + 1, dtype=bool)
    joined[part[living]] = True
    at = np.flatnonzero(dead & joined[part])
    if not len(at):
        return np.zeros(0, dtype=np.int64)
    return view.held[view.lattice.nearest(living)[at]]


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)
