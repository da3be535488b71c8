"""Describe NK (pit) cells: liver-resident killers whose interferon holds dormant tumour cells asleep."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import MOBILE, ZONATION, Kind, attracted, density, mobile
from livermet_sim.cells.look import Look

NK = Kind(
    "nk",
    "Natural killer cells (pit cells of the liver).",
    "vessel",
    roles=frozenset({"immune"}),
    states=MOBILE,
    look=Look("NK cell", "NK cells", "#efe443", "s", dashed=True, first=True, slider=10_000.0, markers={"NKp46": 1.0}),
    recruited=True,
    parameters=(
        density(1500.0, "Resting density.", "PMC9040585 (arithmetic; isolation yields 200-4700 /mm3); Luo 1995 doi:10.1002/hep.1840210630 (about 1050 /mm3, rat)", "derived"),
        *ZONATION,
        Parameter("diameter", 7.5, "um", "Diameter.", 3.0, 20.0, "textbook (7-8 um)", "recalled"),
        Parameter("motile_share", 0.6, "1", "Share of the time in which it crawls.", 0.0, 1.0),
        Parameter("persistence", 50.0, "um", "Path that it crawls before it turns: it follows its sinusoid from one joint to the next.", 1.0, 1000.0, "Geissmann 2005 PMC1073691 (NKT cells patrol along sinusoids, 28.6 um of them to a hepatocyte); two hepatocytes, assumed", "assumed"),
        *attracted("cxcl12"),
        Parameter("across_wall", 0.02, "1", "Share of its attack that reaches a tumour cell behind the vessel wall.", 0.0, 1.0, "assumed", "assumed"),
        Parameter("inactive_share", 0.5, "1", "Share that never kills.", 0.0, 1.0, "Vanherberghen 2013 Blood 121:1326", "found"),
    ),
    behaviours=mobile(
        5.0, 0.003, 0.5, infiltrate=0.001,
        sources={"crawl": ("Ichise 2022 eLife 76269 (5 um/min, lung)", "found"), "attack": ("Guldevall 2016 PMC4820656 (a hit 0.5-2 h after contact; the slowest, so that the way from one to the next, three or more in 12 h by Vanherberghen 2013 Blood 121:1326, is not told twice)", "derived")},
    ),
    secretes=(("ifn_gamma", 20.0, "assumed"),),
)  # fmt: skip
