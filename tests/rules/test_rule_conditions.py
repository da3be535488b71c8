"""Show that mechanisms which an untreated liver never calls act where their condition holds, with luck shared.

Each is switched off in a strip in that condition, and what its source says it changes is read at the end of both runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from livermet_sim.engine import Engine
from livermet_sim.scenario.load import load
from livermet_sim.sweep.factors import change_paths

SEPSIS = {"interventions": [{"action": "condition", "condition": "sepsis"}]}
BARRED = {
    "interventions": [
        {"action": "set_state", "target": "lsec", "state": "capillarisation", "value": 0.9, "share": 1.0},
        {"action": "block", "target": "lsec", "behaviour": "decapillarise", "factor": 0.0},
    ]
}
CONDITIONS: Mapping[str, Mapping[str, Any]] = {
    "exosomes": {"systemic.exosomes": 2.0},
    "interleukin 6": {"systemic.il6": 2.0},
    "primary tumour": {"systemic.primary_tumour": 2.0},
    "sepsis": SEPSIS,
    "involution": {"systemic.involution": 4.0},
    "rebound": {"systemic.vegf_rebound": 2.0},
    "glutathione": {"cells.tumour.trait.gsh": 4.0},
    "antibody": {"systemic.antibody": 2.0},
    "CD47": {"cells.tumour.trait.cd47": 4.0},
    "barred": BARRED,
    "EET": {"systemic.eet": 2.0},
    "little IGF-I": {"systemic.igf1": 0.1, "cells.neutrophil.density": 5000.0},
    "freed lining": {"systemic.lsec_activator": 4.0},
    "G-CSF": {"systemic.gcsf": 4.0},
    "TNF, no oestrogen": {"cells.kupffer.secrete.tnf": 60.0, "cells.mdsc.density": 20000.0},
    "many neutrophils": {"cells.neutrophil.density": 20000.0},
    "many MDSC": {"cells.mdsc.density": 20000.0},
    "few platelets": {"systemic.platelets": 0.0},
    "Arp2/3": {"cells.tumour.trait.arp23": 4.0},
    "claudin-2": {"cells.tumour.trait.claudin2": 4.0},
    "growth factors": {"systemic.hgf": 4.0},
    "starved": {
        "interventions": [{"action": "block", "target": "liver", "behaviour": "inflow", "factor": 0.1}]
    },
}


def total(name: str) -> Callable[[Engine], float]:
    """Return what counts an event over the run."""
    return lambda engine: float(engine.world.totals.get(name, 0))


def number(kind: str) -> Callable[[Engine], float]:
    """Return what counts the cells of a kind."""
    return lambda engine: float(len(engine.world.rows(kind)))


def level(name: str) -> Callable[[Engine], float]:
    """Return what reads a systemic level."""
    return lambda engine: float(engine.world.systemic[engine.world.systemic_names.index(name)])


def signal(name: str) -> Callable[[Engine], float]:
    """Return what reads the mean of a signal."""
    return lambda engine: float(engine.world.fields.concentration[:, engine.recipe.fields.index(name)].mean())


def site(name: str) -> Callable[[Engine], float]:
    """Return what reads the mean of a column of sites."""
    return lambda engine: float(engine.world.sites[name].mean())


def state(kind: str, name: str) -> Callable[[Engine], float]:
    """Return what reads the mean of a column of the cells of a kind."""
    return lambda engine: float(engine.world.cells[name][engine.world.rows(kind)].mean())


def rate(kind: str, behaviour: str) -> Callable[[Engine], float]:
    """Return what reads the mean of a behaviour over the cells of a kind."""
    return lambda engine: float(
        engine.world.rates[engine.world.rows(kind), engine.compiled.column(behaviour)].mean()
    )


def crossed(engine: Engine) -> float:
    """Return the share of founders that crossed the wall."""
    return engine.measures()["founders_extravasated_share"]


SEEDS = range(1, 6)

# mechanism, condition, days, what is read, and whether the mechanism raises it
ACTS = [
    ("PM1", "exosomes", 1.0, signal("tgf_beta"), True),
    ("PM4", "interleukin 6", 1.0, level("saa"), True),
    ("PM5", "interleukin 6", 1.0, site("fibronectin"), True),
    ("PM8", "interleukin 6", 1.0, rate("lsec", "recruit.mdsc"), True),
    ("PM6", "primary tumour", 1.0, signal("cxcl"), True),
    ("PM9", "primary tumour", 1.0, site("fibronectin"), True),
    ("PM10", "sepsis", 0.5, site("net"), True),
    ("MV23", "sepsis", 0.5, rate("tumour", "snare"), True),
    ("PM11", "involution", 1.0, site("collagen"), True),
    ("PM11.provisional", "involution", 1.0, site("fibronectin"), True),
    ("PM12", "rebound", 0.25, crossed, True),
    ("MV10", "glutathione", 1.0, total("dead_nitric_oxide"), False),
    ("MV15", "antibody", 0.5, total("dead_kupffer"), True),
    ("MV16", "CD47", 1.0, total("dead_kupffer"), False),
    ("MV29", "barred", 0.5, crossed, False),
    ("PA8", "EET", 1.0, signal("cxcl"), True),
    ("PA12", "little IGF-I", 1.0, state("stellate", "activation"), False),
    ("PA17", "little IGF-I", 1.0, rate("tumour", "divide"), False),
    ("PA34", "little IGF-I", 1.0, state("neutrophil", "polarisation"), False),
    ("PA33.nk", "freed lining", 1.0, number("nk"), True),
    ("AN22", "G-CSF", 1.0, number("neutrophil"), True),
    ("GR18", "TNF, no oestrogen", 1.0, state("mdsc", "activation"), False),
    ("PA30", "many neutrophils", 1.0, rate("tumour", "divide"), True),
    ("PA15", "many MDSC", 1.0, rate("tumour", "divide"), True),
    ("PA27", "few platelets", 0.25, rate("lsec", "recruit.cd8"), False),
    ("AN14", "Arp2/3", 1.0, rate("tumour", "coopt"), True),
    ("AN15", "claudin-2", 1.0, rate("tumour", "coopt"), True),
    ("GR19.divide", "growth factors", 1.0, rate("tumour", "divide"), True),
    ("GR19.wake", "growth factors", 1.0, rate("tumour", "wake"), True),
    ("GR19.crawl", "growth factors", 1.0, rate("tumour", "crawl"), True),
    ("GR19.scatter", "growth factors", 1.0, rate("tumour", "cohesion"), False),
    ("GR20", "starved", 1.0, level("hgf"), True),
]


@cache
def runs(condition: str, days: float, without: str = "") -> list[Engine]:
    """Return runs of a strip in a condition at their ends."""
    scenario = load("strip", {**CONDITIONS[condition], "run.days": days})
    engines = [
        Engine(change_paths(scenario, {"ablate": without}) if without else scenario, seed) for seed in SEEDS
    ]
    for engine in engines:
        engine.run()
    return engines


@pytest.mark.parametrize(
    ("mechanism", "condition", "days", "read", "raises"), ACTS, ids=[act[0] for act in ACTS]
)
def test_mechanism_changes_what_its_source_says_where_its_condition_holds(
    mechanism, condition, days, read, raises
):
    whole, without = ([read(engine) for engine in runs(condition, days, off)] for off in ("", mechanism))
    change = np.median(np.subtract(whole, without))  # in one liver other cells may have been lost by chance
    assert np.isfinite([*whole, *without]).all()
    assert change > 0.0 if raises else change < 0.0


def test_they_leave_an_untreated_liver_as_it_is():
    scenario = load("strip", {"run.days": 0.25})
    act_at_rest_too = ("GR18", "MV16", "MV23", "MV29", "PA15", "PA27", "PA30", "PM10")
    words = [act[0] for act in ACTS if act[0] not in act_at_rest_too]
    digests = set()
    for word in ("nothing", " + ".join(words)):
        engine = Engine(change_paths(scenario, {"ablate": word}), 2)
        engine.run()
        digests.add(engine.digest(leave=("cells.rates",)))
    assert len(digests) == 1
