"""Describe dendritic cells: few, they prime CD8 T cells that they touch once they have met debris."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import MOBILE, ZONATION, Kind, attracted, density, mobile
from livermet_sim.cells.look import Body, Look

DENDRITIC = Kind(
    "dendritic",
    "Dendritic cells.",
    "vessel",
    roles=frozenset({"immune", "antigen"}),
    states=MOBILE,
    look=Look("dendritic cell", "dendritic cells", "#f23236", "X", dashed=True, body=Body((6.5, 3.4), (3.0, 2.2))),
    recruited=True,
    parameters=(
        density(300.0, "Resting density.", "assumed", "assumed"),
        *ZONATION,
        Parameter("diameter", 10.0, "um", "Diameter.", 3.0, 25.0),
        Parameter("motile_share", 0.5, "1", "Share of the time in which it crawls.", 0.0, 1.0),
        *attracted("ccl2"),
        Parameter("across_wall", 0.2, "1", "Share of its attack that reaches a tumour cell behind the vessel wall.", 0.0, 1.0, "assumed", "assumed"),
        Parameter("inactive_share", 0.0, "1", "Share that never attacks.", 0.0, 1.0),
    ),
    behaviours=mobile(4.0, 0.004, 0.0, infiltrate=0.1, sources={}),
)  # fmt: skip
