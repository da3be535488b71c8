"""Name the phases of a lesion, and the columns of the table of lesions."""

from __future__ import annotations

from livermet_sim.state.table import Column

PHASES = ("microvascular", "pre-angiogenic", "angiogenic", "growth")
MICROVASCULAR, PRE_ANGIOGENIC, ANGIOGENIC, GROWTH = range(1, len(PHASES) + 1)  # their codes; 0 is none
PHASE_WORDS = ("", *PHASES)  # by code

LESION_COLUMNS = (
    Column("founder", "code", "Number of the disseminated cell it began with.", whole=True, of="lesion"),
    Column("parent", "code", "Lesion it broke away from; -1 if none.", whole=True, of="lesion", default=-1),
    Column("cells", "cells", "Live tumour cells now.", whole=True),
    Column("peak", "cells", "Most cells it ever had.", whole=True),
    Column("phase", "code", "Phase now; 0 when it is gone.", whole=True, of="5"),
    Column("merged_into", "code", "Lesion that took it in; -1 if none.", whole=True, of="lesion", default=-1),
    Column("vessels", "sites", "Sites of perfused vessels of its own.", whole=True),
    Column("supplied", "1", "Share of its cells in tissue within reach of a perfused vessel."),
    Column(
        "fresh",
        "code",
        "Phase to which it will change if the readings persist; 0 if none.",
        whole=True,
        of="5",
    ),
    Column("fresh_since", "h", "Since when they say so.", default=float("nan")),
    Column(
        "steps_back",
        "1",
        "Times that its phase went back to an earlier one while it had cells in tissue.",
        whole=True,
    ),
    Column("x", "um", "Centre."),
    Column("y", "um", "Centre."),
    Column("zone", "1", "Zone where it was first seen."),
    Column("lobule", "code", "Lobule where it was first seen.", whole=True, of="lobule", default=-1),
    Column("began", "h", "First seen.", default=float("nan")),
    Column("pre_angiogenic", "h", "First seen in tissue.", default=float("nan")),
    Column("woke", "h", "First seen with a cell that has divided.", default=float("nan")),
    Column("micrometastasis", "h", "First seen as a micrometastasis.", default=float("nan")),
    Column("angiogenic", "h", "First seen in the angiogenic phase.", default=float("nan")),
    Column("growth", "h", "First seen in the growth phase.", default=float("nan")),
    *(
        Column(
            f"own_{name}",
            "h",
            f"In the row of a founder's own lesion: when its own progeny reached {what}.",
            default=float("nan"),
        )
        for name, what in (
            ("micrometastasis", "the size of a micrometastasis in one lesion"),
            ("angiogenic", "that, in a lesion that was angiogenic"),
            ("growth", "the least size of a growing lesion, in one that grew"),
        )
    ),
    Column("hypoxic", "h", "First seen with a hypoxic cell.", default=float("nan")),
    Column(
        "stellate",
        "h",
        "First seen with an activated stellate cell inside or beside it.",
        default=float("nan"),
    ),
    Column(
        "vessel",
        "h",
        "First seen with a perfused vessel of its own or a sprout inside.",
        default=float("nan"),
    ),
    Column("vessel_cells", "cells", "Cells at that time.", whole=True),
    Column("sprout", "h", "First seen with a sprout inside.", default=float("nan")),
    Column("sprout_cells", "cells", "Cells at that time.", whole=True),
    Column("lost", "h", "First seen without live cells.", default=float("nan")),
    Column("window_cells", "cells", "Cells at the beginning of the growth window.", whole=True),
    Column("earlier_cells", "cells", "Cells half a window before that.", whole=True),
)
