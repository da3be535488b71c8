"""Describe Kupffer cells: resident macrophages of the sinusoids that engulf tumour cells until sated."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import MOBILE, Kind, attracted, density, mobile
from livermet_sim.cells.look import Body, Followed, Look

KUPFFER = Kind(
    "kupffer",
    "Kupffer cells, the resident macrophages of the sinusoids.",
    "vessel",
    roles=frozenset({"patrol", "immune", "myeloid"}),
    states=MOBILE,
    followed=(
        Followed("load", "cells", "tumour cells inside, a Kupffer cell", "Tumour cells engulfed and not yet digested, mean of the Kupffer cells.", at_end=True),
        Followed("polarisation", "1", "polarisation: 0 kills, 1 feeds", "Polarisation of the Kupffer cells, mean: 0 kills tumour, 1 feeds it.", at_end=True),
    ),
    look=Look(
        "Kupffer cell", "Kupffer cells", "#5d2d08", "D", first=True, slider=60_000.0, body=Body((7.0, 3.4), (3.2, 2.0), along_vessel=True), aside=0.5,
        cytoplasm=(0.12, 0.34, 0.0), chromatin=(0.62, 0.2, 0.0), markers={"F4/80": 1.0},
    ),
    parameters=(
        density(18000.0, "Resting density.", "Bouwens 1986 PMID 3733004 (14-20e6/g, rat)", "derived"),
        Parameter("share_periportal", 0.43, "1", "Share of the cells in the periportal third.", 0.0, 1.0, "Bouwens 1986 PMID 3733004", "found"),
        Parameter("share_midzonal", 0.28, "1", "Share of the cells in the middle third.", 0.0, 1.0, "Bouwens 1986 PMID 3733004", "found"),
        Parameter("diameter", 13.0, "um", "Diameter.", 5.0, 30.0, "textbook (10-15 um)", "recalled"),
        Parameter("motile_share", 0.25, "1", "Share of the time in which a Kupffer cell crawls.", 0.0, 1.0),
        *attracted("", "Signal up which it crawls; none, as it crawls either way.", "MacPhee 1992 PMID 1636711", "found"),
        Parameter("across_wall", 0.005, "1", "Share of its attack that reaches a tumour cell behind the vessel wall.", 0.0, 1.0, "assumed", "assumed"),
        Parameter("inactive_share", 0.36, "1", "Share that takes up nothing.", 0.0, 1.0, "Bouwens 1986 PMID 3733004 (64 % take up latex)", "found"),
    ),
    behaviours=(
        *mobile(4.6, 0.0, 0.0, sources={"crawl": ("MacPhee 1992 PMID 1636711", "found"), "leave": ("Bouwens 1986 PMID 3733004 (months to years)", "found"), "depolarise": ("model files (0.02-0.045 /d)", "found")}),
        Parameter("engulf", 0.038, "/h", "Rate of engulfing one tumour cell without CD47 in contact before recognition; rule MV12 raises it.", 0.0, 100.0, "Timmers 2004 doi:10.1002/ijc.20481 (92 % inside Kupffer cells at 24 h, CC531s; of that CD47 leaves half, MV16)", "derived"),
        Parameter("digest", 0.08, "/h", "Rate at which each engulfed cell is digested.", 0.0, 100.0, "assumed: 2-24 h, recalled", "assumed"),
    ),
    secretes=(("tnf", 0.5, "assumed"),),
)  # fmt: skip
