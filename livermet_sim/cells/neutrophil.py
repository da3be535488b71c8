"""Describe neutrophils: short-lived, recruited, killers or helpers by polarisation, casting traps."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import MOBILE, ZONATION, Kind, attracted, density, mobile
from livermet_sim.cells.look import Body, Look

NEUTROPHIL = Kind(
    "neutrophil",
    "Neutrophils.",
    "vessel",
    roles=frozenset({"immune", "myeloid"}),
    states=MOBILE,
    look=Look(
        "neutrophil", "neutrophils", "#0873b4", "o", first=True, slider=10_000.0, body=Body((4.4, 4.2), (1.5, 1.3), lobes=3),
        cytoplasm=(0.04, 0.26, 0.0), markers={"Ly6G": 1.0},
    ),
    recruited=True,
    parameters=(
        density(500.0, "Resting marginated density.", "assumed: 200-2000 /mm3, recalled", "assumed"),
        *ZONATION,
        Parameter("diameter", 9.0, "um", "Diameter.", 3.0, 20.0, "textbook (8-10 um)", "recalled"),
        Parameter("motile_share", 0.5, "1", "Share of the time in which it crawls.", 0.0, 1.0),
        *attracted("cxcl"),
        Parameter("across_wall", 0.05, "1", "Share of its attack that reaches a tumour cell behind the vessel wall.", 0.0, 1.0, "assumed", "assumed"),
        Parameter("inactive_share", 0.0, "1", "Share that never attacks.", 0.0, 1.0),
    ),
    behaviours=mobile(
        10.0, 0.06, 0.0, infiltrate=0.02,
        sources={"crawl": ("McDonald 2010 (8-15 um/min)", "recalled"), "leave": ("assumed: half-life in blood 10-12 h, mouse, recalled", "assumed")},
    ),
)  # fmt: skip
