"""List the diffusing signals and systemic factors that ship with the model."""

from __future__ import annotations

from livermet_sim.base.specs import Parameter, Section

# name, reach in um, meaning, source of the reach, grade
_FIELDS = (
    (
        "vegf",
        120.0,
        "VEGF-A",
        "SPQSP HCC parameter file (389 um free); 60-150 um with matrix binding, recalled",
        "recalled",
    ),
    (
        "tgf_beta",
        60.0,
        "active TGF-beta",
        "HCC model file (397 um free); half-life of the active form 2-3 min (65-80 um), recalled",
        "recalled",
    ),
    (
        "tnf",
        100.0,
        "TNF-alpha",
        "decay 4.6e-4 /s at 5-20 um2/s (106-209 um), recalled; 775 um in a PhysiCell model file",
        "recalled",
    ),
    ("il1", 100.0, "IL-1beta and IL-18", "assumed: 150-250 um free, recalled, less by binding", "assumed"),
    (
        "cxcl",
        150.0,
        "ligands of CXCR2: CXCL1, CXCL2, CXCL8",
        "assumed: 100-180 um bound to heparan sulphate, recalled",
        "assumed",
    ),
    ("ccl2", 150.0, "CCL2", "model files disagree 40-fold (36-1730 um)", "assumed"),
    ("cxcl12", 150.0, "CXCL12", "220 um guessed", "assumed"),
    ("il10", 170.0, "IL-10", "HCC QSP parameter file (174 um)", "found"),
    ("ifn_gamma", 150.0, "interferon gamma", "model files 392-1240 um free; 100-200 advised", "assumed"),
    (
        "no",
        21.0,
        "nitric oxide",
        "Thomas 2001 PMID 11134509 (half-life among hepatocytes 0.09 s beside a vessel), D 3410 um2/s (Liu and Zweier); blood shortens it",
        "derived",
    ),
    ("fgf2", 100.0, "FGF-2", "assumed", "assumed"),
    ("granulin", 100.0, "granulin", "assumed", "assumed"),
    (
        "arginase",
        30.0,
        "arginase, nitric oxide and what else suppressor cells let out that silences T cells",
        "assumed: half the side of the cube of 60 um in which the HCC model files count MDSC around a T cell",
        "assumed",
    ),
    (
        "hgf",
        60.0,
        "HGF of the stroma",
        "assumed: as active TGF-beta, since heparin-like matrix holds it (review PMC8968572)",
        "assumed",
    ),
)

# name, resting level, meaning
_SYSTEMIC = (
    ("igf1", 1.0, "IGF-I of the liver and blood, relative to normal"),
    ("il6", 0.0, "circulating IL-6, relative; half of its effect on MDSC at 2, on serum amyloid A at 1"),
    (
        "saa",
        0.0,
        "serum amyloid A, relative; half of its effect on fibronectin at 1, on MDSC at 2, on collagen at 3",
    ),
    ("oestrogen", 0.0, "oestrogen; 0 male, 1 female"),
    (
        "gcsf",
        0.0,
        "circulating G-CSF, relative; half of its effect on neutrophils that come at 1.5, on traps at 3",
    ),
    ("platelets", 1.0, "platelet count and function, relative to normal"),
    (
        "inflammation",
        0.0,
        "systemic inflammation (LPS, sepsis, surgery), relative; half of its effects at 1.5",
    ),
    ("exosomes", 0.0, "tumour exosome dose to the liver before arrival, relative to its half-effect"),
    ("antibody", 0.0, "anti-tumour IgG, relative to its half-effect"),
    ("involution", 0.0, "recent involution or fibrosis of the liver, relative; half of its effects at 2"),
    ("eet", 0.0, "14,15-epoxyeicosatrienoic acid (14,15-EET), relative to its half-effect"),
    (
        "lsec_activator",
        0.0,
        "treatment that activates the endothelium (melittin nanoparticles), relative to its half-effect",
    ),
    ("anti_vegf", 0.0, "anti-VEGF drug in the blood, relative to its half-effect"),
    (
        "vegf_rebound",
        0.0,
        "rebound of VEGF signalling after an anti-VEGF drug was stopped, relative; half of its effects at 0.5",
    ),
    ("node", 0.0, "dendritic cells with tumour antigen in the draining node, per resting CD8 T cell"),
    ("primed", 0.0, "effector CD8 T cells under way from the draining node, per resting CD8 T cell"),
    (
        "treg",
        1.0,
        "regulatory T cells of the host (blood, spleen, lymph nodes), relative to normal; taking them away (deplete) lowers it",
    ),
    ("primary_tumour", 0.0, "burden of a primary tumour still in place, relative to its half-effect"),
    (
        "hgf",
        0.0,
        "free HGF, and EGF with it, of a liver that regenerates or mends itself, relative to its half-effect",
    ),
)

FIELDS: dict[str, Section] = {
    name: Section(
        f"fields.{name}",
        f"{doc} in the tissue.",
        (Parameter("length", length, "um", f"Reach of {doc}: sqrt(D/k).", 10.0, 1000.0, source, grade),),  # type: ignore[arg-type]
    )
    for name, length, doc, source, grade in _FIELDS
}

SYSTEMIC = Section(
    "systemic",
    "Factors that are the same everywhere in the liver.",
    tuple(
        Parameter(name, level, "relative", f"{doc[0].upper()}{doc[1:]}.", 0.0, 1000.0)
        for name, level, doc in _SYSTEMIC
    ),
)


def field_section(name: str) -> Section:
    """Return the section of a signal that a scenario adds."""
    length = Parameter("length", 100.0, "um", f"Reach of {name}: sqrt(D/k).", 10.0, 1000.0)
    return Section(f"fields.{name}", f"{name} in the tissue.", (length,))
