"""Describe hepatic stellate cells: quiescent in the space of Disse, myofibroblasts once activated."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import ZONATION, Kind, attracted, density
from livermet_sim.cells.look import Body, Followed, Look
from livermet_sim.cells.state import ACTIVATION

STELLATE = Kind(
    "stellate",
    "Hepatic stellate cells (HSC); activated ones are myofibroblasts.",
    "disse",
    roles=frozenset({"stroma"}),
    states=(ACTIVATION,),
    followed=(Followed("activation", "1", "activation of stellate cells", "Activation of the stellate cells, mean."),),
    look=Look(
        "stellate cell", "stellate cells", "#29a25c", "^", active="activated stellate cell",
        body=Body((6.0, 1.4), (3.2, 1.3), along_vessel=True), active_body=Body((11.0, 2.2), (4.4, 1.5), along_vessel=True),
        aside=1.55, rank=1, cytoplasm=(0.07, 0.42, 0.0), chromatin=(0.56, 0.2, 0.0), markers={"aSMA": 1.0},
    ),
    parameters=(
        density(13000.0, "Resting density.", "Geerts 2001, Blouin 1977 (5000-20000 /mm3; sources disagree)", "derived"),
        *ZONATION,
        Parameter("diameter", 11.0, "um", "Diameter of the cell body.", 3.0, 30.0, "textbook (10-12 um)", "recalled"),
        *attracted("tgf_beta"),
    ),
    behaviours=(
        Parameter("activate", 0.0, "/h", "Rate at which a quiescent cell becomes a myofibroblast.", 0.0, 100.0, "assumed: first aSMA 1-3 d, full 5-7 d, recalled", "assumed"),
        Parameter("deactivate", 0.004, "/h", "Rate of return to quiescence.", 0.0, 100.0, "assumed: weeks, recalled", "assumed"),
        Parameter("crawl", 0.02, "um/min", "Speed of crawling in tissue.", 0.0, 10.0),
        Parameter("chemotaxis", 5.0, "1", "Bias of crawling up the attractant.", 0.0, 100.0),
        Parameter("divide", 0.0, "/h", "Division rate.", 0.0, 1.0, "assumed: 2-3 d under PDGF, recalled", "assumed"),
        Parameter("leave", 0.0, "/h", "Death rate.", 0.0, 10.0),
        Parameter("cover", 0.0, "/h", "Rate at which it covers, as a pericyte, each tube that grew during the run at its site and around.", 0.0, 10.0),
        Parameter("deposit.collagen", 0.0, "/h", "Collagen laid down per hour at its site and around.", 0.0, 10.0),
        Parameter("deposit.fibronectin", 0.0, "/h", "Fibronectin laid down per hour at its site and around.", 0.0, 10.0),
    ),
    secretes=(("cxcl12", 0.0, "assumed"),),
)  # fmt: skip
