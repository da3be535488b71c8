"""Describe MDSC: recruited along CXCR2 and CCR2, they silence T and NK cells in contact."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import MOBILE, ZONATION, Kind, attracted, density, mobile
from livermet_sim.cells.look import Body, Look

MDSC = Kind(
    "mdsc",
    "Myeloid-derived suppressor cells.",
    "vessel",
    roles=frozenset({"immune", "myeloid"}),
    states=MOBILE,
    look=Look("MDSC", "MDSC", "#2d2c2b", "v", first=True, body=Body((4.6, 4.4), (1.7, 1.4), lobes=2), markers={"Ly6G": 0.4}),
    recruited=True,
    parameters=(
        density(150.0, "Resting density.", "assumed", "assumed"),
        *ZONATION,
        Parameter("diameter", 10.0, "um", "Diameter.", 3.0, 20.0),
        Parameter("motile_share", 0.5, "1", "Share of the time in which it crawls.", 0.0, 1.0),
        *attracted("cxcl"),
        Parameter("across_wall", 0.2, "1", "Share of its attack that reaches a tumour cell behind the vessel wall.", 0.0, 1.0, "assumed", "assumed"),
        Parameter("inactive_share", 0.0, "1", "Share that never attacks.", 0.0, 1.0),
    ),
    behaviours=mobile(
        4.0, 0.042, 0.0, infiltrate=0.1,
        sources={"leave": ("Condamine 2014 doi:10.1172/JCI74056 (half-life shorter than that of monocytes and neutrophils, by apoptosis); as monocytes", "derived")},
    ),
    # half of the effect (1) where two stand in 27 voxels of 20 um, as in the HCC model files: 0.023 to a site of 2500 um3
    secretes=(("tgf_beta", 2.0, "assumed"), ("il10", 2.0, "assumed"), ("arginase", 43.0, "derived")),
)  # fmt: skip
