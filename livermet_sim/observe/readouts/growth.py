"""Declare in which phases lesions stand, how they grow, what they hold, and how fast they double."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livermet_sim.observe.growth_pattern import PATTERNS
from livermet_sim.observe.readouts.readout import MEASURES, NAN, SERIES, count, declare, mean
from livermet_sim.observe.readouts.view import View
from livermet_sim.state.lesions import PHASES

DOUBLING_CELLS = 50


def _standing_in(place: int) -> Callable[[View], int]:
    return lambda view: int(view.standing.by_phase()[place])


# columns of the time series: lesions that stand in each phase
LESIONS_IN = {phase: f"lesions_{phase.replace('-', '_')}" for phase in PHASES}
for _place, (_phase, _name) in enumerate(LESIONS_IN.items()):
    declare("lesions", SERIES, name=_name, values=count("lesions"), words=_phase,
            doc=f"Lesions that stand in the {_phase} phase.")(_standing_in(_place))  # fmt: skip


def _border(view: View) -> np.ndarray:
    """Return the border of each lesion that is a micrometastasis, um; 0 of others."""
    return view.patterns["border_um"] * _large(view)


def _large(view: View) -> np.ndarray:
    return view.standing.cells >= view.phases.micrometastasis


def _cells_in_tissue(view: View) -> np.ndarray:
    return np.bincount(view.held[view.held >= 0], minlength=view.lesions.n)


def _share_of_borders(pattern: str) -> Callable[[View], float]:
    return lambda view: mean(view.patterns[f"{pattern}_share"], _border(view))


for _pattern in PATTERNS:
    declare("1", MEASURES, name=f"{_pattern}_share",
            doc=f"Share of the border of all micrometastases, where it has a pattern, that is of the {_pattern} type.")(_share_of_borders(_pattern))  # fmt: skip


@declare("1", MEASURES, headline=True)
def hypoxic_share(view: View) -> float:
    """Share of the tumour cells in tissue that are hypoxic."""
    return mean(view.patterns["hypoxic_share"], _cells_in_tissue(view))


@declare("1", MEASURES)
def necrotic_share(view: View) -> float:
    """Share of the area of lesions that is necrotic."""
    return mean(view.patterns["necrotic_share"], _cells_in_tissue(view))


@declare("mm/mm2", MEASURES)
def vessel_density_mm_mm2(view: View) -> float:
    """Length of the perfused vessels in micrometastases over the area of these."""
    return mean(view.patterns["vessel_density_mm_mm2"], _cells_in_tissue(view) * _large(view))


@declare("h", MEASURES)
def area_doubling_h(view: View) -> float:
    """Median doubling time of the lesions of 50 cells and more that grow, of area and of volume in the slab."""
    now, before = view.standing.cells, view.lesions["earlier_cells"]
    grown = (before >= DOUBLING_CELLS) & (now > before)
    # sizes are kept twice a growth window: the earlier one is between a half and a whole window older than the last
    half = view.phases.growth_window / 2
    rate = np.log(now[grown] / before[grown]) / max(half + view.hours % half, 1e-9)
    return float(np.median(np.log(2.0) / rate)) if grown.any() else NAN
