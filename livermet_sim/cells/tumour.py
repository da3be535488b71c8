"""Describe tumour cells: traits that a line preset sets, and what the cells do in vessel and tissue."""

from livermet_sim.base.specs import Parameter
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.look import Look
from livermet_sim.state.signals import SYSTEMIC

# what all cells of a line carry; rules read these as signals, so that a knock-down is a trait set to 0
TRAITS = (
    Parameter("trait.gsh", 0.0, "relative", "Glutathione and Bcl-2: resistance to nitric oxide and peroxide, relative to its half-effect.", 0.0, 100.0),
    Parameter("trait.cd47", 1.0, "relative", "CD47 and CD24 on the surface, 1 as on tumour lines; half of its effect at 0.4 on macrophages, at 1 on Kupffer cells.", 0.0, 100.0, "assumed: every line shows CD47, none of the shipped was measured", "assumed"),
    Parameter("trait.claudin2", 0.0, "relative", "Claudin-2, relative to its half-effect.", 0.0, 100.0),
    Parameter("trait.arp23", 0.0, "relative", "Arp2/3-driven motility, relative to its half-effect.", 0.0, 100.0),
    Parameter("trait.osteopontin", 0.0, "relative", "Osteopontin, relative to its half-effect.", 0.0, 100.0),
)  # fmt: skip


def factor_names() -> tuple[str, ...]:
    """Return what is the same for all cells of a run and can be sensed: systemic factors, then traits."""
    return (*SYSTEMIC.names(), *(trait.name for trait in TRAITS))


