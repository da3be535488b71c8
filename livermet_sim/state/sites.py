"""Name the columns that every lattice site carries; the tissue itself (compartments) is in ``tissue``."""

from __future__ import annotations

from livermet_sim.state.table import Column

SITE_COLUMNS = (
    Column("diameter", "um", "Diameter of the vessel tube here; 0 where there is none."),
    Column("zone", "1", "Place between portal tract (0) and central vein (1)."),
    Column("oxygen", "mmHg", "Oxygen tension of the tissue."),
    Column("blood_oxygen", "mmHg", "Oxygen tension of the blood in the vessel here; 0 where there is none."),
    Column("speed", "um/s", "Mean blood speed in the tube."),
    Column("shear", "dyn/cm2", "Shear stress on the tube's wall."),
    Column("perfused", "1", "1 where the tube carries blood, 0 elsewhere."),
    Column("adhesion", "1", "Adhesion molecules (E-selectin, VCAM-1, ICAM-1) on the lining, 0 to 1."),
    Column("tether", "1", "Ligand of the lining that tethers passing tumour cells."),
    Column("grip", "1", "Ligand of the lining that holds tethered tumour cells."),
    Column("selectin", "1", "E-selectin of the lining times the ligand for it that the tumour line carries."),
    Column("plug_drop", "Pa", "Pressure that would stand across a cell that plugs the tube here."),
    Column("capillarised", "1", "Loss of fenestrae of the lining, 0 to 1."),
    Column("parenchyma", "1", "1 where live hepatocyte tissue stands, 0 where it is gone."),
    Column("collagen", "1", "Collagen of the matrix relative to a dense capsule."),
    Column("fibronectin", "1", "Fibronectin of the matrix relative to a dense deposit."),
    Column("net", "1", "Neutrophil extracellular traps; 1 is one neutrophil's trap."),
    Column("debris", "cells", "Dead tumour cells not yet cleared."),
    Column("pressure", "1", "Share of the sites a cell touches whose tissue part holds a tumour cell."),
    Column("patency", "1", "Share of the tube's conductance left by arrested cells and compression."),
    Column("vessel_age", "h", "Age of a tube that grew during the run; 0 for the liver's own."),
    Column(
        "stagnant",
        "h",
        "Time for which a tube that grew during the run has carried no blood; counted slower where pericytes cover it.",
    ),
    Column("sprout", "1", "Number of the sprout under way whose tube runs here; 0 for none."),
    Column(
        "severed",
        "1",
        "1 where a tube that was joined to the one here was pressed shut or died for lack of VEGF, until a tip leaves.",
    ),
    Column("sleeve", "1", "Empty basement membrane that a vessel left behind, 0 to 1; tips follow it."),
    Column("cover", "1", "Pericytes on a tube that grew during the run, 0 to 1."),
)
