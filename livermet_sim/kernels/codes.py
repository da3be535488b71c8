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
