"""Name the columns of the result tables and the arrays of the snapshots, with their units."""

from __future__ import annotations

from typing import Any

from livermet_sim.state.lesions import PHASES

# A pandas DataFrame or Series: pandas loads only when a table is needed, and its hints mislead type checkers.
Frame = Any

TIMESERIES = ("time_h", "day", "n_tumour", "tumour_lumen", "tumour_tissue", "entered", "born", "washed_out")
MILESTONES = (
    "arrested_h", "extravasated_h", "woke_h", "micrometastasis_h", "angiogenic_h", "growth_h", "lost_h",
)  # fmt: skip
# of the founder's own progeny, in the row of its own lesion
PROGENY = ("own_micrometastasis_h", "own_angiogenic_h", "own_growth_h")
# what a lesion met first, and how it invaded
NICHE = ("hypoxic_h", "stellate_h", "vessel_h", "sprout_h", "replacement_divisions", "pushing_divisions")
# read from the lesion's cells, border and vessels at one moment
PATTERNS = (
    "border_um", "replacement_share", "desmoplastic_share", "pushing_share", "vessel_density_mm_mm2",
    "hypoxic_share", "necrotic_share",
)  # fmt: skip
LESIONS = (
    "lesion", "founder", "x_um", "y_um", "zone", "lobule", *MILESTONES, *PROGENY, "lost_to", "merged_into", "cells",
    "peak_cells", "diameter_um", "phase", *NICHE, *PATTERNS,
)  # fmt: skip
EVENTS = (
    "time_h", "event", "cause", "key", "founder", "lesion", "x_um", "y_um", "zone", "layer", "phase",
)  # fmt: skip
CELLS = (
    "time_h", "key", "kind", "x_um", "y_um", "site", "layer", "state", "lesion", "phase", "activation",
    "polarisation", "load", "oxygen_mmHg",
)  # fmt: skip
HISTORY = ("time_h", "lesion", "cells", *PATTERNS)
TABLES = {"timeseries": TIMESERIES, "lesions": LESIONS, "events": EVENTS, "cells": CELLS, "patterns": HISTORY}

ENDED = ("lost", "merged")

# columns of the time series: lesions that stand in each phase
LESIONS_IN = {phase: f"lesions_{phase.replace('-', '_')}" for phase in PHASES}

SIZES = ("width", "height", "site_um", "thickness_um")
STACKS = (
    "compartment", "oxygen", "perfused", "parenchyma", "collagen", "adhesion", "net", "vegf", "debris",
    "tumour", "tumour_lumen",
)  # fmt: skip
STATIC = ("zone", "lobule", "hepatocyte", "diameter")

_SUFFIXES = (("_mm_mm2", "mm/mm2"), ("_h", "h"), ("_um", "um"), ("_mm", "mm"), ("_mmHg", "mmHg"))
_COUNTS = ("n_", "tumour_", "dead_")
_CELLS = ("entered", "born", "washed_out", "cells", "peak_cells", "load", "kupffer_load")


def unit(column: str) -> str:
    """Return the unit of a table column, read from its name: ``1`` for shares, codes and words."""
    for suffix, name in _SUFFIXES:
        if column.endswith(suffix):
            return name
    if column.startswith("lesions_"):
        return "lesions"
    if column.endswith("_divisions"):
        return "divisions"
    if column in _CELLS or column.startswith(_COUNTS):
        return "cells"
    return "day" if column == "day" else "1"
