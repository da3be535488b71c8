"""Describe regulatory T cells: few at rest, they silence CD8 T cells in contact."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import MOBILE, ZONATION, Kind, attracted, density, mobile
from livermet_sim.cells.look import Look

TREG = Kind(
    "treg",
    "Regulatory T cells.",
    "vessel",
    roles=frozenset({"immune"}),
    states=MOBILE,
    look=Look("regulatory T cell", "regulatory T cells", "#576b08"),
    recruited=True,
    parameters=(
        density(100.0, "Resting density.", "assumed", "assumed"),
        *ZONATION,
        Parameter("diameter", 7.0, "um", "Diameter.", 3.0, 20.0, "QSPIO-TNBC parameter file (T cell 6.94 um)", "recalled"),
        Parameter("motile_share", 0.6, "1", "Share of the time in which it crawls.", 0.0, 1.0),
        *attracted("tgf_beta"),
        Parameter("across_wall", 0.0, "1", "Share of its attack that reaches a tumour cell behind the vessel wall.", 0.0, 1.0, "assumed", "assumed"),
        Parameter("inactive_share", 0.0, "1", "Share that never attacks.", 0.0, 1.0),
    ),
    behaviours=mobile(4.0, 0.005, 0.0, infiltrate=0.1, sources={}),
    secretes=(("il10", 2.0, "assumed"),),
)  # fmt: skip