TUMOUR = Kind(
    "tumour",
    "Disseminated tumour cells and their offspring.",
    "blood",
    look=Look("tumour cell", "tumour cells", "#4a2391", ""),
    former={
        "detach": "force and ligand say when a held cell comes loose; set cells.tumour.bond_force or cells.lsec.grip",
        **dict.fromkeys(
            ("arrest_mechanical", "arrest_ratio", "arrest_power"),
            "a cell is held by being squeezed; set cells.tumour.cortical_tension and cells.tumour.viscosity",
        ),
    },
    parameters=(
        Parameter("diameter", 15.0, "um", "Median diameter in suspension.", 4.0, 40.0, "Mendelaar 2021 PMC7782084 (lines 14-21 um)", "recalled"),
        Parameter("diameter_spread", 1.5, "um", "Standard deviation of the diameter.", 0.0, 10.0),
        Parameter("volume", 2500.0, "um3", "Room that a cell takes in tissue, with its share of the space between cells; it does not hang on the size of a site.", 200.0, 20000.0, "a sphere of 15 um (Mendelaar 2021 PMC7782084), and 29 % of the tumour between cells (assumed)", "derived"),
        Parameter("cortical_tension", 50.0, "Pa um", "Tension of the cortex (1 Pa um is 1 uN/m), median; times the change of curvature the pressure that a squeezed cell resists.", 0.0, 10000.0, "Nannmark 1991 PMID 1890138 (20 and 52 % of 11- and 14-um cells in liver at 5 min)", "derived"),
        Parameter("viscosity", 240.0, "Pa s", "Viscosity of the cell body, median: how slowly a narrow tube lets it in.", 0.0, 100000.0, "Nannmark 1991 PMID 1890138 (20 and 52 % of 11- and 14-um cells in liver at 5 min)", "derived"),
        Parameter("stiffness_spread", 0.5, "1", "Standard deviation of the logarithm of tension and of viscosity among cells.", 0.0, 2.0),
        Parameter("arrest_adhesive", 1.0, "1", "Trait: multiplies the ligand that the lining shows, E-selectin left out (counterparts of VCAM-1, ICAM-1).", 0.0, 20.0),
        Parameter("selectin_ligand", 1.0, "1", "Trait: ligand for E-selectin (sialyl Lewis) that it carries, times the E-selectin of the lining.", 0.0, 20.0),
        Parameter("tether_rate", 0.03, "/s", "Rate at which a cell that touches a lining of full ligand is tethered.", 0.0, 1000.0),
        Parameter("bond_force", 2500.0, "pN", "Force at which the bonds to full ligand last a minute.", 0.0, 1e6, "76 bonds of 33 pN (B16 to mouse endothelium, doi:10.1049/ip-nbt:20040707), or 440 that bear 5.7 pN for long (Bell model); number of bonds assumed", "assumed"),
        Parameter("firm_after", 5.0, "min", "Mean time until the bonds of a tethered cell become firm.", 0.01, 1e6, "Taubenberger 2007 Mol Biol Cell 18:1634 (a switch between 1 and 10 min); Lotz 1989 PMC2115812 (15 min)", "found"),
        Parameter("firm_gain", 10.0, "1", "How many times more force firm bonds hold.", 1.0, 1000.0, "Taubenberger 2007 Mol Biol Cell 18:1634 (up to 10); Lotz 1989 PMC2115812 (more than 10)", "found"),
        Parameter("arrest_after", 1.0, "min", "Wait at one place from which a cell counts as arrested.", 0.02, 1000.0),
        Parameter("dormant_share", 0.9, "1", "Share of disseminated cells that are dormant after extravasation.", 0.0, 1.0, "Luzzi 1998 (2-3 % of B16F1 start dividing)", "recalled"),
        Parameter("push_distance", 40.0, "um", "How far a dividing cell can shift the cells around it to make room.", 0.0, 500.0),
        Parameter("compress", 0.1, "1", "Share of its patency that a vessel site beside a push loses.", 0.0, 1.0),
        Parameter("hypoxia_threshold", 8.0, "mmHg", "Oxygen tension below which a cell counts as hypoxic.", 0.0, 40.0, "PhysiCell core parameters (half of the HIF response)", "found"),
        *TRAITS,
        Parameter("oxygen_uptake", 4.5e-4, "/s", "Largest oxygen uptake of a site full of tumour, mL oxygen per mL and second; empties tissue 95 um from a vessel at 35 mmHg.", 0.0, 0.1, "2.5-5e-4 in Secomb GreensV4 parameter sets; within it fitted to hypoxia before sprouts in MC38 (matching growth: 3.7-5e-4 of what is not ruled out)", "fitted"),
    ),
    behaviours=(
        Parameter("bridge", 0.0, "1", "Ligand of other cells that hold it, on top of the lining's.", 0.0, 10.0),
        Parameter("snare", 0.0, "1", "Ligand of neutrophil traps that hold it, on top of all others.", 0.0, 10.0),
        Parameter("extravasate", 0.08, "/h", "Rate of crossing the vessel wall.", 0.0, 100.0, "Haier 2003; Koop 1995; Mook 2003 (minutes to days by line)", "derived"),
        Parameter("divide", 0.0264, "/h", "Division rate of a cycling cell without factors of the tissue around it: 0.76 ln 2 / 20 h, as the rest of what serum gives in culture comes by rules (HGF, CXCL12, heregulin, matrix, IL-18).", 0.0, 1.0, "assumed: doubling in culture 16-30 h, recalled; the share of a quarter is assumed, so that a lesion of two weeks is as large as with no such share", "assumed"),
        Parameter("sleep", 0.002, "/h", "Rate of entering dormancy from the cycle.", 0.0, 10.0),
        Parameter("wake", 0.0005, "/h", "Rate of leaving dormancy.", 0.0, 10.0, "Naumov 2002 (undivided up to 11 weeks)", "derived"),
        Parameter("die.shear", 0.005, "/h", "Rate of dying from shear in the vessel.", 0.0, 100.0),
        Parameter("die.nitric_oxide", 0.0, "/h", "Rate of dying from nitric oxide and peroxide in the vessel.", 0.0, 100.0),
        Parameter("die.anoikis", 0.01, "/h", "Rate of dying in the vessel for want of anchorage and survival signals.", 0.0, 100.0),
        Parameter("die.apoptosis", 0.004, "/h", "Rate of dying in tissue without a named enemy where nothing keeps the cell alive; what does (matrix, hepatocytes, CXCL12) lowers it to a fifth.", 0.0, 100.0, "Luzzi 1998 (solitary B16F1 in liver 80 % at day 3, 36 % at day 13: 0.0033 /h of all causes; recalled); protected, up to 11 weeks (Naumov 2002)", "recalled"),
        Parameter("die.necrosis", 0.0, "/h", "Rate of dying from lack of oxygen.", 0.0, 100.0),
        Parameter("crawl", 0.05, "um/min", "Speed of crawling in tissue.", 0.0, 10.0, "Ritsma 2012 PMID 23115354 (motile before compaction)", "recalled"),
        Parameter("cohesion", 0.0, "1", "Probability that a hop which would lose contacts with other tumour cells is not made.", 0.0, 1.0),
        Parameter("coopt", 0.5, "1", "Share of invading divisions that take a hepatocyte's place and spare the sinusoid; the others push.", 0.0, 1.0, "Frentzas 2016 doi:10.1038/nm.4197 (direction)", "assumed"),
        Parameter("intravasate", 0.0, "/h", "Rate at which a cell beside a perfused vessel enters it.", 0.0, 10.0),
        Parameter("vulnerability.kupffer", 1.0, "1", "Trait and state: multiplies engulfment by Kupffer cells.", 0.0, 100.0),
        Parameter("vulnerability.monocyte", 1.0, "1", "Trait and state: multiplies engulfment by macrophages that came with the blood.", 0.0, 100.0),
        Parameter("vulnerability.nk", 1.0, "1", "Trait and state: multiplies killing by NK cells.", 0.0, 100.0),
        Parameter("vulnerability.cd8", 1.0, "1", "Trait and state: multiplies killing by CD8 T cells.", 0.0, 100.0),
        Parameter("vulnerability.other", 1.0, "1", "Trait and state: multiplies killing by any other kind.", 0.0, 100.0),
        Parameter("deposit.collagen", 0.0, "/h", "Deposition of matrix at its site.", 0.0, 10.0),
    ),
    secretes=(
        ("vegf", 0.2, "assumed"),
        ("tgf_beta", 2.0, "assumed"),
        ("cxcl", 2.0, "assumed"),
        ("ccl2", 2.0, "assumed"),
    ),
)  # fmt: skip
