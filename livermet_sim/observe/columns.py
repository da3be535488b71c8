"""Name the tables of a result, the columns that are no readouts, and the arrays of the snapshots."""

from __future__ import annotations

from typing import Any

from livermet_sim.base.values import Values

# A pandas DataFrame or Series: pandas loads only when a table is needed, and its hints mislead type checkers.
Frame = Any

# without these a time series is none
TIMESERIES = ("time_h", "day", "n_tumour", "tumour_lumen", "tumour_tissue", "entered", "born", "washed_out")
# read from the lesion's cells, border and vessels at one moment
PATTERNS = (
    "border_um", "replacement_share", "desmoplastic_share", "pushing_share", "vessel_density_mm_mm2",
    "hypoxic_share", "necrotic_share",
)  # fmt: skip
# with their units
EVENTS = {
    "time_h": "h", "event": "1", "cause": "1", "key": "1", "founder": "1", "lesion": "1", "x_um": "um", "y_um": "um",
    "zone": "1", "layer": "1", "phase": "1",
}  # fmt: skip
HISTORY = ("time_h", "lesion", "cells", *PATTERNS)
TABLES = ("timeseries", "lesions", "events", "cells", "patterns")

ENDED = ("lost", "merged")
LONGEST_H = 1e7  # before the first tumour cell enters, too
INDEX = Values("whole", "1", -1.0, 1e7)  # of a lesion, founder, lobule, hepatocyte; -1 is none

SIZES = ("width", "height", "site_um", "thickness_um")
STACKS = (
    "compartment", "oxygen", "perfused", "parenchyma", "collagen", "adhesion", "net", "vegf", "debris",
    "tumour", "tumour_lumen",
)  # fmt: skip
STATIC = ("zone", "lobule", "hepatocyte", "diameter")
