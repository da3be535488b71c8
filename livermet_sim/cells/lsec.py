"""Describe LSEC: each lines a stretch of sinusoid, holds or lets go what passes, and sprouts new vessels."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import Kind

LSEC = Kind(
    "lsec",
    "Liver sinusoidal endothelial cells; each lines one stretch of sinusoid.",
    "segment",
    parameters=(
        Parameter("stretch", 70.0, "um", "Length of sinusoid lined by one cell.", 20.0, 200.0, "Adv Mater 2022 PMC9040585 (50-100 um)", "derived"),
        Parameter("diameter", 7.0, "um", "Diameter of the cell body.", 3.0, 20.0, "textbook (6-8 um)", "recalled"),
        Parameter("sprout_diameter", 8.0, "um", "Diameter of a newly formed vessel.", 3.0, 30.0),
        Parameter("notch_distance", 40.0, "um", "Distance within which a tip cell keeps others from becoming tips (Dll4-Notch).", 0.0, 200.0, "spacing of 3-5 cells", "recalled"),
        Parameter("sprout_reach", 300.0, "um", "Length at which a sprout that met no vessel gives up.", 10.0, 2000.0),
    ),
    behaviours=(
        Parameter("activate", 0.0, "/h", "Rate at which adhesion molecules come up.", 0.0, 100.0),
        Parameter("deactivate", 0.04, "/h", "Rate at which adhesion molecules go down; half-life about 17 h.", 0.0, 100.0, "decay half-life 12-24 h", "recalled"),
        Parameter("capillarise", 0.0, "/h", "Rate at which fenestrae are lost.", 0.0, 100.0),
        Parameter("decapillarise", 0.004, "/h", "Rate at which fenestrae come back.", 0.0, 100.0),
        Parameter("capture", 0.01, "1", "Probability of tethering a passing tumour cell over one site.", 0.0, 1.0),
        Parameter("sprout", 0.0, "/h", "Rate of sending out a tip.", 0.0, 100.0),
        Parameter("extend", 10.0, "um/h", "Speed of a sprout.", 0.0, 100.0, "5-20 um/h", "recalled"),
        Parameter("collapse", 0.1, "/h", "Rate at which a fully compressed site of the vessel closes; scaled by the patency lost.", 0.0, 100.0),
    ),
    secretes=(("no", 0.2, "assumed"), ("cxcl12", 0.1, "assumed")),
)  # fmt: skip
