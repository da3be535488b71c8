"""Describe CD8 T cells: few and unprimed at rest; primed ones kill what they touch."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import MOBILE, ZONATION, Kind, attracted, density, mobile
from livermet_sim.cells.look import Look
from livermet_sim.cells.state import State

EXHAUSTION = State(
    "exhaustion", "exhaust", "recover", "T cell: function lost to lasting antigen, 0 to 1.",
    "The T cell's own loss of function to lasting antigen, 0 to 1.",
    "the rate at which {cells} become exhausted", "the rate at which {cells} recover from exhaustion",
)  # fmt: skip

CD8 = Kind(
    "cd8",
    "CD8 T cells; activation is the primed share of full effector function.",
    "vessel",
    roles=frozenset({"immune", "primed"}),
    states=(*MOBILE, EXHAUSTION),
    look=Look("CD8 T cell", "CD8 T cells", "#fa761c", "s", dashed=True, first=True, slider=10_000.0, markers={"CD8": 1.0}),
    recruited=True,
    parameters=(
        density(800.0, "Resting density.", "PMC9040585 (T cells 63 % of hepatic lymphocytes)", "derived"),
        *ZONATION,
        Parameter("diameter", 7.0, "um", "Diameter.", 3.0, 20.0, "QSPIO-TNBC parameter file (6.94 um)", "recalled"),
        Parameter("motile_share", 0.6, "1", "Share of the time in which it crawls.", 0.0, 1.0),
        *attracted("cxcl12"),
        Parameter("across_wall", 0.5, "1", "Share of its attack that reaches a tumour cell behind the vessel wall.", 0.0, 1.0, "Guidotti 2015 doi:10.1016/j.cell.2015.03.005 (kills through fenestrae)", "assumed"),
        Parameter("inactive_share", 0.5, "1", "Share without a fitting receptor.", 0.0, 1.0),
    ),
    behaviours=(
        *mobile(
            8.0, 0.005, 0.0, infiltrate=0.1, deactivate=0.00063,
            sources={
                "crawl": ("Guidotti 2015 doi:10.1016/j.cell.2015.03.005 (5-15 um/min)", "recalled"),
                "deactivate": ("De Boer 2001 PMC114648 (1-2 % of effectors a day revert to memory)", "found"),
            },
        ),
        Parameter("exhaust", 0.0, "/h", "Rate at which exhaustion moves towards 1.", 0.0, 100.0),
        Parameter("recover", 0.0, "/h", "Rate at which exhaustion moves towards 0.", 0.0, 100.0, "Philip 2017 doi:10.1038/nature22367 (what is fixed stays so without antigen; the plastic first days are left out)", "assumed"),
    ),
)  # fmt: skip
