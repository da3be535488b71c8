"""Describe LSEC: each lines a stretch of sinusoid, holds or lets go what passes, and sprouts new vessels."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.look import Body, Followed, Look
from livermet_sim.cells.state import ACTIVATION, State

CAPILLARISATION = State(
    "capillarisation", "capillarise", "decapillarise", "LSEC: loss of fenestrae, 0 to 1.",
    "The LSEC's own loss of fenestrae, 0 to 1.",
    "the rate at which {cells} lose their fenestrae", "the rate at which {cells} regain their fenestrae",
)  # fmt: skip

DESENSITISATION = State(
    "desensitisation", "desensitise", "resensitise", "LSEC: how far it no longer answers with E-selectin, 0 to 1.",
    "The LSEC's own desensitisation to what made it show E-selectin, 0 to 1.",
    "the rate at which {cells} cease to answer with E-selectin", "the rate at which {cells} answer with E-selectin again",
)  # fmt: skip

LSEC = Kind(
    "lsec",
    "Liver sinusoidal endothelial cells; each lines one stretch of sinusoid.",
    "segment",
    roles=frozenset({"lining"}),
    states=(ACTIVATION, CAPILLARISATION, DESENSITISATION),
    followed=(Followed("activation", "1", "adhesion molecules on the lining", "Activation of the sinusoids' lining, mean."),),
    look=Look(
        "LSEC", "LSEC", "#ae5673", "", body=Body((7.0, 1.0), (3.4, 1.1), along_vessel=True), aside=1.05, rank=0,
        cytoplasm=(0.12, 0.3, 0.0), chromatin=(0.72, 0.2, 0.0), markers={"CD31": 0.6},
    ),
    former={"capture": "the ligand of the lining stands in its place; set cells.lsec.tether (catches) and cells.lsec.grip (holds)"},
    parameters=(
        Parameter("stretch", 70.0, "um", "Length of sinusoid lined by one cell.", 20.0, 200.0, "Adv Mater 2022 PMC9040585 (50-100 um)", "derived"),
        Parameter("diameter", 7.0, "um", "Diameter of the cell body.", 3.0, 20.0, "textbook (6-8 um)", "recalled"),
        Parameter("sprout_diameter", 8.0, "um", "Diameter of a newly formed vessel.", 3.0, 30.0),
        Parameter("notch_distance", 60.0, "um", "Distance from a tip, or from a vessel where one left, within which no other comes (Dll4-Notch).", 0.0, 200.0, "Duswald (BioDynaMo) 60 um; Owen 2011 Cancer Res 71:2826 80 um", "found"),
        Parameter("portal_reach", 60.0, "um", "Distance from a portal tract within which new vessels are of the portal type, narrow and many; further away they are of the wide sinusoid type.", 0.0, 1000.0, "Paku & Lapis 1993 PMID 7689793 (two types; distance assumed)", "assumed"),
        Parameter("portal_sprout_diameter", 6.0, "um", "Diameter of a newly formed vessel of the portal type.", 3.0, 30.0),
        Parameter("lake_diameter", 20.0, "um", "Diameter to which sinusoids at a tumour's border widen.", 5.0, 100.0, "Paku & Lapis 1993 PMID 7689793 (large vessels days 11-14; size assumed)", "assumed"),
        Parameter("fuse_diameter", 12.0, "um", "Diameter above which neighbouring widened sinusoids fuse.", 5.0, 100.0),
        Parameter("sprout_reach", 300.0, "um", "Length at which a sprout that met no vessel gives up.", 10.0, 2000.0),
    ),
    behaviours=(
        Parameter("activate", 0.0, "/h", "Rate at which adhesion molecules come up.", 0.0, 100.0),
        Parameter("deactivate", 0.04, "/h", "Rate at which adhesion molecules go down; half-life about 17 h.", 0.0, 100.0, "assumed: half-life 12-24 h, recalled", "assumed"),
        Parameter("capillarise", 0.0, "/h", "Rate at which fenestrae are lost.", 0.0, 100.0),
        Parameter("decapillarise", 0.004, "/h", "Rate at which fenestrae come back.", 0.0, 100.0),
        Parameter("desensitise", 0.0, "/h", "Rate at which it ceases to answer with E-selectin.", 0.0, 100.0),
        Parameter("resensitise", 0.03, "/h", "Rate at which it answers with E-selectin again; half in a day.", 0.0, 100.0, "assumed: a day, longer than the 12 to 24 h that E-selectin takes to go; still refractory after 44 h of TNF (Karmann 1996 J Exp Med 184:173)", "assumed"),
        Parameter("tether", 0.17, "1", "Ligand that tethers tumour cells of any line, E-selectin left out.", 0.0, 10.0, "as cells.lsec.grip (PMC3121175)", "derived"),
        Parameter("selectin", 0.0, "1", "E-selectin, which tethers tumour cells that carry its ligand; 1 at its peak, on a lining activated at once.", 0.0, 10.0, "none on the liver's endothelium at rest, PMID 10096570 (H-59: from 2 h, most at 6 to 8 h)", "found"),
        Parameter("grip", 0.2, "1", "Ligand that holds tethered tumour cells (VCAM-1, ICAM-1); 1 on a lining fully activated.", 0.0, 10.0, "Muro and Muzykantov in PMC3121175 (copies a cell: ICAM-1 1e4-1e5, in inflammation 3-5 times as many and as much VCAM-1 again, of which there is none at rest: 1 of 4 to 6)", "derived"),
        Parameter("sprout", 0.0, "/h", "Rate of sending out a tip.", 0.0, 100.0),
        Parameter("extend", 5.5, "um/h", "Speed of a sprout.", 0.0, 100.0, "Utzinger 2015 PMC4782613 (5 um/h); Qutub & Popel 2009 PMC2672076 (6.2 um/h)", "found"),
        Parameter("regress", 0.01, "/h", "Rate at which an uncovered vessel that grew during the run is lost while VEGF is lacking; rule AN5.survive lowers it.", 0.0, 10.0, "Mancuso 2006 doi:10.1172/JCI24612 (50-60 % of tumour vessels lost in 7 d of VEGFR block: 0.005 /h of all, twice that of the uncovered half)", "derived"),
        Parameter("dilate", 0.0, "/h", "Rate at which a sinusoid beside tumour cells widens towards the lake diameter.", 0.0, 10.0),
        Parameter("deposit.fibronectin", 0.0, "/h", "Fibronectin laid down per hour on the vessel wall.", 0.0, 10.0),
        Parameter("collapse", 0.2, "/h", "Rate at which a fully compressed site of the vessel closes; scaled by the patency lost.", 0.0, 100.0),
    ),
    along=("tether", "grip", "dilate", "collapse"),
    secretes=(("no", 0.2, "assumed"), ("cxcl12", 0.1, "assumed")),
)  # fmt: skip
