"""Name the whole-number codes that kernels and the layers above share."""

from __future__ import annotations

# compartments of a site (as in the tissue)
OUTSIDE, PORTAL, SINUSOID, PARENCHYMA, CENTRAL = 0, 1, 2, 3, 4
# parts of a site, and states of a tumour cell
LUMEN, TISSUE = 0, 1
CYCLING, DORMANT = 0, 1
TUMOUR = 0
# events of tumour cells
EVENTS = (
    "enter",
    "arrest",
    "detach",
    "wash_out",
    "extravasate",
    "wake",
    "sleep",
    "divide",
    "die",
    "merge",
    "intravasate",
)
ENTER, ARREST, DETACH, WASH_OUT, EXTRAVASATE, WAKE, SLEEP, DIVIDE, DIE, MERGE, INTRAVASATE = range(11)
NOTHING = -1
# causes: how a cell died, was held, or made room; killer kinds follow after these
CAUSES = (
    "none", "shear", "nitric_oxide", "anoikis", "apoptosis", "necrosis", "treatment",
    "mechanical", "adhesive", "blocked", "replacement", "pushing",
)  # fmt: skip
(NONE, SHEAR, NITRIC_OXIDE, ANOIKIS, APOPTOSIS, NECROSIS, TREATMENT,
 MECHANICAL, ADHESIVE, BLOCKED, REPLACEMENT, PUSHING) = range(12)  # fmt: skip
FIRST_KILLER = 12
# purposes of random draws; a draw is a function of seed, purpose, tick and key
(PLACE, APTITUDE, DIAMETER, ENTRY, FATE, RACE, PRIORITY, FLOW, CROSS, DIVISION, DAUGHTER, CRAWL, TURNOVER,
 RECRUIT, RECRUITED, SPROUT, SPROUT_STEP, COLLAPSE, CHANCE, DEPLETE, NET, INTRAVASATION, ADDED, DOSED, REGRESS,
 PRIMED, STIFFNESS) = range(1, 28)  # fmt: skip
OWN = 1 << 15  # from here to its double: processes that users have registered, by a hash of their names
PURPOSES = {
    "PLACE": "Where the resident cells of a kind stand at the start.",
    "APTITUDE": "A cell's own number, fixed at birth, by which shares divide a line.",
    "DIAMETER": "Diameter of an arriving tumour cell.",
    "ENTRY": "Identity of a disseminated cell, and the portal tract by which it enters.",
    "FATE": "Whether something happens to a tumour cell in the step, and when.",
    "RACE": "Which of the competing causes comes first, and which attacker.",
    "PRIORITY": "Who is served first where several want one place.",
    "FLOW": "Which way a tumour cell is carried at a fork, and when it sticks or comes loose.",
    "CROSS": "To which free place a cell crosses the wall.",
    "DIVISION": "Where a daughter goes, and whether a hepatocyte gives way.",
    "DAUGHTER": "Identity of a daughter.",
    "CRAWL": "Whether and where a crawling cell hops.",
    "TURNOVER": "Whether a cell leaves, divides, converts or casts a trap.",
    "RECRUIT": "How many cells of a kind a stretch of lining catches.",
    "RECRUITED": "Identity of a cell that the blood brought.",
    "SPROUT": "Whether a tip leaves a vessel.",
    "SPROUT_STEP": "Identity of a sprout and the noise of its steps.",
    "COLLAPSE": "Whether a compressed tube closes.",
    "CHANCE": "Nothing any more; the number stays taken.",
    "DEPLETE": "Which cells a depletion takes.",
    "NET": "Nothing any more; the number stays taken.",
    "INTRAVASATION": "Whether a cell of a lesion enters a vessel.",
    "ADDED": "Where cells that an intervention adds stand, and which cells it sets.",
    "DOSED": "Which cells a drug kills.",
    "REGRESS": "Whether an uncovered vessel without VEGF goes.",
    "PRIMED": "Whether an arriving T cell is an effector from the node.",
    "STIFFNESS": "Tension and viscosity of a tumour cell.",
}
