"""Declare what a tissue is built from."""

from __future__ import annotations

from livermet_sim.anatomy.picture import colour_table
from livermet_sim.base.specs import Parameter, Section

KINDS = ("lobule", "patch", "strip", "mask")
_BLOUIN = "length density of Blouin 1977 (PMID 833203) at 8 um"
_WISSE = "Wisse 1985"
# which kinds of tissue read a parameter
_HEXAGONS, _MASK = ("kind", ("lobule", "patch")), ("kind", ("mask",))
# what shapes the network of sinusoids, where an image does not draw one
GROWN = ("sinusoid_spacing", "mesh_periportal", "mesh_pericentral", "waviness")

SECTION = Section(
    "tissue",
    "The slab of liver: its outline, lobules, vessels and plates.",
    (
        Parameter("kind", "patch", "", "Hexagons that join at the sides (no edge); one hexagon, a portal-to-central strip or an image (with an edge).",
                  choices=KINDS, former=(("tiling", 'many lobules are a "patch" now, one without an edge; write kind = "patch" and lobules'),)),
        Parameter("lobules", 16, "lobules", "How many lobules a patch has; they must tile a rectangle (2, 4, 6, 8, 12, 16, 20, 24, ...).", 2, 100_000,
                  needs=("kind", ("patch",))),
        Parameter("site", 10.0, "um", "Side of a lattice site.", 8.0, 12.5),
        Parameter("thickness", 25.0, "um", "Thickness of the slab: one hepatocyte.", 10.0, 60.0,
                  "hepatocyte width 20-30 um, histology texts", "recalled"),
        Parameter("lobule_diameter", 500.0, "um", "Width of a lobule from side to side (mouse; human about 1100).",
                  300.0, 1500.0, "Hoehme 2010 (PMID 20484673)", "recalled", needs=_HEXAGONS),
        Parameter("lobule_irregularity", 0.05, "1", "Displacement of lobule centres over the lobule diameter.",
                  0.0, 0.15, needs=_HEXAGONS),
        Parameter("portal_diameter", 50.0, "um", "Width of a portal tract (mouse).", 20.0, 200.0),
        Parameter("central_diameter", 45.0, "um", "Width of a central vein (mouse).", 20.0, 200.0),
        Parameter("length", 250.0, "um", "Portal-to-central length of a strip.", 100.0, 3000.0,
                  "Hoehme 2010 (PMID 20484673; portal-to-central path 200-280 um, mouse, recalled)", "recalled", needs=("kind", ("strip",))),
        Parameter("width", 150.0, "um", "Width of a strip along its portal edge.", 60.0, 5000.0, needs=("kind", ("strip",))),
        Parameter("sinusoid_spacing", 24.0, "um", "Width of a mesh of the network across the sinusoids.", 20.0, 45.0,
                  _BLOUIN, "derived"),
        Parameter("mesh_periportal", 1.2, "1", "Length over width of a mesh between sinusoids near portal tracts.",
                  1.0, 8.0),
        Parameter("mesh_pericentral", 5.5, "1", "Length over width of a mesh between sinusoids near central veins.",
                  1.0, 8.0),
        Parameter("waviness", 1.2, "1", "Irregularity of plate borders near portal tracts; fades to central veins.",
                  0.0, 2.0),
        Parameter("diameter_periportal", 6.1, "um", "Sinusoid diameter at portal tracts (rodent 5-7).", 3.0, 15.0,
                  _WISSE, "recalled"),
        Parameter("diameter_pericentral", 9.7, "um", "Sinusoid diameter at central veins (rodent 7-10).", 3.0, 15.0,
                  _WISSE, "recalled"),
        Parameter("diameter_spread", 0.08, "1", "Relative standard deviation of the diameter between sites.", 0.0, 0.2),
        Parameter("hepatocyte_density", 1.4e5, "/mm3", "Hepatocytes per volume of liver.", 5e4, 3e5,
                  "Sohlenius-Sternbeck 2006 (PMID 16930941)", "derived"),
        Parameter("image", "", "", "Label image of a mask (PNG, TIFF, NPY): 0 outside, 1 portal, 2 sinusoid, "
                  "3 parenchyma, 4 central.", needs=_MASK),
        Parameter("image_pixel", 0.0, "um", "Width of a pixel of the image; 0 for what a TIFF says of itself.", 0.0, 100.0,
                  needs=_MASK),
        Parameter("image_colours", "", "", 'Of an image in colours, what each stands for: "portal #0000ff, sinusoid #ff0000, ...".',
                  needs=_MASK, check=colour_table),
        Parameter("image_dropped", 0.25, "1", "Share of the drawn sinusoids that may carry no blood and be dropped.", 0.0, 1.0,
                  needs=_MASK),
    ),
)  # fmt: skip
