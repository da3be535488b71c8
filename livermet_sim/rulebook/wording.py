"""Call signals, behaviours and numbers as a paper would: the words of which the sentences of rules are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from livermet_sim.rulebook.signals import HYPOXIA_ONSET
from livermet_sim.rulebook.vocabulary import Vocabulary

MOLECULES = {
    "vegf": "VEGF", "tgf_beta": "TGF-beta", "tnf": "TNF", "il1": "IL-1/IL-18", "cxcl": "CXCL1/2/8", "ccl2": "CCL2",
    "cxcl12": "CXCL12", "il10": "IL-10", "ifn_gamma": "interferon gamma", "no": "nitric oxide", "fgf2": "FGF-2",
    "granulin": "granulin", "arginase": "arginase", "hgf": "HGF",
}  # fmt: skip
_LEVEL, _NUMBER = "a relative level of {}", "{}"
# signal: what it is called, how its half-maximum is said, the most it can be
_SIGNALS: Mapping[str, tuple[str, str, float]] = {
    "zone": ("nearness to the central vein", "{} of the way from the portal tract", 1.0),
    "shear": ("the blood's shear stress on the wall", _NUMBER, 0.0),
    "capillarised": ("loss of the lining's fenestrae", "a loss of {}", 1.0),
    "collagen": ("collagen in the matrix", "a density of {}", 0.0),
    "fibronectin": ("fibronectin in the matrix", "a density of {}", 0.0),
    "oxygen": ("oxygen", _NUMBER, 0.0),
    "tether": ("the lining's ligand for passing tumour cells", _LEVEL, 0.0),
    "selectin": ("E-selectin of the lining that finds its ligand", _LEVEL, 0.0),
    "grip": ("the lining's ligand for tethered tumour cells", _LEVEL, 0.0),
    "cover": ("cover of the vessel by pericytes", "a cover of {}", 1.0),
    "pressure": ("crowding of the tissue by tumour cells", "a share of {}", 1.0),
    "load": ("the load of engulfed tumour cells", _NUMBER, 0.0),
    "age": ("the cell's age", _NUMBER, 0.0),
    "sojourn": ("time since arrest or since extravasation", _NUMBER, 0.0),
    "crowding": ("crowding by tumour cells", "a share of {} of the sites around", 1.0),
    "cell_diameter": ("the cell's diameter", _NUMBER, 0.0),
    "activation": ("the cell's own activation", "an activation of {}", 1.0),
    "polarisation": ("the cell's own polarisation towards feeding the tumour", "a polarisation of {}", 1.0),
    "exhaustion": ("the cell's own exhaustion", "an exhaustion of {}", 1.0),
    "contact.hepatocyte": ("contact with live hepatocytes", "{} of the nine sites here and around", 9.0),
    "contact.net": (
        "contact with neutrophil traps",
        "the traps of {}",
        0.0,
    ),
    "contact.debris": ("contact with dead tumour cells", _NUMBER, 0.0),
    "hypoxia": (
        "lack of oxygen",
        f"a tension {{}} mmHg below the {HYPOXIA_ONSET:g} mmHg where hypoxia begins",
        HYPOXIA_ONSET,
    ),
    "stasis": ("standing blood", "{} (standing blood counts 1)", 1.0),
    "lack.activation": ("lack of activation of the cell", "a lack of {}", 1.0),
    "systemic.igf1": ("IGF-I in the blood", _LEVEL, 0.0),
    "lack.systemic.igf1": ("lack of IGF-I in the blood", "a relative level {} below normal", 1.0),
    "systemic.il6": ("IL-6 in the blood", _LEVEL, 0.0),
    "systemic.saa": ("serum amyloid A", _LEVEL, 0.0),
    "systemic.oestrogen": ("oestrogen", _LEVEL, 0.0),
    "systemic.gcsf": ("G-CSF in the blood", _LEVEL, 0.0),
    "systemic.platelets": ("the number and function of platelets", _LEVEL, 0.0),
    "lack.systemic.platelets": ("lack of platelets", "a relative level {} below normal", 1.0),
    "systemic.inflammation": ("systemic inflammation", _LEVEL, 0.0),
    "systemic.exosomes": ("a dose of tumour exosomes", _LEVEL, 0.0),
    "systemic.antibody": ("antibody against the tumour", _LEVEL, 0.0),
    "systemic.involution": ("recent involution or fibrosis of the liver", _LEVEL, 0.0),
    "systemic.eet": ("the lipid 14,15-EET in the blood", _LEVEL, 0.0),
    "systemic.lsec_activator": ("treatment that activates the endothelium", _LEVEL, 0.0),
    "systemic.anti_vegf": ("anti-VEGF drug in the blood", _LEVEL, 0.0),
    "systemic.vegf_rebound": ("rebound of VEGF signalling after a drug against it", _LEVEL, 0.0),
    "systemic.treg": ("the host's regulatory T cells", _LEVEL, 0.0),
    "lack.systemic.treg": ("lack of regulatory T cells in the host", "a relative level {} below normal", 1.0),
    "systemic.primary_tumour": ("the burden of a primary tumour in place", _LEVEL, 0.0),
    "systemic.hgf": ("free HGF of a regenerating liver", _LEVEL, 0.0),
    "trait.gsh": ("the glutathione (with Bcl-2) of the tumour line", _LEVEL, 0.0),
    "trait.cd47": ("the CD47 (with CD24) of the tumour line", _LEVEL, 0.0),
    "trait.claudin2": ("claudin-2 of the tumour line", _LEVEL, 0.0),
    "trait.arp23": ("Arp2/3-driven motility of the tumour line", _LEVEL, 0.0),
    "trait.osteopontin": ("osteopontin of the tumour line", _LEVEL, 0.0),
}
# a kind and its behaviour, or the behaviour of any other kind
_BEHAVIOURS = {
    "stellate activate": "the rate at which {cells} turn into myofibroblasts",
    "lsec activate": "the rate at which {cells} bring up adhesion molecules",
    "activate": "the rate at which {cells} become activated",
    "lsec deactivate": "the rate at which {cells} lose adhesion molecules",
    "stellate deactivate": "the rate at which {cells} return to quiescence",
    "deactivate": "the rate at which {cells} lose their activation",
    "attack": "the rate at which {cells} kill tumour cells in contact",
    "bridge": "the ligand that other cells offer to hold {cells}",
    "snare": "the ligand that neutrophil traps offer to hold {cells}",
    "chemotaxis": "the bias with which {cells} crawl up their attractant",
    "cohesion": "the probability that {cells} do not hop away from each other",
    "collapse": "the rate at which compressed vessels of {cells} close",
    "convert": "the rate at which {cells} turn into another kind",
    "monocyte convert": "the rate at which {cells} turn into MDSC",
    "coopt": "the share of invading divisions in which {cells} replace a hepatocyte and spare the sinusoid",
    "cover": "the rate at which {cells} cover new vessels as pericytes",
    "crawl": "the crawling speed of {cells}",
    "deposit.collagen": "the deposition of collagen by {cells}",
    "lsec deposit.fibronectin": "the deposition of fibronectin by {cells} on the vessel wall",
    "deposit.fibronectin": "the deposition of fibronectin by {cells}",
    "die.anoikis": "the death rate of {cells} in the vessel for want of anchorage",
    "die.apoptosis": "the death rate of {cells} in tissue by apoptosis",
    "die.necrosis": "the death rate of {cells} by necrosis",
    "die.nitric_oxide": "the death rate of {cells} from nitric oxide",
    "die.shear": "the death rate of {cells} from shear",
    "digest": "the rate at which {cells} digest what they have engulfed",
    "dilate": "the rate at which sinusoids of {cells} widen",
    "tumour divide": "the division rate of cycling {cells}",
    "divide": "the division rate of {cells}",
    "engulf": "the rate at which {cells} engulf tumour cells in contact",
    "extend": "the speed at which sprouts of {cells} grow",
    "extravasate": "the rate at which {cells} cross the vessel wall",
    "grip": "the ligand with which {cells} hold tethered tumour cells",
    "selectin": "the E-selectin of {cells}",
    "tether": "the ligand with which {cells} tether passing tumour cells",
    "infiltrate": "the probability that a hop takes {cells} from the vessel into the tissue",
    "intravasate": "the rate at which {cells} beside a perfused vessel enter it",
    "stellate leave": "the death rate of {cells}",
    "leave": "the rate at which {cells} die or leave with the blood",
    "polarise": "the rate at which {cells} turn to feeding the tumour",
    "depolarise": "the rate at which {cells} turn back to killing tumour cells",
    "regress": "the rate at which uncovered new vessels of {cells} are lost",
    "release_net": "the rate at which {cells} release extracellular traps",
    "sleep": "the rate at which {cells} become dormant",
    "wake": "the rate at which dormant {cells} wake",
    "sprout": "the rate at which {cells} send out the tips of sprouts",
    "suppress": "the suppression that {cells} give to lymphocytes in contact",
}


_AMOUNTS = {"contact.net": "neutrophils"}  # what is counted where the unit of a signal does not say it
_ONE = {"cells": "cell", "sites": "site", "neutrophils": "neutrophil", "relative units": "relative unit"}


@dataclass(frozen=True)
class Called:
    """Hold how a signal is called, how an amount of it is said, and the most that it can be (0 where there is no such)."""

    name: str
    amount: str
    most: float = 0.0


def signal(name: str, words: Vocabulary) -> Called:
    """Return how a signal is called; one that a scenario adds goes by its own name."""
    if name in _SIGNALS:
        return Called(*_SIGNALS[name])
    if name in words.signals and words.signals[name].of is not None:
        return Called(name.replace("_", " "), _NUMBER)
    own = name.removesuffix(".gradient")
    if own in words.fields:
        molecule = MOLECULES.get(own, own.replace("_", " "))
        if own != name:
            return Called(f"the gradient of {molecule}", _NUMBER)
        return Called(molecule, "a relative concentration of {}")
    lacks, own = name.startswith("lack."), name.removeprefix("lack.")
    if own.startswith("contact."):
        kind = own.rpartition(".")[2]
        cells = ("activated " if ".activated." in own else "") + words.called.get(kind, kind)
        if lacks:
            return Called(f"lack of {cells} in contact", "{} (no such cell in contact counts 1)", 1.0)
        return Called(f"contact with {cells}", _NUMBER)
    if lacks:
        return Called(f"lack of {signal(own, words).name}", "a lack of {}")
    return Called(own.rpartition(".")[2].replace("_", " "), _LEVEL)


def behaviour(kind: str, name: str, words: Vocabulary) -> str:
    """Return how a behaviour of a kind is called, its cells named."""
    cells = words.called.get(kind, f"{kind} cells")
    head, _, rest = name.partition(".")
    if head == "secrete":
        return f"the secretion of {MOLECULES.get(rest, rest.replace('_', ' '))} by {cells}"
    if head == "recruit":
        return f"the recruitment of {words.called.get(rest, rest)} by {cells}"
    if head == "vulnerability":
        enemy = "all other kinds" if rest == "other" else words.called.get(rest, rest)
        return f"the vulnerability of {cells} to {enemy}"
    known = _BEHAVIOURS.get(f"{kind} {name}", _BEHAVIOURS.get(name, words.moved.get(name)))
    return known.format(cells=cells) if known else f'the behaviour "{name}" of {cells}'


def half(name: str, number: float, words: Vocabulary) -> str:
    """Return at which amount of a signal a response is half, and whether there can be as much."""
    called = signal(name, words)
    unit = words.signals[name].unit if called.amount == _NUMBER else _AMOUNTS.get(name, "1")
    said = called.amount.format(quantity(number, unit))
    return said + (", which is more than there can be" if 0.0 < called.most < number else "")


def course(kind: str, name: str, base: float, target: float, words: Vocabulary) -> str:
    """Return from where to where a behaviour goes; recruitment is a multiple of what arrives at rest."""
    if name.startswith("recruit."):
        return f"from {base:.4g} towards {target:.4g} times what comes at rest"
    return f"from {base:.4g} towards {quantity(target, words.behaviours[kind][name].unit)}"


def quantity(number: float, unit: str) -> str:
    """Return a number with its unit as a sentence takes it."""
    if unit in ("", "1"):
        return f"{number:.4g}"
    unit = "relative units" if unit == "relative" else unit
    return f"{number:.4g} {_ONE.get(unit, unit) if number == 1 else unit}"
