"""Reduce the state of a run to the numbers that studies compare: one value a name, the unit in the name."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from livermet_sim.kernels.codes import DORMANT, SINUSOID, TUMOUR
from livermet_sim.observe import known
from livermet_sim.observe.founders import Founders
from livermet_sim.observe.growth_pattern import PATTERNS, View, growth_patterns, view_of
from livermet_sim.observe.known import DAY_H
from livermet_sim.observe.rings import RINGS, rings
from livermet_sim.observe.standing import standing
from livermet_sim.state.lesions import ANGIOGENIC, GROWTH
from livermet_sim.state.world import World

NAN = float("nan")
IMMUNE = ("kupffer", "neutrophil", "nk", "cd8", "monocyte", "mdsc", "dendritic")
DOUBLING_CELLS = 50
ANGIOGENIC_H = 12.0  # a lesion that grew sooner after its first vessels went by the angiogenic phase


def measures(world: World, thresholds: SimpleNamespace, hypoxic_below: float) -> dict[str, float]:
    """Return the measures of a run so far; a share of nothing is NaN, and so is what cannot be known yet.

    ``observe.known`` declares when each can be known.

    Shares of founders are of those that entered. Shares of the growth patterns are of the borders of all lesions that are
    micrometastases, weighted by their length; ``tumour_volume_mm3`` is what the cells fill of the slab, each its own volume,
    and ``tumour_area_mm2`` that over the thickness, so that ``area_doubling_h`` is of both.

    Parameters
    ----------
    thresholds : SimpleNamespace
        The values of the section ``phases``.
    hypoxic_below : float, mmHg
    """
    view = view_of(world)
    founders = Founders(world)
    found = (
        burden(world, int(thresholds.micrometastasis))
        | cascade(world, founders)
        | growth(world, view, thresholds, hypoxic_below)
        | courses(world)
        | new_vessels(world)
        | counts(world)
        | deaths(world)
        | infiltrate(world, view, thresholds)
        | kupffer(world)
    )
    moment = founders.moment()
    return {name: float(value) if known.measure(name).at(moment) else NAN for name, value in found.items()}


def burden(world: World, micrometastasis_cells: int) -> dict[str, float]:
    """Return how much tumour there is."""
    tumour = np.count_nonzero(world.cells["kind"] == TUMOUR)
    now = standing(world)
    size = now.cells
    return {
        "tumour_cells": float(tumour),
        "tumour_area_mm2": tumour * world.cell_area * 1e-6,
        "tumour_volume_mm3": tumour * world.census.places.volume * 1e-9,
        "metastases": float((size >= micrometastasis_cells).sum()),
        "lesions": float((size > 0).sum()),
        "lesions_vascularised": float((now.phase >= ANGIOGENIC).sum()),
        "lesions_growing": float((now.phase == GROWTH).sum()),
        "largest_lesion_cells": float(size.max(initial=0)),
        "largest_lesion_um": float(world.breadth(size).max(initial=0.0)),
    }


def cascade(world: World, founders: Founders) -> dict[str, float]:
    """Return how many founders came how far, and when the first lesion did."""
    cells, lesions, n = world.cells, world.lesions, founders.n
    alive = np.unique(cells["founder"][cells["kind"] == TUMOUR])
    found = {
        "founders_entered": float(n),
        "founders_alive": float(len(alive)),
        "founders_alive_share": _share(len(alive), n),
        "founders_arrested_share": _share(np.isfinite(founders.arrested).sum(), n),
        "founders_alive_24h_share": _share((founders.lifetime() >= DAY_H - 1e-9).sum(), n),
        "founders_extravasated_share": _share(np.isfinite(founders.crossed).sum(), n),
        "founders_divided_share": _share(np.isfinite(founders.divided).sum(), n),
    }
    for name, column in (
        ("micrometastasis", "own_micrometastasis"),
        ("vascularised", "own_angiogenic"),
        ("growing", "own_growth"),
    ):
        found[f"founders_{name}_share"] = _share(np.isfinite(lesions[column]).sum(), n)
    for name in ("micrometastasis", "vessel", "angiogenic", "growth"):
        first = lesions[name]
        found[f"first_{name}_h"] = float(np.nanmin(first)) if np.isfinite(first).any() else NAN
    return found


def growth(world: World, view: View, thresholds: SimpleNamespace, hypoxic_below: float) -> dict[str, float]:
    """Return the growth patterns, vessels, hypoxia and necrosis of the tumour, and how fast its lesions double."""
    lesions = world.lesions
    found = growth_patterns(view, thresholds, hypoxic_below, lesions.n)
    now = standing(world).cells
    large = now >= thresholds.micrometastasis
    border, cells = found["border_um"], np.bincount(view.held[view.held >= 0], minlength=lesions.n)
    out = {f"{name}_share": _mean(found[f"{name}_share"], border * large) for name in PATTERNS}
    out["hypoxic_share"] = _mean(found["hypoxic_share"], cells)
    out["necrotic_share"] = _mean(found["necrotic_share"], cells)
    out["vessel_density_mm_mm2"] = _mean(found["vessel_density_mm_mm2"], cells * large)
    before = lesions["earlier_cells"]
    grown = (before >= DOUBLING_CELLS) & (now > before)
    # sizes are kept twice a growth window: the earlier one is between a half and a whole window older than the last
    hours = thresholds.growth_window / 2 + world.clock.hours % (thresholds.growth_window / 2)
    rate = np.log(now[grown] / before[grown]) / max(hours, 1e-9)
    out["area_doubling_h"] = float(np.median(np.log(2.0) / rate)) if grown.any() else NAN
    return out


def courses(world: World) -> dict[str, float]:
    """Return how lesions went through their phases.

    Of those that reached growth, the share that had been angiogenic for half a day first; of those that were ever a
    micrometastasis, the share that stepped back more than once.
    """
    lesions = world.lesions
    grew, seen = np.isfinite(lesions["growth"]), np.isfinite(lesions["micrometastasis"])
    angiogenic = lesions["growth"] - lesions["angiogenic"] >= ANGIOGENIC_H - 1e-9
    back = seen & (lesions["steps_back"] > 1)
    return {
        "grown_through_angiogenic_share": _share(int((grew & angiogenic).sum()), int(grew.sum())),
        "stepped_back_twice_share": _share(int(back.sum()), int(seen.sum())),
    }


def new_vessels(world: World) -> dict[str, float]:
    """Return the length of vessels that sprouted and stand, and of those that carry blood."""
    sites, length = world.sites, world.tissue.site * 1e-3
    new = (world.compartment == SINUSOID) & (sites["vessel_age"] > 0)
    perfused = new & (sites["perfused"] > 0)
    return {
        "new_vessel_mm": np.count_nonzero(new) * length,
        "new_vessel_perfused_mm": np.count_nonzero(perfused) * length,
    }


def counts(world: World) -> dict[str, float]:
    """Return how many cells of each kind there are besides tumour cells, and which share of these sleeps."""
    kind = world.cells["kind"]
    number = np.bincount(kind, minlength=len(world.kinds))
    dormant = int(np.count_nonzero(world.cells["state"][kind == TUMOUR] == DORMANT))
    found = {
        f"{name}_cells": float(n) for name, n in zip(world.kinds, number, strict=True) if name != "tumour"
    }
    return found | {"tumour_dormant_share": _share(dormant, int(number[TUMOUR]))}


def deaths(world: World) -> dict[str, float]:
    """Return tumour cells dead by cause, a cause that has not struck as 0, and those washed out."""
    totals = world.totals
    counted = {f"dead_{cause}": float(totals.get(f"dead_{cause}", 0)) for cause in world.log.deadly}
    return counted | {"dead": sum(counted.values()), "washed_out": float(totals.get("washed_out", 0))}


def infiltrate(world: World, view: View, thresholds: SimpleNamespace) -> dict[str, float]:
    """Return the density of each immune kind inside lesions, in their rim and outside."""
    tissue, cells = world.tissue, world.cells
    found = rings(
        view.held,
        world.compartment != 0,
        tissue.lattice,
        thresholds.rim,
        thresholds.micrometastasis * world.cell_area,
    )
    counts, areas = found.counts(cells["kind"], cells["site"], len(world.kinds)), found.areas(tissue.site)
    return {
        f"{kind}_{ring}_per_mm2": counts[world.code(kind), i] / areas[i] if areas[i] else NAN
        for kind in IMMUNE
        if kind in world.kinds
        for i, ring in enumerate(RINGS)
    }


def kupffer(world: World) -> dict[str, float]:
    """Return what Kupffer cells have become."""
    if "kupffer" not in world.kinds:
        return {}
    rows = world.rows("kupffer")
    # in the order of keys, so that the order of rows cannot show in the last bit
    rows = rows[np.argsort(world.cells["key"][rows])]
    return {
        f"kupffer_{name}": float(world.cells[name][rows].mean()) if len(rows) else NAN
        for name in ("load", "polarisation")
    }


def _share(part: float, whole: int) -> float:
    return float(part) / whole if whole else NAN


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    there = np.isfinite(values) & (weights > 0)
    return float(np.average(values[there], weights=weights[there])) if there.any() else NAN
