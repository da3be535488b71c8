"""Define the four phases and the thresholds by which they are read from a lesion's state."""

from __future__ import annotations

from livermet_sim.base.specs import Parameter, Section
from livermet_sim.observe.columns import ANGIOGENIC, GROWTH, MICROVASCULAR, PRE_ANGIOGENIC
from livermet_sim.state.table import Column

__all__ = ["ANGIOGENIC", "GROWTH", "LESION_COLUMNS", "MICROVASCULAR", "PRE_ANGIOGENIC", "SECTION"]

SECTION = Section(
    "phases",
    "Thresholds by which phases are read from the state.",
    (
        Parameter("interval", 4.0, "h", "Time between two readings.", 0.01, 24.0),
        Parameter("micrometastasis", 10, "cells", "Cells from which a lesion counts as a micrometastasis.", 2, 10000),
        Parameter("enclosed", 0.75, "1", "Share of the sites around a tube that the lesion must hold to enclose it.", 0.1, 1.0),
        Parameter("vessels", 3, "sites", "Perfused enclosed tube sites, or sites of sprouts inside, that make a lesion angiogenic.", 1, 1000),
        Parameter("growth_cells", 50, "cells", "Cells from which a perfused lesion can be in the growth phase.", 2, 100000),
        Parameter("growth_ratio", 1.1, "1", "Size now over size a window ago that counts as sustained net growth.", 1.0, 100.0),
        Parameter("growth_window", 48.0, "h", "Window over which net growth must be sustained.", 1.0, 1000.0),
        Parameter("rim_collagen", 0.2, "1", "Collagen beside a border, relative to a dense capsule, from which activated stellate cells there make a desmoplastic rim.", 0.0, 10.0, "van Dam 2017 doi:10.1038/bjc.2017.334 (a rim of stroma); the threshold is assumed", "assumed"),
        Parameter("compressed", 0.8, "1", "Mean patency of the sinusoids beside a border below which the plates count as pushed aside; two divisions that push leave 0.72.", 0.0, 1.0, "van Dam 2017 doi:10.1038/bjc.2017.334 (compressed plates); the threshold is assumed", "assumed"),
        Parameter("live_parenchyma", 0.5, "1", "Parenchyma beside a border from which it counts as live liver.", 0.0, 1.0),
        Parameter("rim", 50.0, "um", "Width of the rim around a lesion in which its infiltrate and its debris are counted.", 1.0, 5000.0),
    ),
)  # fmt: skip

LESION_COLUMNS = (
    Column("founder", "code", "Number of the disseminated cell it began with.", whole=True),
    Column("parent", "code", "Lesion it broke away from; -1 if none.", whole=True, default=-1),
    Column("cells", "cells", "Live tumour cells now.", whole=True),
    Column("peak", "cells", "Most cells it ever had.", whole=True),
    Column("phase", "code", "Phase now; 0 when it is gone.", whole=True),
    Column("merged_into", "code", "Lesion that took it in; -1 if none.", whole=True, default=-1),
    Column("vessels", "sites", "Perfused tube sites that it encloses.", whole=True),
    Column("x", "um", "Centre."),
    Column("y", "um", "Centre."),
    Column("zone", "1", "Zone where it was first seen."),
    Column("lobule", "code", "Lobule where it was first seen.", whole=True, default=-1),
    Column("began", "h", "First seen.", default=float("nan")),
    Column("pre_angiogenic", "h", "First seen in tissue.", default=float("nan")),
    Column("woke", "h", "First seen with a cell that has divided.", default=float("nan")),
    Column("micrometastasis", "h", "First seen as a micrometastasis.", default=float("nan")),
    Column("angiogenic", "h", "First seen in the angiogenic phase.", default=float("nan")),
    Column("growth", "h", "First seen in the growth phase.", default=float("nan")),
    Column("hypoxic", "h", "First seen with a hypoxic cell.", default=float("nan")),
    Column(
        "stellate",
        "h",
        "First seen with an activated stellate cell inside or beside it.",
        default=float("nan"),
    ),
    Column(
        "vessel", "h", "First seen with a perfused tube enclosed or a sprout inside.", default=float("nan")
    ),
    Column("vessel_cells", "cells", "Cells at that time.", whole=True),
    Column("sprout", "h", "First seen with a sprout inside.", default=float("nan")),
    Column("sprout_cells", "cells", "Cells at that time.", whole=True),
    Column("lost", "h", "First seen without live cells.", default=float("nan")),
    Column("window_cells", "cells", "Cells at the beginning of the growth window.", whole=True),
    Column("earlier_cells", "cells", "Cells half a window before that.", whole=True),
)
