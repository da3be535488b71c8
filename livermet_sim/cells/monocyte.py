"""Describe monocytes and the macrophages they become: recruited by CCL2, they feed stroma and tumour."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import MOBILE, ZONATION, Kind, attracted, density, mobile
from livermet_sim.cells.look import Body, Look

MONOCYTE = Kind(
    "monocyte",
    "Monocytes and monocyte-derived macrophages.",
    "vessel",
    roles=frozenset({"immune", "myeloid"}),
    states=MOBILE,
    look=Look(
        "monocyte", "monocytes", "#4dafe4", "p", dashed=True, body=Body((5.4, 4.8), (3.4, 2.3)), chromatin=(0.66, 0.2, 0.0),
        markers={"F4/80": 0.55},
    ),
    recruited=True,
    parameters=(
        density(200.0, "Resting density.", "assumed", "assumed"),
        *ZONATION,
        Parameter("diameter", 11.0, "um", "Diameter.", 3.0, 25.0, "textbook (10-12 um)", "recalled"),
        Parameter("converts_to", "mdsc", "", "Kind that it turns into.", source="Hochst 2013 (stellate cells turn monocytes into MDSC)", grade="recalled"),
        Parameter("motile_share", 0.3, "1", "Share of the time in which it crawls.", 0.0, 1.0),
        *attracted("ccl2"),
        Parameter("across_wall", 0.2, "1", "Share of its attack that reaches a tumour cell behind the vessel wall.", 0.0, 1.0, "assumed", "assumed"),
        Parameter("inactive_share", 0.0, "1", "Share that never attacks.", 0.0, 1.0),
    ),
    behaviours=(
        *mobile(
            5.0, 0.042, 0.0, infiltrate=0.2,
            sources={"crawl": ("assumed: 4-10 um/min, recalled", "assumed"), "leave": ("Patel 2017 doi:10.1084/jem.20170355 (classical monocytes last a day)", "found")},
        ),
        Parameter("engulf", 0.0, "/h", "Rate of engulfing one tumour cell without CD47 in contact; rule MV12.monocyte raises it.", 0.0, 100.0),
        Parameter("digest", 0.08, "/h", "Rate at which each engulfed cell is digested.", 0.0, 100.0, "as cells.kupffer.digest, assumed", "assumed"),
        Parameter("convert", 0.0, "/h", "Rate of turning into the kind that it converts to.", 0.0, 100.0),
    ),
    )  # fmt: skip
